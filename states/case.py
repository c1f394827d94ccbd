"""What a move is judged on, and what comes of it: plain values, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from programs import Path, Words
from programs.stages import Tier
from states.moves import Move


class Bar(NamedTuple):
    """Something in the nominee's past that a rule does not allow: the rule, its clause, and what there is."""

    rule: str
    clause: str
    found: Words


class Balloted(NamedTuple):
    """What a closed ballot decided on a nominee: chosen or not, with the grade where it gives one.

    `reached` are the grades whose share of the votes they have; none where that was not kept.
    """

    chosen: bool
    grade: str | None
    reached: tuple[str, ...] | None = None


class Last(NamedTuple):
    """The last move of a case, for taking it back: from where it came, and until when (first instant too late).

    `built` is what rests on it by now. `gave_back` are the keys of the limits of which it gave a place back, and `past`
    whether it took the promise of an honor away.
    """

    move: Move
    source: str
    until: datetime
    built: tuple[Words, ...] = ()
    gave_back: tuple[str, ...] = ()
    past: bool = False


@dataclass(slots=True)
class Case:
    """The facts about one nomination, as one transaction sees them.

    `unranked`: nobody goes on here without a settled ranking, and this one has no place in one. `above_cut` says on
    which side of the cut a settled ranking put it, none where it did not. `balloted` is what the stage's closed ballot
    decided on it, none where there is none.

    `stage` is the only field that firing a move changes. `due` is the instant at which time itself moves the case
    on (aware, or none): the close of the next intake, of a correction, of a publicity, of the term.
    `nominator_kind` is the kind of nominator whose quota it uses; `owners` tells by what a limit counts for whose
    places it takes. `unrectified`: the time to make good a failed assessment is over, or it has failed again.
    `unheard` and `opposed` are bodies that screen jointly or are consulted: they have not spoken, or not agreed.
    """

    stage: str
    path: Path
    nominator_kind: str | None = None
    owners: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    due: datetime | None = None
    missing: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    failed: tuple[Words, ...] = ()
    unreported: tuple[str, ...] = ()
    unranked: bool = False
    above_cut: bool | None = None
    balloted: Balloted | None = None
    open_objections: int = 0
    bars: tuple[Bar, ...] = ()
    unrectified: bool = False
    unheard: tuple[str, ...] = ()
    opposed: tuple[str, ...] = ()
    last: Last | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """Places that run out: of a quota, of a grade's seats, or of those who may go on from a stage.

    `key` is `quota.<id>`, `seats.<id>` or `keep.<stage>`; `per` says whose places they are. A soft limit (左右) only
    warns.
    """

    key: str
    per: Literal["program", "nominator", "unit"]
    count: int
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What a tier puts on the form as it takes a nomination on: its opinion point by point, its seal, the number."""

    opinion: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sealed: bool = False
    form_number: str | None = None

    @classmethod
    def full(cls, tier: Tier | None, words: str = "…", form_number: str = "…") -> "Endorsement":
        """Return one that lacks nothing of what a tier, where it is one, must put on the form."""
        if tier is None:
            return cls()
        return cls(dict.fromkeys(tier.opinion, words), tier.seal, form_number if tier.assigns_number else None)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What surrounds a move: the instant, the mover's words, and what is left of each limit.

    `closes` gives the instant from which an intake takes no more, by the key of its standing. `left` gives the places
    that a limit still has, by the limit's key; all of them where it is not named; `allotted` how many there are in all,
    where this nomination's owner has another number of them than the limit says.
    """

    now: datetime
    reason: str = ""
    closes: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    left: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    allotted: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    grade: str | None = None
    document_number: str | None = None
    endorsement: Endorsement = Endorsement()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move is not made: which gate, the reason, what would make it pass, and the clause behind it."""

    gate: str
    reason: Words
    remedy: Words
    clause: str | None = None

    @property
    def words(self) -> Words:
        """The reason and the remedy in one sentence."""
        return Words(f"{self.reason.zh}；{self.remedy.zh}", f"{self.reason.en}; {self.remedy.en}")

    def to_json(self, language: str = "zh") -> dict[str, str | None]:
        """Return the refusal as a JSON object in one language."""
        return {
            "gate": self.gate,
            "reason": self.reason.in_language(language),
            "remedy": self.remedy.in_language(language),
            "clause": self.clause,
        }


@dataclass(frozen=True, slots=True)
class Fired:
    """A move that was made."""

    move: Move
    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A move that was not made, with every reason; nothing has changed."""

    move: Move
    source: str
    refusals: tuple[Refusal, ...]


Outcome = Fired | Refused
