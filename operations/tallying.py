"""Votes of the public: one platform's table at a time, whole or not at all, with the digest of its file."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.evaluated import ranking_stage, standing_here
from operations.policy import Deed
from operations.results import Denied, MisstatedError, UnknownError, denied
from operations.rows import CellFinding
from operations.scores import scores_closed
from operations.seeing import hidden_from
from operations.tally_tables import VotesReader, noted, table_of_votes
from programs import Words
from programs.evaluations import Evaluation
from programs.stages import Review, Vote
from states import Refusal
from states.jumps import Jumped, jumps
from store import tables as t

_NAME: Final = 255
#: The largest table of votes, with what surrounds it in a form, in bytes.
LARGEST_TALLY: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tallied:
    """What came of one platform's table: `votes` by number, none where something blocks.

    `digest` is the SHA-256 of the file. `jumped` are shown and change nothing. `workbook` is the table with a note on
    each faulty cell; `places` says of each finding where it is, as Excel says it.
    """

    stage: str
    platform: str
    digest: str
    votes: Mapping[str, int]
    findings: tuple[CellFinding, ...]
    jumped: tuple[Jumped, ...] = ()
    replaced: str | None = None
    kept: bool = False
    workbook: bytes = field(default=b"", repr=False)
    places: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether something has to be mended first."""
        return any(finding.blocks for finding in self.findings)


def import_tally(  # noqa: PLR0913 - what a table does not say itself, each by name
    desk: Desk,
    program_id: str,
    content: bytes,
    name: str,
    act: Act,
    *,
    stage_id: str | None = None,
    platform: str | None = None,
    as_of: datetime | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> Tallied | Denied:
    """Record the votes that one platform counted for everybody who stands at a vote.

    A platform that was imported before is only replaced when that is said; the same file is never taken twice. Raises
    `DocumentError` for what is no such table, and `UnknownError` for what is not there or has to be named.
    """
    digest = sha256(content).hexdigest()
    with desk.store.write() as transaction:
        connection = transaction.connection
        desk.relied_on(connection, program_id)
        running = _voting(desk, connection, program_id, stage_id)
        stage = _vote(running, stage_id)
        counted_at = as_of or act.now
        rows = standing_here(connection, program_id, stage.id, lock=True)
        refused = denied(refuses(connection, act.actor, Deed.TALLY, matter_at(running, stage.id)))
        if refused:
            return refused
        of_platform = _platform(stage, platform)
        series = _series(connection, program_id, stage.id)
        last = next((one for one in series if one.platform == of_platform and not one.superseded), None)
        refused = denied(
            _not_counted(stage),
            _nobody_here(stage) if not rows else None,
            scores_closed(stage) if _is_settled(connection, program_id, stage.id) else None,
            _same_file(series, digest),
            None if replace else _same_platform(last),
            _not_later(last, counted_at, act),
        )
        if refused:
            return refused
        table = table_of_votes(content, name)
        reader = VotesReader(table, rows, _others(connection, program_id, stage.id))
        votes = reader.votes()
        findings = tuple(reader.findings)
        places = tuple(table.address(one.row, one.column) for one in findings)
        found = Tallied(stage.id, of_platform, digest, {}, findings, workbook=noted(table, findings), places=places)
        if found.is_blocked:
            return found
        numbers = {row.id: row.number for row in rows}
        by_number = {numbers[one]: count for one, count in votes.items()}
        before = _votes_in(connection, last.id) if last else {}
        done = Tallied(
            stage.id,
            of_platform,
            digest,
            by_number,
            findings,
            jumps(before, by_number, stage.jump),
            last.file_digest if last else None,
            not dry_run,
            found.workbook,
            places,
        )
        if dry_run:
            return done
        desk.keep(content)
        if last:
            connection.execute(update(t.tally).where(t.tally.c.id == last.id).values(superseded=True))
        kept = connection.execute(
            insert(t.tally)
            .values(
                program_id=program_id,
                stage=stage.id,
                platform=of_platform,
                superseded=False,
                file_name=name[-_NAME:],
                file_size=len(content),
                file_digest=digest,
                as_of=counted_at,
                imported_by=act.actor.name,
                imported_at=act.now,
            )
            .returning(t.tally.c.id)
        ).scalar_one()
        connection.execute(
            insert(t.tally_votes),
            [{"tally_id": kept, "nomination_id": one, "votes": count} for one, count in votes.items()],
        )
        transaction.record(
            program_id,
            "tally.imported",
            stage=stage.id,
            platform=of_platform,
            file=name[-_NAME:],
            size=len(content),
            file_digest=digest,
            as_of=counted_at.isoformat(),
            replaces=done.replaced,
            votes=by_number,
            jumped=[one.number for one in done.jumped] or None,
            **act.signature(),
        )
        return done


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a platform: the file, when it counted, the votes by number, and who jumped since the one before."""

    platform: str
    file: str
    size: int
    digest: str
    as_of: datetime
    imported_by: str
    superseded: bool
    votes: Mapping[str, int]
    jumped: tuple[Jumped, ...]

    def without(self, hidden: AbstractSet[str]) -> "Import":
        """Return it as somebody sees it who is recused from these."""
        votes = {number: count for number, count in self.votes.items() if number not in hidden}
        return replace(self, votes=votes, jumped=tuple(one for one in self.jumped if one.number not in hidden))


def imports_of(
    desk: Desk, program_id: str, stage_id: str | None = None, *, act: Act | None = None
) -> tuple[Vote, list[Import]] | Denied:
    """Return a vote and all its imports, platform by platform, the oldest first.

    `act` says who looks: nobody sees anything of whom they are recused from. Raises `UnknownError` for what is not
    there.
    """
    with desk.store.read() as connection:
        running = _voting(desk, connection, program_id, stage_id)
        stage = _vote(running, stage_id)
        if act and (refusal := refuses(connection, act.actor, Deed.SEE_RESULTS, matter_at(running, stage.id))):
            return Denied((refusal,))
        hidden = hidden_from(desk, connection, running, act)
        found: list[Import] = []
        before: dict[str, Mapping[str, int]] = {}
        for row in _series(connection, program_id, stage.id):
            votes = _votes_in(connection, row.id)
            jumped = jumps(before.get(row.platform, {}), votes, stage.jump)
            before[row.platform] = votes
            found.append(
                Import(
                    row.platform,
                    row.file_name,
                    row.file_size,
                    row.file_digest,
                    row.as_of,
                    row.imported_by,
                    row.superseded,
                    votes,
                    jumped,
                ).without(hidden)
            )
        return stage, found


def platforms_missing(connection: Connection, program_id: str, stage: Vote | Review) -> Refusal | None:
    """Refuse to settle a vote before every platform that the program names has been counted."""
    if not isinstance(stage, Vote):
        return None
    counted = {row.platform for row in _series(connection, program_id, stage.id)}
    missing = [one for one in stage.platforms if one not in counted]
    if not missing:
        return None
    return Refusal(
        "platforms-counted",
        Words("还没有导入这些平台的票数：{missing}", "the votes of these platforms are missing: {missing}").format(
            missing="、".join(missing)
        ),
        Words("请用 linxuan vote import 导入", "import them with: linxuan vote import"),
        stage.clause,
    )


def _voting(desk: Desk, connection: Connection, program_id: str, stage_id: str | None) -> Running:
    """Return the newest version that has a vote, or this one: an amendment may have taken it out."""
    if stage_id is not None:
        return desk.holding(connection, program_id, stage_id)
    return desk.newest_that(
        connection, program_id, lambda one: any(isinstance(stage, Vote) for stage in one.program.held_stages)
    )


def _vote(running: Running, stage_id: str | None) -> Vote:
    votes = [stage.id for stage in running.program.held_stages if isinstance(stage, Vote)]
    if stage_id is None and len(votes) != 1:
        raise UnknownError(
            Words("请写明投票环节：{known}", "name the vote: {known}").format(known="、".join(votes))
            if votes
            else Words("本项目没有投票环节", "the program has no vote")
        )
    stage = ranking_stage(running, stage_id or votes[0])
    if not isinstance(stage, Vote):
        raise UnknownError(
            Words("“{id}”不是投票环节；可用：{known}", "{id} is no vote; use one of: {known}").format(
                id=stage.id, known="、".join(votes) or "—"
            )
        )
    return stage


def _platform(stage: Vote, named: str | None) -> str:
    """Return which platform is meant: one that the program names, or any where it names none."""
    if not stage.platforms:
        return named or stage.name
    if named in stage.platforms:
        return named
    if named is None and len(stage.platforms) == 1:
        return stage.platforms[0]
    words = Words("请用 --platform 写明平台：{known}", "name the platform with --platform: {known}")
    if named is not None:
        words = Words("没有平台“{named}”；可用：{known}", "there is no platform {named}; use one of: {known}")
    raise MisstatedError(words.format(named=named or "", known="、".join(stage.platforms)))


def _is_settled(connection: Connection, program_id: str, stage_id: str) -> bool:
    """Say whether a ranking was made of the votes: another table would take them from those who were ranked."""
    of = t.ranking.c
    found = select(of.id).where(of.program_id == program_id, of.stage == stage_id).limit(1)
    return connection.execute(found).first() is not None


def _series(connection: Connection, program_id: str, stage_id: str) -> list[Row[Any]]:
    of = t.tally.c
    query = select(t.tally).where(of.program_id == program_id, of.stage == stage_id)
    return list(connection.execute(query.order_by(of.platform, of.id)))


def _votes_in(connection: Connection, tally: int) -> dict[str, int]:
    of = t.tally_votes.c
    query = select(t.nomination.c.number, of.votes).join_from(t.tally_votes, t.nomination).where(of.tally_id == tally)
    return dict(connection.execute(query).tuples().all())


def _others(connection: Connection, program_id: str, stage_id: str) -> dict[str, str]:
    """Return the names of all other nominations of the program, by number: a platform may list who has left."""
    of = t.nomination.c
    query = select(of.number, of.nominee).where(of.program_id == program_id, of.stage != stage_id)
    return dict(connection.execute(query).tuples().all())


def _not_counted(stage: Vote) -> Refusal | None:
    if not stage.tracks or any(track.evaluation is Evaluation.VOTE for track in stage.tracks):
        return None
    return Refusal(
        "vote-counted",
        Words("“{stage}”的评议项里没有投票", "none of the tracks of “{stage}” is the vote").format(stage=stage.name),
        Words(
            '请在项目文件里把其中一项写成 evaluation = "vote"', 'give one of them evaluation = "vote" in the program'
        ),
        stage.clause,
    )


def _nobody_here(stage: Vote) -> Refusal:
    return Refusal(
        "somebody-here",
        Words("没有申报在“{stage}”", "nobody stands at “{stage}”").format(stage=stage.name),
        Words("申报进入投票环节后再导入票数", "import votes when nominations have come there"),
    )


def _same_file(series: Sequence[Row[Any]], digest: str) -> Refusal | None:
    # One that was replaced may be brought back: what took its place may have been the mistake.
    same = next((row for row in series if row.file_digest == digest and not row.superseded), None)
    if same is None:
        return None
    return Refusal(
        "file-once",
        Words(
            "这个文件已作为“{platform}”的票数导入过（{file}）", "this file was imported for {platform} ({file})"
        ).format(platform=same.platform, file=same.file_name),
        Words("请核对是否拿错了文件", "check that it is the file you meant"),
    )


def _same_platform(last: Row[Any] | None) -> Refusal | None:
    if last is None:
        return None
    return Refusal(
        "platform-once",
        Words("“{platform}”的票数已经导入（{file}）", "the votes of {platform} were imported ({file})").format(
            platform=last.platform, file=last.file_name
        ),
        Words(
            "要以新的票数取代的，请写明取代（--replace）；原来的仍留在记录里",
            "to replace them say so (--replace); they stay recorded",
        ),
    )


def _not_later(last: Row[Any] | None, as_of: datetime, act: Act) -> Refusal | None:
    if as_of <= act.now and (last is None or last.as_of <= as_of):
        return None
    return Refusal(
        "counted-later",
        Words("统计时刻早于上一次导入，或还没有到", "it was counted before the import that it replaces, or not yet"),
        Words("请用 --as-of 写明实际的统计时刻", "say with --as-of when it was counted"),
    )
