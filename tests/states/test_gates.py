"""Every gate alone: what passes, what is refused, and on which clause."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deadlines import SHANGHAI
from programs import Path, Words
from programs.model import Quota, Seats
from states import Case, Circumstances, Limit, gates
from states.limiting import KeepFree, QuotaFree, SeatFree

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)
MOMENT = timedelta(microseconds=1)
CASE = Case("screening", Path(None, "organization"), nominator_kind="district")
CALM = Circumstances(NOW, reason="据实办理", document_number="某人社〔2026〕1号")

QUOTA = Quota(
    id="district",
    name="每区县",
    clause="五、（一）",
    per="nominator",
    nominator_kind="district",
    tier="office",
    limit=6,
)
SEATS = (
    Seats(id="craftsman", award="工匠", clause="一", count=10),
    Seats(id="about", award="提名", clause="二", count=3, kind="target"),
    Seats(id="college", award="院校", clause="三", count=1, categories=("college",)),
)
IN_TIME = gates.InTime((("r.district", "区县", "转发通知"), ("r.city", "市总工会", "八、（二）")))
KEEP = KeepFree("vote", 30, "六、（一）2")
QUOTA_FREE = QuotaFree(QUOTA)
SEAT_FREE = SeatFree(SEATS)


def case(**facts) -> Case:
    return replace(CASE, **facts)


def calm(**facts) -> Circumstances:
    return replace(CALM, **facts)


PASSES = {
    "no close is known": (IN_TIME, CASE, CALM),
    "the last moment before the close": (IN_TIME, CASE, calm(closes={"r.city": NOW + MOMENT})),
    "a close that does not lie ahead": (IN_TIME, CASE, calm(closes={"r.unit": NOW})),
    "nothing is due": (gates.before_due, CASE, CALM),
    "the last moment before it is due": (gates.before_due, case(due=NOW + MOMENT), CALM),
    "the very instant at which it is due": (gates.due_reached, case(due=NOW), CALM),
    "a reason": (gates.reason_stated, CASE, CALM),
    "nothing is missing": (gates.materials_complete, CASE, CALM),
    "every rule has passed": (gates.rules_passed, CASE, CALM),
    "every track has reported": (gates.tracks_reported, CASE, CALM),
    "no objection": (gates.no_open_objection, CASE, CALM),
    "a document number": (gates.document_numbered, CASE, CALM),
    "a quota nobody has used": (QUOTA_FREE, CASE, CALM),
    "the last place of a quota": (QUOTA_FREE, CASE, calm(left={"quota.district": 1})),
    "a quota for other nominators": (QUOTA_FREE, case(nominator_kind="department"), calm(left={"quota.district": 0})),
    "a cut nobody has passed": (KEEP, CASE, CALM),
    "the last place of a cut": (KEEP, CASE, calm(left={"keep.vote": 1})),
    "the last seat": (SEAT_FREE, CASE, calm(grade="craftsman", left={"seats.craftsman": 1})),
    "a target that is reached": (SEAT_FREE, CASE, calm(grade="about", left={"seats.about": 0})),
    "a seat of the case's own category": (SEAT_FREE, case(path=Path("college", "organization")), calm(grade="college")),
}

#: The gate, what it judges, and its name, clause and reason.
REFUSES = {
    "the close itself": (
        IN_TIME,
        CASE,
        calm(closes={"r.city": NOW}),
        ("in-time", "八、（二）", "市总工会的受理已于 2026年3月11日 10:00 截止"),
    ),
    "the first of two that have closed": (
        IN_TIME,
        CASE,
        calm(closes={"r.city": NOW, "r.district": NOW - timedelta(days=1)}),
        ("in-time", "转发通知", "区县的受理已于 2026年3月10日 10:00 截止"),
    ),
    "the instant at which it is due": (
        gates.before_due,
        case(due=NOW),
        CALM,
        ("before-due", None, "期限已于 2026年3月11日 10:00 届满"),
    ),
    "a moment too early": (
        gates.due_reached,
        case(due=NOW + MOMENT),
        CALM,
        ("due-reached", None, "期限未到，2026年3月11日 10:00 届满"),
    ),
    "what is never due": (gates.due_reached, CASE, CALM, ("due-reached", None, "此处没有期限")),
    "no reason": (gates.reason_stated, CASE, calm(reason=""), ("reason-stated", None, "没有写明理由")),
    "an endless reason": (
        gates.reason_stated,
        CASE,
        calm(reason="汉" * 4001),
        ("reason-stated", None, "理由有 4001 个字，过长"),
    ),
    "a blank reason": (gates.reason_stated, CASE, calm(reason=" \t\n"), ("reason-stated", None, "没有写明理由")),
    "missing materials": (
        gates.materials_complete,
        case(missing=("申报表", "照片")),
        CALM,
        ("materials-complete", None, "材料不齐，缺：申报表、照片"),
    ),
    "a rule without a verdict": (
        gates.rules_passed,
        case(unjudged=("年龄",)),
        CALM,
        ("rules-passed", None, "还有条件没有审查结论：年龄"),
    ),
    "a failed rule before one without a verdict": (
        gates.rules_passed,
        case(failed=(Words("年龄（二）", "年龄 (二)"),), unjudged=("品行",)),
        CALM,
        ("rules-passed", None, "不符合条件：年龄（二）"),
    ),
    "a track that has not reported": (
        gates.tracks_reported,
        case(unreported=("实地考察",)),
        CALM,
        ("tracks-reported", None, "尚未完成：实地考察"),
    ),
    "an open objection": (
        gates.no_open_objection,
        case(open_objections=2),
        CALM,
        ("no-open-objection", None, "有 2 件异议未处理完毕"),
    ),
    "no document number": (
        gates.document_numbered,
        CASE,
        calm(document_number=None),
        ("document-numbered", None, "没有发文字号"),
    ),
    "a used-up quota": (
        QUOTA_FREE,
        CASE,
        calm(left={"quota.district": 0}),
        ("quota-free", "五、（一）", "名额已用完：每区县（不超过 6 名）"),
    ),
    "a full cut": (KEEP, CASE, calm(left={"keep.vote": 0}), ("keep-free", "六、（一）2", "入围名额 30 名已满")),
    "no grade": (SEAT_FREE, CASE, CALM, ("seat-free", None, "没有写明授予哪一项")),
    "an unknown grade": (SEAT_FREE, CASE, calm(grade="gold"), ("seat-free", None, "没有写明授予哪一项")),
    "another category's grade": (SEAT_FREE, CASE, calm(grade="college"), ("seat-free", None, "没有写明授予哪一项")),
    "a full cap": (
        SEAT_FREE,
        CASE,
        calm(grade="craftsman", left={"seats.craftsman": 0}),
        ("seat-free", "一", "工匠 的 10 个名额已满"),
    ),
}


@pytest.mark.parametrize(("gate", "judged", "circumstances"), PASSES.values(), ids=PASSES)
def test_gate_passes(gate, judged, circumstances):
    assert gate(judged, circumstances) is None


@pytest.mark.parametrize(("gate", "judged", "circumstances", "said"), REFUSES.values(), ids=REFUSES)
def test_gate_refuses(gate, judged, circumstances, said):
    refusal = gate(judged, circumstances)
    assert (refusal.gate, refusal.clause, refusal.reason.zh) == said
    assert all((refusal.reason.en, refusal.remedy.zh, refusal.remedy.en))


def test_refusal_as_json_is_in_the_language_asked_for():
    refusal = gates.document_numbered(CASE, calm(document_number=None))
    assert refusal.to_json("en") == {
        "gate": "document-numbered",
        "reason": "the document has no number",
        "remedy": "give the document number",
        "clause": None,
    }


def test_seat_free_without_a_grade_names_those_that_can_be_won():
    college = SEAT_FREE(case(path=Path("college", "organization")), CALM)
    assert college.remedy.zh == "请写明：craftsman（工匠）、about（提名）、college（院校）"


def test_limits_are_the_places_that_a_move_takes():
    assert QUOTA_FREE.limit(CASE, CALM) == Limit("quota.district", "nominator", 6)
    assert KEEP.limit(CASE, CALM) == Limit("keep.vote", "program", 30)
    assert SEAT_FREE.limit(CASE, calm(grade="craftsman")) == Limit("seats.craftsman", "program", 10)
    assert SEAT_FREE.limit(CASE, calm(grade="about")) == Limit("seats.about", "program", 3, soft=True)


def test_limits_of_what_does_not_concern_the_case_are_none():
    assert QUOTA_FREE.limit(case(nominator_kind="department"), CALM) is None
    assert SEAT_FREE.limit(CASE, CALM) is None
