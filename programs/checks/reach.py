"""Whom a part of a program concerns: the paths that a nomination can take, and how they are named."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from programs.base import Scoped
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Path, Program
from programs.words import Words

OnPath = tuple[Path, str, str, dict[str, Any]]
"""What is found on one path: the path, the code, the place, and what fills the sentences beside the path."""

_NAMED: Final = 4
"""How many paths are named one by one."""


def once(program: Program, found: Iterable[OnPath]) -> Iterator[Fault]:
    """Yield what is found on several paths once, with all of them named as `path`."""
    paths: dict[tuple[str, str, tuple[tuple[str, Any], ...]], list[Path]] = {}
    for path, code, place, values in found:
        paths.setdefault((code, place, tuple(values.items())), []).append(path)
    for (code, place, items), on in paths.items():
        yield fault(code, place, path=paths_named(program, on), **dict(items))


def paths_named(program: Program, paths: Iterable[Path]) -> Words:
    """Name several paths by category, route and traits: “技能类·组织推荐·企业负责人”; all are every nomination."""
    on, every = set(paths), program.paths()
    if len(every) > 1 and on >= set(every):
        return Words("任何申报", "every nomination")
    names: list[str] = []
    for path in (path for path in every if path in on):
        alike = [one for one in every if one[:2] == path[:2]]
        traits = () if on.issuperset(alike) else path.traits
        names.append(_name(program, path, traits))
    names = list(dict.fromkeys(names))
    shown, more = names[:_NAMED], len(names) - _NAMED
    return Words(
        "、".join(shown) + (f"等 {len(names)} 种" if more > 0 else ""),
        ", ".join(shown) + (f" and {more} more" if more > 0 else ""),
    )


def _name(program: Program, path: Path, traits: Iterable[str]) -> str:
    named = [*(part.name for part in program.categories if part.id == path.category), program.route(path.route).name]
    named += [part.name for part in program.traits if part.id in set(traits)]
    return f"“{'·'.join(named)}”"


def concerns_somebody(program: Program, *parts: Scoped) -> bool:
    """Tell whether one nomination can be concerned by all of these parts, whatever traits its nominee has."""
    return any(concern_on(program, path, *parts) for path in program.paths())


def concern_on(program: Program, path: Path, *parts: Scoped) -> bool:
    """Tell whether one nomination on a path can be concerned by all of these parts.

    The traits of a path are those that decide on stages; of others a nominee may have any.
    """
    barred = {trait for part in parts for trait in part.except_traits}
    free = {trait for part in parts for trait in part.traits} - program.deciding_traits - barred
    return all(part.concerns(path.category, path.route, path.traits | free) for part in parts)
