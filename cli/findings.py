"""How findings are told: the sentence, and the option that gives what is missing. Light, as `cli.face` is."""

from cli.face import LANGUAGE, say
from deadlines.findings import Finding

_OPTIONS = {
    "year_missing": say("（--issued 日期）", " (--issued DATE)"),
    "issued_missing": say("（--issued 日期）", " (--issued DATE)"),
    "length_only": say("（--issued 日期 或 --event 日期）", " (--issued DATE or --event DATE)"),
    "event_missing": say("（--event 日期）", " (--event DATE)"),
    "office_hours_missing": say("（--office-closes 时:分）", " (--office-closes HH:MM)"),
}


def told(finding: Finding) -> str:
    """Return a finding's sentence in the language of this run."""
    return finding.words.in_language(LANGUAGE) + _OPTIONS.get(finding.code, "")
