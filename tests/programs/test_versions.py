"""A program beside another version of itself: what both share, and what an amended file takes over."""

from datetime import date, datetime

import pytest

from programs import Program, decide, extend, load_program
from programs.versions import as_shared, carried_rulings, shared_fields, with_extensions
from tests.operations.amending import CONSULTATION, change, drop, edited, insert, until

CLOSES = datetime.fromisoformat("2019-08-15T00:00+08:00")
INTAKE = "recommendation.office"


@pytest.fixture(scope="module")
def luzhou() -> Program:
    return load_program("luzhou-chief-technician-2019")


def test_earlier_version_counts_and_publishes_as_the_newest_does_and_is_judged_as_before(luzhou):
    newest = edited(
        luzhou,
        change("seats", "chief-technician", count=12),
        change("stages", "publicity", period={"days": 7}, venue="另一网站"),
        change("stages", "review", tracks=luzhou.stage("review").model_dump()["tracks"][:1], office="另一小组"),
        change("rules", "trainees", at_least=8),
        until("2019年8月15日"),
        insert("stages", CONSULTATION, before="review"),
    )
    shared = as_shared(luzhou, newest)
    expected = edited(
        luzhou,
        change("seats", "chief-technician", count=12),
        change("stages", "publicity", period={"days": 7}, venue="另一网站"),
        change("stages", "review", tracks=luzhou.stage("review").model_dump()["tracks"][:1]),
    )
    assert shared == expected


def test_earlier_version_keeps_the_ballot_that_the_newest_has_taken_out(luzhou):
    ballot = {"clause": "一", "secret": True, "threshold": {"more_than": "1/2"}, "of": "cast"}
    own = edited(luzhou, change("stages", "decision", ballot=ballot))
    other = ballot | {"of": "members"}
    kept = as_shared(own, edited(luzhou, change("stages", "decision", ballot=None, lesser=luzhou.seats[0].id)))
    assert (kept.stage("decision").ballot, kept.stage("decision").lesser) == (own.stage("decision").ballot, None)
    changed = as_shared(own, edited(luzhou, change("stages", "decision", ballot=other)))
    assert changed.stage("decision").ballot.of == "members"


def test_version_is_the_same_beside_itself(luzhou):
    assert as_shared(luzhou, luzhou) == luzhou


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ({}, {}),
        ({"categories": ("old", "new")}, {"categories": ("old",)}),
        ({"categories": ("new",)}, None),
        ({"traits": ("new",)}, None),
        ({"except_traits": ("new",)}, {"except_traits": ()}),
    ],
    ids=["for all", "for some old", "for new only", "for a new trait only", "for all but a new trait"],
)
def test_places_for_others_only_do_not_become_places_for_everybody(luzhou, scope, kept):
    named = {"name": "某类", "clause": "一"}
    own = edited(luzhou, insert("categories", {"id": "old", **named}))
    more = {"id": "more", "award": "提名", "clause": "补一", "count": 3}
    newest = edited(
        own,
        insert("categories", {"id": "new", **named}),
        insert("traits", {"id": "new", **named}),
        insert("seats", {**more, **scope}),
    )
    found = [seats for seats in as_shared(own, newest).seats if seats.id == "more"]
    expected = [] if kept is None else [edited(own, insert("seats", {**more, **kept})).seats[-1]]
    assert found == expected


def test_stage_of_another_kind_shares_nothing(luzhou):
    vote = {"id": "review", "kind": "vote", "name": "投票", "clause": "补", "keep": 3}
    newest = edited(luzhou, drop("stages", "review"), insert("stages", vote, before="decision"))
    assert as_shared(luzhou, newest).stage("review") == luzhou.stage("review")


def test_what_all_who_stand_at_a_stage_share(luzhou):
    stages = (*luzhou.stages, load_program("bayu-craftsman-2022").stage("vote"))
    assert {stage.id: shared_fields(stage) for stage in stages} == {
        "recommendation": (),
        "screening": ("keep",),
        "review": (
            "ballot",
            "digits",
            "keep",
            "lesser",
            "panel",
            "ranked",
            "tie_break",
            "ties",
            "tracks",
            "vote_percent",
            "vote_points",
        ),
        "decision": ("ballot", "lesser"),
        "publicity": (
            "admission",
            "anonymous",
            "investigation",
            "objections",
            "order",
            "out_of_scope",
            "period",
            "reopens",
            "venue",
        ),
        "issuance": ("certificate", "honors", "issuers", "order", "registry"),
        "tenure": (),
        "vote": (
            "counting",
            "digits",
            "jump",
            "keep",
            "lesser",
            "platforms",
            "tie_break",
            "ties",
            "tracks",
            "vote_points",
            "weights",
        ),
    }


def ruled(luzhou: Program, decision: int = 15) -> Program:
    return decide(luzhou, {"text-tolerance": decision})


@pytest.mark.parametrize(
    ("edits", "carried"),
    [
        ([], 15),
        ([change("rulings", "text-tolerance", decision=15)], 15),
        ([change("rulings", "text-tolerance", decision=20)], None),
        ([change("rulings", "text-tolerance", question="允许浮动多少？")], None),
        ([change("rulings", "text-tolerance", clause="补三")], None),
        ([change("rulings", "text-tolerance", settles=())], None),
        ([drop("rulings", "text-tolerance")], None),
    ],
    ids=["unchanged", "default as decided", "another default", "question", "clause", "places", "gone"],
)
def test_ruling_is_carried_over_where_it_asks_the_same(luzhou, edits, carried):
    after = edited(luzhou, *edits)
    assert carried_rulings(ruled(luzhou), luzhou, after).get("text-tolerance") == carried


@pytest.mark.parametrize(("default", "carried"), [(15, 15), (10, None)])
def test_ruling_on_a_file_that_is_not_known_is_carried_over_only_as_decided(luzhou, default, carried):
    after = edited(luzhou, change("rulings", "text-tolerance", decision=default))
    assert carried_rulings(ruled(luzhou), None, after).get("text-tolerance") == carried


def test_day_that_was_decided_is_the_same_day_in_the_store_and_in_the_file():
    program = load_program("bayu-craftsman-2022")
    stored = Program.model_validate(decide(program, {"issue-date": date(2022, 5, 1)}).model_dump(mode="json"))
    assert carried_rulings(stored, program, program).keys() == {ruling.id for ruling in program.rulings}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("edits", "closes"),
    [
        ([], CLOSES),
        ([change("seats", "chief-technician", count=12)], CLOSES),
        ([until("2019年8月10日")], None),
    ],
    ids=["nothing", "something else", "the deadline itself"],
)
def test_extension_is_kept_unless_the_file_says_another_deadline(luzhou, edits, closes, known):
    stated = extend(luzhou, INTAKE, CLOSES, "某文")
    after = with_extensions(stated, luzhou if known else None, edited(luzhou, *edits))
    assert (after.deadline(INTAKE).closes, after.deadline(INTAKE).authority) == (closes, "某文" if closes else None)


def test_close_that_the_file_names_itself_overrules_an_extension(luzhou):
    stated = extend(luzhou, INTAKE, CLOSES, "某文")
    other = datetime.fromisoformat("2019-08-20T00:00+08:00")
    after = with_extensions(stated, luzhou, extend(luzhou, INTAKE, other, "另文"))
    assert after.deadline(INTAKE).closes == other
