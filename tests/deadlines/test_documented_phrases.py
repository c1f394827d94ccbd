"""The tables in docs/deadlines.md are promises."""

import re
from datetime import date
from pathlib import Path

import pytest

from deadlines.phrases import parse_phrase

TEXT = (Path(__file__).parents[2] / "docs" / "deadlines.md").read_text("utf-8")
ISSUED = date(2023, 7, 26)


def table(title):
    section = re.split(r"^#+ ", TEXT.split(f"### {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def shown(instant):
    return f"{instant:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("phrase", "kind", "closes"), table("Days and instants"))
def test_documented_day_or_instant(phrase, kind, closes):
    reading = parse_phrase(phrase, issued=ISSUED)
    assert (reading.kind.value, shown(reading.closes)) == (kind, closes)


@pytest.mark.parametrize(("phrase", "opens", "closes"), table("Ranges and windows"))
def test_documented_range(phrase, opens, closes):
    reading = parse_phrase(phrase, issued=ISSUED)
    assert (reading.kind.value, shown(reading.opens), shown(reading.closes)) == ("range", opens, closes)


@pytest.mark.parametrize(("phrase", "closes"), table("Periods"))
def test_documented_period(phrase, closes):
    reading = parse_phrase(phrase, issued=ISSUED)
    assert (reading.kind.value, shown(reading.closes)) == ("period", closes)


@pytest.mark.parametrize(("phrase", "closes"), table("What recurs"))
def test_documented_recurrence(phrase, closes):
    reading = parse_phrase(phrase, issued=ISSUED)
    assert (reading.kind.value, shown(reading.closes)) == ("yearly", closes)


@pytest.mark.parametrize(("phrase", "code"), table("What is left unresolved"))
def test_documented_refusal(phrase, code):
    reading = parse_phrase(phrase, issued=ISSUED)
    assert (reading.kind.value, [finding.code for finding in reading.findings]) == ("unresolved", [code])
