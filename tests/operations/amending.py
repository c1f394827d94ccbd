"""Programs changed as an office would change their files, for tests of amendments and migrations."""

from collections.abc import Callable
from typing import Any

from operations.amend import Amended, amend
from operations.migrating import Migration, Wanted, migrate
from operations.results import Denied
from programs import Program
from tests.operations.office import Office

Document = dict[str, Any]
Edit = Callable[[Document], object]

#: A consultation, which the Luzhou notice has not.
CONSULTATION = {
    "id": "consultation",
    "kind": "consultation",
    "name": "征求意见",
    "clause": "补二",
    "bodies": ["公安局"],
}

#: A material, which the Luzhou notice does not ask for.
CREDIT = {"id": "credit", "name": "信用报告", "clause": "补三", "media": ("paper",)}


def edited(program: Program, *edits: Edit) -> Program:
    """The program with these edits of its document, as its file would say it."""
    document = program.model_dump()
    for edit in edits:
        edit(document)
    return Program.model_validate(document)


def part(document: Document, name: str, part_id: str) -> Document:
    """A part of a list, as a copy that stands in its place and may be changed."""
    parts = document[name] = [dict(one) for one in document[name]]
    return next(one for one in parts if one["id"] == part_id)


def change(name: str, part_id: str, **fields: Any) -> Edit:
    return lambda document: part(document, name, part_id).update(fields)


def drop(name: str, part_id: str) -> Edit:
    return lambda document: document.update({name: [one for one in document[name] if one["id"] != part_id]})


def insert(name: str, new: Document, before: str | None = None) -> Edit:
    def edit(document: Document) -> None:
        parts = list(document[name])
        place = next((at for at, one in enumerate(parts) if one["id"] == before), len(parts))
        document[name] = [*parts[:place], new, *parts[place:]]

    return edit


def swap(name: str, one: str, other: str) -> Edit:
    def edit(document: Document) -> None:
        parts = list(document[name])
        at = {item["id"]: place for place, item in enumerate(parts)}
        parts[at[one]], parts[at[other]] = parts[at[other]], parts[at[one]]
        document[name] = parts

    return edit


def until(phrase: str, stage: str = "recommendation", tier: str = "office") -> Edit:
    """The tier closes on another day."""

    def edit(document: Document) -> None:
        held = part(document, "stages", stage)
        held["tiers"] = [dict(one) for one in held["tiers"]]
        closing = next(one for one in held["tiers"] if one["id"] == tier)
        closing["deadline"] = {**closing["deadline"], "phrase": phrase}

    return edit


def amends(office: Office, *edits: Edit, of: Program | None = None, **options: Any) -> Amended | Denied:
    """Amend the office's program; its file, or another version of it, is edited."""
    return amend(office.desk, edited(of or office.program, *edits), office.act("泸市人社办〔2019〕101号"), **options)


def amended(office: Office, *edits: Edit, **options: Any) -> Amended:
    done = amends(office, *edits, **options)
    assert isinstance(done, Amended), done
    return done


def migrated(office: Office, *numbers: str, to: int | None = None, **mapping: str) -> Migration:
    """Bring nominations, or all of them, to a version; in the mapping's keys a dot is written `__`."""
    places = {key.replace("__", "."): new for key, new in mapping.items()}
    done = migrate(office.desk, office.id, Wanted(to, numbers or None, places), office.act("补充通知"))
    assert isinstance(done, Migration), done
    return done
