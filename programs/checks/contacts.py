"""Whether a contact number looks mistyped: its length is unusual, or unlike its neighbours'."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from programs.errors import Fault, Severity
from programs.model import Contact, Program
from programs.words import Words

# A landline has 7 or 8 digits, 10 to 12 with its area code; a mobile number 11.
_LOCAL: Final = (7, 8)
_USUAL: Final = (*_LOCAL, 10, 11, 12)


def odd_numbers(program: Program) -> Iterator[Fault]:
    """Find numbers of an unusual length, and local numbers whose length differs from most others'."""
    lengths = {contact.office: length for contact in program.contacts if (length := _digits(contact))}
    local = Counter(length for length in lengths.values() if length in _LOCAL).most_common()
    for office, length in lengths.items():
        uneven = len(local) > 1 and length in _LOCAL and length != local[0][0]
        if uneven or length not in _USUAL:
            words = Words(
                "“{office}”的电话是{length}位，疑有误，请核对",
                "the number of “{office}” has {length} digits, which looks wrong; check it",
            )
            yield Fault("contacts", words.format(office=office, length=length), Severity.WARNING)


def _digits(contact: Contact) -> int | None:
    if contact.phone is None:
        return contact.phone_digits
    return sum(character.isdigit() for character in contact.phone)
