"""Personal data at rest: encrypted, and found again only through a keyed hash."""

import os
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


class Vault:
    """Seals values under one secret of 32 bytes, from which the keys to encrypt, to look up and to sign are derived."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise ValueError(f"the secret needs {_KEY_BYTES} bytes, not {len(secret)}")
        self._cipher = AESGCM(_derived(secret, b"linxuan: identifiers at rest"))
        self._finder = _derived(secret, b"linxuan: look-up of identifiers")
        self._signer = _derived(secret, b"linxuan: links in letters")
        #: What tells this secret from others, without giving it away.
        self.name = self.fingerprint("linxuan")

    def seal(self, value: str) -> bytes:
        """Encrypt a value (AES-256-GCM, a random nonce in front)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` gave; raises `cryptography.exceptions.InvalidTag` for anything else."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()

    def fingerprint(self, value: str) -> str:
        """Return the keyed hash under which a value is found again."""
        mac = hmac.HMAC(self._finder, hashes.SHA256())
        mac.update(value.strip().upper().encode())
        return mac.finalize().hex()

    def sign(self, text: str) -> str:
        """Return what only this secret makes of a text: 128 bits, as 22 characters that addresses may hold."""
        mac = hmac.HMAC(self._signer, hashes.SHA256())
        mac.update(text.encode())
        return urlsafe_b64encode(mac.finalize()[:16]).decode().rstrip("=")


def vault_of(secrets: Sequence[str], name: str | None) -> Vault:
    """Return the vault of that name among secrets in hexadecimal, the newest first; the newest where none is its.

    Raises `ValueError` for what is no secret, and for none at all.
    """
    vaults = [Vault(bytes.fromhex(secret)) for secret in secrets]
    if not vaults:
        raise ValueError("there is no secret")
    return next((vault for vault in vaults if vault.name == name), vaults[0])


def new_secret() -> str:
    """Make a secret, in hexadecimal."""
    return os.urandom(_KEY_BYTES).hex()


def read_secrets(file: Path) -> list[str]:
    """Return the secrets in a file, the newest first; a missing file is made, with one. Raises `OSError`."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(file, [new_secret()])
        # Linking is atomic and never replaces: of two that start at once, one secret stays, and it is whole.
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text("ascii").split()


def write_secrets(file: Path, secrets: Sequence[str]) -> None:
    """Replace the secrets in a file, so that nobody ever finds half of them. Raises `OSError`."""
    _draft(file, secrets).replace(file)


def _draft(file: Path, secrets: Sequence[str]) -> Path:
    # A draft of its own for each thread of each process or container; only its owner may read it.
    descriptor, name = mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as draft:
        draft.writelines(f"{secret}\n" for secret in secrets)
        draft.flush()
        os.fsync(draft.fileno())
    return Path(name)


def masked(value: str) -> str:
    """Show the first three and the last two characters only."""
    return value[:3] + "*" * max(len(value) - 5, 0) + value[-2:] if len(value) > 5 else "*****"


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret)
