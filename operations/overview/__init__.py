"""The read side: what stands where, what is due next, what happened last.

It reads one consistent state and asks one question per matter, never one per nomination.
"""

from operations.overview.events import each_event
from operations.overview.reading import overview, program_overview
from operations.overview.shapes import (
    Dated,
    EndCount,
    Event,
    Issued,
    Overview,
    PlaceCount,
    ProgramOverview,
    ProgramState,
    RulingState,
    StageCount,
    StandingCount,
)

__all__ = [
    "Dated",
    "EndCount",
    "Event",
    "Issued",
    "Overview",
    "PlaceCount",
    "ProgramOverview",
    "ProgramState",
    "RulingState",
    "StageCount",
    "StandingCount",
    "each_event",
    "overview",
    "program_overview",
]
