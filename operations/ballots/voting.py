"""Voting: named votes are entered by or for each member; the papers of a secret ballot are counted by tellers.

Of a secret ballot nothing but counts ever comes here. A vote that is entered when it is given can be told from the one
before by whoever looks between the two, in whatever order it is kept; a count of all papers cannot.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.ballots.holding import open_round
from operations.ballots.records import (
    Held,
    balloting_stage,
    begin,
    held,
    kept_digest,
    kept_of,
    outcome_of,
    places_left,
    recuse_by_ties,
    rounds_of,
    series_of,
    standing_rounds,
    without_result,
    write_counts,
)
from operations.ballots.refusals import (
    attendance_missing,
    by_proxy,
    is_named,
    is_secret,
    none_open,
    not_attending,
    not_counted,
    not_members,
    not_quorate,
    not_voted,
    tellers_missing,
    unfit_marks,
    would_tell,
)
from operations.desk import Desk
from operations.experts.records import panel_matter_of
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, MisstatedError, denied
from operations.rounds import another_round
from operations.seeing import hidden_from
from programs import Words
from states import Refusal
from states.balloting import Count, Mark, Outcome, count_votes
from states.papers import Papers, counted_papers, marks_on
from store import among
from store import tables as t


def cast_vote(  # noqa: PLR0913 - who votes how and in what, each by name
    desk: Desk,
    program_id: str,
    stage_id: str,
    member: str,
    given: Mapping[str, Mark],
    act: Act,
    *,
    which: int | None = None,
) -> dict[str, Mark] | Denied:
    """Enter how a member votes in a named ballot; a later entry takes the place of an earlier one until it is closed.

    By the member, or by the office as they say it; in the round `which`, where one is named, and in no other. Returns
    the vote on everybody they may vote on. Raises `UnknownError` for what is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, rows = begin(desk, transaction, program_id, stage_id)
        own = panel_matter_of(running, member, act.actor)
        office = matter_at(running, stage_id)
        matter = Matter(own.program, own.office, office.holder, expert=member, own=own.own)
        if refused := denied(refuses(connection, act.actor, Deed.CAST, matter) or by_proxy(act, member)):
            return refused
        one = open_round(connection, program_id, stage_id)
        if one is None or one.row.secret or not one.members.get(member):
            return Denied((_may_not_vote(one, member),))
        if refused := denied(another_round(which, one.row.round)):
            return refused
        newly = recuse_by_ties(connection, running, one, rows, act.now)
        one = held(connection, [one.row])[0]
        over = [number for number in one.numbers.values() if member in one.attendance.voting_on(number)]
        marks = marks_on(one.ballot, one.picks, over, given)
        if isinstance(marks, Words):
            return Denied((unfit_marks(marks, one.ballot),))
        of = t.ballot_vote.c
        connection.execute(delete(t.ballot_vote).where(of.ballot_id == one.row.id, of.member == member))
        ids = {number: nomination for nomination, number in one.numbers.items()}
        if marks:
            connection.execute(
                insert(t.ballot_vote),
                [
                    {
                        "ballot_id": one.row.id,
                        "member": member,
                        "nomination_id": ids[number],
                        "secret": False,
                        "mark": mark.value,
                        "entered_by": act.actor.name,
                        "entered_at": act.now,
                    }
                    for number, mark in marks.items()
                ],
            )
        transaction.record(
            program_id,
            "ballot.cast",
            stage=stage_id,
            round=one.row.round,
            member=member,
            marks={number: mark.value for number, mark in marks.items()},
            recused=newly or None,
            **act.signature(),
        )
        return marks


def count_papers(  # noqa: PLR0913 - what was counted and by whom, each by name
    desk: Desk,
    program_id: str,
    stage_id: str,
    papers: Papers,
    act: Act,
    *,
    given: Mapping[str, Sequence[int]],
    tellers: Sequence[str],
    which: int | None = None,
) -> dict[str, Count] | Denied:
    """Enter what the tellers of a secret ballot have counted, all of it at once; a later count replaces an earlier one.

    Where a round is named by `which`, of that one and no other.
    `given` has yes, no and abstentions by number; where some are picked, how often each was. Raises `UnknownError` for
    what is not there, `MisstatedError` where it is not about exactly those who are voted on.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, rows = begin(desk, transaction, program_id, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id))):
            return refused
        one = open_round(connection, program_id, stage_id)
        if one is None or not one.row.secret:
            return Denied((none_open() if one is None else is_named(one),))
        if refused := denied(another_round(which, one.row.round)):
            return refused
        newly = recuse_by_ties(connection, running, one, rows, act.now)
        one = held(connection, [one.row])[0]
        _is_about_everybody(one, given)
        signed = sorted({teller.strip() for teller in tellers if teller.strip()})
        alone = [number for number in one.numbers.values() if len(one.attendance.voting_on(number)) == 1]
        if refused := denied(
            None if one.is_attended else attendance_missing(),
            tellers_missing(one.ballot) if len(signed) < one.ballot.tellers else None,
            would_tell(alone) if alone and one.is_attended else None,
        ):
            return refused
        counted = counted_papers(one.ballot, one.picks, one.attendance, papers, given)
        if isinstance(counted, list):
            return Denied(tuple(unfit_marks(words, one.ballot) for words in counted))
        write_counts(connection, one, counted)
        connection.execute(
            update(t.ballot)
            .where(t.ballot.c.id == one.row.id)
            .values(returned=papers.returned, invalid=papers.invalid, blank=papers.blank, tellers=signed)
        )
        transaction.record(
            program_id,
            "ballot.counted",
            stage=stage_id,
            round=one.row.round,
            returned=papers.returned,
            invalid=papers.invalid,
            blank=papers.blank,
            tellers=signed,
            counts=_counts_json(counted),
            recused=newly or None,
            **act.signature(),
        )
        return counted


def close_ballot(desk: Desk, program_id: str, stage_id: str, act: Act) -> Outcome | Denied:
    """Close the open round and say what it comes to: who is chosen with which grade, or who is level.

    Refused without a quorum, and before everybody who attends has voted, or the papers are counted. Whoever closes it
    is told nothing of whom they are recused from. Raises `UnknownError` for what is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running, rows = begin(desk, transaction, program_id, stage_id)
        stage, _ = balloting_stage(running, stage_id)
        if refused := denied(refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id))):
            return refused
        one = open_round(connection, program_id, stage_id)
        if one is None:
            return Denied((none_open(),))
        newly = recuse_by_ties(connection, running, one, rows, act.now)
        one = held(connection, [one.row])[0]
        votes = votes_in(connection, [one])[one.row.id]
        if refused := denied(*_unready(one, votes)):
            return refused
        if not one.row.secret:
            write_counts(connection, one, count_votes(one.numbers.values(), one.attendance, votes))
        undecided = without_result(connection, stage_id, rows)
        standing = standing_rounds(rounds_of(connection, program_id, stage_id))
        series = held(connection, series_of(standing, standing[-1]))
        here = {number for some in series[:1] for number in some.numbers.values()}
        concerned = [row for row in undecided if row.number in here]
        slots = places_left(connection, running, stage, series[0].ballot, concerned)
        found = outcome_of(connection, series, slots, concerned)
        rules = {**one.row.rules, **kept_of(connection, series[0].ballot, slots, concerned)}
        connection.execute(
            update(t.ballot)
            .where(t.ballot.c.id == one.row.id)
            .values(
                rules=rules,
                closed_by=act.actor.name,
                closed_at=act.now,
            )
        )
        if found.tie is None and found.lines:
            ids = {row.number: row.id for row in concerned}
            connection.execute(
                insert(t.balloted),
                [
                    {
                        "nomination_id": ids[line.number],
                        "stage": stage_id,
                        "ballot_id": one.row.id,
                        "chosen": line.chosen,
                        "grade": line.grade,
                        "reached": list(line.reached),
                    }
                    for line in found.lines
                ],
            )
        transaction.record(
            program_id,
            "ballot.closed",
            stage=stage_id,
            round=one.row.round,
            clause=one.ballot.clause,
            members=len(one.members),
            attending=len(one.attendance.attending),
            counts=_counts_json(series[-1].counts),
            places=[[slot.grade, slot.left] for slot in slots],
            kept=kept_digest(rules),
            chosen=None if found.tie else found.chosen,
            others=None if found.tie else sorted(line.number for line in found.lines if not line.chosen),
            reached=None if found.tie else {line.number: list(line.reached) for line in found.lines},
            tie=[found.tie.grade, list(found.tie.level), found.tie.places] if found.tie else None,
            recused=newly or None,
            **act.signature(),
        )
        return found.without(hidden_from(desk, connection, running, act))


def votes_in(connection: Connection, rounds: Sequence[Held]) -> dict[int, dict[str, dict[str, Mark]]]:
    """Return how everybody has voted in named rounds: id of the round → member → number → mark; of secret ones none."""
    numbers = {one.row.id: one.numbers for one in rounds if not one.row.secret}
    votes: dict[int, dict[str, dict[str, Mark]]] = {one.row.id: {} for one in rounds}
    of = t.ballot_vote.c
    cast = select(t.ballot_vote).where(among(of.ballot_id, list(numbers)))
    for row in connection.execute(cast) if numbers else ():
        number = numbers[row.ballot_id][row.nomination_id]
        votes[row.ballot_id].setdefault(row.member, {})[number] = Mark(row.mark)
    return votes


def _unready(one: Held, votes: Mapping[str, Mapping[str, Mark]]) -> list[Refusal]:
    if not one.is_attended:
        return [attendance_missing()]
    found: list[Refusal] = []
    if one.ballot.quorum and not one.ballot.quorum.is_met(len(one.attendance.attending), len(one.members)):
        found.append(not_quorate(one))
    if one.row.secret:
        if one.row.returned is None:
            return [*found, not_counted()]
        papers = Papers(one.row.returned, one.row.invalid, one.row.blank)
        given = {
            number: (count.yes,) if one.picks else (count.yes, count.no, count.abstained)
            for number, count in one.counts.items()
        }
        # Who attends, or who is recused, may have been corrected since the papers were counted.
        again = counted_papers(one.ballot, one.picks, one.attendance, papers, given)
        wrong = again if isinstance(again, list) else []
        if not wrong and again != one.counts:
            wrong = [Words("计票之后到会或回避情况有变", "who attends or is recused has changed since the count")]
        return [*found, *(unfit_marks(words, one.ballot) for words in wrong)]
    silent = [
        member
        for member in sorted(one.attendance.attending)
        if member not in votes and any(member in one.attendance.voting_on(number) for number in one.numbers.values())
    ]
    return [*found, not_voted(silent)] if silent else found


def _may_not_vote(one: Held | None, member: str) -> Refusal:
    if one is None:
        return none_open()
    if one.row.secret:
        return is_secret(one)
    return not_attending(member) if member in one.members else not_members([member])


def _is_about_everybody(one: Held, given: Mapping[str, Sequence[int]]) -> None:
    missing, strangers = set(one.numbers.values()) - set(given), set(given) - set(one.numbers.values())
    if missing or strangers:
        raise MisstatedError(
            Words(
                "计票结果应正好写出本轮的每一件；缺 {missing}，多 {strangers}",
                "the count must be about exactly those voted on; missing: {missing}; not among them: {strangers}",
            ).format(missing="、".join(sorted(missing)) or "—", strangers="、".join(sorted(strangers)) or "—")
        )
    length = 1 if one.picks else 3
    unfit = [number for number, counts in given.items() if len(counts) != length or min(counts, default=0) < 0]
    if unfit:
        raise MisstatedError(
            Words("{who} 应写成 编号=得票", "write {who} as NUMBER=VOTES").format(who="、".join(unfit))
            if one.picks
            else Words("{who} 应写成 编号=赞成/反对/弃权", "write {who} as NUMBER=YES/NO/ABSTAINED").format(
                who="、".join(unfit)
            )
        )


def _counts_json(counts: Mapping[str, Count]) -> dict[str, list[int]]:
    return {number: [count.yes, count.no, count.abstained] for number, count in sorted(counts.items())}
