"""Ballots of a committee: from the opening to the decision, in secret or by name, with ties, and held again."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.audit import audit
from operations.ballots.holding import open_ballot, record_attendance, recuse_member
from operations.ballots.showing import chosen_by_ballot, show_ballots
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from operations.boards import board_of
from operations.decide import decide
from operations.experts.pool import ExpertDraft, add_expert, declare_tie
from operations.experts.recusing import recuse
from operations.people import add_person, disable_person
from operations.results import Denied, MisstatedError, Moved, UnknownError
from programs.panels import Ground
from states import Move
from states.balloting import Mark, Tie
from states.papers import Papers
from states.recusals import Tie as DeclaredTie
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import amended, change
from tests.operations.balloting import DECISION, MEMBERS, TELLERS, BallotOffice, with_ballot
from tests.operations.office import CRAFTSMAN_2017, CRAFTSMAN_2022, INTAKE, LUZHOU, said, why
from tests.operations.test_reserves import with_reserves

#: What is asked here is the same on every database; what the database itself refuses is asked of both.
pytestmark = [pytest.mark.usefixtures("databases"), on(SQLITE)]

FINAL = "final-decision"


@pytest.fixture
def office_with(scene_of, shipped):
    """Open a program whose committee votes, with some nominees before it."""

    def opened(nominees: int = 3, of: str = LUZHOU, seats: int = 2, **ballot) -> tuple[BallotOffice, list[str]]:
        program = with_ballot(shipped(of), seats=seats, **ballot)
        brought = DECISION, [{"nominator": f"{place}区"} for place in range(nominees)]
        return scene_of(of, program=program, kind=BallotOffice, brought=brought)

    return opened


def kinds(office: BallotOffice) -> list[str]:
    return [event["kind"] for event in office.events() if event["kind"].startswith("ballot.")]


def test_S28_committee_chooses_within_the_seats_by_a_secret_ballot(office_with):
    office, (one, two, three) = office_with()
    assert why(office.decide(DECISION, {one: "chief-technician"}).denied[0]) == [("ballot-closed", "四、（四）")]
    found = office.voted({one: 5, two: 2, three: 3})
    assert found.chosen == chosen_by_ballot(office.desk, office.id, DECISION)
    assert found.chosen == {one: "chief-technician", three: "chief-technician"}
    assert kinds(office) == ["ballot.opened", "ballot.attended", "ballot.counted", "ballot.closed"]
    closed = next(event for event in office.events() if event["kind"] == "ballot.closed")
    assert (closed["counts"], closed["chosen"], closed["others"]) == (
        {one: [5, 0, 0], two: [2, 3, 0], three: [3, 2, 0]},
        {one: "chief-technician", three: "chief-technician"},
        [two],
    )
    against = office.decide(DECISION, {one: "chief-technician", two: "chief-technician"})
    assert {denied.number: why(denied) for denied in against.denied} == {
        two: [("by-ballot", "四、（四）")],
        three: [("by-ballot", "四、（四）")],
    }
    assert why(office.move(three, Move.ELIMINATE)) == [("by-ballot", "四、（四）")]
    assert len(office.decide(DECISION, found.chosen).moved) == 3
    assert office.stages((one, two, three)) == ["publicity", "not-chosen", "publicity"]


def test_board_has_nothing_of_the_ballot_on_whom_the_reader_is_recused_from(office_with):
    office, (one, hidden, three) = office_with(seats=1)
    add_expert(office.desk, ExpertDraft("周评委", "某单位"), Act(MACHINE, office.now))
    assert recuse(office.desk, hidden, "周评委", Ground.KINSHIP, office.act("是本人的外甥")) is None
    office.voted({one: 4, hidden: 4, three: 0})
    found = board_of(
        office.desk, LUZHOU, DECISION, Actor("周评委", Role.ADMINISTRATOR, office.program.office), office.now
    )
    (shown,) = found.rounds
    assert [list(shown.nominees), [line.number for line in shown.found.lines]] == [[one, three]] * 2
    assert shown.found.tie.level == (one,)
    assert [one.number for one in found.standing] == list(shown.held.numbers.values()) == [one, three]
    assert list(shown.held.counts) == [one, three]
    reader = Act(Actor("周评委", Role.ADMINISTRATOR, office.program.office), office.now)
    (told,) = show_ballots(office.desk, LUZHOU, DECISION, act=reader)
    assert (list(told.nominees), told.found.tie.level) == ([one, three], (one,))
    assert list(show_ballots(office.desk, LUZHOU, DECISION)[0].nominees) == [one, hidden, three]


def test_nobody_is_a_reserve_for_whom_too_few_have_voted(desk, shipped):
    office = BallotOffice(desk, with_ballot(with_reserves(shipped(LUZHOU), reserves=1, seats=1)), INTAKE[LUZHOU])
    office.open()
    chosen, without_place, refused = (office.nominate(DECISION, nominator=f"{place}区") for place in range(3))
    grade = "chief-technician"
    found = office.voted({chosen: 5, without_place: 4, refused: 0})
    assert {line.number: line.reached for line in found.lines} == {
        chosen: (grade,),
        without_place: (grade,),
        refused: (),
    }
    wrong = decide(office.desk, office.id, DECISION, found.chosen, office.act(), reserves={refused: grade})
    assert {one.number: why(one) for one in wrong.denied} == {refused: [("by-ballot", "四、（四）")]}
    assert said(wrong.denied[0])[0] == "表决没有达到泸州市首席技师要求的票数"
    assert office.stages((chosen, without_place, refused)) == [DECISION] * 3
    done = decide(office.desk, office.id, DECISION, found.chosen, office.act(), reserves={without_place: grade})
    assert (done.denied, audit(office.desk).broken) == ((), ())
    assert office.stages((chosen, without_place, refused)) == ["publicity", "decision.reserve", "not-chosen"]


def test_Z24_each_grade_needs_its_own_share_and_fills_its_own_places(office_with):
    office, numbers = office_with(
        5, CRAFTSMAN_2022, 1, quorum=None, grades=[{"grade": "craftsman", "threshold": {"at_least": "4/5"}}]
    )
    found = office.voted(dict(zip(numbers, (3, 5, 4, 2, 1), strict=True)))
    assert found.chosen == {numbers[1]: "craftsman", numbers[2]: "runner-up"}
    wrong = office.move(numbers[2], Move.CHOOSE, grade="craftsman")
    assert said(wrong)[0] == "表决结果是最美巴渝工匠提名，不是最美巴渝工匠"
    assert isinstance(office.move(numbers[2], Move.CHOOSE, grade="runner-up"), Moved)


def test_J17_meeting_confirms_those_who_reach_the_share_and_no_others(desk, shipped):
    office = BallotOffice(
        desk, with_ballot(shipped(CRAFTSMAN_2017), FINAL, quorum=None, of="cast"), INTAKE[CRAFTSMAN_2017]
    )
    office.open()
    one, two = (office.nominate(FINAL) for _ in range(2))
    assert open_ballot(office.desk, office.id, FINAL, office.act(), members=MEMBERS) == 1
    record_attendance(office.desk, office.id, FINAL, MEMBERS, office.act())
    counted = {one: (2, 2, 1), two: (3, 2, 0)}
    count_papers(office.desk, office.id, FINAL, Papers(5), office.act(), given=counted, tellers=TELLERS)
    found = close_ballot(office.desk, office.id, FINAL, office.act())
    assert (found.chosen, [line.told[0].zh for line in found.lines]) == (
        {two: None},
        ["赞成 3，应计 5，达到过半数", "赞成 2，应计 5，未达到过半数"],
    )
    assert len(office.decide(FINAL, found.chosen).moved) == 2
    assert office.stages((one, two)) == ["not-chosen", "issuance"]


def test_tie_at_the_last_place_is_voted_on_again_by_those_who_attended(office_with):
    office, (one, two, three) = office_with()
    first = office.voted({one: 5, two: 4, three: 4})
    assert first.tie == Tie("chief-technician", tuple(sorted((two, three))), 1)
    assert why(office.move(one, Move.CHOOSE, grade="chief-technician"))[0][0] == "ballot-closed"
    with pytest.raises(UnknownError):
        chosen_by_ballot(office.desk, office.id, DECISION)
    assert open_ballot(office.desk, office.id, DECISION, office.act()) == 2
    shown = office.shown()[-1]
    assert (list(shown.nominees), shown.again_after) == (sorted((two, three)), 1)
    assert shown.held.attendance.attending == frozenset(MEMBERS)
    assert isinstance(office.count({two: (1, 4, 0), three: (4, 1, 0)}), dict)
    assert office.close().chosen == {one: "chief-technician", three: "chief-technician"}
    assert len(office.decide(DECISION, chosen_by_ballot(office.desk, office.id, DECISION)).moved) == 3


def test_tie_may_be_broken_by_the_ranking_before_or_leave_the_place_empty(office_with):
    office, (one, two, three) = office_with(ties="leave-empty")
    found = office.voted({one: 5, two: 4, three: 4})
    assert (found.chosen, found.tie) == ({one: "chief-technician"}, None)


def test_who_comes_later_is_voted_on_for_the_places_that_are_left(office_with):
    office, (one, two, three) = office_with()
    office.voted({one: 5, two: 1, three: 2})
    late = [office.nominate(DECISION, nominator=f"晚{place}区") for place in range(2)]
    found = office.voted(dict(zip(late, (5, 4), strict=True)))
    assert found.chosen == {late[0]: "chief-technician"}
    assert [one.held.row.round for one in office.shown()] == [1, 2]


def test_named_ballot_keeps_each_vote_and_counts_the_last_of_each(office_with):
    office, (one, two, three) = office_with(secret=False)
    office.opened()
    for member in MEMBERS:
        assert isinstance(office.cast(member, one, two), dict)
    office.cast(MEMBERS[0], one, three)
    own = show_ballots(office.desk, office.id, DECISION, act=office.as_member(MEMBERS[1]))
    assert list(own[0].votes) == [MEMBERS[1]]
    found = office.close()
    assert {line.number: line.polled.count.yes for line in found.lines} == {one: 5, two: 4, three: 1}
    assert office.shown()[0].votes[MEMBERS[0]] == {one: Mark.YES, two: Mark.ABSTAIN, three: Mark.YES}


@contextmanager
def asked(office):
    """Notes the statements of what is done meanwhile."""
    statements = []

    def note(_connection, _cursor, statement, *_more):
        statements.append(statement)

    event.listen(office.desk.store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(office.desk.store.engine, "before_cursor_execute", note)


def test_rounds_are_shown_by_as_many_statements_however_many_they_are(office_with):
    office, numbers = office_with(secret=False)
    costs = []
    for place in range(3):
        office.opened()
        office.cast(MEMBERS[place], *numbers[:2])
        with asked(office) as statements:
            shown = office.shown()
        assert [list(one.votes) for one in shown] == [[member] for member in MEMBERS[: place + 1]]
        assert all(list(one.nominees) == sorted(numbers) for one in shown)
        costs.append(len(statements))
        office.annul()
    assert len(set(costs)) == 1


def test_counts_are_written_by_one_statement_however_many_nominees_there_are(office_with):
    office, numbers = office_with()
    office.opened()
    with asked(office) as statements:
        assert isinstance(office.count(dict.fromkeys(numbers, (3, 2, 0))), dict)
    assert len([one for one in statements if one.startswith("UPDATE ballot_nominee")]) == 1


def test_nobody_votes_for_another_or_without_attending(office_with):
    office, (one, *_) = office_with(secret=False)
    office.opened(present=MEMBERS[:4])
    yes = {one: Mark.YES}
    proxy = cast_vote(office.desk, office.id, DECISION, MEMBERS[1], yes, office.as_member(MEMBERS[0]))
    absent = cast_vote(office.desk, office.id, DECISION, MEMBERS[4], yes, office.as_member(MEMBERS[4]))
    stranger = cast_vote(office.desk, office.id, DECISION, "路人", yes, office.as_member("路人"))
    assert [why(one)[0][0] for one in (proxy, absent, stranger)] == ["own", "attending", "member"]
    by_office = cast_vote(office.desk, office.id, DECISION, MEMBERS[1], yes, office.act())
    assert by_office[one] is Mark.YES
    gone = record_attendance(office.desk, office.id, DECISION, [MEMBERS[0]], office.act())
    assert said(gone)[0] == f"已经表决，不能记为未到会：{MEMBERS[1]}"


def test_recused_member_has_no_vote_on_that_nominee_and_leaves_what_the_share_is_of(office_with):
    office, (one, two, three) = office_with(secret=False)
    office.opened()
    done = recuse_member(
        office.desk, office.id, DECISION, one, office.act("系其师"), member=MEMBERS[0], ground=Ground.OTHER
    )
    assert done.attendance.voting_on(one) == frozenset(MEMBERS[1:])
    assert said(office.cast(MEMBERS[0], one))[0].startswith(f"{one} 不在此人的表决名单上")
    for place, member in enumerate(MEMBERS):
        yes = [number for number, least in ((one, 3), (two, 2), (three, 4)) if place >= least]
        office.cast(member, *yes)
    lines = {line.number: line for line in office.close().lines}
    assert [(lines[number].polled.count.yes, lines[number].polled.of) for number in (one, two, three)] == [
        (2, 4),
        (3, 5),
        (1, 5),
    ]
    assert [lines[number].chosen for number in (one, two, three)] == [False, True, False]


def test_member_who_is_the_nominee_has_no_vote_on_themselves(office_with):
    office, (one,) = office_with(1, secret=False)
    themselves = office.nominate(DECISION, nominee=MEMBERS[0], nominator="另一区")
    office.opened()
    assert office.shown()[0].held.recused == {themselves: {MEMBERS[0]: Ground.OTHER}}
    office.cast(MEMBERS[0], one)
    assert office.shown()[0].votes[MEMBERS[0]] == {one: Mark.YES}


def test_ballots_are_shown_to_members_who_are_who_they_say(office_with):
    office, _ = office_with(1)
    office.opened()
    members = [office.as_member(name) for name in MEMBERS[:2]]
    assert [len(show_ballots(office.desk, office.id, DECISION, act=one)) for one in members] == [1, 1]
    assert add_person(office.desk, "总管", Role.ADMINISTRATOR, None, Act(MACHINE, office.now)) is None
    by = Act(Actor("总管"), office.now)
    assert add_person(office.desk, MEMBERS[0], Role.EXPERT, "评委会", by) is None
    assert len(show_ballots(office.desk, office.id, DECISION, act=members[0])) == 1
    assert why(show_ballots(office.desk, office.id, DECISION, act=members[1])) == [("registered", None)]
    assert disable_person(office.desk, MEMBERS[0], by) is None
    assert why(show_ballots(office.desk, office.id, DECISION, act=members[0])) == [("enabled", None)]


def test_member_of_the_pool_is_recused_by_their_ties(office_with):
    office, (one, two, three) = office_with()
    keeper = Act(Actor("总管"), office.now, "依规")
    assert isinstance(add_expert(office.desk, ExpertDraft(MEMBERS[0], "某大学"), keeper), int)
    unit = office.row(one).unit
    assert isinstance(declare_tie(office.desk, MEMBERS[0], DeclaredTie(Ground.EMPLOYER, unit), keeper), int)
    office.opened()
    wrong = office.count({one: (5, 0, 0), two: (5, 0, 0), three: (0, 5, 0)})
    assert said(wrong) == [f"{one} 合计 5 票，应为 4 票"]
    office.count({one: (4, 0, 0), two: (5, 0, 0), three: (0, 5, 0)})
    assert office.close().chosen == {one: "chief-technician", two: "chief-technician"}


#: What is done before, and what is then refused at the close.
UNREADY = {
    "attendance": lambda office, _: open_ballot(office.desk, office.id, DECISION, office.act(), members=MEMBERS),
    "quorum": lambda office, numbers: (
        office.opened(present=MEMBERS[:3]),
        office.count(dict.fromkeys(numbers, (3, 0, 0)), 3),
    ),
    "counted": lambda office, _: office.opened(),
    "votes-fit": lambda office, numbers: (
        office.opened(),
        office.count(dict.fromkeys(numbers, (5, 0, 0))),
        record_attendance(office.desk, office.id, DECISION, MEMBERS[:4], office.act()),
    ),
}


@pytest.mark.parametrize("gate", UNREADY)
def test_ballot_is_not_closed_before_it_is_whole(office_with, gate):
    office, numbers = office_with(1)
    UNREADY[gate](office, numbers)
    assert why(office.close())[0][0] == gate


def test_named_ballot_is_not_closed_before_everybody_who_attends_has_voted(office_with):
    office, (one,) = office_with(1, secret=False)
    office.opened()
    for member in MEMBERS[:4]:
        office.cast(member, one)
    refused = office.close()
    assert (why(refused), said(refused)) == ([("everybody-voted", None)], [f"到会而没有表决：{MEMBERS[4]}"])


def test_secret_ballot_takes_no_vote_and_a_named_one_no_count(office_with):
    office, (one,) = office_with(1)
    office.opened()
    assert why(office.cast(MEMBERS[0], one)) == [("secret", "四、（四）")]
    few = count_papers(
        office.desk, office.id, DECISION, Papers(5), office.act(), given={one: (5, 0, 0)}, tellers=TELLERS[:1]
    )
    assert said(few) == ["监票人、计票人不足 2 人"]
    with pytest.raises(UnknownError):
        office.count({})


def test_count_that_would_tell_how_somebody_voted_is_refused(office_with):
    office, (one,) = office_with(1, quorum=None)
    office.opened(present=MEMBERS[:1])
    assert why(office.count({one: (1, 0, 0)}, 1)) == [("stays-secret", None)]


def test_closed_ballot_is_annulled_with_a_reason_and_held_again_but_not_once_it_was_followed(office_with):
    office, (one, two, three) = office_with()
    office.voted({one: 1, two: 4, three: 4})
    assert why(office.annul("")) == [("reason-stated", None)]
    assert office.annul() == 1
    assert [shown.state for shown in office.shown()] == ["annulled"]
    assert office.shown()[0].found.chosen == {two: "chief-technician", three: "chief-technician"}
    found = office.voted({one: 4, two: 4, three: 1})
    office.decide(DECISION, found.chosen)
    assert said(office.annul()) == ["已有 3 件按此结果办理"]
    assert kinds(office).count("ballot.annulled") == 1


def test_whoever_stepped_back_stays_so_where_the_round_is_held_again(office_with):
    office, (one, two) = office_with(2, secret=False)
    office.opened()
    stepped = recuse_member(
        office.desk, office.id, DECISION, one, office.act("近亲属"), member=MEMBERS[0], ground=Ground.KINSHIP
    )
    assert not isinstance(stepped, Denied)
    office.annul()
    office.opened()
    assert office.shown()[-1].held.recused == {one: {MEMBERS[0]: Ground.KINSHIP}}
    assert isinstance(office.cast(MEMBERS[0], one, two), Denied)
    assert audit(office.desk).broken == ()


def test_revote_is_annulled_by_itself_and_the_tie_is_open_again(office_with):
    office, (one, two, three) = office_with()
    office.voted({one: 5, two: 4, three: 4})
    assert open_ballot(office.desk, office.id, DECISION, office.act()) == 2
    office.count({two: (1, 4, 0), three: (4, 1, 0)})
    office.close()
    assert office.annul() == 2
    others = open_ballot(office.desk, office.id, DECISION, office.act(), members=["别人"])
    assert why(others) == [("members-stay", "四、（四）")]
    assert open_ballot(office.desk, office.id, DECISION, office.act(), members=MEMBERS) == 3
    assert list(office.shown()[-1].nominees) == sorted((two, three))


def test_member_has_a_name(office_with):
    office, _ = office_with(1)
    with pytest.raises(MisstatedError):
        open_ballot(office.desk, office.id, DECISION, office.act(), members=["评委甲", "　"])
    assert not office.shown()


def test_picked_nominees_are_counted_and_picks_follow_the_places_of_a_tie(office_with):
    office, (one, two, three) = office_with(picks=2, exactly=True)
    office.opened()
    assert isinstance(office.count({one: (5,), two: (3,), three: (2,)}), dict)
    assert office.close().chosen == {one: "chief-technician", two: "chief-technician"}
    office.annul()
    office.opened()
    office.count({one: (4,), two: (3,), three: (3,)})
    assert office.close().tie.places == 1
    open_ballot(office.desk, office.id, DECISION, office.act())
    assert office.shown()[-1].held.picks == 1


def test_experts_who_are_no_members_see_nothing_of_it(office_with):
    office, (one,) = office_with(1)
    office.voted({one: 5})
    seen = show_ballots(office.desk, office.id, DECISION, act=office.as_member("路人"))
    assert isinstance(seen, Denied)


def test_what_cannot_be_opened_says_why(office_with):
    office, (one,) = office_with(1)
    assert why(open_ballot(office.desk, office.id, DECISION, office.act())) == [("members-named", "四、（四）")]
    office.opened()
    assert why(open_ballot(office.desk, office.id, DECISION, office.act())) == [("ballot-open", None)]
    office.annul()
    office.voted({one: 5})
    assert why(open_ballot(office.desk, office.id, DECISION, office.act())) == [("somebody-to-vote-on", None)]
    with pytest.raises(UnknownError, match="holds no ballot"):
        open_ballot(office.desk, office.id, "publicity", office.act())


def test_decided_nominees_have_a_row_and_no_others(office_with):
    office, (one, two, three) = office_with()
    office.voted({one: 5, two: 1, three: 5})
    with office.desk.store.read() as connection:
        rows = connection.execute(
            select(t.nomination.c.number, t.balloted.c.chosen, t.balloted.c.grade)
            .join_from(t.balloted, t.nomination)
            .order_by(t.nomination.c.number)
        ).all()
    assert {row.number: (row.chosen, row.grade) for row in rows} == {
        one: (True, "chief-technician"),
        two: (False, None),
        three: (True, "chief-technician"),
    }


def test_ballot_that_an_amendment_takes_out_is_held_for_those_of_the_version_that_has_it(office_with):
    office, (one, two) = office_with(2)
    amended(office, change("stages", DECISION, ballot=None))
    three = office.nominate(DECISION, nominator="丙区")
    assert (office.row(one).revision, office.row(three).revision) == (1, 2)
    assert why(office.decide(DECISION, {one: "chief-technician"}).denied[0]) == [("ballot-closed", "四、（四）")]
    found = office.voted({one: 5, two: 1})
    assert (found.chosen, chosen_by_ballot(office.desk, office.id, DECISION)) == (
        {one: "chief-technician"},
        {one: "chief-technician"},
    )
    (shown,) = show_ballots(office.desk, office.id, DECISION)
    assert sorted(shown.nominees) == [one, two]
    assert why(open_ballot(office.desk, office.id, DECISION, office.act(), members=MEMBERS)) == [
        ("somebody-to-vote-on", None)
    ]
    assert len(office.decide(DECISION, found.chosen | {three: "chief-technician"}).moved) == 3
    assert office.stages((one, two, three)) == ["publicity", "not-chosen", "publicity"]
