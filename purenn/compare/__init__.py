"""One network, one key, several backends: where do they part, by how much, and who is right?

``compare`` looks at one pass, op by op, ``compare_training`` at a whole training, ``compare_runs`` at any
trainings in step.
"""

from ._alone import Seconds
from ._difference import Difference, First
from ._growth import Growth
from ._steps import Parted, Point, TrainingComparison
from .network import Apart, Comparison, Row, compare
from .training import compare_runs, compare_training, in_step, trainings

__all__ = [
    "Apart",
    "Comparison",
    "Difference",
    "First",
    "Growth",
    "Parted",
    "Point",
    "Row",
    "Seconds",
    "TrainingComparison",
    "compare",
    "compare_runs",
    "compare_training",
    "in_step",
    "trainings",
]
