"""Papers about those who were chosen: the minutes of the meeting, the certificates, the list to hand them over by."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from documents.certificates import Certificate, Series, certificates
from documents.errors import DocumentError
from documents.filling import Templates
from documents.minutes import Meeting, Minutes, minutes
from documents.pdf import to_pdf
from documents.workbooks import plain_table
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.ballots.telling import attendance_of, last_closed, pollings_of
from operations.certify import Certified, Validity, certificates_of
from operations.desk import Desk, Running
from operations.meetings import CHOSEN, NOT_CHOSEN, decided_at, meeting_of
from operations.numbered import find
from operations.papers import basis_of, ordered, templates_of
from operations.policy import Deed
from operations.results import Denied, UnknownError, denied
from programs import Words
from programs.stages import Approval, Decision, Review, Screening, Stage, Vote
from states import Move, Refusal
from store import events_of
from store import tables as t


def minutes_of(desk: Desk, program_id: str, stage_id: str | None, templates: Templates | None = None) -> bytes:
    """Return the minutes of the meeting that chose at a stage, the program's last decision where none is named.

    What was decided comes from the history, what was put to the vote from its ballots, who met from what was recorded
    of the meeting, and which members attended from the ballots, where there were some. Raises `UnknownError` for a
    program or stage that is not there, or does not choose, and `DocumentError` where nothing was decided yet.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        stage = _choosing(running, stage_id)
        groups, held = _decided(connection, running, stage)
        recorded = meeting_of(connection, program_id, stage.id)
        pollings = pollings_of(connection, running, stage.id)
        meeting = recorded.meeting if recorded else Meeting()
        if pollings:
            present, absent = attendance_of(connection, running, stage.id)
            others = tuple(one for one in meeting.present if one not in present)
            meeting = replace(meeting, present=(*present, *others), absent=absent)
        held = (recorded.held_on, recorded.held_on) if recorded else held
        if held[0] == date.min and pollings:
            closed = last_closed(connection, program_id, stage.id)
            held = (closed, closed)
    program = running.program
    return minutes(
        Minutes(
            award=program.award,
            edition=program.edition,
            stage=stage.name,
            body=stage.office or program.office,
            basis=basis_of(program),
            nominee=program.nominee,
            held=held,
            groups=groups,
            meeting=meeting,
            pollings=pollings,
        ),
        templates_of(desk, templates).path("minutes.docx"),
    )


def certificates_paper(
    desk: Desk,
    program_id: str,
    address: str,
    now: datetime,
    templates: Templates | None = None,
    nominations: Sequence[str] = (),
) -> bytes:
    """Return the certificates of a program that are numbered, or of these nominations, as one `.docx`.

    `address` is that of the console as the public reaches it. Revoked ones are not printed again. Raises `UnknownError`
    for a nomination without a certificate, and `DocumentError` as `documents.certificates` does.
    """
    known = certificates_of(desk, program_id, now, nominations)
    valid = [one for one in known if one.validity is not Validity.REVOKED]
    if missing := [number for number in nominations if number not in {one.nomination for one in valid}]:
        raise UnknownError(
            Words(
                "没有可打印的证书：{numbers}；请先用 linxuan certificate number 编号",
                "no certificate to print: {numbers}; number them with linxuan certificate number",
            ).format(numbers="、".join(missing))
        )
    printed = [one for one in valid if not nominations or one.nomination in nominations]
    with desk.store.read() as connection:
        program = desk.running(connection, program_id).program
    issuers = printed[0].issuers if printed else program.issuers
    series = Series(program.edition, program.nominee, issuers, address)
    return certificates(series, map(_printed, printed), templates_of(desk, templates).path("certificate.docx"))


def certificate_of(desk: Desk, number: str, act: Act, *, as_pdf: bool = False) -> bytes | Denied:
    """Return the certificates of one honoree as a `.docx`, or a PDF, in the office's own template.

    The history says who took it, once it is made.

    The console's address for the public is the desk's. Refused where there is none to print, for a template that cannot
    be filled, and where no PDF can be made. Raises `UnknownError` for a number that is not there.
    """
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        program = desk.running_for(connection, row).program
        refused = denied(
            refuses(connection, act.actor, Deed.CERTIFY, matter_of(program, row))
            or (None if desk.letterhead.public else _no_address())
        )
        if refused:
            return refused
    address = desk.letterhead.public or ""
    try:
        content = certificates_paper(desk, program.id, address, act.now, nominations=(number,))
        content = to_pdf(content, "docx") if as_pdf else content
    except (DocumentError, UnknownError) as error:
        return Denied((Refusal("certificate", error.words, Words("请核对后再取", "mend it, then take it again")),))
    with desk.store.write() as transaction:
        again = refuses(transaction.connection, act.actor, Deed.CERTIFY, matter_of(program, row))
        if again:
            return Denied((again,))
        transaction.record(program.id, "certificate.printed", nomination=number, **act.signature())
    return content


def _no_address() -> Refusal:
    return Refusal(
        "public-address",
        Words(
            "没有设置公众打开控制台的网址，证书上的核验二维码没有去处",
            "it is not set where the public reaches the console",
        ),
        Words(
            "请系统维护人员设置 LINXUAN_PUBLIC_URL，如 https://linxuan.example.cn",
            "have LINXUAN_PUBLIC_URL set, such as https://linxuan.example.cn: the QR code leads there",
        ),
    )


def handing_over(desk: Desk, program_id: str, now: datetime) -> bytes:
    """Return the list by which certificates, trophies and medals are handed over and signed for, as an `.xlsx`."""
    known = [one for one in certificates_of(desk, program_id, now) if one.validity is not Validity.REVOKED]
    if not known:
        raise UnknownError(
            Words(
                "还没有编号的证书；请先用 linxuan certificate number 编号",
                "no certificate is numbered yet; number them with linxuan certificate number",
            )
        )
    honors = list(dict.fromkeys(honor for one in known for honor in one.honors))
    headings = [
        ("序号", 6),
        ("姓名/名称", 16),
        ("工作单位", 30),
        ("称号", 22),
        ("证书编号", max(18, *(2 * len(one.number) for one in known))),
        *((honor, max(10, 2 * len(honor))) for honor in honors),
        ("领取人签字", 16),
        ("领取日期", 14),
    ]
    rows = [
        [
            str(place),
            one.name,
            one.unit,
            one.grade,
            one.number,
            *("1" if honor in one.honors else "" for honor in honors),
            "",
            "",
        ]
        for place, one in enumerate(known, 1)
    ]
    return plain_table(f"{known[0].award}（{known[0].edition}）颁授登记表", "颁授登记表", headings, rows)


def _printed(one: Certified) -> Certificate:
    return Certificate(
        number=one.number,
        code=one.code,
        honor=_title(one.honors),
        name=one.name,
        employer=one.unit,
        grade=one.grade,
        dated=one.dated,
        last_day=one.last_day,
    )


def _title(honors: Sequence[str]) -> str:
    """Return what is printed above a certificate: the notice's name for it, else the name that all have."""
    named = next((honor for honor in honors if honor.endswith("证书")), "")
    return named if named != "证书" and named else "荣誉证书"


def _choosing(running: Running, stage_id: str | None) -> Stage:
    choosing = {
        stage.id: stage
        for stage in running.program.held_stages
        if isinstance(stage, Screening | Vote | Review | Decision | Approval)
    }
    decisions: list[Stage] = [stage for stage in choosing.values() if isinstance(stage, Decision)]
    found = choosing.get(stage_id) if stage_id else next(reversed(decisions or list(choosing.values())), None)
    if found is None:
        raise UnknownError(
            Words("“{id}”不是评选环节；可用：{known}", "{id} is no stage that chooses; use one of: {known}").format(
                id=stage_id or "", known="、".join(choosing) or "—"
            )
        )
    return found


def _decided(
    connection: Connection, running: Running, stage: Stage
) -> tuple[dict[str, tuple[str, ...]], tuple[date, date]]:
    """Return who was chosen and who was not at a stage, as its history has it, and on which days."""
    moved = {event["nomination"]: event for event in decided_at(connection, running.program.id, stage.id)}
    #: Of which grade each is a reserve, and in which place.
    reserves: dict[str, tuple[str, int]] = {}
    for event in events_of(connection, running.program.id, kind="reserves.named"):
        if event["stage"] == stage.id:
            reserves |= event["reserves"]
    of = t.nomination.c
    query = select(t.nomination).where(of.program_id == running.program.id).order_by(of.number)
    rows = ordered(running, [row for row in connection.execute(query) if row.number in moved], "number")
    awards = {seats.id: seats.award for seats in running.program.seats}
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        event = moved[row.number]
        if Move(event["move"]) in CHOSEN:
            groups[_chosen_title(stage, awards.get(event.get("grade") or ""))].append(_named(row))
    by_number = {row.number: row for row in rows}
    for number, (grade, _) in sorted(reserves.items(), key=lambda one: one[1][1]):
        if number in moved and Move(moved[number]["move"]) is Move.RESERVE:
            groups[f"列为{_quoted(awards.get(grade, grade))}候补，按以下次序递补"].append(_named(by_number[number]))
    for row in rows:
        if Move(moved[row.number]["move"]) in NOT_CHOSEN:
            groups["不予通过"].append(_named(row))
    days = sorted(shanghai_day(datetime.fromisoformat(event["now"])) for event in moved.values())
    held = (days[0], days[-1]) if days else (date.min, date.min)
    return {title: tuple(names) for title, names in groups.items()}, held


def _chosen_title(stage: Stage, grade: str | None) -> str:
    if isinstance(stage, Decision | Approval):
        return f"拟授予{_quoted(grade)}" if grade else "同意"
    return "进入下一环节"


def _quoted(grade: str) -> str:
    return grade if "“" in grade else f"“{grade}”"


def _named(row: Row[Any]) -> str:
    same = row.nominee == row.unit
    return str(row.nominee) if same else f"{row.nominee}（{row.unit}）"
