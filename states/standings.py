"""Where a nomination can stand: the places within each kind of stage, and the ways a case can end."""

from dataclasses import dataclass
from enum import StrEnum

from programs import Path, Words
from programs.stages import Decision, Publicity, Recommendation, Screening, Stage, Tenure, Tier


class End(StrEnum):
    """How a case can end. Nothing leads on from an end, but that an honor can be revoked."""

    HONORED = "honored"
    COMPLETED = "completed"
    REJECTED = "rejected"
    NOT_CHOSEN = "not-chosen"
    REMOVED = "removed"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DISQUALIFIED = "disqualified"
    REVOKED = "revoked"

    @property
    def label(self) -> Words:
        """What people call this end."""
        return _ENDS[self]


_ENDS = {
    End.HONORED: Words("已授予", "honored"),
    End.COMPLETED: Words("聘期届满", "term completed"),
    End.REJECTED: Words("不予通过", "rejected"),
    End.NOT_CHOSEN: Words("落选", "not chosen"),
    End.REMOVED: Words("公示撤下", "taken off the list"),
    End.DEFERRED: Words("暂缓，下届再议", "deferred to the next edition"),
    End.WITHDRAWN: Words("已撤回", "withdrawn"),
    End.LAPSED: Words("逾期失效", "lapsed"),
    End.DISQUALIFIED: Words("取消申报资格", "disqualified"),
    End.REVOKED: Words("称号已取消", "revoked"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One place of a program's pipeline. `stage` is the stage's id, or the end's own key.

    No move leads to a `former` place any more; whoever came there before stands there still, and goes on from it.
    """

    key: str
    stage: str
    name: Words
    office: str | None = None
    ended: bool = False
    former: bool = False


def standings_of(stage: Stage, office: str) -> tuple[Standing, ...]:
    """Return the places within one stage, the one that is entered first in front."""
    name, who = Words(stage.name, stage.id), stage.office or office

    def place(step: str, label: Words, *, former: bool = False) -> Standing:
        words = Words(f"{stage.name}·{label.zh}", f"{stage.id}: {label.en}")
        return Standing(f"{stage.id}.{step}", stage.id, words, who, former=former)

    match stage:
        case Recommendation():
            return tuple(_tier(stage, tier) for tier in stage.tiers)
        case Screening(correction=period) if period:
            return Standing(stage.id, stage.id, name, who), place("correction", Words("补正", "correction"))
        case Decision(reserves=count) if count:
            return Standing(stage.id, stage.id, name, who), place("reserve", Words("候补", "reserve"))
        case Publicity():
            return (
                Standing(stage.id, stage.id, Words(f"{stage.name}·待公示", f"{stage.id}: to be published"), who),
                place("running", Words("公示中", "running")),
                place("objected", Words("异议处理", "under objection")),
            )
        case Tenure(rectification=period, assessed_every_years=every) if period or every:
            # Every failed assessment led there once, whether or not the program gives a time to make it good.
            words = Words("整改", "rectification")
            return Standing(stage.id, stage.id, name, who), place("rectification", words, former=period is None)
        case _:
            return (Standing(stage.id, stage.id, name, who),)


def tiers_on(stage: Recommendation, path: Path) -> tuple[Standing, ...]:
    """Return the tiers that a nomination on this path passes, in order."""
    return tuple(_tier(stage, tier) for tier in stage.tiers if tier.concerns(*path))


def _tier(stage: Recommendation, tier: Tier) -> Standing:
    return Standing(
        f"{stage.id}.{tier.id}", stage.id, Words(f"{stage.name}·{tier.name}", f"{stage.id}: {tier.id}"), tier.office
    )


ENDS: tuple[Standing, ...] = tuple(Standing(end.value, end.value, end.label, ended=True) for end in End)
