"""Whether a contact number looks mistyped: its length is unusual, or unlike its neighbours'."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Contact, Program

# A landline has 7 or 8 digits, 10 to 12 with its area code; a mobile number 11.
_LOCAL: Final = (7, 8)
_USUAL: Final = (*_LOCAL, 10, 11, 12)


def odd_numbers(program: Program) -> Iterator[Fault]:
    """Find numbers of an unusual length, and local numbers whose length differs from most others'."""
    lengths = {index: length for index, contact in enumerate(program.contacts) if (length := _digits(contact))}
    local = Counter(length for length in lengths.values() if length in _LOCAL).most_common()
    for index, length in lengths.items():
        contact, place = program.contacts[index], f"contacts.{index}"
        if contact.phone is not None and contact.phone_digits not in (None, length):
            said = contact.phone_digits
            yield fault("number_disagrees", f"{place}.phone", office=contact.office, length=length, said=said)
            continue
        uneven = len(local) > 1 and length in _LOCAL and length != local[0][0]
        if uneven or length not in _USUAL:
            yield fault("number_odd", place, office=contact.office, length=length)


def _digits(contact: Contact) -> int | None:
    if contact.phone is None:
        return contact.phone_digits
    return sum(character.isdigit() for character in contact.phone)
