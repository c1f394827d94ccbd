"""A small program that is in order, for tests that put one thing out of order."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from programs import Program, Words
from programs.mistakes import faults_of

Build = Callable[..., Program]
Told = tuple[str, str, Words, Words | None]
"""The place, the code, the sentence and the remedy."""


def _small() -> dict[str, Any]:
    return {
        "id": "small-2026",
        "award": "某市工匠",
        "edition": "2026年",
        "title": "关于评选某市工匠的通知",
        "issuers": ["某市人社局"],
        "office": "某市人社局",
        "issued": "2026-03-02",
        "nominee": "person",
        "routes": [{"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}],
        "nominators": [{"id": "district", "name": "区县", "clause": "二"}],
        "seats": [{"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 10}],
        "stages": [
            {
                "id": "recommendation",
                "kind": "recommendation",
                "name": "推荐",
                "clause": "二",
                "tiers": [
                    {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"},
                    {
                        "id": "city",
                        "name": "受理",
                        "office": "某市人社局",
                        "clause": "二",
                        "deadline": {"phrase": "2026年4月15日", "clause": "二"},
                    },
                ],
            },
            {"id": "screening", "kind": "screening", "name": "资格审查", "clause": "三"},
            {"id": "review", "kind": "review", "name": "专家评议", "clause": "三"},
            {"id": "decision", "kind": "decision", "name": "评审确定", "clause": "三"},
            {"id": "publicity", "kind": "publicity", "name": "公示", "clause": "三", "period": {"days": 5}},
            {"id": "issuance", "kind": "issuance", "name": "发文", "clause": "三", "issuers": ["某市人社局"]},
        ],
    }


def written(
    stages: dict[str, dict[str, Any] | None] | None = None, after: Sequence[dict[str, Any]] = (), **fields: object
) -> dict[str, Any]:
    """Return the small program's document with whole fields replaced, and stages changed by id.

    None takes a stage out, and ... one of its fields; `after` are further stages at the end.
    """
    document = _small() | fields
    changes = stages or {}
    changed = [
        stage | (changes.get(stage["id"]) or {})
        for stage in document["stages"]
        if changes.get(stage["id"], {}) is not None
    ]
    document["stages"] = [
        *({key: value for key, value in stage.items() if value is not ...} for stage in changed),
        *after,
    ]
    return document


def refused(**changes: Any) -> list[Told]:
    """Return what the author is told of the small program, changed as `written` does."""
    document = written(**changes)
    with pytest.raises(ValidationError) as error:
        Program.model_validate(document)
    return [(fault.place, fault.code, fault.words, fault.remedy) for fault in faults_of(error.value, document)]


@pytest.fixture
def build() -> Build:
    """Build the small program, changed as `written` does."""

    def built(stages: dict[str, dict[str, Any] | None] | None = None, **fields: Any) -> Program:
        return Program.model_validate(written(stages, **fields))

    return built
