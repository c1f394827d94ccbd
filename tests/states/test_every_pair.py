"""Every standing × every move of every shipped program: what is legal arrives where it should, all else is refused.

What is expected is written down here a second time, as plain words about each kind of stage, and for one program move
by move. Nothing of it is read from the machine.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deadlines import SHANGHAI
from programs import Path, Program, decide, load_program, shipped_programs
from states import Case, Circumstances, End, Endorsement, Fired, Move, Pipeline, Refused, compile_pipeline

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)

ENDS = {
    "honored",
    "completed",
    "rejected",
    "not-chosen",
    "removed",
    "deferred",
    "withdrawn",
    "lapsed",
    "disqualified",
    "revoked",
}

#: Rulings decided otherwise, which bring stages into a pipeline or take them out.
VARIANTS = {
    **{program_id: (program_id, {}) for program_id in shipped_programs()},
    "a studio reviewed but not published": (
        "liangping-master-studio-2023",
        {"review-left-out": False, "publicity-left-out": True},
    ),
    "a craftsman with the other publicity": (
        "bayu-craftsman-2022",
        {"publicity-left-out": True},
    ),
}

LUZHOU = """
recommendation.unit         submit      recommendation.recommender
recommendation.unit         lapse       lapsed
recommendation.unit         withdraw    withdrawn
recommendation.unit         disqualify  disqualified
recommendation.recommender  endorse     recommendation.office
recommendation.recommender  return      recommendation.unit
recommendation.recommender  reject      rejected
recommendation.recommender  lapse       lapsed
recommendation.recommender  withdraw    withdrawn
recommendation.recommender  disqualify  disqualified
recommendation.office       accept      screening
recommendation.office       return      recommendation.recommender
recommendation.office       reject      rejected
recommendation.office       withdraw    withdrawn
recommendation.office       disqualify  disqualified
screening                   accept      review
screening                   return      screening.correction
screening                   reject      rejected
screening                   withdraw    withdrawn
screening                   disqualify  disqualified
screening.correction        submit      screening
screening.correction        lapse       lapsed
screening.correction        withdraw    withdrawn
screening.correction        disqualify  disqualified
review                      advance     decision
review                      eliminate   not-chosen
review                      withdraw    withdrawn
review                      disqualify  disqualified
decision                    choose      publicity
decision                    eliminate   not-chosen
decision                    withdraw    withdrawn
decision                    disqualify  disqualified
publicity                   publish     publicity.running
publicity                   withdraw    withdrawn
publicity                   disqualify  disqualified
publicity.running           object      publicity.objected
publicity.running           close       issuance
publicity.running           withdraw    withdrawn
publicity.running           disqualify  disqualified
publicity.objected          settle      publicity.running
publicity.objected          uphold      removed
publicity.objected          correct     publicity
publicity.objected          defer       deferred
publicity.objected          withdraw    withdrawn
publicity.objected          disqualify  disqualified
issuance                    issue       tenure
issuance                    withdraw    withdrawn
issuance                    disqualify  disqualified
tenure                      assess      tenure
tenure                      fail        tenure
tenure                      expire      completed
tenure                      revoke      revoked
tenure.rectification        rectify     tenure
tenure.rectification        expire      completed
tenure.rectification        revoke      revoked
"""

Table = dict[tuple[str, str], str]


#: What each kind of stage offers: where within it (. is the stage itself), the move, where to (an end, a place within
#: it, or onward), and the field that the stage must have filled in for it.
OFFERS = """
screening     .               accept     onward
screening     .               reject     rejected
screening     .               eliminate  not-chosen      keep
screening     .               return     .correction     correction
screening     .correction     submit     .               correction
screening     .correction     lapse      lapsed          correction
consultation  .               accept     onward
consultation  .               reject     rejected
vote          .               advance    onward
vote          .               eliminate  not-chosen
review        .               advance    onward
review        .               eliminate  not-chosen
decision      .               choose     onward
decision      .               eliminate  not-chosen
decision      .               reserve    .reserve        reserves
decision      .reserve        replace    onward          reserves
decision      .reserve        eliminate  not-chosen      reserves
approval      .               approve    onward
approval      .               reject     rejected
publicity     .               publish    .running
publicity     .running        object     .objected
publicity     .running        close      onward
publicity     .objected       settle     .running
publicity     .objected       uphold     removed
publicity     .objected       correct    .
publicity     .objected       defer      deferred
issuance      .               issue      onward
promotion     .               advance    onward
tenure        .               assess     .               assessed_every_years
tenure        .               fail       .               assessed_every_years
tenure        .               fail       .rectification  assessed_every_years  rectification
tenure        .rectification  rectify    .               assessed_every_years
tenure        .               expire     onward          years
tenure        .rectification  expire     onward          years  assessed_every_years
"""


def ways_of(stage, path: Path, onward: str) -> Iterator[tuple[str, str, str]]:
    """What a stage offers on a path: from, move, to."""
    if stage.kind == "recommendation":
        yield from ways_up(stage, path, onward)
    for line in OFFERS.split("\n"):
        kind, within, move, to, *needed = line.split() or ("", "", "", "")
        if kind == stage.kind and all(getattr(stage, name) for name in needed):
            place = onward if to == "onward" else stage.id + to.rstrip(".") if to.startswith(".") else to
            yield stage.id + within.rstrip("."), move, place


def ways_up(stage, path: Path, onward: str) -> Iterator[tuple[str, str, str]]:
    """What the tiers of a recommendation offer: on to the next one, back to the one before, out when time is over."""
    tiers = [tier for tier in stage.tiers if tier.concerns(*path)]
    keys = [f"{stage.id}.{tier.id}" for tier in tiers]
    last = len(tiers) - 1
    for place, here in enumerate(keys):
        to = onward if place == last else keys[place + 1]
        yield here, "submit" if place == 0 else "accept" if place == last else "endorse", to
        ahead = tiers if last == 0 else tiers[place + 1 :]
        if any(tier.deadline for tier in ahead):
            yield here, "lapse", "lapsed"
        if place > 0:
            yield here, "return", keys[place - 1]
            yield here, "reject", "rejected"


def places_in(stage, path: Path) -> list[str]:
    """Where a nomination can stand within a stage, the entry in front."""
    within = {
        "recommendation": [f".{tier.id}" for tier in getattr(stage, "tiers", ()) if tier.concerns(*path)],
        "screening": ["", ".correction"] if getattr(stage, "correction", None) else [""],
        "decision": ["", ".reserve"] if getattr(stage, "reserves", None) else [""],
        "publicity": ["", ".running", ".objected"],
        "tenure": ["", ".rectification"] if getattr(stage, "assessed_every_years", None) else [""],
    }
    return [stage.id + place for place in within.get(stage.kind, [""])]


def expected(program: Program, path: Path) -> Table:
    """Every legal move on a path and where it leads."""
    stages = [stage for stage in program.stages if not stage.skipped and stage.concerns(*path)]
    table: Table = {}
    issued = False
    for place, stage in enumerate(stages):
        last = place == len(stages) - 1
        end = "completed" if stage.kind == "tenure" else "honored"
        onward = end if last else places_in(stages[place + 1], path)[0]
        table |= {(source, move): to for source, move, to in ways_of(stage, path, onward)}
        for here in places_in(stage, path):
            if issued:
                table[here, "revoke"] = "revoked"
            else:
                table[here, "withdraw"] = "withdrawn"
                table[here, "disqualify"] = "disqualified"
        issued = issued or stage.kind == "issuance"
    if stages[-1].kind != "tenure":
        table["honored", "revoke"] = "revoked"
    return table


def grade_of(program: Program, stage: str, path: Path, move: Move) -> str | None:
    """The grade that whoever makes a move names: of those who are chosen, or wait, where it was not decided before."""
    gives = move is Move.REPLACE or (
        move in (Move.CHOOSE, Move.RESERVE) and not getattr(program.stage(stage.partition(".")[0]), "confirms", False)
    )
    return program.seats_for(path)[0].id if gives else None


def unopposed(program: Program, stage: str, path: Path, move: Move) -> tuple[Case, Circumstances]:
    """A case with nothing against it, at the time that the move asks for."""
    due = NOW if move.value in ("lapse", "close", "expire") else NOW + timedelta(days=1)
    circumstances = Circumstances(
        NOW,
        reason="据实办理",
        grade=None if stage in ENDS else grade_of(program, stage, path, move),
        document_number="某人社〔2026〕1号",
        endorsement=Endorsement.full(program.tier(stage)),
    )
    return Case(stage, path, due=due), circumstances


def fired(pipeline: Pipeline, path: Path) -> tuple[Table, list[Refused]]:
    """Try every move from every standing; returns where those made led, and the refusals of all the others."""
    table: Table = {}
    refused: list[Refused] = []
    for stage in pipeline.standings:
        for move in Move:
            case, circumstances = unopposed(pipeline.program, stage, path, move)
            before = copy(case)
            outcome = pipeline.fire(case, move, circumstances)
            if isinstance(outcome, Fired):
                assert outcome == Fired(move, stage, case.stage)
                table[stage, move.value] = case.stage
            else:
                assert case == before
                refused.append(outcome)
    return table, refused


@pytest.fixture(params=VARIANTS)
def pipeline(request) -> Pipeline:
    program_id, decisions = VARIANTS[request.param]
    return compile_pipeline(decide(load_program(program_id), decisions))


def test_every_legal_move_arrives_where_it_should(pipeline):
    for path in pipeline.program.paths():
        table, _ = fired(pipeline, path)
        assert table == expected(pipeline.program, path)


def test_every_other_move_is_refused_with_a_reason_and_a_remedy(pipeline):
    for path in pipeline.program.paths():
        _, refused = fired(pipeline, path)
        legal = expected(pipeline.program, path)
        product = {(stage, move) for stage in pipeline.standings for move in Move}
        assert {(one.source, one.move) for one in refused} == product - set(legal)
        assert {refusal.gate for one in refused for refusal in one.refusals} == {"no-such-move"}
        assert all(words for one in refused for why in one.refusals for words in (*why.reason, *why.remedy))


def test_grade_is_named_for_no_move_that_gives_none(pipeline):
    for path in pipeline.program.paths():
        for stage, what in expected(pipeline.program, path):
            move = Move(what)
            case, around = unopposed(pipeline.program, stage, path, move)
            if around.grade is None:
                named = replace(around, grade=pipeline.program.seats_for(path)[0].id)
                assert [one.gate for one in pipeline.may(case, move, named)] == ["no-grade"]


def test_the_standings_are_those_of_the_stages_that_are_held(pipeline):
    program = pipeline.program
    held = {
        key
        for path in program.paths()
        for stage in program.stages
        if not stage.skipped
        for key in places_in(stage, path)
    }
    assert set(pipeline.standings) == held | ENDS


def test_every_standing_on_a_path_leads_to_an_end(pipeline):
    for path in pipeline.program.paths():
        table = expected(pipeline.program, path)
        ways = {key: {to for (source, _), to in table.items() if source == key} for key in pipeline.standings}
        sources = {source for source, _ in table}
        assert all(ways[key] for key in sources)
        former = {key for key, standing in pipeline.standings.items() if standing.former}
        reached, found = set(), {pipeline.entry(path), *former}
        while found:
            reached |= found
            found = {to for key in found for to in ways[key]} - reached
        assert sources <= reached


def test_moves_from_and_destination_tell_the_same_table(pipeline):
    for path in pipeline.program.paths():
        told = {
            (stage, move.value): pipeline.destination(stage, move, path)
            for stage in pipeline.standings
            for move in pipeline.moves_from(stage, path)
        }
        assert told == expected(pipeline.program, path)


def test_the_legs_are_the_tables_of_all_paths_together(pipeline):
    tables = [expected(pipeline.program, path) for path in pipeline.program.paths()]
    legs = {(leg.source, leg.move.value, leg.destination) for leg in pipeline.legs()}
    assert legs == {(source, move, to) for table in tables for (source, move), to in table.items()}


def test_the_chief_technician_of_luzhou_move_by_move():
    pipeline = compile_pipeline(load_program("luzhou-chief-technician-2019"))
    rows = [line.split() for line in LUZHOU.split("\n") if line]
    table, _ = fired(pipeline, Path(None, "organization"))
    assert table == {(source, move): to for source, move, to in rows}


def test_a_path_that_the_program_does_not_have_offers_nothing():
    pipeline = compile_pipeline(load_program("luzhou-chief-technician-2019"))
    table, _ = fired(pipeline, Path(None, "self"))
    assert table == {}


def test_ends_are_the_ways_a_case_can_end():
    assert {end.value for end in End} == ENDS


@pytest.mark.parametrize("what", [Move.UPHOLD, Move.DEFER, Move.WITHDRAW, Move.DISQUALIFY])
def test_nothing_but_a_revocation_takes_a_title_away(what):
    """A list that is published behind the award: whoever is objected to there has the title still."""
    program = load_program("luzhou-chief-technician-2019")
    stages = {stage.id: stage for stage in program.stages}
    order = [one for one in stages if one != "publicity"]
    order.insert(order.index("issuance") + 1, "publicity")
    pipeline = compile_pipeline(program.model_copy(update={"stages": tuple(stages[one] for one in order)}))
    path = Path(None, "organization")
    behind = [leg for leg in pipeline.legs() if leg.destination == "revoked"]
    assert {leg.move for leg in behind} == {Move.REVOKE}
    case = Case("publicity.objected", path)
    (refusal,) = pipeline.may(case, what, Circumstances(datetime(2019, 9, 1, tzinfo=SHANGHAI), reason="依规办理"))
    assert (refusal.gate, "linxuan tenure revoke" in refusal.remedy.zh) == ("no-such-move", True)
