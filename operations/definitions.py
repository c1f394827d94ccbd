"""What the store keeps of what a program says, and what tells one such definition from another."""

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from deadlines.course import Close
from operations.results import DamagedError
from programs import Program
from store.types import document_text


def program_columns(
    program: Program, version: int = 1, announced: Mapping[str, Close] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what a program's row keeps of what it says, and of the closes that were announced."""
    definition = program.model_dump(mode="json")
    closes = {key: close.to_json() for key, close in announced.items()} or None
    digest = definition_digest(document_text(definition), document_text(closes) if closes else None)
    return {"definition": definition, "closes": closes, "version": version, "digest": digest}


def defined(program_id: str, definition: object, closes: Mapping[str, Any] | None) -> tuple[Program, dict[str, Close]]:
    """Return the program of a row, and the closes that were announced; raises `DamagedError` for what is neither."""
    try:
        program = Program.model_validate(definition)
        return program, {name: Close.from_json(close) for name, close in (closes or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(program_id) from error


def definition_digest(definition: str, closes: str | None) -> str:
    """Return the SHA-256, in hexadecimal, of what a program says and of the closes announced, as the store has them."""
    return sha256(f"{definition}\n{closes or ''}".encode()).hexdigest()
