"""`linxuan decide`: who goes on from a stage, and who does not."""

from collections.abc import Iterator

import click

from cli.describe import reason_of_one
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, Spoken, command_face, once, say, tell
from operations.ballots.showing import chosen_by_ballot
from operations.decide import decide
from operations.rankings import going_on
from operations.results import Batch
from states import Move

#: Moves of those who do not go on.
_FALLEN = (Move.ELIMINATE, Move.REJECT)


@click.command(
    cls=Spoken,
    help=say(
        "确定一个环节的去留：列出的申报进入下一环节（评审确定时写明奖项，如 编号=chief-technician），其余落选。"
        "有一件不能办理，则全部不办。",
        "Decide a stage: the nominations named go on (with a grade where seats are filled, as NUMBER=GRADE), all "
        "others there do not. If one is refused, nothing is done.",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@click.argument("chosen", nargs=-1, metavar="[NUMBER[=GRADE]]...")
@click.option(
    "--ranked", is_flag=True, help=say("按已确定的排序，入围的进入下一环节", "those whom the settled ranking sends on")
)
@click.option(
    "--ballot", is_flag=True, help=say("按已结束的表决，通过的按其奖项入选", "those whom the closed ballot has chosen")
)
@click.option(
    "--reserve",
    "reserves",
    multiple=True,
    metavar="NUMBER=GRADE",
    help=say("候补，按次序，可多次", "a reserve, in their order; may be repeated"),
)
@click.option(
    "--because",
    multiple=True,
    metavar="NUMBER=WHY",
    help=say("一件自己的理由，取代 --reason，可多次", "the reason of one, in the place of --reason; may be repeated"),
)
@click.option("--none", is_flag=True, help=say("无人入选，全部落选", "nobody goes on"))
@click.option(
    "--dry-run",
    is_flag=True,
    help=say("只列出谁入选、谁落选，不办理", "only tell who would go on and who would not, and keep nothing"),
)
@click.option("--actor", required=True, help=say("办理人", "who does it"))
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def command(
    face: Face,
    program: str,
    stage: str,
    chosen: tuple[str, ...],
    ranked: bool,
    ballot: bool,
    none: bool,
    reserves: tuple[str, ...],
    because: tuple[str, ...],
    dry_run: bool,
    actor: str,
    reason: str,
) -> None:
    """Decide who goes on."""
    if (none and (chosen or ranked or ballot)) or not (chosen or ranked or ballot or none):
        raise click.UsageError(
            say(
                "请列出入选的编号，或用 --ranked、--ballot；确实无人入选的，用 --none",
                "name who goes on, or say --ranked or --ballot; if truly nobody does, say --none",
            )
        )
    named = dict(once((number, grade or None) for number, _, grade in (text.partition("=") for text in chosen)))
    in_turn = dict(once((number, grade) for number, _, grade in (text.partition("=") for text in reserves)))
    reasons = dict(once(reason_of_one(text) for text in because))
    desk, act = acting(face, actor, reason)
    if ranked:
        named = dict.fromkeys(going_on(desk, program, stage)) | named
    if ballot:
        named = chosen_by_ballot(desk, program, stage) | named
    done = decide(desk, program, stage, named, act, reserves=in_turn, reasons=reasons, dry_run=dry_run)
    if done.denied:
        _refuse(face, program, stage, done)
    eliminated = [one.number for one in done.moved if one.move in _FALLEN]
    gone_on = [one.number for one in done.moved if one.move not in _FALLEN and one.number not in in_turn]
    waiting = say(f"，候补 {len(in_turn)} 件", f", {len(in_turn)} in reserve") if in_turn else ""
    face.answer(
        {
            "program": program,
            "stage": stage,
            "chosen": gone_on,
            "reserves": list(in_turn),
            "eliminated": eliminated,
            "kept": not dry_run,
            "remarks": [one.to_json(LANGUAGE) for one in done.remarks],
        },
        [
            say(
                f"入选 {len(gone_on)} 件{waiting}，落选 {len(eliminated)} 件",
                f"{len(gone_on)} go on{waiting}, {len(eliminated)} do not",
            )
            + (say("（只核对，没有办理）", "; this was only a check") if dry_run else ""),
            *(_named(gone_on, list(in_turn), eliminated) if dry_run else ()),
            *(f"※ {one.reason.in_language(LANGUAGE)}" for one in done.remarks),
        ],
    )


def _named(gone_on: list[str], reserves: list[str], eliminated: list[str]) -> Iterator[str]:
    """Name everybody, so that nobody is eliminated unseen."""
    yield from (f"{say('入选', 'goes on')}　{number}" for number in gone_on)
    yield from (f"{say('候补', 'in reserve')}　{number}" for number in reserves)
    yield from (f"{say('落选', 'does not')}　{number}" for number in eliminated)


def _refuse(face: Face, program: str, stage: str, done: Batch) -> None:
    """Say of each nomination why it stands in the way."""
    if face.as_json:
        refused = [
            {"number": one.number, "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals]}
            for one in done.denied
        ]
        face.answer({"program": program, "stage": stage, "refused": refused}, "")
    for one in done.denied:
        for refusal in one.refusals:
            reason, remedy = refusal.reason.in_language(LANGUAGE), refusal.remedy.in_language(LANGUAGE)
            tell("　".join(part for part in (one.number, reason, remedy) if part), err=True)
    raise SystemExit(REFUSED)
