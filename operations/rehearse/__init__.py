"""A whole program on a virtual clock with made-up nominees, from the notice's issue to the end of the term."""

from operations.rehearse.apart import rehearse_apart
from operations.rehearse.cases import Case
from operations.rehearse.run import Rehearsal, Watch, rehearse
from operations.rehearse.scenes import Scene

__all__ = ["Case", "Rehearsal", "Scene", "Watch", "rehearse", "rehearse_apart"]
