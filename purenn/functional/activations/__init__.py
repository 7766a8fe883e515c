"""Activations. All but softmax and log_softmax work number by number; those two along the last axis."""
