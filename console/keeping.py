"""What was typed into a form that could not be taken: it stays on the page that says so, and in view.

A session ends after half an hour without use, and pages are stored nowhere, so that going back does not bring back an
opinion that took longer. The page holds the form's own fields, and the server nothing: whoever has signed in again, on
another tab, sends them on.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import unquote, urlsplit

from markupsafe import escape
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.forms import LARGEST, files_with, note_sent, read_form, sent_with
from console.uploads import read_upload
from store.scratch import COMING

#: Fields that are typed anew: passwords and codes. A form that has one is not kept at all.
_SECRET: Final = frozenset({"password", "current", "chosen", "again", "code"})

#: What is shown to nobody but for a reason, also not to whoever has just typed it: it is typed anew.
_PERSONAL: Final = frozenset({"identity", "phone", "bank_account", "contact", "address", "mail", "value"})
#: A cell of a table that is mended, and what its page showed in it; of personal data it showed nothing.
_CELL: Final = "cell."
_SHOWED: Final = "was."

#: What a page was read with, sent along with it: numbers and versions, which nobody wrote.
_READ_WITH: Final = "seen"

#: From so many characters on, words that somebody wrote are shown again to be read and copied.
_WORDS: Final = 8

_FORMS: Final = re.compile(r'<form[^>]* action="([^"]*)"')
_CONTROLS: Final = re.compile(r"<(?P<tag>input|select|option|textarea)\b(?P<about>[^>]*)>(?P<text>[^<]*)")
_ATTRIBUTES: Final = re.compile(r'([a-z][a-z-]*)(?:="([^"]*)")?')
#: What no page fills in again: files cannot be, and what is hidden is the page's own.
_NOT_TYPED: Final = frozenset({"hidden", "file", "password"})
_FOLDS: Final = re.compile(r"</?details\b")
_IS_OPEN: Final = re.compile(r"\sopen\b")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not taken: where it was sent to, and its fields as they were typed but for personal data."""

    action: str
    fields: Sequence[tuple[str, str]]
    #: Nothing was left out, so that it can be sent as it is.
    is_whole: bool
    #: It is sent as forms with files are.
    for_files: bool = False

    @property
    def texts(self) -> list[str]:
        """What somebody wrote in words, to read and to copy; ids, numbers and days are none."""
        written = (text.strip() for name, text in self.fields if name != _READ_WITH)
        return [text for text in written if len(text) >= _WORDS and (not text.isascii() or " " in text)]


async def keep(request: Request) -> None:
    """Read the form of a request that is refused before any page; none that is longer than one without files."""
    with suppress(HTTPException):
        if not _is_for_files(request):
            await read_form(request)
            return
        with TemporaryDirectory(prefix=COMING) as folder:
            form = await read_upload(request, Path(folder), LARGEST)
        note_sent(request, form.pairs, files=len(form.files))


def _is_for_files(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def kept_of(request: Request) -> Kept | None:
    """Return what a request sent, for the page that says why it was not taken; nothing of a form with a secret."""
    sent = sent_with(request)
    if not any(text for _, text in sent) or any(name in _SECRET for name, _ in sent):
        return None
    if whole_address(request).startswith(("//", "/\\")):
        # A form there would send it to another host.
        return None
    showed = {name.removeprefix(_SHOWED) for name, _ in sent if name.startswith(_SHOWED)}
    fields = [(name, text) for name, text in sent if not (text and _is_personal(name, showed))]
    is_whole = len(fields) == len(sent) and not files_with(request)
    return Kept(whole_address(request), fields, is_whole, _is_for_files(request))


def lost_on(request: Request, rendered: str) -> list[str]:
    """Return what somebody wrote in words into a form that was refused, and the page in answer does not hold."""
    kept = kept_of(request)
    return [text for text in kept.texts if escape(text) not in rendered] if kept else []


def refilled(rendered: str, path: str, sent: Sequence[tuple[str, str]]) -> str:
    """Return a page with the one form that sends to this path as it was filled in, where the page has not done so.

    A form that falls back on its first choices says something else when it is sent once more. Secrets and personal
    data are typed anew.
    """
    form = _form_to(rendered, path)
    if form is None:
        return rendered
    fields = _Refilled([(name, text) for name, text in sent if name not in _SECRET and not _is_personal(name, ())])
    end = rendered.index("</form>", form)
    return rendered[:form] + _CONTROLS.sub(fields, rendered[form:end]) + rendered[end:]


class _Refilled:
    """Fills in one control after the other with what was sent."""

    def __init__(self, sent: Sequence[tuple[str, str]]) -> None:
        self._sent = sent
        self._left: dict[str, list[str]] = {}
        for name, text in sent:
            self._left.setdefault(name, []).append(text)
        self._choice: str | None = None

    def __call__(self, found: re.Match[str]) -> str:
        about = {name: unescape(value) for name, value in _ATTRIBUTES.findall(found["about"])}
        name, kind = about.get("name", ""), about.get("type", "")
        if found["tag"] == "option":
            return self._option(found, about.get("value", unescape(found["text"])))
        if not name or kind in _NOT_TYPED or _is_personal(name, ()):
            return found[0]
        if found["tag"] == "select":
            self._choice = self._next(name)
            return found[0]
        if kind in ("checkbox", "radio"):
            return _marked(found, "checked", (name, about.get("value", "on")) in self._sent)
        return self._typed(found, self._next(name), is_empty=not (about.get("value") or found["text"]))

    def _option(self, found: re.Match[str], value: str) -> str:
        return found[0] if self._choice is None else _marked(found, "selected", value == self._choice)

    @staticmethod
    def _typed(found: re.Match[str], typed: str | None, *, is_empty: bool) -> str:
        """Return a field with what was typed into it, but for one that the page has filled in."""
        if not typed or not typed.strip() or not is_empty:
            return found[0]
        if found["tag"] == "textarea":
            return f"{found[0]}{escape(typed)}"
        about = found["about"].replace(' value=""', "")
        return f'<input{about} value="{escape(typed)}">{found["text"]}'

    def _next(self, name: str) -> str | None:
        left = self._left.get(name)
        return left.pop(0) if left else None


def _marked(found: re.Match[str], name: str, is_set: bool) -> str:  # noqa: FBT001 - an attribute that is there or not
    """Return a control with the attribute that says by being there that it is chosen, or without."""
    about = re.sub(rf'("[^"]*")|\s{name}(?=\s|$)', lambda one: one[1] or "", found["about"])
    return f"<{found['tag']}{about}{f' {name}' if is_set else ''}>{found['text']}"


def _form_to(rendered: str, path: str) -> int | None:
    """Return where the one form of a page begins that sends to this path; none where there is none, or several."""
    found = [one.start() for one in _FORMS.finditer(rendered) if unquote(unescape(one[1])) == path]
    return found[0] if len(found) == 1 else None


def unfolded(rendered: str, path: str) -> str:
    """Return a page with the one form that sends to this path in view: the folds around it are open."""
    form = _form_to(rendered, path)
    if form is None:
        return rendered
    around: list[int] = []
    for fold in _FOLDS.finditer(rendered, 0, form):
        if fold[0] == "</details":
            around.pop()
        else:
            around.append(fold.end())
    for end in reversed(around):
        if not _IS_OPEN.search(rendered[end : rendered.index(">", end)]):
            rendered = f"{rendered[:end]} open{rendered[end:]}"
    return rendered


def _is_personal(name: str, showed: Collection[str]) -> bool:
    return name in _PERSONAL or (name.startswith(_CELL) and name.removeprefix(_CELL) not in showed)


def whole_address(request: Request) -> str:
    """Return the address that was asked for, from its first slash on."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def page_before(request: Request) -> str:
    """Return the page of this console that a form was sent from; nothing where the browser does not say."""
    try:
        told = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if told.netloc.lower() != request.headers.get("host", "").lower():
        return ""
    return told.path + (f"?{told.query}" if told.query else "")
