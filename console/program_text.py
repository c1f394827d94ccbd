"""A program's file as a form sends it: a file that was chosen, or the text that a page was given to edit."""

from typing import Final

from console.uploads import FileForm
from programs import Fault, Words
from states import Refusal
from store.types import UnfitError

#: The largest program file that is read, in bytes; the longest that ships has 40,000.
MOST: Final = 200 * 1024
#: The most that a form with one sends: a page may give its text back, beside another file.
MOST_SENT: Final = 2 * MOST + 16 * 1024


def sent_program(form: FileForm) -> tuple[str, str]:
    """Return the text of a program's file and what the file is called.

    Raises `UnfitError` for a form without one, and for what is no text in UTF-8; a mark at its beginning is left out.
    """
    sent = next((one for one in form.files if one.field == "file"), None)
    if sent is None and form.get("text"):
        return form.raw("text").removeprefix("\ufeff").replace("\r\n", "\n"), form.get("name") or "program.toml"
    if sent is None:
        raise UnfitError(
            Words("没有选择文件；请选择项目文件（.toml）", "no file was chosen; choose a program's file (.toml)")
        )
    if sent.size > MOST:
        raise UnfitError(
            Words(
                "文件超过 200 KB；请核对选的是不是项目文件",
                "the file is larger than 200 KB; check whether it is a program's file",
            )
        )
    try:
        text = sent.file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnfitError(_encoded_otherwise()) from error
    if not text.strip():
        raise UnfitError(Words("文件是空的；请重新选择", "the file is empty; choose another"))
    if "\0" in text:
        raise UnfitError(_encoded_otherwise())
    return text, sent.name


def as_refusal(fault: Fault) -> Refusal:
    """Return a fault of a program as what stands against what was tried with it."""
    remedy = fault.remedy or Words("请另作决定", "decide otherwise")
    return Refusal("program-valid", fault.told(), remedy, fault.clause)


def _encoded_otherwise() -> Words:
    return Words(
        "文件不是 UTF-8 编码的文本；请用记事本打开，另存为 UTF-8 编码的 .toml 文件再上传",
        "the file is no text in UTF-8; open it in an editor of texts, and save it as a .toml file in UTF-8",
    )
