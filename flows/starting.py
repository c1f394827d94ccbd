"""With which settings a process of the flows starts, or why it does not."""

import os

from operations.results import UnknownError
from operations.settings import Settings, require_secrets


def settings_to_start() -> Settings:
    """Return the settings; a process whose secrets, or Prefect's, are still the shipped examples ends and says so."""
    try:
        require_secrets({name: value for name, value in os.environ.items() if name.startswith("PREFECT_")})
        return Settings()
    except UnknownError as error:
        english = os.environ.get("LINXUAN_LANG", "").lower().startswith("en")
        raise SystemExit(error.words.in_language("en" if english else "zh")) from error
