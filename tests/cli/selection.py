"""The steps of a selection, each one command: what an office types from the notice to the end of the term."""

from collections.abc import Callable
from random import Random
from typing import Any

from operations.rehearse.people import make_identity
from programs import Path, load_program
from programs.stages import Tier
from tests.cli.command_line import Run

LUZHOU = "luzhou-chief-technician-2019"
DOCUMENT = "泸市人社办〔2019〕166号"

OPENED = "2019-07-10T09:00"
DRAWN_UP = "2019-07-15T09:00"
HANDED_IN = "2019-07-20T10:00"
SCREENED = "2019-08-02T10:00"
PUBLISHED = "2019-08-20T09:00"
ISSUED = "2019-09-02T09:00"
ENDED = "2022-09-03T00:05"

_PATH = Path(None, "organization")
_NAMES = ["陈立秋", "李明远", "王芳"]


class Office:
    """An office that does its work with commands, at instants of its own choosing."""

    def __init__(self, linxuan: Callable[..., Run], program: str = LUZHOU) -> None:
        self._linxuan = linxuan
        self.program = program
        #: Where the program is read from: its id, or a file.
        self.source = program

    def ask(self, now: str, *arguments: str) -> Run:
        """Run a command with `--json` at an instant."""
        return self._linxuan(*arguments, "--json", "--now", now)

    def does(self, now: str, *arguments: str) -> Any:
        """Run a command as 王管理; it must be done, and its JSON document is returned."""
        run = self.ask(now, *arguments, "--actor", "王管理")
        assert run.code == 0, run
        return run.document

    def opens(self) -> None:
        """Accept every ruling's default and open the program."""
        for ruling in load_program(self.program).rulings:
            self.does(OPENED, "program", "rule", self.program, ruling.id, "--accept")
        self.does(OPENED, "program", "open", self.program)

    def draws_up(self, index: int = 0) -> str:
        """Draw up a nomination; returns its number."""
        nominee = ("--nominee", _NAMES[index], "--unit", f"第{index}机械厂")
        nominator = ("--nominator", "江阳区人社局", "--nominator-kind", "district")
        identity = ("--identity", identity_of(index))
        number: str = self.does(DRAWN_UP, "nomination", "add", self.program, *nominee, *nominator, *identity)["number"]
        return number

    def receives(self, number: str) -> None:
        """Record every material, on paper and as a file."""
        materials = [material.id for material in load_program(self.program).materials]
        self.does(DRAWN_UP, "nomination", "receive", number, *materials, "--seen")

    def hands_in(self, number: str) -> None:
        """Take the nomination, complete, through all its tiers."""
        self.receives(number)
        for move in ("submit", "endorse", "accept"):
            self.moves(HANDED_IN, number, move)

    def puts_on_the_form(self, number: str) -> list[str]:
        """Say what the tier where a nomination stands puts on the form."""
        tier = self.tiers.get(self.stage_of(number))
        if tier is None:
            return []
        opinion = [option for point in tier.opinion for option in ("--opinion", f"{point}=是")]
        number_given = ["--form-number", number] if tier.assigns_number else []
        return [*(["--sealed"] if tier.seal else []), *opinion, *number_given]

    @property
    def tiers(self) -> dict[str, Tier]:
        """The tiers of the program, by the keys of their places."""
        return {f"{stage.id}.{tier.id}": tier for stage, tier in load_program(self.source).tiers()}

    def screens(self, number: str, result: str = "pass") -> None:
        """Give every rule the same verdict."""
        rules = [f"{rule.id}={result}" for rule in load_program(self.program).rules_for(_PATH)]
        self.does(SCREENED, "nomination", "judge", number, *rules)

    def chooses(self, number: str) -> None:
        """Accept the nomination, evaluate it on both tracks, and choose it."""
        self.screens(number)
        self.moves(SCREENED, number, "accept")
        for track, points in (("materials", "88"), ("site-visit", "91")):
            opinion = ("--opinion", "业绩突出，情况属实")
            self.does(SCREENED, "nomination", "report", number, track, "--points", points, *opinion)
        self.does(SCREENED, "review", "settle", self.program, "review")
        self.moves(SCREENED, number, "advance")
        self.moves(SCREENED, number, "choose", "--grade", "chief-technician")

    def moves(self, now: str, number: str, move: str, *more: str) -> Any:
        """Make a move."""
        put = self.puts_on_the_form(number) if move in ("submit", "endorse", "accept") else []
        return self.does(now, "nomination", "move", number, move, *put, *more)

    def publishes(self) -> Any:
        """Publish all who were chosen."""
        return self.does(PUBLISHED, "publicity", "start", self.program)

    def sweeps(self, now: str) -> Any:
        """Let time do what is due."""
        return self.ask(now, "sweep").document

    def stage_of(self, number: str) -> str:
        """Tell where a nomination stands."""
        stage: str = self.ask(ISSUED, "nomination", "show", number).document["stage"]
        return stage


def identity_of(index: int) -> str:
    """Make up an identity number that passes every check and belongs to nobody."""
    return make_identity(index, Random(index))  # noqa: S311 - made-up people need no secrets
