"""What the public reads while a list is public, and what anybody then raises: no more than the program publishes.

A list is shown until its objections close, as it was published; afterwards its dates alone. Whoever objects online is
nobody whom the program knows, so what they say of themselves is the objection's, as on paper, and the office judges it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from deadlines.course import PublishedList
from documents.notices import CALLED, without_numbers
from operations.actors import PUBLIC
from operations.acts import Act
from operations.desk import Desk, Running
from operations.materials import Offered
from operations.objection_evidence import Evidence
from operations.objection_progress import receipt_code
from operations.objections import RaisedBy, lodge
from operations.papers import basis_of, ordered
from operations.publicize import list_of
from operations.results import Denied, UnknownError
from programs import Program, Words
from programs.stages import OutOfScope, Publicity
from programs.words import closing_in_words
from states import Refusal
from store import events_of
from store import tables as t

#: How much one objection may bring: files, and the size of each in bytes; the longest text in characters.
MOST_FILES: Final = 5
LARGEST_FILE: Final = 20 * 1024 * 1024
LONGEST: Final = 4000

#: The largest form that brings an objection, in bytes: its files with what else it holds.
MOST: Final = MOST_FILES * LARGEST_FILE + 1024 * 1024


def evidence_unbounded(sizes: Sequence[int]) -> Refusal | None:
    """Refuse more files than an objection takes at once, or larger ones: of who objects, and of who looks into it.

    `sizes` are those of the files, in bytes.
    """
    if len(sizes) <= MOST_FILES and all(one <= LARGEST_FILE for one in sizes):
        return None
    return Refusal(
        "files-bounded",
        Words("证据文件过多或过大", "there are too many files, or too large ones"),
        Words("一次最多 {most} 个，每个不超过 {size} MB", "{most} at a time at most, {size} MB each at most").format(
            most=MOST_FILES, size=LARGEST_FILE // 1024 // 1024
        ),
    )


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a list: its place there, who, where they work, and the grade; `number` is for the program alone."""

    place: int
    name: str
    unit: str
    grade: str
    number: str

    @property
    def label(self) -> str:
        """What tells this line from any other, as the public reads it."""
        return f"{self.name}（{self.unit}）"


@dataclass(frozen=True, slots=True)
class Publication:
    """A list as the public reads it, at its `stage`. `headings` name the two columns of the `names`.

    `names` is empty once objections have closed, and where lists are only named; `groups` then still say how many of
    them are in which category, or are to be given which grade.
    """

    id: int
    program: Program
    title: str
    stage: str
    basis: str
    dates: PublishedList
    reception: str
    out_of_scope: tuple[OutOfScope, ...]
    headings: tuple[str, str]
    count: int = 0
    groups: tuple[tuple[str, int], ...] = ()
    names: tuple[Published, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Whether objections are taken."""
        return now < self.dates.objections_close

    @property
    def has_grades(self) -> bool:
        """Whether the list tells several grades apart."""
        return len({one.grade for one in self.names}) > 1


@dataclass(frozen=True, slots=True)
class PublicObjection:
    """What somebody raises: against which place of the list, who they are, and on what it rests.

    `read` is the label of who stood at that place when they read the list, which a correction may number anew; empty
    where unknown.
    """

    place: int
    raised_by: RaisedBy
    objector: str
    grounds: str
    contact: str = ""
    described: str = ""
    read: str = ""
    files: Sequence[Offered] = field(default=())


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever objects keeps: the objection's number, and the code with which they ask how it stands."""

    number: int
    code: str | None


def publications(desk: Desk, now: datetime) -> list[Publication]:
    """Return the lists against which objections are taken now, the first to close in front; without their names."""
    of = t.publicity.c
    with desk.store.read() as connection:
        rows = connection.execute(
            select(t.publicity).where(of.objections_close_at > now).order_by(of.objections_close_at, of.id)
        ).all()
        return [replace(_filled(connection, _running(desk, connection, row), row), names=()) for row in rows]


def publication(desk: Desk, list_id: int, now: datetime) -> Publication:
    """Return one list as it was published, of one that has closed its dates alone; raises `UnknownError`."""
    with desk.store.read() as connection:
        row = connection.execute(select(t.publicity).where(t.publicity.c.id == list_id)).one_or_none()
        if row is None:
            raise UnknownError(Words("没有这次公示", "there is no such list"))
        running = _running(desk, connection, row)
        return (
            _filled(connection, running, row)
            if now < row.objections_close_at
            else _publication(connection, running, row)
        )


def object_publicly(desk: Desk, list_id: int, given: PublicObjection, now: datetime) -> Receipt | Denied:
    """Take an objection of somebody who is not signed in; returns their receipt.

    The same once more, as a form that is sent twice, is no other. Raises `UnknownError` for a list that is not there.
    """
    found = publication(desk, list_id, now)
    if not found.is_open(now):
        return Denied((closed(found),))
    whom = next((one for one in found.names if one.place == given.place), None)
    if whom and given.read and given.read != whom.label:
        return Denied((_numbered_anew(),))
    wrong = tuple(_wrong(given, chosen=whom is not None))
    if wrong or whom is None:
        return Denied(wrong)
    if (known := _known_already(desk, whom, given)) is not None:
        return Receipt(known, receipt_code(desk, known))
    evidence = Evidence(tuple(given.files), given.described)
    done = lodge(
        desk,
        whom.number,
        given.objector,
        given.grounds,
        Act(PUBLIC, now),
        raised_by=given.raised_by,
        contact=given.contact,
        evidence=evidence,
    )
    return done if isinstance(done, Denied) else Receipt(done, receipt_code(desk, done))


def closed(found: Publication) -> Refusal:
    """Say that objections are taken no more, and since when."""
    return Refusal(
        "before-due",
        Words("异议受理已于 {closed} 截止", "objections were taken until {closed}").format(
            closed=closing_in_words(found.dates.objections_close)
        ),
        Words("如需反映情况，请与{reception}联系", "to report something, turn to {reception}").format(
            reception=found.reception
        ),
    )


def _wrong(given: PublicObjection, *, chosen: bool) -> Iterator[Refusal]:
    """Say what is missing, before anything is kept."""
    if not chosen:
        yield _missing("objection-about", Words("没有选择反映的对象", "it is not said whom it is about"))
    if given.raised_by is RaisedBy.ANONYMOUS or not given.objector.strip():
        yield _missing("objection-founded", Words("没有写明异议人", "it is not said who objects"))
    if given.raised_by is RaisedBy.PERSON and not given.contact.strip():
        yield _missing("objection-founded", Words("没有写明联系方式", "how to reach you is missing"))
    if not given.grounds.strip():
        yield _missing("objection-founded", Words("没有写明异议内容和事实依据", "the facts are not stated"))
    if given.raised_by is RaisedBy.UNIT and not given.files:
        yield _missing(
            "objection-sealed", Words("没有上传加盖公章的异议书", "the letter with the unit's seal is not uploaded")
        )


def _numbered_anew() -> Refusal:
    return Refusal(
        "objection-about",
        Words("打开页面之后，名单有更正", "since you opened the page, the list was put right"),
        Words("请重新选择反映对象后再提交", "choose anew whom it is about, then send it again"),
    )


def _missing(gate: str, words: Words) -> Refusal:
    return Refusal(gate, words, Words("请补充后再提交", "add it, then send it again"))


def _known_already(desk: Desk, whom: Published, given: PublicObjection) -> int | None:
    of, row = t.objection.c, t.nomination.c
    same = select(of.id).join_from(t.objection, t.nomination).where(row.number == whom.number, of.outcome.is_(None))
    same = same.where(of.objector == given.objector.strip(), of.grounds == given.grounds)
    with desk.store.read() as connection:
        return connection.execute(same.where(of.raised_by == given.raised_by.value).limit(1)).scalar()


def _running(desk: Desk, connection: Connection, row: Row[Any]) -> Running:
    return desk.holding(connection, row.program_id, row.stage)


def _filled(connection: Connection, running: Running, row: Row[Any]) -> Publication:
    """Return a list with who is on it."""
    found = list(_names(connection, running, row))
    groups = Counter(group for _, group in found if group)
    listed = _publication(connection, running, row)
    return replace(listed, count=len(found), groups=tuple(groups.items()), names=tuple(name for name, _ in found))


def _publication(connection: Connection, running: Running, row: Row[Any]) -> Publication:
    of = t.publicity.c
    earlier = select(func.count()).where(of.program_id == row.program_id, of.id < row.id)
    before = connection.execute(earlier).scalar_one()
    program = running.program
    stage = program.stage(row.stage)
    _, _, whom, name, employer = CALLED[program.nominee]
    return Publication(
        id=row.id,
        program=program,
        title=f"{program.edition}{program.award}拟入选{whom}公示" + (f"（第{before + 1}次）" if before else ""),
        stage=stage.name,
        basis=basis_of(program),
        dates=list_of(row),
        reception=stage.office or program.office,
        out_of_scope=stage.out_of_scope if isinstance(stage, Publicity) else (),
        headings=(name, employer),
    )


def _names(connection: Connection, running: Running, row: Row[Any]) -> Iterator[tuple[Published, str]]:
    """Yield a list as the event says that published it: who has left it since is told by the office, not here.

    Events of an earlier version name the nominations alone, so that their lines are as they stand now. With each line
    comes the category and the grade, as far as the program has several of them.
    """
    event, of = _published(connection, row), t.nomination.c
    grades = {seats.id: seats.award for seats in running.program.seats}
    categories = {category.id: category.name for category in running.program.categories}
    several = len(set(grades.values())) > 1

    def group(category: str | None, grade: str) -> str:
        return " · ".join(filter(None, (categories.get(category or ""), grade if several else "")))

    if "listed" in event:
        lines = event["listed"]
        category_of: Mapping[str, str | None] = {}
        if categories:
            numbers = of.number.in_([line["number"] for line in lines])
            category_of = dict(connection.execute(select(of.number, of.category).where(numbers)).tuples().all())
        for place, line in enumerate(lines, start=1):
            listed_line = Published(place, line["name"], line["unit"], line["grade"], line["number"])
            yield listed_line, group(category_of.get(line["number"]), line["grade"])
        return
    listed = select(t.nomination).where(of.number.in_(event.get("nominations", ()))).order_by(of.number)
    stage = running.program.stage(row.stage)
    order = stage.order if isinstance(stage, Publicity) else "number"
    for place, one in enumerate(ordered(running, list(connection.execute(listed)), order), start=1):
        grade = grades.get(one.grade, running.program.award)
        now_line = Published(place, without_numbers(one.nominee), without_numbers(one.unit), grade, one.number)
        yield now_line, group(one.category, grade)


def _published(connection: Connection, row: Row[Any]) -> Mapping[str, Any]:
    for event in events_of(connection, row.program_id, kind="publicity.started", newest_first=True):
        if event["stage"] == row.stage and datetime.fromisoformat(event["now"]) == row.published_at:
            return event
    return {}
