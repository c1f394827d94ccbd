from tests.cli.selection import LUZHOU, SCREENED, Office


def reviewed(office: Office, index: int) -> str:
    """Take a nomination to the experts, with both evaluations in."""
    number = office.draws_up(index)
    office.hands_in(number)
    office.screens(number)
    office.moves(SCREENED, number, "accept")
    for track in ("materials", "site-visit"):
        office.does(SCREENED, "nomination", "report", number, track, "--points", "88", "--opinion", "情况属实")
    return number


def ranked(office: Office, *indices: int) -> list[str]:
    """Take nominations to the experts, and settle their ranking."""
    numbers = [reviewed(office, index) for index in indices]
    office.does(SCREENED, "review", "settle", LUZHOU, "review")
    return numbers


def test_decide_sends_the_named_on_and_eliminates_the_others(office):
    kept, dropped = ranked(office, 0, 1)

    because = f"{dropped}=业绩不足"
    done = office.does(SCREENED, "decide", LUZHOU, "review", kept, "--because", because, "--reason", "会议纪要")

    history = [office.ask(SCREENED, "nomination", "history", number).document[-1] for number in (kept, dropped)]
    assert [event["reason"] for event in history] == ["会议纪要", "业绩不足"]
    assert done == {
        "program": LUZHOU,
        "stage": "review",
        "chosen": [kept],
        "reserves": [],
        "eliminated": [dropped],
        "kept": True,
        "remarks": [],
    }


def test_decide_as_a_dry_run_names_everybody_and_moves_nobody(office):
    kept, dropped = ranked(office, 0, 1)

    done = office.does(SCREENED, "decide", LUZHOU, "review", kept, "--dry-run")

    assert (done["chosen"], done["eliminated"], done["kept"]) == ([kept], [dropped], False)
    stages = [office.ask(SCREENED, "nomination", "show", number).document["stage"] for number in (kept, dropped)]
    assert stages == ["review", "review"]


def test_decide_gives_the_grade_that_is_named(office):
    (number,) = ranked(office, 0)
    office.does(SCREENED, "decide", LUZHOU, "review", number)

    office.does(SCREENED, "decide", LUZHOU, "decision", f"{number}=chief-technician")

    shown = office.ask(SCREENED, "nomination", "show", number).document
    assert (shown["stage"], shown["grade"]) == ("publicity", "chief-technician")


def test_decide_without_a_grade_where_seats_are_filled_does_nothing(office):
    (number,) = ranked(office, 0)
    office.does(SCREENED, "decide", LUZHOU, "review", number)

    run = office.ask(SCREENED, "decide", LUZHOU, "decision", number, "--actor", "王管理")

    assert (run.code, [one["number"] for one in run.document["refused"]]) == (1, [number])
    assert office.ask(SCREENED, "nomination", "show", number).document["stage"] == "decision"


def test_decide_on_somebody_who_stands_elsewhere_is_wrong_usage(office):
    number = office.draws_up(0)

    run = office.ask(SCREENED, "decide", LUZHOU, "review", number, "--actor", "王管理")

    assert run.code == 2
    assert number in run.err


def test_decide_on_a_stage_that_does_not_choose_names_those_that_do(office):
    run = office.ask(SCREENED, "decide", LUZHOU, "publicity", "--none", "--actor", "王管理")

    assert run.code == 2
    assert "screening、review、decision" in run.err
