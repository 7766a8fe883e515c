"""Losses: how far predictions are from targets, and in which direction.

``reduction`` says what becomes of the separate losses: their ``"mean"``, their ``"sum"``, or
``"none"``, all of them. Every cache keeps ``count``, an array like the loss: by how many terms each
of its numbers was divided. Predictions and targets have equal shapes: a loss never broadcasts.
Targets are constants, so they have no gradient.
"""
