"""What purenn raises. Each is also the ValueError or TypeError that a script expects."""


class PurennError(Exception):
    """The root of the others."""


class ShapeError(PurennError, ValueError):
    """Shapes that do not meet."""


class LabelError(PurennError, ValueError):
    """Class labels that are no integers from 0 to below the number of classes."""


class RangeError(PurennError, ValueError):
    """Numbers outside of the range that they can have, such as a probability above 1."""


class OptionError(PurennError, ValueError):
    """An option with a value that it cannot have."""


class ArrayError(PurennError, TypeError):
    """An argument that is no array of numbers."""


class BackendError(PurennError, TypeError):
    """Arrays of two backends in one call, or of a backend that is not known."""


class CacheError(PurennError, TypeError):
    """A cache that another forward made, or a state of another optimizer."""


class KindError(PurennError, TypeError):
    """An argument of another kind than wanted: no Layer, Loss, Optimizer or function."""


class GraphError(PurennError, ValueError):
    """Nodes that do not make a graph: a cycle, an unknown name, a node that nobody reads."""


class FormatError(PurennError, ValueError):
    """A file that is not what it should be."""


class TreeError(PurennError, ValueError):
    """Trees that do not have the same branches."""
