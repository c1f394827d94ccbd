"""A secret ballot's tally is right, and no row says how a member voted; what is closed stays closed."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from operations.ballots.holding import annul_ballot, open_ballot, record_attendance
from operations.ballots.voting import close_ballot
from states.balloting import Mark
from store import tables as t
from store.tables import metadata
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.balloting import DECISION, MEMBERS, BallotOffice, with_ballot
from tests.operations.office import LUZHOU


@pytest.fixture
def office(office_of, shipped) -> BallotOffice:
    return office_of(LUZHOU, program=with_ballot(shipped(LUZHOU), seats=1, ties="leave-empty"), kind=BallotOffice)


def raw_rows(office: BallotOffice) -> list[tuple[str, str]]:
    """Every row of every table, as text that a reader of the file would see, with the table's name."""
    found = []
    with office.desk.store.read() as connection:
        for table in metadata.sorted_tables:
            # As the driver gives them, with none of this product's own types between.
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608 - our own tables
            found += [(table.name, json.dumps([str(value) for value in row], ensure_ascii=False)) for row in rows]
    return found


VOTES = st.fixed_dictionaries(
    {member: st.tuples(st.sampled_from(list(Mark)), st.sampled_from(list(Mark))) for member in MEMBERS}
)


@pytest.mark.usefixtures("databases")
@on(SQLITE)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(votes=VOTES, moved=st.permutations(MEMBERS))
def test_secret_tally_is_right_and_rows_are_the_same_whoever_voted_how(office, votes, moved):
    of = t.nomination.c
    with office.desk.store.read() as connection:
        there = connection.execute(select(of.number).where(of.stage == DECISION).order_by(of.number)).scalars().all()
    numbers = list(there) or [office.nominate(DECISION, nominator=f"{place}区") for place in range(2)]
    if office.shown():
        annul_ballot(office.desk, office.id, DECISION, office.act("重来"))
    kept = []
    for members in (MEMBERS, moved):
        # The same papers, from others: the box does not tell them apart, and neither does what comes of them.
        papers = [votes[member] for member in members]
        counted = {
            number: [sum(paper[place] is mark for paper in papers) for mark in Mark]
            for place, number in enumerate(numbers)
        }
        office.opened()
        assert isinstance(office.count(counted), dict)
        found = close_ballot(office.desk, office.id, DECISION, office.act())
        tallied = {line.number: line.polled.count for line in found.lines}
        assert {number: [one.yes, one.no, one.abstained] for number, one in tallied.items()} == counted
        shown = office.shown()[-1]
        kept.append((shown.found, shown.held.counts, shown.votes, shown.held.members))
        if members is MEMBERS:
            annul_ballot(office.desk, office.id, DECISION, office.act("重来"))
    assert kept[0] == kept[1]
    assert kept[0][2] == {}


@pytest.mark.usefixtures("databases")
@on(SQLITE)
def test_rows_name_members_only_where_they_say_who_may_vote_and_who_attends(office):
    one, two = (office.nominate(DECISION, nominator=f"{place}区") for place in range(2))
    office.opened(present=MEMBERS[:4])
    assert isinstance(office.count({one: (3, 1, 0), two: (1, 2, 1)}, 4), dict)
    assert office.close().chosen == {one: "chief-technician"}
    naming = Counter(
        (table, next((kind for kind in ("opened", "attended") if f"ballot.{kind}" in row), ""))
        for table, row in raw_rows(office)
        if any(member in row for member in MEMBERS)
    )
    assert naming == {("ballot_member", ""): 5, ("event", "opened"): 1, ("event", "attended"): 1}
    members = [json.loads(row) for table, row in raw_rows(office) if table == "ballot_member"]
    assert sorted(members) == [["1", member, str(int(member in MEMBERS[:4]))] for member in sorted(MEMBERS)]
    with office.desk.store.read() as connection:
        assert connection.execute(select(t.ballot_vote)).all() == []


def test_database_itself_refuses_votes_in_a_secret_ballot_and_changes_of_a_closed_one(office):
    number = office.nominate(DECISION)
    assert open_ballot(office.desk, office.id, DECISION, office.act(), members=MEMBERS) == 1
    record_attendance(office.desk, office.id, DECISION, MEMBERS, office.act())
    nomination = office.row(number).id
    vote = {
        "ballot_id": 1,
        "member": MEMBERS[0],
        "nomination_id": nomination,
        "mark": "yes",
        "entered_by": "某人",
        "entered_at": office.now,
    }
    for secret in (True, False):
        with pytest.raises(DBAPIError), office.desk.store.write() as transaction:
            transaction.connection.execute(insert(t.ballot_vote).values(vote | {"secret": secret}))
    office.count({number: (5, 0, 0)})
    office.close()
    changes = [
        update(t.ballot_nominee).values(yes=0),
        t.ballot_nominee.delete(),
        update(t.ballot_member).values(present=False),
        insert(t.ballot_member).values(ballot_id=1, member="后来的"),
        update(t.ballot).values(closed_by="别人"),
        update(t.ballot).values(rules={}, annulled_at=office.now),
        t.ballot.delete(),
    ]
    for change in changes:
        with pytest.raises(DBAPIError, match="only annulled"), office.desk.store.write() as transaction:
            transaction.connection.execute(change)
    assert office.annul() == 1
    with pytest.raises(DBAPIError, match="only annulled"), office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.ballot).values(annulled_at=None))
