"""What an operation answers: that it was done, or why not. Only what cannot be understood raises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from programs import Words
from states import Move, Refusal


class UnknownError(Exception):
    """Something was named that is not there, or was given in a form that cannot be read. `words` says what to do."""

    #: Whether it was nothing that was typed.
    outside = False

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class OutsideError(UnknownError):
    """Something outside the product failed, such as a database server; `words` says what to do."""

    outside = True


class DamagedError(ValueError):
    """The definition of a program that the store holds cannot be read; `words` says which one, and what to do.

    It is not among the errors of what is not there: whoever looks further for such a program must not pass it over.
    """

    #: Nothing that was typed mends it.
    outside = True

    def __init__(self, program_id: str) -> None:
        self.words = Words(
            "项目 {id} 的定义已损坏，读不出来；请从备份中恢复该项目",
            "the definition of {id} is damaged and cannot be read; restore this program from a backup",
        ).format(id=program_id)
        super().__init__(self.words.en)


class MisstatedError(UnknownError):
    """A word was stated that a program, or the pool, does not have, by somebody who may know what it has: `words` says.

    Nobody asked for what is not theirs to see, so nothing is told of it in the history.
    """


class NothingHereError(UnknownError):
    """There is nothing of what was asked for, as `words` says to somebody who may know it.

    Nobody asked for what is not theirs to see, so nothing is told of it in the history.
    """


class KeyMissingError(UnknownError):
    """The key that personal data is sealed with is not at hand, or is another one."""

    #: What those are told who are at a page, and not at the machine.
    told = Words(
        "缺少密钥，或密钥不对，个人信息现在不能存取，没有办理；请联系系统维护人员",
        "the key is missing or wrong: personal data can be neither kept nor read now, and nothing was done; "
        "tell those who look after the installation",
    )


def no_such_nomination(number: str, known: Sequence[str] = ()) -> Words:
    """Say that there is no nomination of this number, and which may be meant, or where to find the numbers."""
    if known:
        return Words(
            "没有编号为 {number} 的申报；是否想写 {known}？", "there is no nomination {number}; did you mean {known}?"
        ).format(number=number, known=Words("、".join(known), " or ".join(known)))
    return Words(
        "没有编号为 {number} 的申报；请用 linxuan nomination list 查看编号",
        "there is no nomination {number}; see the numbers with: linxuan nomination list",
    ).format(number=number)


@dataclass(frozen=True, slots=True)
class Denied:
    """Nothing was done, and every reason why. `number` names the nomination, where it is about one."""

    refusals: tuple[Refusal, ...]
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A nomination was moved: `holder` must act on it next, `due_at` is when time moves it on from there.

    `provisional`: that instant was counted over days whose holiday schedule is not published yet.
    """

    number: str
    nominee: str
    unit: str
    nominator: str
    move: Move
    source: str
    destination: str
    version: int
    holder: str | None
    due_at: datetime | None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class MovedAll:
    """Nominations that were moved at one stroke, from one standing to another; all wait for the same there."""

    ids: Sequence[int]
    move: Move
    source: str
    destination: str
    holder: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What a move did to many nominations, and how many reminders it newly owes.

    `remarks` refuse nothing: what a notice would rather have, 左右 and 优先 among it.
    """

    moved: tuple[Moved, ...] = ()
    denied: tuple[Denied, ...] = ()
    owed: int = 0
    remarks: tuple[Refusal, ...] = ()


def denied(*refusals: Refusal | None) -> Denied | None:
    """Gather refusals, if there are any."""
    stated = tuple(refusal for refusal in refusals if refusal is not None)
    return Denied(stated) if stated else None


def nothing_there() -> UnknownError:
    """Say that there is nothing where somebody has asked, whether or not it is for others."""
    return UnknownError(Words("这里没有可看的内容", "there is nothing here"))
