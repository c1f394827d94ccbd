"""What the engine has to say about a date besides the date itself."""

from typing import NamedTuple

from programs.words import Words


class Finding(NamedTuple):
    """One remark: a stable snake_case code for programs, a sentence in both languages for people."""

    code: str
    words: Words

    def to_json(self, language: str = "zh") -> dict[str, str]:
        """Return the shape that every `--json` output uses."""
        return {"code": self.code, "message": self.words.in_language(language)}
