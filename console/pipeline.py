"""The geometry of a pipeline's picture: boxes in rows, read left to right and down, with arrows between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from console.lettering import in_two, shorten
from console.saying import Voice
from operations.overview import StageCount, StandingCount
from programs import Words

_NAME, _COUNT, _LINE = 14, 24, 13
_PADDING, _GAP_X, _GAP_Y = 12, 26, 30


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at its base line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a stage: its name to the left, its count to the right."""

    name: Text
    count: Text
    empty: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One stage."""

    x: float
    y: float
    width: float
    height: float
    full_name: str
    names: tuple[Text, ...]
    count: Text
    places: tuple[Place, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole pipeline. `arrows` are SVG paths, heads included; `label` says the same in words."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    label: str


def pipeline_picture(
    stages: Sequence[StageCount], voice: Voice, *, columns: int, box: float, with_places: bool = False
) -> Picture:
    """Lay a pipeline out in rows of so many boxes, each as high as the fullest of its row."""
    boxes: list[Box] = []
    top = 1.0
    for start in range(0, len(stages), columns):
        row = stages[start : start + columns]
        height = max(_height(stage, voice, box, with_places=with_places) for stage in row)
        for place, stage in enumerate(row):
            left = 1 + place * (box + _GAP_X)
            boxes.append(_box(stage, voice, (left, top, box, height), with_places=with_places))
        top += height + _GAP_Y
    shown = min(columns, len(stages))
    return Picture(
        width=shown * box + (shown - 1) * _GAP_X + 2,
        height=top - _GAP_Y + 1,
        boxes=tuple(boxes),
        arrows=tuple(_arrow(one, other) for one, other in pairwise(boxes)),
        label=_label(stages, voice),
    )


def place_name(stage: StageCount, standing: StandingCount) -> Words:
    """Name a place within its stage, without repeating the stage."""
    if standing.name == stage.name:
        return Words("办理中", "in hand")
    return Words(
        standing.name.zh.removeprefix(f"{stage.name.zh}·"), standing.name.en.removeprefix(f"{stage.name.en}: ")
    )


def _names(stage: StageCount, voice: Voice, width: float) -> tuple[str, ...]:
    return in_two(voice.read(stage.name), _NAME, width - 2 * _PADDING)


def _places(stage: StageCount) -> tuple[StandingCount, ...]:
    return stage.standings if len(stage.standings) > 1 else ()


def _height(stage: StageCount, voice: Voice, width: float, *, with_places: bool) -> float:
    lines = len(_places(stage)) if with_places else 0
    return 26 + 18 * len(_names(stage, voice, width)) + 30 + (20 * lines + 8 if lines else 0)


def _box(stage: StageCount, voice: Voice, at: tuple[float, float, float, float], *, with_places: bool) -> Box:
    left, top, width, height = at
    x = left + _PADDING
    names = _names(stage, voice, width)
    base = top + 24 + 18 * len(names)
    return Box(
        x=left,
        y=top,
        width=width,
        height=height,
        full_name=voice.read(stage.name),
        names=tuple(Text(x, top + 25 + 18 * line, name) for line, name in enumerate(names)),
        count=Text(x, base + 22, voice.number(stage.count)),
        places=tuple(_rows(stage, voice, (x, base + 48, width))) if with_places else (),
        empty=stage.count == 0,
    )


def _rows(stage: StageCount, voice: Voice, at: tuple[float, float, float]) -> Iterator[Place]:
    x, y, width = at
    room = width - 2 * _PADDING
    for line, standing in enumerate(_places(stage)):
        count = voice.number(standing.count)
        name = shorten(voice.read(place_name(stage, standing)), _LINE, room - 8 - len(count) * 8)
        yield Place(Text(x, y + 20 * line, name), Text(x + room, y + 20 * line, count), standing.count == 0)


def _arrow(one: Box, other: Box) -> str:
    if one.y == other.y:
        y = one.y + min(one.height, other.height) / 2
        return f"M{one.x + one.width + 4:g} {y:g}H{other.x - 5:g}m-5 -4l5 4l-5 4"
    # On to the next row: out below, across between the rows, in from above.
    start, end = one.x + one.width / 2, other.x + other.width / 2
    bottom, middle = one.y + one.height, other.y - _GAP_Y / 2
    return f"M{start:g} {bottom + 4:g}V{middle:g}H{end:g}V{other.y - 5:g}m-4 -5l4 5l4 -5"


def _label(stages: Sequence[StageCount], voice: Voice) -> str:
    between = voice.say("，", ", ")
    counts = between.join(f"{voice.read(stage.name)} {voice.number(stage.count)}" for stage in stages)
    return voice.say("各环节在办件数：{counts}", "Nominations in each stage: {counts}", counts=counts)
