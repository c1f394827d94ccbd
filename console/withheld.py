"""Personal data of a refused form: kept in the page for whoever typed it, sealed, so that no page shows it again."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidTag

from console.forms import Form
from operations.acts import Act
from store.vault import Vault, masked

#: As long as a session lasts that nothing is done in.
_LASTS: Final = timedelta(minutes=30)
_KEPT: Final = "kept."
_PURPOSE: Final = "withheld from a refused form"
_SEPARATOR: Final = "\n"


def restored(form: Form, names: Sequence[str], vault: Vault, act: Act) -> Form:
    """Return a form with what these fields held when it was refused, where they were not filled in anew."""
    told = {name: value for name in names if not form.get(name) and (value := _opened(form, name, vault, act))}
    return Form([(name, value) for name, value in form.pairs if name not in told] + list(told.items()))


def withheld(form: Form, names: Sequence[str], vault: Vault, act: Act) -> tuple[Form, dict[str, tuple[str, str]]]:
    """Return a form without what these fields hold; and of each that held something the seal, and what may be shown.

    What is sealed opens for the same person alone, and not for long. It goes back as `kept.` and the field's name.
    """
    told = {name: value for name in names if (value := form.get(name))}
    kept = {name: (_sealed(name, value, vault, act), masked(value)) for name, value in told.items()}
    return Form([(name, value) for name, value in form.pairs if name not in told]), kept


def _sealed(name: str, value: str, vault: Vault, act: Act) -> str:
    lines = (_PURPOSE, name, act.actor.name, str(act.now.timestamp()), value)
    return urlsafe_b64encode(vault.seal(_SEPARATOR.join(lines))).decode()


def _opened(form: Form, name: str, vault: Vault, act: Act) -> str:
    """Return what was sealed for this field, and nothing for what was not, or for somebody else, or too long ago."""
    with suppress(InvalidTag, ValueError):
        sealed = urlsafe_b64decode(form.get(f"{_KEPT}{name}"))
        purpose, field, who, at, value = vault.unseal(sealed).split(_SEPARATOR, 4)
        if (purpose, field, who) == (_PURPOSE, name, act.actor.name):
            since = act.now.timestamp() - float(at)
            return value if 0 <= since < _LASTS.total_seconds() else ""
    return ""
