"""Passwords: kept as argon2id hashes only, chosen by people or made up once."""

import unicodedata
from functools import cache
from secrets import choice

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from operations.results import UnknownError
from programs import Words

#: Bounds of what somebody may choose; a longer one only costs memory to hash.
SHORTEST, LONGEST = 8, 1000

#: What is tried first by whoever guesses: a few characters over and over, digits alone, a row of keys.
_DIFFERENT, _LONG = 5, 16
_ROWS = ("abcdefgh", "qwertyui", "asdfghjk", "password", "1q2w3e4r", "1qaz2wsx")

#: Letters and digits that are not taken for each other when they are read from a screen.
_LEGIBLE = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"
_GROUPS, _GROUP = 4, 5


def make_password() -> str:
    """Make a password up that is easy to copy by hand: 112 bits of chance in four groups."""
    return "-".join("".join(choice(_LEGIBLE) for _ in range(_GROUP)) for _ in range(_GROUPS))


def hash_password(password: str) -> str:
    """Return what is kept of a password. Raises `UnknownError` for one too short or too long, or guessed at once."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UnknownError(
            Words("密码须为 {least} 至 {most} 个字符", "a password has from {least} to {most} characters").format(
                least=SHORTEST, most=LONGEST
            )
        )
    if _is_guessed(_plain(password)):
        raise UnknownError(
            Words(
                "密码太容易猜到：不能只有数字，不能只是几个字符的重复，也不能是键盘上相连的键；请用几个词，或混用字母和数字",
                "the password is easily guessed: not digits alone, a few characters over and over or a row of keys; "
                "take some words, or letters and digits mixed",
            )
        )
    return _hasher().hash(_plain(password))


def _is_guessed(plain: str) -> bool:
    if len(set(plain)) < _DIFFERENT:
        return True
    return len(plain) < _LONG and (plain.isdecimal() or plain.casefold().startswith(_ROWS))


def is_password(kept: str | None, password: str) -> bool:
    """Whether this is the password of which that was kept; whoever has none is compared for as long."""
    try:
        return _hasher().verify(kept or _nobody_s(), _plain(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    """Write a password in one form: keyboards differ in how they type the same letters."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody_s() -> str:
    return _hasher().hash(make_password())
