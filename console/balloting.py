"""What the events of a committee's ballots say to people; never how a member voted."""

from collections.abc import Callable

from operations.overview import Event
from programs import Words

_NOTHING = Words("", "")


def _told(zh: str, en: str) -> Callable[[Event], Words]:
    def tell(event: Event) -> Words:
        return Words(zh, en).format(stage=event.subject or _NOTHING, round=event.facts.get("round", ""))

    return tell


def _closed(event: Event) -> Words:
    stage, round_ = event.subject or _NOTHING, event.facts["round"]
    if "tie" in event.facts:
        return Words(
            "“{stage}”第 {round} 轮表决结束，并列待再投", "round {round} of “{stage}” closed, with a tie"
        ).format(stage=stage, round=round_)
    return Words(
        "“{stage}”第 {round} 轮表决结束，通过 {count} 件", "round {round} of “{stage}” closed: {count} are chosen"
    ).format(stage=stage, round=round_, count=len(event.facts["chosen"]))


#: What each kind of event of a ballot is told as.
BALLOTS: dict[str, Callable[[Event], Words]] = {
    "ballot.opened": _told("“{stage}”第 {round} 轮表决开始", "round {round} of the ballot of “{stage}” opened"),
    "ballot.attended": _told("“{stage}”表决到会登记", "who attends the ballot of “{stage}” recorded"),
    "ballot.recused": _told("“{stage}”表决成员回避", "a member of the ballot of “{stage}” recused"),
    "ballot.cast": _told("“{stage}”记名表决一人", "a named vote of “{stage}” entered"),
    "ballot.counted": _told("“{stage}”第 {round} 轮计票", "papers of round {round} of “{stage}” counted"),
    "ballot.closed": _closed,
    "ballot.annulled": _told("“{stage}”第 {round} 轮表决宣布无效", "round {round} of “{stage}” annulled"),
    "meeting.recorded": _told("“{stage}”会议登记", "the meeting of “{stage}” recorded"),
}
