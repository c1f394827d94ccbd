"""What of an amendment cannot be reconciled with what a program has come to already.

Nominations stay on their version, so most changes disturb none of them. What is counted, compared, published or honored
for all of them together is the newest version's at once; so it must agree with what was taken, begun or published.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from operations.desk import Running
from operations.paths import path_of
from programs import Path, Program, Words
from programs.model import Quota, Seats
from programs.stages import Publicity, Stage
from programs.versions import TOGETHER, shared_fields
from programs.words import closing_in_words
from states import End, Refusal
from store import tables as t

#: Ends of those who have gone the whole way.
_HONORED = (End.HONORED, End.COMPLETED, End.REVOKED)

_OTHER_ID = Words("请另用一个 id", "give it an id of its own")


def contradictions(
    connection: Connection, versions: Sequence[Running], changed: Running, now: datetime
) -> Iterator[Refusal]:
    """Yield why a changed program cannot be the newest version beside these, the newest of them first.

    Whoever calls holds the definition and every nomination under way.
    """
    before, after = versions[0].program, changed.program
    come_to = _ComeTo(connection, versions)
    yield from _identity(before, after, come_to)
    yield from _seats(before, after, come_to)
    yield from _quotas(before, after, come_to)
    yield from _nominators(after, come_to)
    for stage in before.held_stages:
        yield from _stage(stage, after, come_to, now)
    known = {stage.id for stage in before.held_stages}
    for version in versions[1:]:
        for stage in version.program.held_stages:
            # What an earlier amendment took out may come back, but not as something else.
            if stage.id not in known and any(one.id == stage.id and not one.skipped for one in after.stages):
                known.add(stage.id)
                yield from _stage(stage, after, come_to, now)
    yield from _closed(versions[0], changed, now)


class _ComeTo:
    """What a program has come to: places taken, stages begun, lists published, nominations on their way."""

    def __init__(self, connection: Connection, versions: Sequence[Running]) -> None:
        self._connection = connection
        self._versions = {version.revision: version for version in versions}
        self._program_id = versions[0].program.id
        of = t.nomination.c
        alike = (of.revision, of.stage, of.category, of.route, of.traits)
        self.standing = connection.execute(
            select(*alike, func.count().label("many")).where(of.program_id == self._program_id).group_by(*alike)
        ).all()

    def taken(self, key: str) -> dict[str, int]:
        """Return how many places of a limit are taken, by whose they are."""
        of = t.place.c
        query = select(of.owner, func.count()).where(of.program_id == self._program_id, of.limit_key == key)
        return dict(self._connection.execute(query.group_by(of.owner)).tuples().all())

    def allotted(self, quota: str) -> frozenset[str]:
        """Return who has a number of places of a quota for themselves."""
        of = t.allotment.c
        query = select(of.owner).where(of.program_id == self._program_id, of.quota == quota)
        return frozenset(self._connection.execute(query).scalars())

    def kinds(self) -> Mapping[str, int]:
        """Return how many nominators are registered of each kind."""
        of = t.nominator.c
        query = select(of.kind, func.count()).where(of.program_id == self._program_id).group_by(of.kind)
        return dict(self._connection.execute(query).tuples().all())

    def anybody_chosen(self) -> bool:
        """Whether a seat is taken, a list was published or a document issued."""
        seats = t.place.c.limit_key.startswith("seats.", autoescape=True)
        return any(
            self._connection.execute(query.limit(1)).first()
            for query in (
                select(t.place.c.ordinal).where(t.place.c.program_id == self._program_id, seats),
                select(t.publicity.c.id).where(t.publicity.c.program_id == self._program_id),
                select(t.document.c.number).where(t.document.c.program_id == self._program_id),
            )
        )

    def runs_until(self, stage: str, now: datetime) -> datetime | None:
        """Return until when a list of a stage runs, or objections to it are taken; none where no list does."""
        of = t.publicity.c
        query = select(func.max(of.objections_close_at)).where(of.program_id == self._program_id, of.stage == stage)
        latest: datetime | None = self._connection.execute(query.where(of.objections_close_at > now)).scalar()
        return latest

    def at(self, stage: str) -> int:
        """Return how many nominations stand at a stage."""
        return sum(row.many for row in self.standing if row.stage.partition(".")[0] == stage)

    def has_begun(self, stage: str) -> bool:
        """Whether a comparison has begun: somebody was reported on, scored or voted for, or has gone on from it."""
        own = t.nomination.c.program_id == self._program_id
        of, given, counted = t.report.c, t.score.c, t.tally.c
        begun = (
            select(of.stage).join_from(t.report, t.nomination).where(own, of.stage == stage),
            select(given.stage).join_from(t.score, t.nomination).where(own, given.stage == stage),
            select(counted.stage).where(counted.program_id == self._program_id, counted.stage == stage),
        )
        return bool(
            self.taken(f"keep.{stage}")
            or any(self._connection.execute(one.limit(1)).first() for one in begun)
            or any(self._is_beyond(row, stage) for row in self.standing)
        )

    def _is_beyond(self, row: Any, stage: str) -> bool:  # noqa: ANN401 - a row of nominations that stand alike
        running = self._versions[row.revision]
        passed = [one.id for one in stages_on(running.program, path_of(row))]
        if stage not in passed:
            return False
        if row.stage in _HONORED:
            return True
        here = row.stage.partition(".")[0]
        return stage in takewhile(lambda one: one != here, passed) if here in passed else False


def stages_on(program: Program, path: Path) -> tuple[Stage, ...]:
    """Return the stages that a nomination on a path passes, in their order."""
    return tuple(stage for stage in program.held_stages if stage.concerns(*path))


def _identity(before: Program, after: Program, come_to: _ComeTo) -> Iterator[Refusal]:
    if before.nominee is not after.nominee:
        yield Refusal(
            "same-nominee",
            Words("评选对象不能由 {was} 改为 {now}", "the nominee cannot change from {was} to {now}").format(
                was=before.nominee.value, now=after.nominee.value
            ),
            Words("请另立项目", "make a program of its own"),
        )
    if before.award != after.award and come_to.anybody_chosen():
        yield Refusal(
            "award-kept",
            Words(
                "已有人入选“{award}”，奖项名称不能再改", "somebody was chosen for “{award}”, which keeps its name"
            ).format(award=before.award),
            Words("请保留原名称", "leave the name as it is"),
        )


def _seats(before: Program, after: Program, come_to: _ComeTo) -> Iterator[Refusal]:
    later: dict[str, Seats] = {one.id: one for one in after.seats}
    for seats in before.seats:
        taken = sum(come_to.taken(f"seats.{seats.id}").values())
        now = later.get(seats.id)
        if not taken:
            continue
        if now is None or now.award != seats.award:
            yield Refusal(
                "seats-kept",
                Words(
                    "“{award}”已有 {taken} 名入选，不能取消或改名", "{taken} are chosen for “{award}” already"
                ).format(award=seats.award, taken=taken),
                Words("请保留该奖项及其名称", "leave the grade and its name as they are"),
                seats.clause,
            )
        elif now.kind == "cap" and (now.count or 0) < taken:
            yield Refusal(
                "seats-kept",
                Words(
                    "“{award}”已有 {taken} 名入选，名额不能减为 {count}",
                    "{taken} are chosen for “{award}” already, more than {count} places",
                ).format(award=seats.award, taken=taken, count=now.count),
                Words("名额须不少于已入选人数", "leave at least as many places as are taken"),
                now.clause,
            )


def _quotas(before: Program, after: Program, come_to: _ComeTo) -> Iterator[Refusal]:
    later = {one.id: one for one in after.quotas}
    for quota in after.quotas:
        if not any(one.id == quota.id for one in before.quotas) and come_to.taken(f"quota.{quota.id}"):
            yield Refusal(
                "quota-counted-alike",
                Words(
                    "名额“{id}”在以前的版次里用过，不能重新起用", "the quota {id} was used by an earlier version"
                ).format(id=quota.id),
                _OTHER_ID,
                quota.clause,
            )
    for quota in before.quotas:
        now, taken = later.get(quota.id), come_to.taken(f"quota.{quota.id}")
        if now is None or not taken:
            continue
        if _counted(quota) != _counted(now):
            yield Refusal(
                "quota-counted-alike",
                Words(
                    "名额“{name}”已用 {taken} 个，计法（单位、层级、推荐单位类型）不能再改",
                    "{taken} places of the quota “{name}” are taken; it is counted as it was",
                ).format(name=quota.name, taken=sum(taken.values())),
                _OTHER_ID,
                now.clause,
            )
            continue
        own = come_to.allotted(quota.id)
        over = sorted((owner, count) for owner, count in taken.items() if count > now.limit and owner not in own)
        if over:
            yield Refusal(
                "quota-kept",
                Words(
                    "名额“{name}”减为 {limit}，少于已报的：{over}",
                    "the quota “{name}” of {limit} is less than some have used: {over}",
                ).format(
                    name=quota.name, limit=now.limit, over="、".join(f"{owner} {count}" for owner, count in over[:10])
                ),
                Words("请由其先撤回，或用 program allot 单独给名额", "have them withdraw first, or allot them places"),
                now.clause,
            )


def _counted(quota: Quota) -> tuple[object, ...]:
    return quota.per, quota.tier, quota.nominator_kind, quota.branches_apart


def _nominators(after: Program, come_to: _ComeTo) -> Iterator[Refusal]:
    known = {one.id for one in after.nominators}
    for kind, count in sorted(come_to.kinds().items()):
        if kind not in known:
            yield Refusal(
                "nominators-kept",
                Words(
                    "有 {count} 家推荐单位登记为 {kind}，此类型不能取消",
                    "{count} nominators are registered as {kind}, which cannot be taken out",
                ).format(count=count, kind=kind),
                Words("请保留此类型，或先更正登记", "leave the kind, or register them otherwise first"),
            )


def _stage(stage: Stage, after: Program, come_to: _ComeTo, now: datetime) -> Iterator[Refusal]:
    later = next((one for one in after.stages if one.id == stage.id), None)
    if later is not None and type(later) is not type(stage):
        yield from _of_another_kind(stage, after)
        return
    yield from _changed_stage(stage, later, come_to, now)


def _of_another_kind(stage: Stage, after: Program) -> Iterator[Refusal]:
    later = next((one for one in after.stages if one.id == stage.id), stage)
    if type(later) is not type(stage):
        yield Refusal(
            "stage-keeps-its-kind",
            Words("环节“{name}”不能由{was}改为{now}", "the stage “{name}” cannot turn from {was} into {now}").format(
                name=stage.name, was=stage.label, now=later.label
            ),
            _OTHER_ID,
            later.clause,
        )


def _changed_stage(stage: Stage, later: Stage | None, come_to: _ComeTo, now: datetime) -> Iterator[Refusal]:
    gone = later is None or later.skipped
    changed = (
        [] if later is None else [name for name in shared_fields(stage) if getattr(stage, name) != getattr(later, name)]
    )
    if not gone and not changed:
        return
    clause = stage.clause if later is None else later.clause
    until = come_to.runs_until(stage.id, now) if isinstance(stage, Publicity) else None
    if until:
        yield Refusal(
            "list-running",
            Words("“{name}”的名单正在公示，至 {until}", "a list of “{name}” is public until {until}").format(
                name=stage.name, until=closing_in_words(until)
            ),
            Words("请在公示期满后再修订此环节", "amend the stage when it is over"),
            clause,
        )
    elif gone and isinstance(stage, TOGETHER) and (count := come_to.at(stage.id)):
        yield Refusal(
            "nobody-stranded",
            Words("有 {count} 件申报正处在“{name}”", "{count} nomination(s) stand at “{name}”").format(
                count=count, name=stage.name
            ),
            Words("请先把它们办出该环节，再取消", "move them on before you take it out"),
            clause,
        )
    elif not gone and not isinstance(stage, Publicity) and _compares(changed) and come_to.has_begun(stage.id):
        yield Refusal(
            "comparison-begun",
            Words(
                "“{name}”已经开始评选，评议项、权重和入围人数不能再改", "the comparison at “{name}” has begun"
            ).format(name=stage.name),
            Words("请按原办法办完此环节", "finish it as it was begun"),
            clause,
        )


def _compares(fields: Sequence[str]) -> bool:
    # Who signs a document, and what is presented, compares nobody.
    return not set(fields) <= {"issuers", "honors", "registry"}


def _closed(current: Running, changed: Running, now: datetime) -> Iterator[Refusal]:
    """Refuse to announce a close that has passed already."""
    for key, close in changed.announced.items():
        was = current.announced.get(key)
        if (was is None or was.at != close.at) and close.at <= now:
            yield Refusal(
                "close-ahead",
                Words("期限 {key} 的截止时刻 {at} 已经过去", "the close of {key}, {at}, has passed").format(
                    key=key, at=closing_in_words(close.at)
                ),
                Words("请写现在之后的时刻", "name an instant that is still to come"),
                changed.program.deadline(key).clause,
            )
