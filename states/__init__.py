"""Stage kinds, moves and gates; compiles a program into its state machine behind one typed door."""

from states.case import Bar, Case, Circumstances, Fired, Limit, Outcome, Refusal, Refused
from states.gates import Gate
from states.moves import Move
from states.pipeline import Pipeline, compile_pipeline
from states.standings import End, Standing

__all__ = [
    "Bar",
    "Case",
    "Circumstances",
    "End",
    "Fired",
    "Gate",
    "Limit",
    "Move",
    "Outcome",
    "Pipeline",
    "Refusal",
    "Refused",
    "Standing",
    "compile_pipeline",
]
