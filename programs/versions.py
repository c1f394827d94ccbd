"""A program beside another version of itself: what both share, and what an amended file takes over from before.

Nominations stay on the version that they were drawn up under. What is counted, compared or published for all of them
together cannot be different from one to the other, so it is always the newest version's.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from programs.base import Scoped
from programs.model import Program
from programs.rulings import Decision, Ruling, write_place
from programs.stage_base import StageBase
from programs.stages import Approval, Issuance, Publicity, Review, Screening, Stage, Vote
from programs.stages import Decision as DecisionStage

_Part = TypeVar("_Part", bound=Scoped)

#: What the newest version says for all: who counts as which nominator, the places, and on which days offices work.
_SHARED = ("nominators", "local_days_off")

#: Stages at which nominations are compared with each other, or published or honored together.
TOGETHER = (Vote, Review, DecisionStage, Approval, Publicity, Issuance)

#: What an earlier version keeps where the newest has taken the ballot out.
_PROMISED = {"ballot", "lesser"}

#: What every stage has by itself, and where the machine of each version decides.
_OWN = {*StageBase.model_fields, "kind", "confirms", "reserves"}


def as_shared(own: Program, newest: Program) -> Program:
    """Return an earlier version with what belongs to the whole program as the newest version says it.

    That is its seats and quotas, as far as they concern anybody of the earlier version, what a stage compares,
    publishes or issues for all together, the kinds of nominators, and local days off.
    """
    later = {stage.id: stage for stage in newest.stages}
    return own.model_copy(
        update={
            **{name: getattr(newest, name) for name in _SHARED},
            "seats": _concerning(own, newest.seats),
            "quotas": _concerning(own, newest.quotas),
            "stages": tuple(_as_shared_stage(stage, later.get(stage.id)) for stage in own.stages),
        }
    )


def shared_fields(stage: Stage) -> tuple[str, ...]:
    """Return the fields of a stage that are the same for all who stand there, whichever version they are of."""
    if isinstance(stage, Screening):
        return ("keep",)
    return tuple(sorted(set(type(stage).model_fields) - _OWN)) if isinstance(stage, TOGETHER) else ()


def _as_shared_stage(stage: Stage, later: Stage | None) -> Stage:
    if later is None or type(later) is not type(stage):
        return stage
    shared = {name: getattr(later, name) for name in shared_fields(stage)}
    if "ballot" in shared and shared["ballot"] is None:
        # Whoever was promised a ballot is still voted on; `lesser` stands in the place of one, never beside it.
        for name in _PROMISED & shared.keys():
            del shared[name]
    return stage.model_copy(update=shared)


def _concerning(own: Program, parts: Iterable[_Part]) -> tuple[_Part, ...]:
    """Return the parts that concern anybody of a program, without what it does not know."""
    known = {
        "categories": {one.id for one in own.categories},
        "routes": {one.id for one in own.routes},
        "traits": {one.id for one in own.traits},
    }
    found: list[_Part] = []
    for part in parts:
        named = {name: tuple(one for one in getattr(part, name) if one in ids) for name, ids in known.items()}
        # Empty means all, so that a part for others only must not become one for everybody.
        if all(some or not getattr(part, name) for name, some in named.items()):
            excepted = tuple(one for one in part.except_traits if one in known["traits"])
            found.append(part.model_copy(update={**named, "except_traits": excepted}))
    return tuple(found)


def same_question(one: Ruling, other: Ruling) -> bool:
    """Whether two rulings ask the same of the same places: a decision on one holds for the other."""
    without = {"decision"}
    return one.model_dump(exclude=without) == other.model_dump(exclude=without)


def carried_rulings(stated: Program, before: Program | None, after: Program) -> dict[str, Decision]:
    """Return the decisions that an amended file takes over, by ruling: those of rulings that it leaves unchanged.

    `stated` is the program as it was decided, `before` its file, where that is known. A ruling is unchanged where it
    asks the same and its default is what it was before, or what was decided since.
    """
    decided = {one.id: one for one in stated.rulings}
    defaults = {one.id: one.decision for one in before.rulings} if before else {}
    carried: dict[str, Decision] = {}
    for ruling in after.rulings:
        known = decided.get(ruling.id)
        if known is None or known.decision is None or not same_question(known, ruling):
            continue
        if _same(ruling.decision, known.decision) or (
            ruling.id in defaults and _same(ruling.decision, defaults[ruling.id])
        ):
            carried[ruling.id] = known.decision
    return carried


def _same(one: Decision | None, other: Decision | None) -> bool:
    # True is 1 in Python, and no day count; a day is read from a file as a day, and from the store as its text.
    kept = [said.isoformat() if isinstance(said, date) else said for said in (one, other)]
    return type(kept[0]) is type(kept[1]) and kept[0] == kept[1]


def with_extensions(stated: Program, before: Program | None, after: Program) -> Program:
    """Return an amended program with the deadlines that were extended on an authority, where its file leaves them."""
    kept = stated.deadlines()
    filed = before.deadlines() if before else {}
    document: dict[str, Any] = after.model_dump()
    for key, deadline in after.deadlines().items():
        extended = kept.get(key)
        if extended is None or extended.authority is None or deadline.closes is not None:
            continue
        was = filed[key] if key in filed else extended.model_copy(update={"closes": None, "authority": None})
        if deadline == was:
            stage, tier = key.split(".")
            place = f"stages.{stage}.tiers.{tier}.deadline"
            write_place(document, f"{place}.closes", extended.closes)
            write_place(document, f"{place}.authority", extended.authority)
    return Program.model_validate(document)
