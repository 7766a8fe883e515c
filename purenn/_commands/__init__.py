"""The commands of ``python -m purenn``, a module each: ``options(parser)``, ``run(options)``."""
