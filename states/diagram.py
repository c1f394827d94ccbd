"""A program's pipeline drawn as a Mermaid state diagram.

`transitions` can draw too, but from every edge alike; the two ways out that lead from everywhere (withdrawal and
disqualification) would bury the pipeline, so they are told in a note instead.
"""

from collections import defaultdict

from states.moves import Move
from states.pipeline import Pipeline

_FROM_EVERYWHERE = (Move.WITHDRAW, Move.DISQUALIFY)


def mermaid(pipeline: Pipeline, language: str = "zh") -> str:
    """Return a `stateDiagram-v2`: standings by their names, arrows by the moves' labels, time's own moves marked ⏱."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for leg in pipeline.legs():
        if leg.move not in _FROM_EVERYWHERE and not pipeline.standings[leg.source].former:
            clock = "⏱ " if leg.move.by_clock else ""
            arrows[leg.source, leg.destination].append(clock + leg.move.label.in_language(language))
    met = {key for arrow in arrows for key in arrow}
    entries = dict.fromkeys(pipeline.entry(path) for path in pipeline.program.paths())
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [
        f'    state "{standing.name.in_language(language)}" as {_node(key)}'
        for key, standing in pipeline.standings.items()
        if key in met
    ]
    lines += [f"    [*] --> {_node(key)}" for key in entries]
    lines += [
        f"    {_node(source)} --> {_node(destination)}: {' / '.join(labels)}"
        for (source, destination), labels in arrows.items()
    ]
    lines += [
        f"    {_node(key)} --> [*]"
        for key, standing in pipeline.standings.items()
        if key in met and standing.ended and not any(source == key for source, _ in arrows)
    ]
    everywhere = "、".join(move.label.zh for move in _FROM_EVERYWHERE)
    note = {
        "zh": f"发文前的任何环节都可以：{everywhere}",
        "en": "possible anywhere before issuance: " + ", ".join(move.label.en for move in _FROM_EVERYWHERE),
    }[language if language == "en" else "zh"]
    lines += [f"    note right of {_node(next(iter(entries)))}", f"        {note}", "    end note"]
    return "\n".join(lines) + "\n"


def _node(key: str) -> str:
    """Mermaid's identifiers are words."""
    return key.replace(".", "__").replace("-", "_")
