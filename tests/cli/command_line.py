"""`linxuan` run in this process, as a shell would run it: arguments in, exit code and two streams out."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import patch

Language = str


@dataclass(frozen=True)
class Run:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout, which must stand there alone."""
        return json.loads(self.out)

    @property
    def reasons(self) -> str:
        """Every reason of a refusal in JSON."""
        return "\n".join(one["reason"] for one in self.document["refusals"])


class CommandLine:
    """Runs commands in either language. The language is read once, on import, so each has its own copy of `cli`."""

    def __init__(self) -> None:
        self._copies: dict[Language, dict[str, ModuleType]] = {}

    def run(self, *arguments: str, language: Language = "zh") -> Run:
        """Run one command; it must end by itself, with an exit code."""
        out, err = _stream("strict"), _stream("backslashreplace")
        code: object = None
        with (
            self._spoken_in(language) as cli,
            patch.object(sys, "argv", ["linxuan", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                cli.main()
            except SystemExit as ended:
                code = ended.code or 0
        assert isinstance(code, int), f"the command ended without an exit code: {code!r}"
        return Run(code, _written(out), _written(err))

    @contextmanager
    def _spoken_in(self, language: Language) -> Iterator[ModuleType]:
        ours = _take_out_cli()
        sys.modules.update(self._copies.get(language, {}))
        try:
            with patch.dict("os.environ", LINXUAN_LANG=language):
                yield import_module("cli")
        finally:
            self._copies[language] = _take_out_cli()
            sys.modules.update(ours)


def _take_out_cli() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == "cli" or name.startswith("cli.")]
    return {name: sys.modules.pop(name) for name in names}


def _stream(errors: str) -> io.TextIOWrapper:
    """Give a stream like the real one: UTF-8, and unpaired surrogates are an error on stdout but not on stderr."""
    return io.TextIOWrapper(io.BytesIO(), "utf-8", errors=errors, newline="", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
