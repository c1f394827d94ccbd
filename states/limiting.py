"""The gates that a move passes by taking a place: of a quota, of those who go on, of the seats and their reserves."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from programs import Words
from programs.model import Quota, Seats
from states.case import Case, Circumstances, Limit, Refusal
from states.gates import Gate


@runtime_checkable
class Limiting(Gate, Protocol):
    """A gate that a move passes by taking a place."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The limits of which it may take a place."""

    def limit(self, case: Case, circumstances: Circumstances) -> Limit | None:
        """Return the limit of which the move takes a place, where it takes one."""


@dataclass(frozen=True, slots=True)
class QuotaFree:
    """The nominator, or the unit, has a place left."""

    quota: Quota

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"quota.{self.quota.id}",)

    def limit(self, case: Case, circumstances: Circumstances) -> Limit | None:
        quota = self.quota
        if not quota.concerns(*case.path) or quota.nominator_kind not in (None, case.nominator_kind):
            return None
        return Limit(f"quota.{quota.id}", quota.per, quota.limit)

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        limit = self.limit(case, circumstances)
        if limit is None or circumstances.left.get(limit.key, limit.count) > 0:
            return None
        count = circumstances.allotted.get(limit.key, limit.count)
        owner = case.owners.get(limit.per)
        whose = Words(f"{owner}的", f" of {owner}") if owner else Words("", "")
        return Refusal(
            "quota-free",
            Words(
                "{whose}名额已用完：{name}（不超过 {limit} 名）",
                "the quota{whose} is used up: {name} (at most {limit})",
            ).format(whose=whose, name=self.quota.name, limit=count),
            Words("请在名额内择优推荐，或先撤回一名", "choose within the quota, or withdraw another nomination first"),
            self.quota.clause,
        )


@dataclass(frozen=True, slots=True)
class KeepFree:
    """No more go on from this stage than the notice lets go on."""

    stage: str
    keep: int
    clause: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"keep.{self.stage}",)

    def limit(self, case: Case, circumstances: Circumstances) -> Limit:
        return Limit(f"keep.{self.stage}", "program", self.keep)

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if circumstances.left.get(f"keep.{self.stage}", self.keep) > 0:
            return None
        return Refusal(
            "keep-free",
            Words("入围名额 {keep} 名已满", "all {keep} places to go on are taken").format(keep=self.keep),
            Words("请在名额内择优", "choose within the number"),
            self.clause,
        )


@dataclass(frozen=True, slots=True)
class SeatFree:
    """A grade is named, it is one that this nomination can win, and its cap is not reached; a target never refuses."""

    seats: tuple[Seats, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"seats.{seats.id}" for seats in self.seats)

    def limit(self, case: Case, circumstances: Circumstances) -> Limit | None:
        for seats in self._open_to(case):
            if seats.id == circumstances.grade:
                return Limit(f"seats.{seats.id}", "program", seats.count or 0, soft=seats.kind != "cap")
        return None

    def _open_to(self, case: Case) -> tuple[Seats, ...]:
        return tuple(seats for seats in self.seats if seats.concerns(*case.path))

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        limit = self.limit(case, circumstances)
        if limit is None:
            return Refusal(
                "seat-free",
                Words("没有写明授予哪一项", "no grade is named that this nomination can win"),
                Words("请写明：{grades}", "name one of {grades}").format(
                    grades="、".join(f"{seats.id}（{seats.award}）" for seats in self._open_to(case))
                ),
            )
        if limit.soft or circumstances.left.get(limit.key, limit.count) > 0:
            return None
        chosen = next(seats for seats in self.seats if seats.id == circumstances.grade)
        return Refusal(
            "seat-free",
            Words("{award} 的 {count} 个名额已满", "all {count} places of {award} are taken").format(
                award=chosen.award, count=chosen.count
            ),
            Words("请在名额内择优", "choose within the number"),
            chosen.clause,
        )


@dataclass(frozen=True, slots=True)
class ReserveFree:
    """A grade is named that this nomination can win, and it has fewer reserves than it may have."""

    seats: tuple[Seats, ...]
    count: int
    clause: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"reserves.{seats.id}" for seats in self.seats)

    def limit(self, case: Case, circumstances: Circumstances) -> Limit | None:
        for seats in self.seats:
            if seats.id == circumstances.grade and seats.concerns(*case.path):
                return Limit(f"reserves.{seats.id}", "program", self.count)
        return None

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        limit = self.limit(case, circumstances)
        if limit is not None and circumstances.left.get(limit.key, limit.count) > 0:
            return None
        if limit is None:
            open_to = "、".join(f"{one.id}（{one.award}）" for one in self.seats if one.concerns(*case.path))
            return Refusal(
                "reserve-free",
                Words("没有写明是哪一项的候补", "it is not said of which grade they are a reserve"),
                Words("请写明：{grades}", "name one of {grades}").format(grades=open_to),
            )
        return Refusal(
            "reserve-free",
            Words("候补已满 {count} 名", "there are {count} reserves already").format(count=self.count),
            Words("请减少候补，或由项目修订增加", "name fewer, or amend the program"),
            self.clause,
        )
