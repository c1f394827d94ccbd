"""`linxuan review ballot` and `meeting`: a committee's votes, from the opening of a round to its annulment."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, DayType, Face, Group, LineType, Mistake, Number, Spoken, command_face, once, say
from cli.viewing import looking, viewer_option
from deadlines.zone import shanghai_day
from documents.minutes import Meeting
from operations.ballots.holding import annul_ballot, open_ballot, record_attendance, recuse_member
from operations.ballots.records import Held
from operations.ballots.showing import Shown, show_ballots
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from operations.meetings import record_meeting
from operations.results import Denied
from programs import Words
from programs.panels import Ground
from states.balloting import Count, Mark, Outcome
from states.papers import Papers

_program = click.argument("program", metavar="ID")
_stage = click.argument("stage", metavar="STAGE")
_reason = click.option("--reason", default="", help=say("理由", "why"))

_STATES = {"open": say("进行中", "open"), "closed": say("已结束", "closed"), "annulled": say("已宣布无效", "annulled")}


@click.group(
    "ballot",
    cls=Group,
    help=say(
        "评委会表决：开始、到会、投票、计票、结束、宣布无效。无记名投票只录总数，系统不记谁怎样投票。",
        "Ballots of a committee. Of a secret one only counts are entered: nothing here knows who voted how.",
    ),
)
def ballot() -> None:
    """Everything about a committee's ballots."""


@ballot.command(
    "open",
    help=say(
        "开始一轮表决：对此环节还没有结果的全部申报；上一轮有并列的，只对并列的再投",
        "open a round on everybody without a result; where some were level in the last one, on those alone",
    ),
)
@_program
@_stage
@click.option("--member", "members", multiple=True, type=LineType(), help=say("评委会成员，可多次", "a member"))
@actor_option()
@command_face
def open_it(face: Face, program: str, stage: str, members: tuple[str, ...], actor: str) -> None:
    """Open a round."""
    desk, act = acting(face, actor)
    done = open_ballot(desk, program, stage, act, members=members)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(
        {"program": program, "stage": stage, "round": done}, say(f"第 {done} 轮表决开始", f"round {done} is open")
    )


@ballot.command(
    "attend", help=say("登记到会成员；没有写的即未到会", "record who attends; whoever is not named does not")
)
@_program
@_stage
@click.option("--present", multiple=True, type=LineType(), help=say("到会成员，可多次", "who attends"))
@click.option("--all", "everybody", is_flag=True, help=say("全体成员到会", "all members attend"))
@actor_option()
@command_face
def attend(face: Face, program: str, stage: str, present: tuple[str, ...], everybody: bool, actor: str) -> None:
    """Record attendance."""
    if everybody == bool(present):
        raise click.UsageError(say("请写 --present 或 --all", "say --present or --all"))
    desk, act = acting(face, actor)
    if everybody:
        shown = show_ballots(desk, program, stage, act=act)
        if isinstance(shown, Denied):
            face.refuse(shown.refusals, program=program, stage=stage)
        present = tuple(shown[-1].held.members) if shown else ()
    done = record_attendance(desk, program, stage, present, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    here = sorted(done.attendance.attending)
    face.answer(
        {"program": program, "stage": stage, "round": done.row.round, "members": list(done.members), "present": here},
        say(f"成员 {len(done.members)} 人，到会 {len(here)} 人", f"{len(here)} of {len(done.members)} attend"),
    )


@ballot.command(
    "recuse", help=say("成员回避一件申报：不参加其表决，也不计入基数", "a member steps back from a nominee")
)
@_program
@_stage
@click.argument("number", metavar="NUMBER")
@click.argument("member", metavar="NAME", type=LineType())
@click.option(
    "--ground",
    type=click.Choice([one.value for one in Ground]),
    default=Ground.OTHER.value,
    help=say("回避事由", "the ground"),
)
@_reason
@actor_option()
@command_face
def recuse(
    face: Face, program: str, stage: str, number: str, member: str, ground: str, reason: str, actor: str
) -> None:
    """Recuse a member from a nominee."""
    desk, act = acting(face, actor, reason)
    done = recuse_member(desk, program, stage, number, act, member=member, ground=Ground(ground))
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number, member=member)
    face.answer(
        {"number": number, "member": member, "recused": True, "ground": ground},
        say(f"{member}回避 {number}", f"{member} is recused from {number}"),
    )


@ballot.command(
    "cast",
    help=say(
        "记名表决：录入一位成员的表决，写 编号=yes、no 或 abstain；只写编号即赞成，没有写的为弃权（选举制为不选）",
        "a named vote of one member: NUMBER=yes, no or abstain; a number alone is a yes",
    ),
)
@_program
@_stage
@click.argument("member", metavar="NAME", type=LineType())
@click.argument("marks", nargs=-1, metavar="[NUMBER[=yes|no|abstain]]...")
@actor_option("本人，或经办人代录", "the member, or an operator as they say it")
@command_face
def cast(face: Face, program: str, stage: str, member: str, marks: tuple[str, ...], actor: str) -> None:
    """Enter a named vote."""
    given = dict(once(_mark(text) for text in marks))
    desk, act = acting(face, actor)
    done = cast_vote(desk, program, stage, member, given, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, member=member)
    face.answer(
        {"member": member, "marks": {number: mark.value for number, mark in done.items()}},
        [f"{number}　{mark.label.in_language(LANGUAGE)}" for number, mark in done.items()],
    )


@ballot.command(
    "count",
    help=say(
        "无记名投票：录入计票结果，每件写 编号=赞成/反对/弃权（选举制写 编号=得票）；录错的重录，结束后不能再改",
        "a secret ballot's count: NUMBER=YES/NO/ABSTAINED for each, or NUMBER=VOTES where some are picked",
    ),
)
@_program
@_stage
@click.argument("counts", nargs=-1, required=True, metavar="NUMBER=COUNT...")
@click.option("--returned", type=Number, required=True, help=say("收回选票张数", "how many papers came back"))
@click.option("--invalid", type=Number, default=0, help=say("其中无效张数", "how many of them are invalid"))
@click.option("--blank", type=Number, default=0, help=say("其中空白张数（选举制）", "how many of them pick nobody"))
@click.option("--teller", "tellers", multiple=True, type=LineType(), help=say("监票人、计票人，可多次", "a teller"))
@actor_option()
@command_face
def count(
    face: Face,
    program: str,
    stage: str,
    counts: tuple[str, ...],
    returned: int,
    invalid: int,
    blank: int,
    tellers: tuple[str, ...],
    actor: str,
) -> None:
    """Enter the count of a secret ballot."""
    given = dict(once(_count(text) for text in counts))
    desk, act = acting(face, actor)
    papers = Papers(returned, invalid, blank)
    done = count_papers(desk, program, stage, papers, act, given=given, tellers=tellers)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(
        {"program": program, "stage": stage, "counts": {number: _counted(one) for number, one in done.items()}},
        [f"{number}　{_votes(one)}" for number, one in done.items()],
    )


@ballot.command(
    "close",
    help=say(
        "结束本轮：核对法定人数，得出结果；有并列的按项目规定再投、按排序或空缺",
        "close the round: the quorum is checked, and who is chosen follows, or who is level and voted on again",
    ),
)
@_program
@_stage
@actor_option()
@command_face
def close(face: Face, program: str, stage: str, actor: str) -> None:
    """Close a round."""
    desk, act = acting(face, actor)
    done = close_ballot(desk, program, stage, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer({"program": program, "stage": stage, **_found_json(done)}, list(_found(done, {})))


@ballot.command(
    "annul",
    help=say(
        "宣布最后一轮无效，以便重新表决；已有人按它办理的不能",
        "annul the last round, so that it can be held again; not once somebody was moved by it",
    ),
)
@_program
@_stage
@_reason
@actor_option()
@command_face
def annul(face: Face, program: str, stage: str, reason: str, actor: str) -> None:
    """Annul a round."""
    desk, act = acting(face, actor, reason)
    done = annul_ballot(desk, program, stage, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(
        {"program": program, "stage": stage, "annulled": done},
        say(f"第 {done} 轮已宣布无效，可重新表决", f"round {done} is annulled, and can be held again"),
    )


@ballot.command(
    "show", help=say("查看各轮表决：成员、到会、票数和结果", "show every round: members, counts and results")
)
@_program
@_stage
@viewer_option
@command_face
def show(face: Face, program: str, stage: str, actor: str | None) -> None:
    """Show the ballots of a stage."""
    desk, act = looking(face, actor)
    done = show_ballots(desk, program, stage, act=act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    lines = [line for one in done for line in _shown(one)]
    face.answer([_shown_json(one) for one in done], lines or [say("还没有表决", "no ballot was held yet")])


@click.command(
    "meeting",
    cls=Spoken,
    help=say(
        "登记一个环节的会议，纪要据此填写；重新登记的取代原来的",
        "record the meeting of a stage, which its minutes tell; a later record takes the place of an earlier one",
    ),
)
@_program
@_stage
@click.option("--held", "held_on", type=DayType(), help=say("开会日期，默认当日", "the day; default: today"))
@click.option("--place", type=LineType(), help=say("地点", "where it met"))
@click.option("--chair", type=LineType(), help=say("主持人", "who chaired"))
@click.option("--recorder", type=LineType(), help=say("记录人", "who recorded"))
@click.option("--present", type=LineType(), multiple=True, help=say("参加人员，可多次", "who was present"))
@click.option("--absent", type=LineType(), multiple=True, help=say("请假人员，可多次", "who was absent"))
@click.option("--agenda", type=LineType(), multiple=True, help=say("议程，可多次", "an item of the agenda"))
@actor_option()
@command_face
def meet(face: Face, program: str, stage: str, actor: str, held_on: date | None, **told: Any) -> None:  # noqa: ANN401 - by name
    """Record a meeting."""
    desk, act = acting(face, actor)
    day = held_on or shanghai_day(face.now)
    told = {name: value or "" for name, value in told.items() if not isinstance(value, tuple)} | {
        name: value for name, value in told.items() if isinstance(value, tuple)
    }
    if refused := record_meeting(desk, program, stage, act, meeting=Meeting(**told), held_on=day):
        face.refuse(refused.refusals, program=program, stage=stage)
    face.answer(
        {"program": program, "stage": stage, "held_on": day.isoformat(), **told},
        say(f"已登记 {day} 的会议", f"the meeting of {day} is recorded"),
    )


COMMANDS = (ballot, meet)


def _mark(text: str) -> tuple[str, Mark]:
    number, _, mark = text.partition("=")
    try:
        return number, Mark(mark or "yes")
    except ValueError as error:
        raise Mistake(
            Words(f"“{text}”应写成 编号=yes、no 或 abstain", f"write {text!r} as NUMBER=yes, no or abstain")
        ) from error


def _count(text: str) -> tuple[str, tuple[int, ...]]:
    number, _, counts = text.partition("=")
    parts = counts.split("/")
    if not number or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        raise Mistake(Words(f"“{text}”应写成 编号=赞成/反对/弃权", f"write {text!r} as NUMBER=YES/NO/ABSTAINED"))
    return number, tuple(int(part) for part in parts)


def _counted(one: Count) -> dict[str, int]:
    return {"yes": one.yes, "no": one.no, "abstained": one.abstained}


def _votes(one: Count) -> str:
    return say(
        f"赞成 {one.yes}　反对 {one.no}　弃权 {one.abstained}", f"yes {one.yes}  no {one.no}  abstained {one.abstained}"
    )


def _found_json(found: Outcome) -> dict[str, Any]:
    tie = found.tie
    return {
        "lines": [
            {
                "number": line.number,
                **_counted(line.polled.count),
                "voting": line.polled.voting,
                "of": line.polled.of,
                "chosen": line.chosen if tie is None else None,
                "grade": line.grade,
                "explanation": [words.in_language(LANGUAGE) for words in line.told],
            }
            for line in found.lines
        ],
        "tie": {"grade": tie.grade, "level": list(tie.level), "places": tie.places} if tie else None,
    }


def _found(found: Outcome, nominees: dict[str, str]) -> Iterator[str]:
    for line in found.lines:
        fate = "" if found.tie else say("通过", "chosen") if line.chosen else say("未通过", "not chosen")
        told = "；".join(words.in_language(LANGUAGE) for words in line.told)
        name = nominees.get(line.number, "")
        yield "　".join(
            part for part in (line.number, name, _votes(line.polled.count), fate, line.grade or "", told) if part
        )
    if found.tie:
        level = "、".join(found.tie.level)
        grade, places = found.tie.grade or "", found.tie.places
        yield say(
            f"※ {grade}最后 {places} 个名额处并列：{level}；请再次投票：linxuan review ballot open",
            f"※ level at the last {places} places {grade}: {level}; vote on them again: linxuan review ballot open",
        )


def _shown(one: Shown) -> Iterator[str]:
    row, attendance = one.held.row, one.held.attendance
    manner = say("无记名", "secret") if row.secret else say("记名", "named")
    members, here = len(attendance.members), len(attendance.attending)
    yield say(
        f"第 {row.round} 轮　{manner}　{_STATES[one.state]}　成员 {members} 人，到会 {here} 人",
        f"round {row.round}  {manner}  {_STATES[one.state]}  {here} of {members} attend",
    )
    for number, some in one.held.recused.items():
        yield say(f"　回避 {number}：{'、'.join(some)}", f"  recused from {number}: {', '.join(some)}")
    for member, marks in sorted(one.votes.items()):
        each = "，".join(f"{number} {mark.label.in_language(LANGUAGE)}" for number, mark in sorted(marks.items()))
        yield f"　{member}：{each}"
    if one.found:
        yield from (f"　{line}" for line in _found(one.found, dict(one.named)))


def _shown_json(one: Shown) -> dict[str, Any]:
    held: Held = one.held
    row = held.row
    return {
        "round": row.round,
        "state": one.state,
        "again_after": one.again_after,
        "secret": row.secret,
        "members": [{"member": member, "present": present} for member, present in held.members.items()],
        "nominations": list(one.nominees),
        "recused": {number: sorted(some) for number, some in held.recused.items()},
        "papers": {"returned": row.returned, "invalid": row.invalid, "blank": row.blank, "tellers": row.tellers}
        if row.secret
        else None,
        "votes": {
            member: {number: mark.value for number, mark in sorted(marks.items())}
            for member, marks in one.votes.items()
        },
        "closed_by": row.closed_by,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "result": _found_json(one.found) if one.found else None,
    }
