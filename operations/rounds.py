"""Which round somebody means who takes the last one back: of a draw, of a ranking or of a ballot."""

from programs import Words
from states import Refusal


def another_round(named: int | None, last: int) -> Refusal | None:
    """Refuse what is said of a round that is not the last one: whoever sends it twice would take back one more."""
    if named in (None, last):
        return None
    return Refusal(
        "seen-round",
        Words("现在是第 {last} 轮，您要办理的是第 {named} 轮", "it is round {last} now, and not round {named}").format(
            last=last, named=named
        ),
        Words(
            "请核对现在的情况：刚才提交的可能已经办成",
            "look at what stands now: what you sent before may have been done",
        ),
    )
