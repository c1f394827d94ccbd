import pytest

from flows.rehearsals import rehearse
from operations.settings import open_desk
from store import tables as t
from tests.flows.seen import run


def test_a_rehearsal_shows_every_scene_and_leaves_the_store_alone(settings):
    seen = run(rehearse, "luzhou-chief-technician-2019", 12)
    assert seen.state == "Completed"
    assert seen.name == "演练 luzhou-chief-technician-2019（12 件）"
    assert seen.tags == {"luzhou-chief-technician-2019"}
    assert seen.progress == {"rehearse-progress": 100.0}
    scenes = seen.tables["rehearse-scenes"]
    assert scenes[0]["时刻"] == "2019-07-08 09:00"
    assert len(scenes) == seen.result["scenes"]
    assert sum(seen.result["standings"].values()) == 12
    assert {"关口", "原因", "怎么办", "依据"} <= seen.tables["rehearse-refused"][0].keys()
    desk = open_desk(settings)
    with desk.store.read() as connection:
        assert connection.execute(t.nomination.select()).all() == []
    desk.store.close()


@pytest.mark.usefixtures("settings")
def test_a_rehearsal_can_stop_at_an_instant():
    seen = run(rehearse, "luzhou-chief-technician-2019", 12, until="2019-07-16T12:00")
    assert seen.tables["rehearse-scenes"][-1]["时刻"] == "2019-07-16 11:00"


@pytest.mark.usefixtures("settings")
def test_a_program_without_a_date_is_refused_until_it_has_one():
    refused = run(rehearse, "bayu-special-grade-technician", 5)
    assert refused.state == "Completed"
    assert refused.message.startswith("不予演练：")
    assert refused.tables["rehearse-refused"][0]["关口"] == "ruling-decided"
    assert run(rehearse, "bayu-special-grade-technician", 5, issued="2021-06-28").result["scenes"] > 0


@pytest.mark.usefixtures("settings")
def test_an_unknown_program_fails_the_run_in_a_sentence():
    seen = run(rehearse, "no-such-award")
    assert seen.state == "Failed"
    assert seen.message.startswith("没有项目 no-such-award")
