"""What the product rests on beside its database: room on the disk, the Prefect server, other software."""

import os
import platform
import shutil
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from documents.errors import DocumentError
from documents.filling import Templates
from documents.fonts import installed, stand_ins
from documents.pdf import office
from documents.samples import check as check_templates
from operations.checks import Check, State, well
from operations.guarding import noted_address, shown_address
from operations.settings import Settings
from programs import Words

#: Free space that is too little to work with, and too little to be at ease, in bytes.
_NO_ROOM, _LITTLE_ROOM = 100 * 1000**2, 1000**3


def surroundings(settings: Settings) -> Iterator[Check]:
    """Check all that is no part of the database."""
    yield _room(settings)
    yield from _prefect(settings)
    yield _fonts()
    yield _office()
    if settings.templates:
        yield _templates(settings.templates)
    yield _software()


def _room(settings: Settings) -> Check:
    folder = settings.database_file.parent if settings.database_file else settings.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    message = Words("{folder} 可用空间 {free} GB", "{free} GB are free in {folder}").format(
        folder=folder, free=f"{free / 1000**3:.1f}"
    )
    if free >= _LITTLE_ROOM:
        return Check("disk", State.WELL, message)
    remedy = Words("请腾出磁盘空间", "make room on the disk")
    return Check("disk", State.WARNING if free >= _NO_ROOM else State.WRONG, message, remedy)


def _prefect(settings: Settings) -> Iterator[Check]:
    """Ask the Prefect server that is configured, or the one that `linxuan up` has run here; else there is none."""
    address = os.environ.get("PREFECT_API_URL")
    if not address and not (settings.data / "prefect").is_dir():
        return
    # Whether it is well it says to everybody, so no password goes there.
    address = shown_address(address or noted_address(settings.data))
    if _answers(f"{address.rstrip('/')}/health"):
        yield well("prefect", f"Prefect 服务正常：{address}", f"the Prefect server answers: {address}")
        return
    message = Words("Prefect 服务没有应答：{address}", "the Prefect server does not answer: {address}")
    remedy = Words(
        "请启动 linxuan up，或核对 PREFECT_API_URL；其间可手工运行 linxuan sweep 和 linxuan remind",
        "start linxuan up, or check PREFECT_API_URL; meanwhile run linxuan sweep and linxuan remind by hand",
    )
    yield Check("prefect", State.WARNING, message.format(address=address), remedy)


def _answers(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    # What stands on this machine is not asked for through a proxy.
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        # A server that asks for a password is there.
        return error.code < 500
    except (OSError, ValueError):
        return False


def _fonts() -> Check:
    """Look for the fonts that official documents name: whoever opens one here sees others in their place."""
    there = installed()
    if there is None:
        return well("fonts", "本机没有 fontconfig，不知道装了哪些字体", "no fontconfig, so fonts are not known")
    missing = stand_ins(there)
    if not missing:
        return well("fonts", "公文字体齐全", "the fonts of official documents are all here")
    told = [
        (font, Words(f"{font}（由 {other} 代替）", f"{font} ({other} stands in)"))
        if other
        else (font, Words(f"{font}（没有替代字体，版式会有出入）", f"{font} (nothing stands in)"))
        for font, other in missing.items()
    ]
    listed = Words("；".join(words.zh for _, words in told), "; ".join(words.en for _, words in told))
    # A server seldom has them, and a .docx shows them wherever they are installed.
    return Check(
        "fonts",
        State.WARNING,
        Words(f"本机没有这些公文字体：{listed.zh}", f"fonts that are not here: {listed.en}"),
        Words(
            "只影响在本机转 PDF；要版式一致的，请安装这些字体，或在装有它们的电脑上打开 Word 文件",
            "this matters for PDF made here only; install them, or open the Word files where they are installed",
        ),
    )


def _office() -> Check:
    program = office()
    if program:
        return well("pdf", f"可以转成 PDF（{program}）", f"documents can become a PDF ({program})")
    return well(
        "pdf",
        "本机没有 LibreOffice，只导出 Word 和 Excel，不转 PDF",
        "no LibreOffice here: Word and Excel only, no PDF",
    )


def _templates(folder: Path) -> Check:
    try:
        wrong = [words for words in check_templates(Templates(folder)).values() if words]
    except DocumentError as error:
        wrong = [error.words]
    if not wrong:
        return well("templates", f"模板可用：{folder}", f"the templates in {folder} work")
    message = Words("；".join(words.zh for words in wrong), "; ".join(words.en for words in wrong))
    remedy = Words("请改正模板，再用 linxuan template check 检查", "mend them, then check with linxuan template check")
    return Check("templates", State.WRONG, message, remedy)


def _software() -> Check:
    versions = f"Python {platform.python_version()}，SQLite {sqlite3.sqlite_version}"
    return well("software", versions, versions.replace("，", ", "))
