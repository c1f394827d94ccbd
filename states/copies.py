"""Files that are handed in, held to what a notice asks of a material; and what a person must still look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from programs import Words
from programs.copies import Copy, FileFormat
from programs.materials import Form, Material, Medium
from states.case import Refusal
from states.demands import Demand, bounds, demands, length_told, told

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with the files of a material, and what is left for a person to look at."""

    faults: tuple[Refusal, ...] = ()
    to_see: tuple[Demand, ...] = ()


def judge_copies(material: Material, medium: Medium, copies: Sequence[Copy]) -> Judged:
    """Hold the files of one material, in one medium, to what is asked of it.

    What is wrong is a refusal with the clause. What could not be counted, as the characters of a scan, is left to see.
    """
    faults = list(_faults(material, medium, copies))
    seen = {Demand.FORMAT, Demand.FORM, Demand.PIECES}
    if all(copy.pages is not None and copy.paged for copy in copies):
        seen.add(Demand.PAGES)
    if all(copy.characters is not None for copy in copies):
        seen.add(Demand.CHARACTERS)
    asked = demands(material, medium)
    return Judged(tuple(faults), tuple(demand for demand in asked if demand not in seen))


def _faults(material: Material, medium: Medium, copies: Sequence[Copy]) -> Iterator[Refusal]:
    asked = demands(material, medium)
    if Demand.FORM in asked:
        yield from _form_faults(material, copies)
    else:
        yield from _unlike(material, copies, material.formats_in(medium))
    if Demand.PIECES in asked and material.at_most_pieces and len(copies) > material.at_most_pieces:
        most = material.at_most_pieces
        yield _fault(
            material,
            "file-count",
            Words(f"交了 {len(copies)} 个文件，最多 {most} 个", f"{len(copies)} files where at most {most} are taken"),
            Words("请合并为一个文件" if most == 1 else "请减少文件", "hand in fewer, or make one of them"),
        )
    size = sum(copy.size for copy in copies)
    if material.at_most_megabytes and size > material.at_most_megabytes * _MEGABYTE:
        most, has = material.at_most_megabytes, f"{size / _MEGABYTE:.1f} MB"
        yield _fault(
            material,
            "file-size",
            Words(f"共 {has}，最多 {most} MB", f"{has} where at most {most} MB are taken"),
            Words("请压缩图片或降低扫描分辨率", "compress pictures, or scan at a lower resolution"),
        )
    pages = sum(copy.pages or 0 for copy in copies)
    if Demand.PAGES in asked and material.at_most_pages and pages > material.at_most_pages:
        most = material.at_most_pages
        yield _fault(
            material,
            "file-pages",
            Words(f"共 {pages} 页，不得超过 {most} 页", f"{pages} pages where at most {most} are taken"),
            Words("请删减后再交", "shorten it"),
        )
    if Demand.CHARACTERS in asked:
        yield from _length(material, copies)


def _length(material: Material, copies: Sequence[Copy]) -> Iterator[Refusal]:
    least, most = material.characters()
    if not (least or most) or any(copy.characters is None for copy in copies):
        return
    count = sum((copy.characters or {}).get(material.counting, 0) for copy in copies)
    if count < (least or 0) or count > (most or count):
        yield _fault(
            material,
            "file-length",
            Words("数得 {count} 字，要求{asked}", "it has {count} characters; {asked}").format(
                count=count, asked=length_told(material)
            ),
            Words("请增补后再交" if count < (least or 0) else "请删减后再交",
                  "write more" if count < (least or 0) else "shorten it"),
        )  # fmt: skip


def _form_faults(material: Material, copies: Sequence[Copy]) -> Iterator[Refusal]:
    """Any one of the forms will do; where none does, the one whose formats fit says why."""
    found = [(form, list(_one_form(material, form, copies))) for form in material.forms]
    if any(not faults for _, faults in found):
        return
    alike = [faults for form, faults in found if not any(_unlike(material, copies, form.formats))]
    if alike:
        yield from min(alike, key=len)
        return
    yield _fault(
        material,
        "file-format",
        Words("交的是{given}", "it is {given}").format(given=_formats_of(copies)),
        Words("请交：{asked}", "hand in {asked}").format(asked=told(material, Demand.FORM)),
    )


def _one_form(material: Material, form: Form, copies: Sequence[Copy]) -> Iterator[Refusal]:
    yield from _unlike(material, copies, form.formats)
    if not _within(len(copies), form.at_least_pieces, form.at_most_pieces):
        yield _fault(
            material,
            "file-count",
            Words(f"{form.name}交了 {len(copies)} 个，要求{bounds(form.at_least_pieces, form.at_most_pieces)}个",
                  f"{len(copies)} of {form.id} where it takes {bounds(form.at_least_pieces, form.at_most_pieces)}"),
            Words("请按要求的数量交", "hand in as many as are asked"),
        )  # fmt: skip
    if form.at_least_minutes or form.at_most_minutes:
        for copy in copies:
            minutes = None if copy.seconds is None else copy.seconds / 60
            if minutes is None or not _within(minutes, form.at_least_minutes, form.at_most_minutes):
                yield _fault(material, "file-minutes", _duration_told(form, copy), Words("请重新剪辑", "cut it anew"))


def _duration_told(form: Form, copy: Copy) -> Words:
    asked = bounds(form.at_least_minutes, form.at_most_minutes)
    if copy.seconds is None:
        return Words(f"{copy.name} 读不出时长，要求{asked}分钟", f"{copy.name}: how long it is cannot be read")
    minutes, seconds = divmod(round(copy.seconds), 60)
    return Words(f"{copy.name} 长 {minutes} 分 {seconds:02} 秒，要求{asked}分钟",
                 f"{copy.name} is {minutes}:{seconds:02} long where {asked} minutes are asked")  # fmt: skip


def _unlike(material: Material, copies: Sequence[Copy], formats: Sequence[FileFormat]) -> Iterator[Refusal]:
    """Yield a fault for each file that is none of these formats, by content; its name decides nothing."""
    for copy in copies:
        if formats and copy.format not in formats:
            yield _fault(
                material,
                "file-format",
                Words(f"{copy.name} 的内容是 {copy.format} 格式", f"{copy.name} is a {copy.format} by its content"),
                Words(f"请另存为{'、'.join(formats)}再交；只改文件名不行",
                      f"save it as {', '.join(formats)}; another name does not do"),
            )  # fmt: skip


def _fault(material: Material, gate: str, reason: Words, remedy: Words) -> Refusal:
    return Refusal(gate, Words(f"“{material.name}”{reason.zh}", f"{material.id}: {reason.en}"), remedy, material.clause)


def _within(value: float, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _formats_of(copies: Sequence[Copy]) -> Words:
    formats = dict.fromkeys(copy.format.value for copy in copies)
    return Words("、".join(formats), ", ".join(formats))
