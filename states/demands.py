"""What a material must be: the demands that a notice makes of it, each asked once, on paper or of the file.

A machine counts pages, characters, pieces and minutes, and knows a format by its content. A seal, a signature, a phrase
on a copy, or that no secret is in it, a person must have seen: whoever takes the material in confirms it.
"""

from collections.abc import Iterator
from enum import StrEnum

from programs import Words
from programs.materials import Form, Mark, Material, Medium


class Demand(StrEnum):
    """What a person must have seen, where a machine has not."""

    ATTESTATION = "attestation"
    SEAL = "seal"
    STRADDLE_SEAL = "straddle-seal"
    HANDLER_SIGNATURE = "handler-signature"
    NOMINEE_SIGNATURE = "nominee-signature"
    SHEET = "sheet"
    DUPLEX = "duplex"
    DECLASSIFIED = "declassified"
    FORM = "form"
    FORMAT = "format"
    PIECES = "pieces"
    PAGES = "pages"
    CHARACTERS = "characters"


#: What is looked at on paper, where a material comes on paper.
_ON_PAPER = frozenset(
    {
        Demand.ATTESTATION,
        Demand.SEAL,
        Demand.STRADDLE_SEAL,
        Demand.HANDLER_SIGNATURE,
        Demand.NOMINEE_SIGNATURE,
        Demand.SHEET,
        Demand.DUPLEX,
    }
)


def demands(material: Material, medium: Medium) -> tuple[Demand, ...]:
    """Return what this material must be in this medium, each thing asked once: on paper, of the file, or of a scan."""
    marked = next((one for one in (Medium.PAPER, Medium.SCAN) if one in material.media), Medium.ELECTRONIC)
    read = next((one for one in (Medium.ELECTRONIC, Medium.SCAN) if one in material.media), Medium.PAPER)
    asked = [demand for demand in _asked(material) if (marked if demand in _ON_PAPER else read) is medium]
    if medium is Medium.PAPER:
        asked = [demand for demand in asked if demand is not Demand.FORMAT]
    elif Demand.FORMAT not in asked and material.formats_in(medium) and not material.forms:
        asked.append(Demand.FORMAT)
    return tuple(asked)


def _asked(material: Material) -> Iterator[Demand]:
    if material.attestation:
        yield Demand.ATTESTATION
    yield from (Demand(mark.value) for mark in Mark if mark in material.marks)
    if material.sheet:
        yield Demand.SHEET
    if material.duplex:
        yield Demand.DUPLEX
    if material.declassified:
        yield Demand.DECLASSIFIED
    if material.forms:
        yield Demand.FORM
    if material.formats:
        yield Demand.FORMAT
    if material.at_most_pieces:
        yield Demand.PIECES
    if material.at_most_pages:
        yield Demand.PAGES
    if any(material.characters()):
        yield Demand.CHARACTERS


def told(material: Material, demand: Demand, medium: Medium = Medium.ELECTRONIC) -> Words:
    """Say what a demand asks of a material in a medium, in a few words."""
    if demand is Demand.FORM:
        ways = [_form_told(form) for form in material.forms]
        return Words("或".join(way.zh for way in ways), " or ".join(way.en for way in ways))
    if demand is Demand.CHARACTERS:
        return length_told(material)
    taken = material.formats_in(medium)
    formats = Words("、".join(taken), ", ".join(taken))
    return _TOLD[demand].format(material=material, formats=formats)


_TOLD = {
    Demand.ATTESTATION: Words("注明“{material.attestation}”", "bears the words “{material.attestation}”"),
    Demand.SHEET: Words("{material.sheet} 纸", "on {material.sheet}"),
    Demand.FORMAT: Words("格式为{formats}", "is one of {formats}"),
    Demand.PIECES: Words("不超过 {material.at_most_pieces} 个文件", "at most {material.at_most_pieces} files"),
    Demand.PAGES: Words("不超过 {material.at_most_pages} 页", "at most {material.at_most_pages} pages"),
    Demand.SEAL: Words("加盖公章", "bears the seal"),
    Demand.STRADDLE_SEAL: Words("加盖骑缝章", "bears a seal across its pages"),
    Demand.HANDLER_SIGNATURE: Words("经办人签字", "is signed by who handled it"),
    Demand.NOMINEE_SIGNATURE: Words("申报人签字", "is signed by the nominee"),
    Demand.DUPLEX: Words("双面打印", "printed on both sides"),
    Demand.DECLASSIFIED: Words("已作脱密处理", "holds no secret"),
}


def length_told(material: Material) -> Words:
    """Say how long a text must be, and how its characters are counted."""
    least, most = material.characters()
    asked = {
        (True, True): Words(f"{least}—{most} 字", f"{least} to {most} characters"),
        (True, False): Words(f"不少于 {least} 字", f"at least {least} characters"),
        (False, True): Words(f"不超过 {most} 字", f"at most {most} characters"),
        (False, False): Words("不能是空的", "not empty"),
    }[bool(least and least > 1), bool(most)]
    return Words("{asked}（{counting}）", "{asked} ({counting})").format(asked=asked, counting=material.counting.label)


def bounds(least: int | None, most: int | None) -> str:
    """Write bounds that include their numbers, of which there is one at least."""
    if least is not None and most is not None:
        return f"{least}" if least == most else f"{least}—{most}"
    return f"≥{least}" if least is not None else f"≤{most}"


def _form_told(form: Form) -> Words:
    parts: list[str] = []
    if form.at_least_pieces or form.at_most_pieces:
        parts.append(f"{bounds(form.at_least_pieces, form.at_most_pieces)} 个")
    if form.at_least_minutes or form.at_most_minutes:
        parts.append(f"{bounds(form.at_least_minutes, form.at_most_minutes)} 分钟")
    parts += form.formats
    if not parts:
        return Words(form.name, form.id)
    return Words(f"{form.name}（{'、'.join(parts)}）", f"{form.id} ({', '.join(parts)})")
