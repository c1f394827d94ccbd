"""What people call the parts of a program: by its id, or by the name that it alone has."""

from collections.abc import Iterable, Mapping

from operations.results import MisstatedError
from programs import Program, Words


def id_called(typed: str, names: Mapping[str, str]) -> str | None:
    """Return the id of the part that is called so, none where no part is or several are. `names` has them by id."""
    if typed in names:
        return typed
    alike = [one for one, name in names.items() if name == typed.strip()]
    return alike[0] if len(alike) == 1 else None


def ids_called(typed: Iterable[str], names: Mapping[str, str], unknown: Words) -> dict[str, str]:
    """Return the ids of parts by what each was called.

    Raises `MisstatedError` with `unknown`, filled with what was typed as `id` and what there is as `known`, and where
    one part is named twice.
    """
    found: dict[str, str] = {}
    for one in typed:
        part = id_called(one, names)
        if part is None:
            raise MisstatedError(unknown.format(id=one, known=known_parts(names)))
        if part in found.values():
            raise MisstatedError(
                Words("“{name}”写了不止一次", "{id} is named more than once").format(name=names[part], id=part)
            )
        found[one] = part
    return found


def known_parts(names: Mapping[str, str]) -> Words:
    """Return what there is: names with their ids, and ids alone in English, since programs are Chinese."""
    return Words("、".join(f"{name}（{one}）" for one, name in names.items()) or "—", "、".join(names) or "—")


def grade_called(program: Program, typed: str) -> str:
    """Return the id of the seats that somebody means by their id or award; what was typed, where there are no such."""
    return id_called(typed, {seats.id: seats.award for seats in program.seats}) or typed
