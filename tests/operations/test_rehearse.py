"""A rehearsal runs a whole program, the same way every time, and comes to what its notice says."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from notifications.channels import MemoryChannel
from operations.audit import audit
from operations.dates import dates_so_far
from operations.desk import Desk
from operations.opening import open_program
from operations.rehearse import Case, Rehearsal, rehearse
from programs import decide, load_program, shipped_programs
from states import End
from store import Store, verify
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE, Databases
from tests.operations.office import (
    CRAFTSMAN_2017,
    CRAFTSMAN_2022,
    INTAKE,
    LUZHOU,
    STUDIO,
    TECHNICIAN,
    Office,
    said,
    why,
)

#: Enough for every case that the rules of a program have: those of 2022 are level at a cut of thirty.
NOMINATIONS = defaultdict(lambda: 20, {CRAFTSMAN_2022: 40})


Performed = Callable[[str], tuple[Office, Rehearsal, MemoryChannel]]


@pytest.fixture(scope="module")
def stage_of(calendar, vault, shipped) -> Iterator[Callable[[Databases, str], tuple[Office, Rehearsal, MemoryChannel]]]:
    done: dict[tuple[str, str], tuple[Office, Rehearsal, MemoryChannel]] = {}

    def perform(databases: Databases, program_id: str) -> tuple[Office, Rehearsal, MemoryChannel]:
        key = databases.kind, program_id
        if key not in done:
            desk = Desk(Store(databases.new()), calendar, vault)
            channel = MemoryChannel()
            program = shipped(program_id)
            told = rehearse(desk, program, channel, nominations=NOMINATIONS[program_id], seed=1)
            done[key] = Office(desk, program, INTAKE[program_id]), told, channel
        return done[key]

    yield perform
    for office, _, _ in done.values():
        office.desk.store.close()


@pytest.fixture
def performed(stage_of, databases) -> Performed:
    """Every shipped program rehearsed in a database of its own."""
    return partial(stage_of, databases)


def closes(office: Office) -> dict[str, str]:
    return {one.id: one.closes.isoformat() for one in dates_so_far(office.desk, office.program) if one.closes}


def moves(told: Rehearsal) -> list[str]:
    """The moves in the order in which they were first made."""
    return list(dict.fromkeys(move for scene in told.scenes for move in scene["moved"]))


def scene_of(told: Rehearsal, move: str) -> datetime:
    return next(datetime.fromisoformat(scene["at"]) for scene in told.scenes if move in scene["moved"])


@pytest.mark.parametrize("program_id", shipped_programs())
def test_rehearsal_brings_everybody_to_an_end(performed, program_id):
    _, told, _ = performed(program_id)
    assert set(told.standings) <= set(End)
    assert set(told.standings) & {"honored", "completed", "revoked"}


@pytest.mark.parametrize("program_id", shipped_programs())
def test_rehearsal_has_late_incomplete_ineligible_and_contested_nominees(performed, program_id):
    _, told, _ = performed(program_id)
    gates = {why["gate"] for scene in told.scenes for one in scene["refused"] for why in one["refusals"]}
    assert {"in-time", "materials-complete"} <= gates
    assert {"lapse", "reject", "return", "object"} <= set(moves(told))


#: Every program has a publicity, and plays all that may come of an objection.
CONTESTED = {Case.DISMISSED, Case.CORRECTED, Case.REMOVED, Case.DEFERRED}
#: What each program's own rules have beside that.
PLAYED = {
    CRAFTSMAN_2017: CONTESTED | {Case.REPLACED},
    CRAFTSMAN_2022: CONTESTED | {Case.REPLACED, Case.TIED},
    TECHNICIAN: CONTESTED,
    STUDIO: CONTESTED | {Case.REPLACED, Case.RECTIFIED, Case.REVOKED},
    LUZHOU: CONTESTED | {Case.REVOKED},
}


@pytest.mark.parametrize("program_id", shipped_programs())
def test_rehearsal_plays_every_case_that_the_rules_of_its_program_have(performed, program_id):
    office, told, _ = performed(program_id)
    assert set(told.cases) == PLAYED[program_id]
    assert set().union(*PLAYED.values()) == set(Case)
    kept = tables_of(office)
    expected = [
        {"dismissed", "corrected", "upheld", "deferred"},
        told.cases.get(Case.REPLACED, 0),
        told.cases.get(Case.REVOKED, 0),
    ]
    assert [kept["outcomes"], kept["replaced"], kept["revoked"]] == expected
    # Whoever was corrected, or has replaced somebody, was published on a list of its own.
    assert kept["lists"] > 1


def tables_of(office: Office) -> dict[str, Any]:
    """What the tables say of the cases, beside what the rehearsal tells."""
    with office.desk.store.read() as connection:
        return {
            "outcomes": set(connection.execute(select(t.objection.c.outcome)).scalars()),
            **{
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in (("replaced", t.replacement), ("revoked", t.revocation), ("lists", t.publicity))
            },
        }


@on(SQLITE)
def test_rehearsal_admits_objections_for_as_long_as_it_is_ruled(desk, shipped):
    """Reserves and the time to look into an objection are rulings: decided otherwise, they are played otherwise."""
    ruled = decide(shipped(LUZHOU), {"reserves": 1, "investigation": 30})
    told = rehearse(desk, ruled, MemoryChannel(), nominations=20, seed=1)
    assert Case.REPLACED in told.cases
    notes = [note for scene in told.scenes for note in scene["notes"]]
    assert next(note for note in notes if "受理，核查至" in note).endswith("2019-10-09 24:00")


@pytest.mark.parametrize("program_id", shipped_programs())
def test_rehearsal_leaves_an_unbroken_history_and_sends_every_message_once(performed, program_id):
    office, told, channel = performed(program_id)
    assert audit(office.desk, program_id).broken == ()
    ids = [letter.message_id for letter in channel.letters]
    assert len(ids) == len(set(ids)) == told.messages


@pytest.mark.parametrize("program_id", shipped_programs())
def test_rehearsal_comes_out_the_same_on_sqlite_and_postgresql(
    stage_of, sqlite_databases, postgresql_databases, program_id
):
    """Links hold every event in its order, so equal heads mean one behaviour, of the same seed, on both kinds."""
    heads = []
    for databases in (sqlite_databases, postgresql_databases):
        office, _, _ = stage_of(databases, program_id)
        with office.desk.store.read() as connection:
            heads.append(verify(connection).heads)
    one, other = (stage_of(databases, program_id)[1:] for databases in (sqlite_databases, postgresql_databases))
    assert heads[0] == heads[1]
    assert (one[0], one[1].letters) == (other[0], other[1].letters)


@on(SQLITE)
def test_rehearsal_with_another_seed_comes_out_otherwise(performed, desk, shipped):
    _, _, channel = performed(LUZHOU)
    other = MemoryChannel()
    rehearse(desk, shipped(LUZHOU), other, nominations=NOMINATIONS[LUZHOU], seed=2)
    assert [letter.body for letter in other.letters] != [letter.body for letter in channel.letters]


@on(SQLITE)
def test_rehearsal_until_an_instant_stops_there_and_goes_on_from_there(performed, desk, shipped):
    _, whole, letters = performed(LUZHOU)
    channel, program = MemoryChannel(), shipped(LUZHOU)
    until = datetime.fromisoformat("2019-08-21T12:00+08:00")
    half = rehearse(desk, program, channel, nominations=NOMINATIONS[LUZHOU], seed=1, until=until)
    assert half.scenes == tuple(scene for scene in whole.scenes if datetime.fromisoformat(scene["at"]) <= until)
    assert {"publicity.running", "publicity.objected"} <= set(half.standings)
    assert max(letter.written_at for letter in channel.letters) <= until
    assert rehearse(desk, program, channel, nominations=NOMINATIONS[LUZHOU], seed=1) == whole
    assert channel.letters == letters.letters


def test_chief_technician_s_dates(performed):
    office, told, _ = performed(LUZHOU)
    found = closes(office)
    assert found["recommendation.office"] == "2019-07-31T00:00:00+08:00"
    issued = scene_of(told, "issue")
    assert (issued.isoformat(), found["tenure.term"]) == ("2019-09-02T09:00:00+08:00", "2022-09-02T00:00:00+08:00")
    notes = [note for scene in told.scenes for note in scene["notes"]]
    assert "5 个工作日：2019-08-21 至 2019-08-27，2019-08-27 24:00 截止，市人社局官网" in notes
    assert "聘期 3 年，2022-09-01 24:00 届满" in notes


def test_chief_technician_by_oneself_is_refused_with_the_clause(performed):
    _, told, _ = performed(LUZHOU)
    refused = [
        (why["gate"], why["clause"]) for scene in told.scenes[:2] for one in scene["refused"] for why in one["refusals"]
    ]
    assert refused == [("route-accepted", "四、（一）")]


def test_craftsman_of_2017_closes_with_april_and_is_published_before_the_final_decision(performed):
    office, _, _ = performed(CRAFTSMAN_2017)
    assert closes(office)["recommendation.city"] == "2017-05-01T00:00:00+08:00"
    stages = [stage.id for stage in office.program.held_stages]
    assert stages.index("publicity") < stages.index("final-decision")
    ways = [event["from"] for event in office.events() if event.get("move") in ("close", "choose")]
    assert list(dict.fromkeys(ways)) == ["choosing", "publicity.running", "final-decision"]


def test_craftsmen_of_2022_keep_within_their_cuts_and_seats(performed):
    office, told, _ = performed(CRAFTSMAN_2022)
    assert closes(office)["recommendation.office"] == "2022-07-01T00:00:00+08:00"
    assert told.standings["honored"] <= 20


def test_studio_closes_at_six_in_the_afternoon(performed):
    office, told, _ = performed(STUDIO)
    assert closes(office)["recommendation.bureau"] == "2023-08-31T18:00:00+08:00"
    # The only one is revoked in the end, as the notice says of who fails again after a rectification.
    assert told.standings["revoked"] == 1


def test_technician_issued_on_28_june_2021_closes_on_22_july(performed):
    office, _, _ = performed(TECHNICIAN)
    assert closes(office)["recommendation.centre"] == "2021-07-22T00:00:00+08:00"


@on(SQLITE)
def test_technician_without_a_year_is_neither_opened_nor_rehearsed(desk):
    program = load_program(TECHNICIAN)
    refused = rehearse(desk, program, MemoryChannel(), nominations=5, seed=1)
    assert why(refused) == [("ruling-decided", program.rulings[0].clause)]
    assert said(refused) == [f"裁定 year 没有决定：{program.rulings[0].question}"]
    opened = open_program(desk, program, Office(desk, program, INTAKE[TECHNICIAN]).act())
    assert "裁定 year 未确认" in said(opened)[0]


@on(SQLITE)
def test_program_in_earnest_is_not_rehearsed(luzhou):
    before = luzhou.contents()
    refused = rehearse(luzhou.desk, luzhou.program, MemoryChannel(), nominations=5, seed=1)
    assert why(refused) == [("not-in-earnest", None)]
    assert luzhou.contents() == before


@on(SQLITE)
def test_another_rehearsal_of_the_same_program_needs_another_database(desk, shipped):
    program, until = shipped(LUZHOU), INTAKE[LUZHOU]
    rehearse(desk, program, MemoryChannel(), nominations=3, seed=1, until=until)
    refused = rehearse(desk, program, MemoryChannel(), nominations=4, seed=1, until=until)
    assert why(refused) == [("same-rehearsal", None)]
