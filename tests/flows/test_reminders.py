from flows.reminders import send_reminders
from flows.sweeps import deadline_sweep
from tests.flows.seen import run


def test_owed_reminders_are_delivered_once(played, settings):
    played("2019-07-30T23:00+08:00")
    run(deadline_sweep, now="2019-07-31T00:00")
    seen = run(send_reminders, now="2019-07-31T09:00")
    assert seen.name == "提醒 07-31 09:00"
    letters = list((settings.data / "outbox").glob("*.eml"))
    assert seen.result["sent"] == len(letters) > 0
    [row] = seen.tables["send-reminders-delivered"]
    assert row["发出信函"] == len(letters)
    assert f"发出信函 {len(letters)}" in seen.message
    again = run(send_reminders, now="2019-07-31T09:15")
    assert again.message == "没有应发的提醒"
    assert again.tables == {}
