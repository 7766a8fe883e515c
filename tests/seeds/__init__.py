"""The five tutorials that purenn answers to, a test for every thing they compute and every slip in them."""
