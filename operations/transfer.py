"""What becomes of nominations that stand alike when another version of their program judges them.

Nothing here reads the store: a version is held against the other, and the answer holds for all who stand alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from typing import Any

from operations.desk import NEVER, Due, Running
from operations.reconciling import stages_on
from programs import Path, Words
from programs.stages import (
    Approval,
    Decision,
    Issuance,
    Promotion,
    Publicity,
    Recommendation,
    Screening,
    Stage,
    Tenure,
    Tier,
)
from programs.words import closing_in_words
from states import Refusal

#: Stages that nobody may have passed by without: each gives, publishes or confirms the award.
_BINDING = (Decision, Approval, Publicity, Issuance)


@dataclass(frozen=True, slots=True)
class Alike:
    """Nominations of one version that stand at one standing on one path, and are due at the same instant."""

    revision: int
    stage: str
    path: Path
    due: Due


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where they stand under the other version, and until when.

    `told` is what changes for them; nothing where the other version is the same in effect. `skipped` are stages before
    where they stand that were not held for them. `again` are limits of which they might take a place on their way, and
    could not before: who holds one already cannot be brought here.
    """

    stage: str
    due: Due
    told: tuple[Words, ...]
    skipped: tuple[Words, ...]
    again: frozenset[str]


def transfer(
    source: Running, target: Running, alike: Alike, mapping: Mapping[str, str], now: datetime
) -> Transfer | Refusal:
    """Return what becomes of them, or why they stay as they are.

    `mapping` says where those are to stand who stand at its keys, which is needed where their standing is gone.
    """
    path, wanted = alike.path, mapping.get(alike.stage, alike.stage)
    if refusal := _path_unknown(target, path):
        return refusal
    if wanted not in target.pipeline.standings or not target.pipeline.moves_from(wanted, path):
        return _standing_gone(source, target, alike, wanted)
    mapped = wanted != alike.stage
    if mapped and (refusal := _unfit_to_map(source, target, alike, wanted)):
        return refusal
    skipped = _skipped(source, target, alike, wanted)
    barred: list[Stage | Tier] = [stage for stage in skipped if mapped or isinstance(stage, _BINDING)]
    if mapped:
        barred += _tiers_skipped(source, target, alike, wanted)
    if barred:
        return _would_skip(target, wanted, barred[0])
    stage = target.program.stage(target.pipeline.standings[wanted].stage)
    due = _due(target, alike, wanted, stage, mapped=mapped)
    if refusal := _too_late(target, alike, wanted, due, now):
        return refusal
    told = (
        *_standing_told(source, target, alike, wanted),
        *_due_told(alike.due, due),
        *_asked_told(source, target, alike, wanted),
    )
    return Transfer(
        wanted,
        due,
        tuple(told),
        tuple(Words(stage.name, stage.id) for stage in skipped),
        target.pipeline.limits_ahead(wanted, path) - source.pipeline.limits_ahead(alike.stage, path),
    )


def _due(target: Running, alike: Alike, wanted: str, stage: Stage, *, mapped: bool) -> Due:
    """Return when they are due."""
    if isinstance(stage, Recommendation):
        return target.due_at_tier(wanted, alike.path)
    # What runs keeps its end, as it was said when it began. A term goes on under whatever name its stage has now.
    if not mapped or isinstance(stage, Tenure):
        return alike.due
    return NEVER


def _path_unknown(target: Running, path: Path) -> Refusal | None:
    program = target.program
    categories: set[str | None] = {one.id for one in program.categories} or {None}
    accepted = {one.id for one in program.routes if one.accepted}
    missing = [
        *(
            []
            if path.category in categories
            else [Words("类别 {id}", "the category {id}").format(id=path.category or "—")]
        ),
        *([] if path.route in accepted else [Words("推荐渠道 {id}", "the route {id}").format(id=path.route)]),
        *(
            Words("特征 {id}", "the trait {id}").format(id=trait)
            for trait in sorted(path.traits - {one.id for one in program.traits})
        ),
    ]
    if not missing:
        return None
    return Refusal(
        "path-known",
        Words("第 {number} 版没有{what}", "version {number} has not {what}").format(
            number=target.revision,
            what=Words("、".join(one.zh for one in missing), ", ".join(one.en for one in missing)),
        ),
        Words("此件按原版办完，或撤回后重新登记", "finish it by its version, or withdraw it and draw it up again"),
    )


def _standing_gone(source: Running, target: Running, alike: Alike, wanted: str) -> Refusal:
    name = source.pipeline.standings[alike.stage].name
    if wanted != alike.stage:
        return Refusal(
            "standing-known",
            Words("第 {number} 版在此路径上没有 {wanted}", "on its path version {number} has no {wanted}").format(
                number=target.revision, wanted=wanted
            ),
            _places(target, alike.path),
        )
    return Refusal(
        "standing-known",
        Words("第 {number} 版没有“{name}”", "version {number} has no “{name}”").format(
            number=target.revision, name=name
        ),
        Words("请用 --map {key}=… 写明改到哪里；{places}", "say where with --map {key}=…; {places}").format(
            key=alike.stage, places=_places(target, alike.path)
        ),
    )


def _places(target: Running, path: Path) -> Words:
    keys = "、".join(
        key
        for key, standing in target.pipeline.standings.items()
        if not standing.ended and _is_entry(target, key) and target.pipeline.moves_from(key, path)
    )
    return Words("可用：{keys}", "use one of: {keys}").format(keys=keys)


def _is_entry(target: Running, key: str) -> bool:
    """Whether a nomination can come to a standing from before its stage: not into the middle of what runs there."""
    standing = target.pipeline.standings[key]
    return not standing.ended and (
        key == standing.stage or isinstance(target.program.stage(standing.stage), Recommendation)
    )


def entries(target: Running) -> Mapping[str, Words]:
    """Return the standings to which those may be brought whose own is gone, by their keys."""
    standings = target.pipeline.standings
    return {key: standing.name for key, standing in standings.items() if _is_entry(target, key)}


def _unfit_to_map(source: Running, target: Running, alike: Alike, wanted: str) -> Refusal | None:
    here = source.program.stage(source.pipeline.standings[alike.stage].stage)
    if isinstance(here, Publicity) and alike.stage != here.id:
        return Refusal(
            "list-running",
            Words("此件在公示的名单上", "it is on a list that is public"),
            Words("公示期满或异议办结后再改", "wait until the list is over and objections are settled"),
            here.clause,
        )
    if not _is_entry(target, wanted):
        return Refusal(
            "standing-known",
            Words("不能直接改到 {wanted}", "nothing is brought to {wanted} directly").format(wanted=wanted),
            _places(target, alike.path),
        )
    there = target.program.stage(target.pipeline.standings[wanted].stage)
    limited = [
        quota
        for quota in target.program.quotas
        if isinstance(there, Recommendation) and wanted == f"{there.id}.{quota.tier}" and quota.concerns(*alike.path)
    ]
    if limited and alike.stage.partition(".")[2] != limited[0].tier:
        return Refusal(
            "quota-passed",
            Words("改到 {wanted} 会绕过名额“{name}”", "at {wanted} it would have passed by the quota “{name}”").format(
                wanted=wanted, name=limited[0].name
            ),
            Words("请改到前一层级，再照常上报", "bring it to the tier before, and hand it in from there"),
            limited[0].clause,
        )
    return None


def _skipped(source: Running, target: Running, alike: Alike, wanted: str) -> list[Stage]:
    """Return the stages before where they would stand that were not held for them."""
    here = source.pipeline.standings[alike.stage].stage
    there = target.pipeline.standings[wanted].stage
    passed = {one.id for one in takewhile(lambda one: one.id != here, stages_on(source.program, alike.path))}
    before = takewhile(lambda one: one.id != there, stages_on(target.program, alike.path))
    return [stage for stage in before if stage.id not in passed and not isinstance(stage, Promotion)]


def _tiers_skipped(source: Running, target: Running, alike: Alike, wanted: str) -> list[Tier]:
    """Return the tiers before where they would stand that they have not passed."""
    here = source.program.stage(source.pipeline.standings[alike.stage].stage)
    there = target.program.stage(target.pipeline.standings[wanted].stage)
    if not isinstance(there, Recommendation) or here.id != there.id or not isinstance(here, Recommendation):
        # Whoever is beyond a recommendation has passed all its tiers.
        return []
    passed = {
        one.id for one in takewhile(lambda one: f"{here.id}.{one.id}" != alike.stage, _tiers_on(here, alike.path))
    }
    before = takewhile(lambda one: f"{there.id}.{one.id}" != wanted, _tiers_on(there, alike.path))
    return [tier for tier in before if tier.id not in passed]


def _tiers_on(stage: Recommendation, path: Path) -> list[Tier]:
    return [tier for tier in stage.tiers if tier.concerns(*path)]


def _would_skip(target: Running, wanted: str, stage: Stage | Tier) -> Refusal:
    return Refusal(
        "nothing-skipped",
        Words(
            "“{name}”在“{there}”之前，此件没有经过", "“{name}” comes before “{there}”, and was not held for it"
        ).format(name=Words(stage.name, stage.id), there=target.pipeline.standings[wanted].name),
        Words(
            "请用 --map 改到“{name}”或之前，或按原版办完", "bring it to “{name}” or before with --map, or leave it"
        ).format(name=Words(stage.name, stage.id)),
        stage.clause,
    )


def _too_late(target: Running, alike: Alike, wanted: str, due: Due, now: datetime) -> Refusal | None:
    """Refuse to bring anybody where time moves them on at once, or where what is due has no end."""
    clocked = any(move.by_clock for move in target.pipeline.moves_from(wanted, alike.path))
    if due.at is not None and not clocked:
        return Refusal(
            "term-ends",
            Words(
                "第 {number} 版在此处没有期限，正在计的期限便无从届满", "by version {number} nothing ends what runs"
            ).format(number=target.revision),
            Words("请按原版办完", "finish it by its version"),
        )
    was_late = alike.due.at is not None and alike.due.at <= now
    if due.at is None or due.at > now or was_late or not clocked:
        return None
    return Refusal(
        "in-time",
        Words("按第 {number} 版已于 {due} 截止", "by version {number} it was due at {due}").format(
            number=target.revision, due=closing_in_words(due.at)
        ),
        Words("请按原版办理，或先延长期限", "leave it on its version, or extend the deadline first"),
    )


def _standing_told(source: Running, target: Running, alike: Alike, wanted: str) -> list[Words]:
    was, now = source.pipeline.standings[alike.stage].name, target.pipeline.standings[wanted].name
    if wanted == alike.stage:
        return []
    return [Words("环节：{was} → {now}", "stage: {was} → {now}").format(was=was, now=now)]


def _due_told(was: Due, now: Due) -> list[Words]:
    if was.at == now.at:
        return []
    ends = [closing_in_words(one.at) if one.at else "—" for one in (was, now)]
    return [Words("期限：{was} → {now}", "due: {was} → {now}").format(was=ends[0], now=ends[1])]


def _asked_told(source: Running, target: Running, alike: Alike, wanted: str) -> list[Words]:
    """Say which materials, rules and stages are new, gone or otherwise of what still lies ahead of them."""
    before, after = _ahead(source, alike.stage, alike.path), _ahead(target, wanted, alike.path)
    parts: list[tuple[Words, Sequence[Any], Sequence[Any]]] = [(Words("环节", "stages"), before, after)]
    if is_screened_still(target, wanted):
        was, now, path = source.program, target.program, alike.path
        parts.append((Words("材料", "materials"), was.materials_for(path), now.materials_for(path)))
        parts.append((Words("条件", "rules"), was.rules_asked(path), now.rules_asked(path)))
    told = [words for part in parts for words in _parts_told(*part)]
    order = [[one.id for one in stages] for stages in (before, after)]
    if order[0] != order[1] and sorted(order[0]) == sorted(order[1]):
        told.append(Words("环节顺序有变化", "the order of the stages changed"))
    return told


def _ahead(running: Running, standing: str, path: Path) -> tuple[Stage, ...]:
    """Return the stage of a standing, and those behind it; their deadlines are told as instants."""
    here = running.pipeline.standings[standing].stage
    return tuple(map(_undated, dropwhile(lambda one: one.id != here, stages_on(running.program, path))))


def _undated(stage: Stage) -> Stage:
    if not isinstance(stage, Recommendation):
        return stage
    return stage.model_copy(update={"tiers": tuple(one.model_copy(update={"deadline": None}) for one in stage.tiers)})


def _parts_told(what: Words, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Words]:
    was, now = {one.id: one for one in before}, {one.id: one for one in after}
    for label, names in (
        (Words("新增{what}", "new {what}"), [now[key].name for key in now if key not in was]),
        (Words("不再有的{what}", "{what} gone"), [was[key].name for key in was if key not in now]),
        (
            Words("有变化的{what}", "{what} changed"),
            [now[key].name for key in now if key in was and now[key] != was[key]],
        ),
    ):
        if names:
            words = Words("{label}：{names}", "{label}: {names}")
            yield words.format(label=label.format(what=what), names="、".join(names))


def is_screened_still(running: Running, standing: str) -> bool:
    """Whether materials and rules are still to be looked at: from the drawing up to the end of a screening."""
    place = running.pipeline.standings[standing]
    return not place.ended and isinstance(running.program.stage(place.stage), Recommendation | Screening)
