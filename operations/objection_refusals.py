"""Why something is not done with an objection, and who must keep their hands off it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from deadlines.calendar import LAST_DAY
from programs import Words
from programs.words import closing_in_words
from states import Refusal, Verdict


def is_party(name: str, organization: str | None, row: Row[Any], objection: Row[Any]) -> bool:
    """Whether somebody is party to an objection: who raised it, whom it is against, or of the unit of either."""
    return name in (objection.objector, row.nominee) or (
        organization is not None and organization in (objection.objector, row.unit, row.nominee)
    )


def party(name: str) -> Refusal:
    """Refuse a handler who is party to it."""
    return Refusal(
        "handler-impartial",
        Words("{name}与该异议有利害关系，应当回避", "{name} is party to the objection").format(name=name),
        Words("请由其他人员办理", "have somebody else handle it"),
    )


def unfounded(raised_by: str, objector: str, contact: str, grounds: str) -> Refusal | None:
    """Refuse what does not say who objects, how to reach them, or why."""
    anonymous, named = raised_by == "anonymous", bool(objector.strip())
    if grounds.strip() and anonymous is not named and (raised_by != "person" or contact.strip()):
        return None
    asked = Words("单位异议须盖公章，个人异议须署实名", "state who objects, and the facts")
    if anonymous and named:
        return Refusal(
            "objection-founded",
            Words("匿名异议写了异议人", "an anonymous objection names who objects"),
            Words("署名的请按单位或个人登记", "one that is signed is a unit's or a person's"),
        )
    if raised_by == "person" and named and grounds.strip():
        return Refusal(
            "objection-founded",
            Words("没有写明异议人的联系方式", "how to reach who objects is missing"),
            Words("个人异议须署实名并提供联系方式，请用 --contact 写明", "give it with --contact"),
        )
    return Refusal(
        "objection-founded",
        Words("没有写明异议人或异议内容", "the objector or the grounds are missing"),
        Words(f"{asked.zh}，并写明事实依据", asked.en),
    )


def late(closed: datetime, clause: str | None) -> Refusal:
    """Refuse an objection after they were taken."""
    return Refusal(
        "before-due",
        Words("异议受理已于 {closed} 截止", "objections were taken until {closed}").format(
            closed=closing_in_words(closed)
        ),
        Words("期限届满后不再办理", "nothing more can be done here"),
        clause,
    )


def unanswered() -> Refusal:
    """Refuse to settle what nobody says was found."""
    return Refusal(
        "objection-answered",
        Words("没有写明调查处理结论", "what was found is not said"),
        Words("请用 --answer 写明", "say it with --answer"),
    )


def settled_already(objection: int) -> Refusal:
    """Refuse to handle what is settled."""
    return Refusal(
        "objection-open",
        Words("异议 {id} 已经办结", "the objection {id} is settled already").format(id=objection),
        Words("无须再次办理", "there is nothing to do"),
    )


def judged_already(objection: int) -> Refusal:
    """Refuse to decide again whether an objection is taken up."""
    return Refusal(
        "objection-unjudged",
        Words("异议 {id} 已经受理", "the objection {id} is admitted already").format(id=objection),
        Words("请核查后办结：linxuan publicity settle", "look into it, then settle it: linxuan publicity settle"),
    )


def not_admitted(objection: int) -> Refusal:
    """Refuse to look into what nobody has admitted."""
    return Refusal(
        "objection-admitted",
        Words("异议 {id} 还没有受理", "the objection {id} is not admitted yet").format(id=objection),
        Words("请先受理：linxuan publicity admit {id}", "admit it first: linxuan publicity admit {id}").format(
            id=objection
        ),
    )


def no_longer_fit(failed: Sequence[Verdict]) -> Refusal:
    """Refuse to keep somebody on the list who, put right, does not meet what the notice asks."""
    return Refusal(
        "rules-passed",
        Words("更正后不符合条件：{failed}", "put right, the nominee does not meet: {failed}").format(
            failed="、".join(f"{one.name}（{one.clause}）" for one in failed)
        ),
        Words("请按异议成立办结：settle … upheld", "uphold the objection instead: settle … upheld"),
        failed[0].clause,
    )


def not_later(before: datetime) -> Refusal:
    """Refuse a new deadline that gives no more time."""
    return Refusal(
        "later",
        Words("核查原至 {before}，新的期限没有延后", "it had time until {before}; the new day is not later").format(
            before=closing_in_words(before)
        ),
        Words("请写更晚的日期", "name a later day"),
    )


def beyond_calendar(day: date) -> Refusal:
    """Refuse a new deadline to which no working days can be counted: its year is a slip."""
    return Refusal(
        "within-the-calendar",
        Words("{day} 不在工作日历之内（至 {last}）", "{day} lies beyond the calendar (until {last})").format(
            day=day, last=LAST_DAY
        ),
        Words("请核对年份", "check the year"),
    )


def no_deadline(objection: int) -> Refusal:
    """Refuse to prolong what has no deadline."""
    return Refusal(
        "deadline-set",
        Words("异议 {id} 没有核查期限", "the objection {id} has no deadline").format(id=objection),
        Words("无须延长", "there is nothing to prolong"),
    )
