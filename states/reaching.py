"""Whether a nomination can come to every place of a program's machine."""

from collections.abc import Iterator

from programs import Fault, Path, Program
from programs.checks.reach import OnPath, once
from programs.stages import Recommendation
from states.pipeline import Pipeline, compile_pipeline
from states.standings import standings_of, tiers_on


def unreachable(program: Program) -> tuple[Fault, ...]:
    """Return what the machine never leads to, on each path from where a nomination is drawn up.

    The program must have a way on every path (`programs.checks` finds where it has none): else there is no machine.
    """
    return tuple(once(program, _unreached(program, compile_pipeline(program))))


def _unreached(program: Program, pipeline: Pipeline) -> Iterator[OnPath]:
    for path in program.paths():
        reached = _reached(pipeline, path)
        before = ""
        for stage in (stage for stage in program.held_stages if stage.concerns(*path)):
            places = tiers_on(stage, path) if isinstance(stage, Recommendation) else standings_of(stage, program.office)
            if places[0].key not in reached:
                yield path, "standing_unreachable", f"stages.{stage.id}", {"name": stage.name, "before": before}
                break  # what comes after it is not reached for the same reason
            before = stage.name


def _reached(pipeline: Pipeline, path: Path) -> set[str]:
    """Return the standings that moves lead to, however often they are made."""
    ahead, reached = [pipeline.entry(path)], set[str]()
    while ahead:
        key = ahead.pop()
        if key in reached:
            continue
        reached.add(key)
        ahead += [
            onward for move in pipeline.moves_from(key, path) if (onward := pipeline.destination(key, move, path))
        ]
    return reached
