"""`linxuan program amend|versions|migrate`: a changed file as the newest version, and nominations brought to one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click

from cli.dates import due_words
from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, Mistake, Number, Spoken, command_face, once, say
from cli.sources import reading_desk
from operations.amend import Amended, Version, amend, versions_of
from operations.desk import Desk
from operations.migrating import Migration, Wanted, migrate
from operations.previewing import Preview, preview
from operations.results import Denied
from programs import Words, load_program
from programs.rulings import Decision
from programs.words import closing_clock


@click.command(
    "amend",
    cls=Spoken,
    help=say(
        "以改过的文件修订已开通的项目：列出各处不同，成为新的一版；在办的申报仍按原来的一版办理",
        "amend an open program by a changed file, which becomes its newest version; nominations stay on theirs",
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help=say("依据的文件或决定", "the document or decision behind it"))
@click.option(
    "--confirm",
    "confirmed",
    metavar="RULING[=DECISION]",
    multiple=True,
    help=say(
        "一并确认新增或改动的裁定，可多次；不写决定的按文件所写",
        "confirm a new or changed ruling with it; may be repeated; without a decision, the file's own",
    ),
)
@click.option("--dry-run", is_flag=True, help=say("只核对和列出不同，不登记", "only check and list, and keep nothing"))
@actor_option()
@command_face
def amend_it(face: Face, file: Path, reason: str, confirmed: tuple[str, ...], dry_run: bool, actor: str) -> None:
    """Amend a program."""
    program = load_program(file)
    decisions: Mapping[str, Decision | None] = dict(once(map(_confirmation, confirmed)))
    desk, act = acting(face, actor, reason)
    done = amend(desk, program, act, confirmed=decisions, dry_run=dry_run)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program.id)
    document = {
        "program": done.program,
        "version": done.revision,
        "kept": not dry_run,
        "differences": [one.to_json(LANGUAGE) for one in done.differences],
        "deadlines": done.closes,
        "rulings": {"carried": done.carried, "confirmed": done.confirmed, "dropped": done.dropped},
        "staying": done.staying,
        "remarks": [words.in_language(LANGUAGE) for words in done.remarks],
    }
    lines = [
        _headline(done, dry_run=dry_run),
        *(f"　{one.words.in_language(LANGUAGE)}{_cited(one.clause)}" for one in done.differences),
    ]
    for key, moved in done.closes.items():
        was, now = _clock(moved["from"]), _clock(moved["to"])
        lines.append(say(f"　期限 {key}：{was} → {now}", f"  {key} closes: {was} → {now}"))
    lines += _rulings(done)
    lines += [f"※ {words.in_language(LANGUAGE)}" for words in done.remarks]
    if done.staying:
        how = f"linxuan program migrate {done.program} --all --dry-run"
        lines.append(
            say(
                f"在办的 {done.staying} 件仍按原来的版次办理；改按新版：{how}",
                f"{done.staying} under way stay on their versions; to bring them over: {how}",
            )
        )
    face.answer(document, lines)


def _cited(clause: str | None) -> str:
    return say(f"（{clause}）", f" ({clause})") if clause else ""


def _clock(instant: str | None) -> str:
    return closing_clock(datetime.fromisoformat(instant)) if instant else "—"


def _headline(done: Amended, *, dry_run: bool) -> str:
    if dry_run:
        return say(
            f"{done.program} 可以修订为第 {done.revision} 版（只核对，没有登记）：",
            f"{done.program} can be amended to version {done.revision} (nothing was kept):",
        )
    return say(f"{done.program} 已修订为第 {done.revision} 版：", f"{done.program} is of version {done.revision} now:")


def _rulings(done: Amended) -> Iterator[str]:
    for zh, en, some in (
        ("沿用的裁定", "rulings taken over", done.carried),
        ("一并确认的裁定", "rulings confirmed", done.confirmed),
        ("不再有的裁定", "rulings gone", done.dropped),
    ):
        if some:
            yield say(f"　{zh}：{'、'.join(some)}", f"  {en}: {', '.join(some)}")


def _confirmation(text: str) -> tuple[str, str | None]:
    ruling, equals, decision = text.partition("=")
    if not ruling.strip() or (equals and not decision.strip()):
        raise Mistake(Words(f"“{text}”应写成 裁定 或 裁定=决定", f"write {text!r} as RULING or RULING=DECISION"))
    return ruling.strip(), decision.strip() or None


@click.command(
    "versions",
    cls=Spoken,
    help=say("列出项目的各版及按各版办理的申报", "a program's versions, and how many nominations are judged by each"),
)
@click.argument("program", metavar="ID")
@command_face
def list_versions(face: Face, program: str) -> None:
    """List the versions of a program."""
    found = versions_of(reading_desk(face), program)
    face.answer(
        [
            {
                "version": one.number,
                "superseded_at": one.superseded_at.isoformat() if one.superseded_at else None,
                "under_way": one.under_way,
                "ended": one.ended,
            }
            for one in found
        ],
        [_version_line(one) for one in found],
    )


def _version_line(one: Version) -> str:
    until = f"{one.superseded_at:%Y-%m-%d %H:%M}" if one.superseded_at else ""
    mark = say(f"至 {until}", f"until {until}") if until else say("现行", "the newest")
    counts = say(f"在办 {one.under_way} 件，已结束 {one.ended} 件", f"{one.under_way} under way, {one.ended} ended")
    return say(f"第 {one.number} 版　{mark}　{counts}", f"version {one.number}  {mark}  {counts}")


@click.command(
    "migrate",
    cls=Spoken,
    help=say(
        "把在办的申报改按另一版办理；先用 --dry-run 逐件查看有何变化",
        "bring nominations under way to another version; look at what changes for each with --dry-run first",
    ),
)
@click.argument("program", metavar="ID")
@click.option(
    "--to", "version", metavar="VERSION", type=Number, help=say("改按第几版，默认最新", "default: the newest")
)
@click.option(
    "--nominations", metavar="NUMBER,…", multiple=True, help=say("只改这些，可多次", "only these; may be repeated")
)
@click.option("--all", "everybody", is_flag=True, help=say("在办的全部", "all that are under way"))
@click.option(
    "--map",
    "mapping",
    metavar="OLD=NEW",
    multiple=True,
    help=say("原环节在那一版没有时改到哪里，可多次", "where those stand whose standing is gone; may be repeated"),
)
@click.option("--reason", default="", help=say("依据的文件或决定", "the document or decision behind it"))
@click.option("--dry-run", is_flag=True, help=say("只逐件列出有何变化", "only list what changes for each"))
@actor_option()
@command_face
def migrate_them(
    face: Face,
    program: str,
    version: int | None,
    nominations: tuple[str, ...],
    everybody: bool,
    mapping: tuple[str, ...],
    reason: str,
    dry_run: bool,
    actor: str,
) -> None:
    """Bring nominations to another version."""
    numbers = tuple(dict.fromkeys(one.strip() for some in nominations for one in some.split(",") if one.strip()))
    if bool(numbers) == everybody:
        raise click.UsageError(say("--nominations 和 --all 须二选一", "give either --nominations or --all"))
    wanted = Wanted(version, None if everybody else numbers, dict(once(map(_mapped, mapping))))
    desk, act = acting(face, actor, reason)
    if dry_run:
        _preview(face, desk, program, wanted)
        return
    done = migrate(desk, program, wanted, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    face.answer(_migration_json(done), list(_migration_lines(done)))
    if done.refused:
        raise SystemExit(REFUSED)


def _mapped(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not old.strip() or not new.strip():
        raise Mistake(Words(f"“{text}”应写成 原环节=新环节", f"write {text!r} as OLD=NEW"))
    return old.strip(), new.strip()


def _preview(face: Face, desk: Desk, program: str, wanted: Wanted) -> None:
    found = list(preview(desk, program, wanted, face.now))
    face.answer(
        [
            {
                "number": one.number,
                "nominee": one.nominee,
                "version": one.revision,
                "stage": one.stage,
                "due_at": one.due_at.isoformat() if one.due_at else None,
                "changes": [words.in_language(LANGUAGE) for words in one.changes],
                "refusal": one.refusal.to_json(LANGUAGE) if one.refusal else None,
            }
            for one in found
        ],
        [_preview_line(one) for one in found] or [say("没有需要改的申报", "there is nobody to bring over")],
    )


def _preview_line(one: Preview) -> str:
    where = one.standing.in_language(LANGUAGE)
    if one.refusal:
        return f"✗ {one.number}　{one.nominee}　{where}　{one.refusal.words.in_language(LANGUAGE)}"
    changes = say("；", "; ").join(words.in_language(LANGUAGE) for words in one.changes)
    told = changes or say("没有变化", "nothing changes") + due_words(one.due_at, provisional=False)
    return f"✓ {one.number}　{one.nominee}　{where}　{told}"


def _migration_json(done: Migration) -> dict[str, object]:
    return {
        "program": done.program,
        "version": done.revision,
        "migrated": done.migrated,
        "already": done.already,
        "ways": [
            {"version": way.revision, "from": way.source, "to": way.destination, "count": count}
            for way, count in sorted(done.ways.items())
        ],
        "reminders": done.reminders,
        "refused": [
            {"number": one.number, "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals]}
            for one in done.refused
        ],
    }


def _migration_lines(done: Migration) -> Iterator[str]:
    yield say(
        f"{done.program}：{done.migrated} 件改按第 {done.revision} 版办理，{done.already} 件原已按此版",
        f"{done.program}: {done.migrated} brought to version {done.revision}, {done.already} were of it already",
    )
    for way, count in sorted(done.ways.items()):
        to = f"{way.source} → {way.destination}" if way.source != way.destination else way.source
        yield say(f"　原第 {way.revision} 版　{to}　{count} 件", f"  from version {way.revision}  {to}  {count}")
    for one in done.refused:
        yield f"✗ {one.number}　" + say("；", "; ").join(
            refusal.words.in_language(LANGUAGE) for refusal in one.refusals
        )
