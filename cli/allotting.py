"""`linxuan program allot`: give each nominator its own number of places, or divide them by figures."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import Face, Mistake, Number, Spoken, command_face, once, say
from operations.allotting import allot, allotments_of
from operations.results import Denied
from programs import Words


@click.command(
    "allot",
    cls=Spoken,
    help=say(
        "给每个推荐单位各定名额：表中有“名额”一栏的照表，用 --by 的按数据和权重分配（最大余额法）",
        "allot places: as a table says them, or divided by weighted figures (largest remainder) with --by",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("quota", metavar="QUOTA")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--total", type=Number, help=say("一共分配多少名", "how many places there are"))
@click.option(
    "--by",
    "weights",
    metavar="HEADING=WEIGHT",
    multiple=True,
    help=say("按这一栏数据分配，可多次，如 技能人才数=60", "divide by this column; may be repeated"),
)
@click.option("--dry-run", is_flag=True, help=say("只计算，不登记", "only compute, and keep nothing"))
@actor_option()
@command_face
def allot_them(
    face: Face,
    program: str,
    quota: str,
    file: Path,
    total: int | None,
    weights: tuple[str, ...],
    dry_run: bool,
    actor: str,
) -> None:
    """Allot the places of a quota."""
    weighed = dict(once(map(_weight, weights)))
    places = allotments_of(file.read_bytes(), file.name, total=total, weights=weighed)
    if not dry_run:
        desk, act = acting(face, actor)
        done = allot(desk, program, quota, places, act)
        if isinstance(done, Denied):
            face.refuse(done.refusals, program=program, quota=quota)
    face.answer(
        {"program": program, "quota": quota, "places": places, "kept": not dry_run},
        list(_lines(places, dry_run=dry_run)),
    )


def _weight(text: str) -> tuple[str, Fraction]:
    heading, _, weight = text.rpartition("=")
    try:
        number = Fraction(weight.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if not heading.strip() or number < 0:
        raise Mistake(Words(f"“{text}”应写成 栏目=权重，如 技能人才数=60", f"write {text!r} as HEADING=WEIGHT"))
    return heading.strip(), number


def _lines(places: dict[str, int], *, dry_run: bool) -> Iterator[str]:
    for body, count in places.items():
        yield f"{body}　{count}"
    total = sum(places.values())
    yield say(f"共 {total} 名", f"{total} places") + (say("（只计算，没有登记）", ", not kept") if dry_run else "")
