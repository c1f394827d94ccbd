"""The dates of real notices, asked for as people do: on the command line."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "deadlines" / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows_of("phrases.csv"), ids=lambda row: row["phrase"])
def test_real_phrase_is_read_on_the_command_line(linxuan, row):
    run = linxuan("deadline", "parse", row["phrase"], *(["--issued", row["issued"]] if row["issued"] else []), "--json")
    told = run.document
    assert (run.code, told["kind"], told["opens"] or "", told["closes"] or "") == (
        1 if row["kind"] == "unresolved" else 0,
        row["kind"],
        row["opens"],
        row["closes"],
    )


@pytest.mark.parametrize("convention", ["same-day", "next-day"])
@pytest.mark.parametrize("row", rows_of("publicity.csv"), ids=lambda row: row["title"])
def test_real_publicity_is_counted_on_the_command_line(linxuan, row, convention):
    published = row["issued"] or row["start"]
    options = ("--published", published, "--days", row["n_working_days"], "--convention", convention)
    run = linxuan("calendar", "publicity", *options, "--json")
    assert (run.code, run.document["last_day"]) == (0, row[f"end_{convention.replace('-', '_')}"])
