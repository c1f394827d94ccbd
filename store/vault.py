"""Personal identifiers at rest: encrypted, and found again only through a keyed hash."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


class Vault:
    """Seals identifiers under one secret of 32 bytes, from which the keys to encrypt and to look up are derived."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise ValueError(f"the secret needs {_KEY_BYTES} bytes, not {len(secret)}")
        self._cipher = AESGCM(_derived(secret, b"linxuan: identifiers at rest"))
        self._finder = _derived(secret, b"linxuan: look-up of identifiers")

    @classmethod
    def from_file(cls, path: Path) -> "Vault":
        """Use the secret in this file, which only its owner may read; a missing one is made."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # A draft of its own for each thread of each process or container; only its owner may read it.
            descriptor, name = mkstemp(prefix=f"{path.name}.", dir=path.parent)
            draft = Path(name)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(os.urandom(_KEY_BYTES).hex() + "\n")
            # Linking is atomic and never replaces: of two that start at once, one secret stays, and it is whole.
            with suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return cls(bytes.fromhex(path.read_text("ascii").strip()))

    def seal(self, identifier: str) -> bytes:
        """Encrypt an identifier (AES-256-GCM, a random nonce in front)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, identifier.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` gave; raises `cryptography.exceptions.InvalidTag` for anything else."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()

    def fingerprint(self, identifier: str) -> str:
        """Return the keyed hash under which an identifier is found again."""
        mac = hmac.HMAC(self._finder, hashes.SHA256())
        mac.update(identifier.strip().upper().encode())
        return mac.finalize().hex()


def masked(identifier: str) -> str:
    """Show the first three and the last two characters only."""
    return identifier[:3] + "*" * max(len(identifier) - 5, 0) + identifier[-2:] if len(identifier) > 5 else "*****"


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret)
