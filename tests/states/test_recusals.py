"""Who steps back from which nomination, by every ground, and who does not."""

from datetime import date

import pytest

from programs.panels import Ground, Panel
from states.recusals import Evaluated, Evaluator, Tie, conflicts, still_recuses

ON = date(2026, 5, 20)
PANEL = Panel(clause="三", size=3)
WANG = Evaluated("N1", "王一", "长江厂", "江阳区局")
STUDIO = Evaluated("N2", "长江厂王一工作室", "长江厂", "江阳区局", members=True)


def ground(expert: Evaluator, one: Evaluated = WANG, panel: Panel = PANEL) -> Ground | None:
    return conflicts(panel, [expert], [one], ON).get(one.number, {}).get(expert.id)


@pytest.mark.parametrize(
    ("employer", "ties", "one", "expected"),
    [
        ("某大学", [], WANG, None),
        ("长江厂", [], WANG, Ground.EMPLOYER),
        ("江阳区局", [], WANG, Ground.NOMINATOR),
        ("某大学", [Tie(Ground.EMPLOYER, "长江厂")], WANG, Ground.EMPLOYER),
        ("某大学", [Tie(Ground.EMPLOYER, "长江厂", until=date(2026, 5, 20))], WANG, Ground.EMPLOYER),
        ("某大学", [Tie(Ground.EMPLOYER, "长江厂", until=date(2026, 5, 19))], WANG, None),
        ("某大学", [Tie(Ground.EMPLOYER, "长江")], WANG, None),
        ("某大学", [Tie(Ground.KINSHIP, "王一")], WANG, Ground.KINSHIP),
        ("某大学", [Tie(Ground.KINSHIP, "王一", unit="长江厂")], WANG, Ground.KINSHIP),
        ("某大学", [Tie(Ground.KINSHIP, "王一", unit="黄河厂")], WANG, None),
        ("某大学", [Tie(Ground.KINSHIP, "王")], WANG, None),
        ("某大学", [Tie(Ground.PROJECT, "王一")], WANG, Ground.PROJECT),
        ("某大学", [Tie(Ground.PROJECT, "长江厂")], WANG, Ground.PROJECT),
        ("某大学", [Tie(Ground.NOMINATOR, "江阳区局")], WANG, Ground.NOMINATOR),
        ("某大学", [Tie(Ground.NOMINATOR, "长江厂")], WANG, None),
        ("某大学", [Tie(Ground.KINSHIP, "王一")], STUDIO, Ground.KINSHIP),
        ("某大学", [Tie(Ground.PROJECT, "王一")], STUDIO, Ground.PROJECT),
        ("某大学", [Tie(Ground.KINSHIP, "李二")], STUDIO, None),
        ("长江厂王一工作室", [], STUDIO, Ground.EMPLOYER),
    ],
)
def test_expert_steps_back_on_these_grounds(employer, ties, one, expected):
    assert ground(Evaluator(1, employer, tuple(ties)), one) is expected


@pytest.mark.parametrize("left_out", [Ground.EMPLOYER, Ground.KINSHIP, Ground.PROJECT, Ground.NOMINATOR])
def test_ground_that_the_notice_does_not_have_recuses_nobody(left_out):
    subject = {Ground.KINSHIP: "王一", Ground.NOMINATOR: "江阳区局"}.get(left_out, "长江厂")
    expert = Evaluator(1, "某大学", (Tie(left_out, subject),))
    panel = PANEL.model_copy(update={"recusal": tuple(one for one in PANEL.recusal if one is not left_out)})
    assert (ground(expert), ground(expert, panel=panel)) == (left_out, None)


@pytest.mark.parametrize(
    ("until", "years", "expected"),
    [
        (None, 0, True),
        (date(2026, 5, 20), 0, True),
        (date(2026, 5, 19), 0, False),
        (date(2023, 5, 21), 3, True),
        (date(2023, 5, 20), 3, False),
        (date(2024, 2, 29), 3, True),
    ],
)
def test_employer_that_was_left_recuses_for_so_many_years(until, years, expected):
    assert still_recuses(until, years, date(2027, 2, 28) if until == date(2024, 2, 29) else ON) is expected


def test_each_is_held_against_everybody_and_only_conflicts_are_told():
    experts = [Evaluator(2, "长江厂"), Evaluator(1, "江阳区局"), Evaluator(3, "某大学")]
    other = Evaluated("N3", "李二", "黄河厂", "龙马潭区局")
    assert conflicts(PANEL, experts, [WANG, other], ON) == {"N1": {1: Ground.NOMINATOR, 2: Ground.EMPLOYER}}
