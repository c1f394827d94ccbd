"""With which settings a process of the flows starts, or why it does not."""

import os

from operations.desk import Desk
from operations.results import UnknownError
from operations.settings import Settings, open_desk, read_settings, require_secrets


def settings_to_start() -> Settings:
    """Return the settings; where one cannot be read, or is a shipped example still, the process ends and says so."""
    try:
        require_secrets({name: value for name, value in os.environ.items() if name.startswith("PREFECT_")})
        return read_settings()
    except UnknownError as error:
        raise _ended(error) from error


def desk_to_start(settings: Settings) -> Desk:
    """Open the desk; a process whose database cannot be used as it is, or is away, ends and says what to do."""
    try:
        return open_desk(settings)
    except UnknownError as error:
        raise _ended(error) from error


def language() -> str:
    """Return the language of what such a process says before it works: `zh` or `en`."""
    return "en" if os.environ.get("LINXUAN_LANG", "").lower().startswith("en") else "zh"


def _ended(error: UnknownError) -> SystemExit:
    return SystemExit(error.words.in_language(language()))
