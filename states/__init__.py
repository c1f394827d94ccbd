"""Stage kinds, moves and gates; compiles a program into its state machine behind one typed door."""

from states.answers import Evidence, Result, Sex
from states.case import Balloted, Bar, Case, Circumstances, Endorsement, Fired, Last, Limit, Outcome, Refusal, Refused
from states.gates import Gate
from states.moves import Move
from states.pipeline import Pipeline, compile_pipeline
from states.standings import End, Standing
from states.verdicts import Verdict, each, verdicts_of

__all__ = [
    "Balloted",
    "Bar",
    "Case",
    "Circumstances",
    "End",
    "Endorsement",
    "Evidence",
    "Fired",
    "Gate",
    "Last",
    "Limit",
    "Move",
    "Outcome",
    "Pipeline",
    "Refusal",
    "Refused",
    "Result",
    "Sex",
    "Standing",
    "Verdict",
    "compile_pipeline",
    "each",
    "verdicts_of",
]
