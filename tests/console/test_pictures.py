from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.agenda import agenda
from console.lettering import in_two, shorten, width_of
from console.pipeline import pipeline_picture, place_name
from console.saying import Voice
from console.timeline import timeline_picture
from deadlines import SHANGHAI
from deadlines.keydates import KeyDate, KeyDateKind
from operations.overview import Dated, StageCount, StandingCount
from programs import Words
from tests.console.filled import NOW, small_program

ZH, EN = Voice("zh", NOW), Voice("en", NOW)
PROGRAM = small_program()


def _stage(place: int, name: str, *counts: int) -> StageCount:
    standings = tuple(
        StandingCount(f"{place}.{at}", Words(f"{name}·第{at}处", f"x: {at}"), n) for at, n in enumerate(counts)
    )
    return StageCount(str(place), Words(name, "x"), standings)


def _date(kind: KeyDateKind, opens: datetime | None, closes: datetime | None, name: str = "某环节") -> Dated:
    last_day = (closes - timedelta(seconds=1)).date() if closes else None
    key = KeyDate("some", kind, "some", None, name, None, None, opens=opens, closes=closes, last_day=last_day)
    return Dated(PROGRAM, key, 3, provisional=False)


@given(st.text("推荐、举荐和自荐（初审）review final-decision ", max_size=30), st.integers(40, 200))
def test_lettering_never_runs_over(text: str, width: int) -> None:
    assert width_of(shorten(text, 14, width), 14) <= max(width, 14)
    lines = in_two(text, 14, width)
    assert len(lines) <= 2
    assert all(width_of(line, 14) <= max(width, 14) for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("公示", ("公示",)),
        ("推荐、举荐和自荐", ("推荐、", "举荐和自荐")),
        ("总结画册和总结报道", ("总结画册", "和总结报道")),
        ("final-decision-in-writing", ("final-", "decision-in…")),
        ("recommendation", ("recommendat…",)),
    ],
)
def test_names_break_where_people_would(text: str, lines: tuple[str, ...]) -> None:
    assert in_two(text, 14, 105) == lines


@given(st.lists(st.lists(st.integers(0, 12_345), min_size=1, max_size=4), min_size=1, max_size=14), st.integers(1, 5))
def test_boxes_stay_inside_and_apart(counts: list[list[int]], columns: int) -> None:
    stages = [_stage(place, "多个媒体平台同步推送人选", *some) for place, some in enumerate(counts)]
    picture = pipeline_picture(stages, ZH, columns=columns, box=150, with_places=True)
    boxes = picture.boxes
    assert len(boxes) == len(stages) == len(picture.arrows) + 1
    assert [box.count.text for box in boxes] == [f"{sum(some):,}" for some in counts]
    for box in boxes:
        assert box.x >= 0
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height
        for text in (*box.names, box.count, *(place.name for place in box.places)):
            assert box.x < text.x < box.x + box.width
            assert box.y < text.y < box.y + box.height
    for one, other in pairwise(boxes):
        assert other.x >= one.x + one.width or other.y >= one.y + one.height


def test_a_place_is_named_without_its_stage() -> None:
    stage = StageCount(
        "screening",
        Words("资格审查", "screening"),
        (
            StandingCount("screening", Words("资格审查", "screening"), 2),
            StandingCount("screening.correction", Words("资格审查·补正", "screening: correction"), 1),
        ),
    )
    assert [place_name(stage, one) for one in stage.standings] == [
        Words("办理中", "in hand"),
        Words("补正", "correction"),
    ]


def test_a_program_without_known_dates_has_no_time_line() -> None:
    assert timeline_picture([], ZH, width=400, gutter=0) is None
    assert timeline_picture([_date(KeyDateKind.PUBLICITY, None, None)], ZH, width=400, gutter=0) is None
    term = _date(KeyDateKind.TENURE, NOW, NOW + timedelta(days=1095))
    assert timeline_picture([term], ZH, width=400, gutter=0) is None


@pytest.mark.parametrize(("width", "gutter"), [(1040, 270), (400, 0)])
@pytest.mark.parametrize("days", [1, 20, 80, 200, 500, 1500, 4000])
def test_a_time_line_fits_whatever_its_span(width: int, gutter: int, days: int) -> None:
    dates = [
        _date(KeyDateKind.WINDOW, NOW - timedelta(days=days), NOW + timedelta(days=days)),
        _date(KeyDateKind.DEADLINE, None, NOW + timedelta(days=days)),
    ]
    picture = timeline_picture(dates, ZH, width=width, gutter=gutter)
    assert picture
    assert picture.today is not None
    for row in picture.rows:
        assert picture.left <= row.x <= row.end <= width
        assert row.y < picture.height
    places = [tick.x for tick in picture.ticks]
    assert all(later - earlier >= 40 for earlier, later in pairwise(places))
    assert picture.rows[1].x == picture.rows[1].end > picture.today
    assert [row.running for row in picture.rows] == [True, False]


def test_today_is_not_drawn_where_it_is_far_away() -> None:
    long_ago = [_date(KeyDateKind.WINDOW, NOW - timedelta(days=2500), NOW - timedelta(days=2400))]
    picture = timeline_picture(long_ago, EN, width=1040, gutter=270)
    assert picture
    assert picture.today is None
    assert picture.rows[0].past
    assert picture.ticks[0].label.endswith(" 2019")


def test_dates_that_close_together_are_one_entry() -> None:
    end = NOW + timedelta(days=9)
    dates: Sequence[Dated] = [
        _date(KeyDateKind.WINDOW, NOW, end, "甲"),
        _date(KeyDateKind.DEADLINE, None, end, "乙"),
        _date(KeyDateKind.WINDOW, NOW, end, "丙"),
        _date(KeyDateKind.WINDOW, NOW, end + timedelta(days=1), "丁"),
    ]
    assert [entry.names for entry in agenda(dates)] == [("甲", "丙"), ("乙",), ("丁",)]


@pytest.mark.parametrize(
    ("closes", "zh", "en"),
    [
        (datetime(2026, 5, 13, tzinfo=SHANGHAI), "5月12日 周二 24:00", "Tue 12 May 24:00"),
        (datetime(2026, 5, 12, 18, tzinfo=SHANGHAI), "5月12日 周二 18:00", "Tue 12 May 18:00"),
        (datetime(2027, 1, 1, tzinfo=SHANGHAI), "2026年12月31日 周四 24:00", "Thu 31 Dec 24:00"),
        (datetime(2027, 1, 2, tzinfo=SHANGHAI), "2027年1月1日 周五 24:00", "Fri 1 Jan 2027 24:00"),
    ],
)
def test_what_closes_at_midnight_closes_at_24_00(closes: datetime, zh: str, en: str) -> None:
    assert ZH.closing(closes) == zh.removeprefix("2026年")
    assert EN.closing(closes) == en


def test_the_time_left_is_said_in_what_counts() -> None:
    assert ZH.left(_date(KeyDateKind.DEADLINE, None, NOW)) == ""
    assert ZH.left(_date(KeyDateKind.DEADLINE, None, NOW + timedelta(hours=3))) == "今天"
    assert EN.left(_date(KeyDateKind.DEADLINE, None, NOW + timedelta(days=3))) == "3 working days"
    assert ZH.left(_date(KeyDateKind.TENURE, None, NOW + timedelta(days=900))) == "900 天"


def test_decisions_are_read_out() -> None:
    assert [ZH.decision(one) for one in (None, True, False, 10, "24:00")] == ["—", "是", "否", "10", "24:00"]
