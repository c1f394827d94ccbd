"""Parts of a program that somebody names: by id or by name, told by both where they are not there."""

import pytest

from operations.actors import Actor, Role
from operations.naming import id_called, ids_called
from operations.results import MisstatedError
from programs import Words

PARTS = {"work": "业绩", "skill": "技能", "first": "一等", "second": "一等", "third": "work"}
UNKNOWN = Words("没有 {id}；可用：{known}", "no {id}; use {known}")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("work", "work"), ("业绩", "work"), (" 技能 ", "skill"), ("一等", None), ("second", "second"), ("业", None)],
)
def test_part_is_called_by_its_id_or_by_a_name_that_it_alone_has(typed: str, found: str | None) -> None:
    assert id_called(typed, PARTS) == found


def test_part_that_is_not_there_or_named_twice_is_refused_with_names() -> None:
    few = {"work": "业绩", "skill": "技能"}
    with pytest.raises(MisstatedError) as unknown:
        ids_called(["业绩", "月亮"], few, UNKNOWN)
    assert unknown.value.words == Words("没有 月亮；可用：业绩（work）、技能（skill）", "no 月亮; use work、skill")
    with pytest.raises(MisstatedError, match="work is named more than once"):
        ids_called(["业绩", "work"], few, UNKNOWN)


def test_actor_s_role_is_read_as_people_call_it() -> None:
    assert Actor.parse("王某:专家@某局") == Actor.parse("王某:expert@某局") == Actor("王某", Role.EXPERT, "某局")
