"""The gates of a stage with a ballot: nobody goes on, or falls out, otherwise than the committee has voted."""

from dataclasses import dataclass

from programs import Words
from programs.ballots import Ballot
from programs.model import Seats
from states.case import Case, Circumstances, Refusal


@dataclass(frozen=True, slots=True)
class ChosenByBallot:
    """The closed ballot has chosen it, with this grade where it gives one."""

    ballot: Ballot
    seats: tuple[Seats, ...]

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if case.balloted is None:
            return _not_held(self.ballot)
        if not case.balloted.chosen:
            return Refusal(
                "by-ballot",
                Words("表决未通过", "the ballot has not chosen it"),
                _followed(),
                self.ballot.clause,
            )
        grade = case.balloted.grade
        if grade is None or circumstances.grade in (None, grade):
            return None
        return Refusal(
            "by-ballot",
            Words("表决结果是{voted}，不是{named}", "the ballot has given it {voted}, not {named}").format(
                voted=_award(self.seats, grade), named=_award(self.seats, circumstances.grade)
            ),
            _followed(),
            self.ballot.clause,
        )


@dataclass(frozen=True, slots=True)
class NotChosenByBallot:
    """The closed ballot has not chosen it."""

    ballot: Ballot

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if case.balloted is None:
            return _not_held(self.ballot)
        if not case.balloted.chosen:
            return None
        return Refusal("by-ballot", Words("表决已经通过", "the ballot has chosen it"), _followed(), self.ballot.clause)


@dataclass(frozen=True, slots=True)
class ReserveByBallot:
    """The closed ballot has not chosen it, for want of a place alone: it has the share of the grade it waits for."""

    ballot: Ballot
    seats: tuple[Seats, ...]

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if refusal := NotChosenByBallot(self.ballot)(case, circumstances):
            return refusal
        reached = case.balloted.reached if case.balloted else None
        if reached is None or circumstances.grade is None or circumstances.grade in reached:
            return None
        return Refusal(
            "by-ballot",
            Words("表决没有达到{grade}要求的票数", "too few have voted for it to be {grade}").format(
                grade=_award(self.seats, circumstances.grade)
            ),
            Words("候补只能是达到票数、因名额已满没有入选的", "a reserve has the votes, and no place was left"),
            self.ballot.clause,
        )


def _award(seats: tuple[Seats, ...], grade: str) -> Words:
    """Return what a grade is called: by its award, in English by its id, as programs are Chinese."""
    return Words(next((one.award for one in seats if one.id == grade), grade), grade)


def _not_held(ballot: Ballot) -> Refusal:
    return Refusal(
        "ballot-closed",
        Words("还没有表决，或并列还没有处理", "no ballot on it is closed, or a tie is open"),
        Words(
            "请先表决：linxuan review ballot open；用 linxuan review ballot show 查看",
            "hold one with: linxuan review ballot open; see it with: linxuan review ballot show",
        ),
        ballot.clause,
    )


def _followed() -> Words:
    return Words(
        "请按表决结果办理（linxuan decide … --ballot）；有误的由管理员宣布无效后再表决：linxuan review ballot annul",
        "follow it (linxuan decide … --ballot); where it was wrong, have it annulled and held again: "
        "linxuan review ballot annul",
    )
