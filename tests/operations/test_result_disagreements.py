"""`audit verify` holds scores, votes, rankings, ballots and meetings against the history."""

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from documents.minutes import Meeting
from operations.audit import audit
from operations.ballots.holding import open_ballot, record_attendance, recuse_member
from operations.meetings import record_meeting
from operations.scores import enter_score
from operations.tallying import import_tally
from programs import Program
from programs.panels import Ground
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.balloting import DECISION, MEMBERS, BallotOffice, with_ballot
from tests.operations.office import CRAFTSMAN_2022, INTAKE, LUZHOU

#: What is asked here is the same on every database.
pytestmark = [pytest.mark.usefixtures("databases"), on(SQLITE)]

WORK = {"id": "work", "name": "业绩", "full_marks": 100}


def disagreeing(office: BallotOffice) -> set[tuple[str, str]]:
    """What disagrees: of which sort, and the field."""
    return {
        (one.where.partition(":")[0], one.disagreement.field if one.disagreement else "")
        for one in audit(office.desk, office.id).broken
    }


def tampered(office: BallotOffice, tampering: list[tuple[Any, set[tuple[str, str]]]]) -> None:
    assert disagreeing(office) == set()
    for statement, expected in tampering:
        with office.desk.store.write() as transaction:
            transaction.connection.execute(statement)
            transaction.abandon()
            assert disagreeing(office) == expected, statement


def scored(program: Program) -> Program:
    """The same program, whose material review is scored."""
    document = program.model_dump(mode="json")
    for stage in document["stages"]:
        for track in stage.get("tracks", ()):
            if track["id"] == "materials":
                track["criteria"] = [WORK]
    return Program.model_validate(document)


def test_scores_and_rankings_agree_and_what_is_tampered_with_is_named(desk, shipped):
    office = BallotOffice(desk, scored(shipped(LUZHOU)), INTAKE[LUZHOU])
    office.open()
    number = office.nominate("review")
    for points in ("80", "81"):
        enter_score(desk, number, "materials", {"work": points}, office.act(), opinion="好", evaluator="甲")
    office.report(number, "site-visit")
    office.rank()
    current = t.score.c.revision == 2
    tampered(
        office,
        [
            (update(t.score).where(current).values(points={"work": "99"}), {("score", "points")}),
            (update(t.score).where(current).values(opinion="差"), {("score", "opinion")}),
            (update(t.score).where(current).values(superseded=True), {("score", "superseded")}),
            (delete(t.score).where(t.score.c.revision == 1), {("score", "exists")}),
            (update(t.ranking).values(digest="0" * 64), {("ranking", "ranking_digest")}),
            (update(t.ranked).values(place=2), {("ranked", "place")}),
            (update(t.ranked).values(total="1"), {("ranked", "total")}),
            (delete(t.ranked), {("ranked", "exists")}),
        ],
    )


def test_votes_of_the_public_agree_and_what_is_tampered_with_is_named(desk, shipped):
    office = BallotOffice(desk, shipped(CRAFTSMAN_2022), INTAKE[CRAFTSMAN_2022])
    office.open()
    number = office.nominate("vote")
    for votes in (10, 20):
        content = f"编号,票数\n{number},{votes}\n".encode()
        import_tally(
            desk, office.id, content, "票数.csv", office.act("更正"), stage_id="vote", platform=None, replace=True
        )
    tampered(
        office,
        [
            (update(t.tally_votes).values(votes=1000), {("tally", "votes")}),
            (update(t.tally).values(superseded=True), {("tally", "superseded")}),
        ],
    )


def test_ballots_and_meetings_agree_and_what_is_tampered_with_is_named(desk, shipped):
    program = with_ballot(shipped(LUZHOU), seats=1, secret=False)
    office = BallotOffice(desk, program, INTAKE[LUZHOU])
    office.open()
    one, two = (office.nominate(DECISION, nominator=f"{place}区") for place in range(2))
    office.opened()
    for member in MEMBERS:
        office.cast(member, one)
    office.close()
    office.annul()
    open_ballot(desk, office.id, DECISION, office.act())
    record_attendance(desk, office.id, DECISION, MEMBERS[:4], office.act())
    recuse_member(desk, office.id, DECISION, two, office.act("其师"), member=MEMBERS[0], ground=Ground.OTHER)
    for member in MEMBERS[:4]:
        office.cast(member, one)
    office.close()
    open_ballot(desk, office.id, DECISION, office.act())
    meeting = Meeting("三楼", "甲", "乙", ("甲", "乙"), ("丙",), ("表决",))
    assert record_meeting(desk, office.id, DECISION, office.act(), meeting=meeting, held_on=office.now.date()) is None
    tampered(
        office,
        [
            (update(t.balloted).values(chosen=True), {("balloted", "chosen")}),
            (update(t.balloted).values(grade="x"), {("balloted", "grade")}),
            (delete(t.balloted), {("balloted", "exists")}),
            (update(t.ballot).where(t.ballot.c.round == 2).values(annulled_at=office.now), {("ballot", "annulled")}),
            (update(t.meeting).values(chair="别人"), {("meeting", "chair")}),
            (delete(t.meeting), {("meeting", "exists")}),
        ],
    )
    # The database refuses what follows, unless somebody takes its triggers away first.
    with office.desk.store.write() as transaction:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('ballot', 'ballot_recusal')"
        for name in transaction.connection.execute(text(triggers)).scalars().all():
            transaction.connection.execute(text(f"DROP TRIGGER {name}"))
    forged = {"returned": 9, "invalid": 1, "blank": 1, "tellers": ["别人"]}
    tampered(office, [(update(t.ballot).values({name: value}), {("ballot", name)}) for name, value in forged.items()])
    second = update(t.ballot).where(t.ballot.c.round == 2)
    with office.desk.store.read() as connection:
        rules = connection.execute(select(t.ballot.c.rules).where(t.ballot.c.round == 2)).scalar_one()
    (grade, left, open_to) = rules["slots"][0]
    tampered(
        office,
        [
            (second.values(rules=rules | {"picks": 3}), {("ballot", "rules")}),
            (second.values(rules=rules | {"standing": [one]}), {("ballot", "kept")}),
            (
                second.values(rules=rules | {"slots": [[grade, left + 1, open_to]]}),
                {("ballot", "kept"), ("ballot", "places")},
            ),
            (update(t.ballot_recusal).values(ground=Ground.KINSHIP.value), {("ballot", "ground")}),
            (delete(t.ballot_recusal), {("ballot", "exists")}),
        ],
    )


def test_papers_of_a_secret_ballot_agree(desk, shipped):
    office = BallotOffice(desk, with_ballot(shipped(LUZHOU), seats=1), INTAKE[LUZHOU])
    office.open()
    number = office.nominate(DECISION)
    office.opened()
    assert isinstance(office.count({number: (4, 0, 0)}, invalid=1), dict)
    assert disagreeing(office) == set()
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.ballot).values(returned=4, tellers=["别人"]))
    assert disagreeing(office) == {("ballot", "returned"), ("ballot", "tellers")}
