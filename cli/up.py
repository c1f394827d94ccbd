"""`linxuan up`: the console, the Prefect server and the flows, started together and stopped together."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.desk import settings_of
from cli.face import FAILED_OUTSIDE, LANGUAGE, Face, Mistake, Spoken, command_face, say
from cli.ports import address, answers, choose_port
from cli.supervisor import Child, Supervisor
from operations.channels import is_kept_in_files, open_channel, outbox_of
from operations.demo import fill_demo
from operations.desk import Desk
from operations.guarding import guard_file, guard_of, note_address
from operations.newcomers import Newcomer, welcome_administrator, welcome_players
from operations.provider_checks import refuse_unfit_sign_in
from operations.settings import OutdatedError, Settings, open_desk
from programs import Program, Words
from store import Store
from store.migrate import migrate

LOCALHOST = "127.0.0.1"
CONSOLE_PORT, PREFECT_PORT = 8000, 4200

_CONSOLE = Words("控制台", "the console")
_PREFECT = Words("Prefect 服务", "the Prefect server")
_FLOWS = Words("定时流程", "the flows")


@dataclass(frozen=True)
class Places:
    """Where everything is found."""

    console: str
    prefect: str
    database: str
    outbox: str
    logs: str

    def lines(self) -> list[str]:
        """Return the places as people read them."""
        names = say("控制台　|Prefect 　|数据库　|信函　　|日志　　", "console |Prefect |database|letters |logs    ")
        return [
            say("遴选已启动", "Linxuan is up"),
            *(f"  {name}  {place}" for name, place in zip(names.split("|"), asdict(self).values(), strict=True)),
        ]


@click.command(
    cls=Spoken,
    help=say(
        "启动控制台、Prefect 服务和定时流程，按 Ctrl-C 一起停止。它们按实际时间办理；--now 只用于 --demo 的数据。",
        "Start the console, the Prefect server and the flows; Ctrl-C stops them together. They go by the real time; "
        "--now is for the data of --demo alone.",
    ),
)
@click.option(
    "--demo",
    is_flag=True,
    help=say("用临时的演示数据，停止后清除", "with made-up data in a temporary folder, which goes when it stops"),
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=say("控制台的端口，默认 8000 起第一个空闲的", "the console's port; default: the first free one from 8000"),
)
@click.option(
    "--prefect-port",
    type=click.IntRange(1, 65535),
    help=say("Prefect 的端口，默认 4200 起第一个空闲的", "Prefect's port; default: the first free one from 4200"),
)
@click.option(
    "--host",
    default=LOCALHOST,
    help=say(
        "控制台和 Prefect 的监听地址，默认只限本机", "where the console and Prefect listen; default: this machine only"
    ),
)
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help=say("启动后过这么多秒自动停止", "stop by itself so many seconds after the start"),
)
@command_face
def command(
    face: Face, *, demo: bool, port: int | None, prefect_port: int | None, host: str, seconds: float | None
) -> None:
    """Start everything, say where it is, and wait to be stopped."""
    with ExitStack() as held:
        settings = held.enter_context(_demo_settings(face.database)) if demo else settings_of(face)
        held.enter_context(_only_one(settings.data))
        if not demo:
            refuse_unfit_sign_in(settings)
        start = _Start(face, settings, host, port, prefect_port)
        supervisor = held.enter_context(Supervisor(settings.data / "logs", start.environment(bare=demo)))
        with suppress(KeyboardInterrupt):
            start.everything(supervisor, face.now if demo else None)
            places, newcomers = start.places(), start.welcome(demo=demo)
            document = asdict(places) | {"people": [asdict(one) for one in newcomers]}
            face.answer(document, [*places.lines(), *_guard_lines(settings), *_newcomer_lines(newcomers)])
            supervisor.watch(seconds)
        if not face.as_json:
            click.echo(say("正在停止……", "Stopping …"), err=True)


class _Start:
    """One start: what is started where, in which order, with its progress shown."""

    def __init__(
        self, face: Face, settings: Settings, host: str, console_port: int | None, prefect_port: int | None
    ) -> None:
        self._face = face
        self._settings = settings
        self._console_port = console_port
        self._prefect = host, choose_port(host, PREFECT_PORT, prefect_port)
        self._console = host, choose_port(host, CONSOLE_PORT, console_port)

    def environment(self, *, bare: bool) -> dict[str, str]:
        """Return the children's environment. A bare one knows nothing of settings made for something else."""
        ours = ("LINXUAN_", "PREFECT_")
        inherited = {name: value for name, value in os.environ.items() if not (bare and name.startswith(ours))}
        return {
            **inherited,
            "LINXUAN_LANG": LANGUAGE,
            "LINXUAN_DATA": str(self._settings.data),
            "LINXUAN_DATABASE": self._settings.database_url,
            "PREFECT_API_URL": f"{address(*self._prefect)}/api",
            "PYTHONUNBUFFERED": "1",
            # A folder of the product's own name where it is started must not stand in for the product.
            "PYTHONSAFEPATH": "1",
        }

    def everything(self, supervisor: Supervisor, demo: datetime | None) -> None:
        """Start everything, the slowest first; `demo` is the instant around which the made-up data lies."""
        marker = self._settings.data / "logs" / "flows.ready"
        marker.unlink(missing_ok=True)
        with self._progress() as progress:
            prefect = supervisor.start(
                _PREFECT,
                "prefect",
                ["flows.server", *_listening(self._prefect)],
                lambda: answers(*self._prefect, "/api/health"),
            )
            note_address(self._settings.data, f"{address(*self._prefect)}/api")
            desk = _current_desk(self._settings)
            if demo:
                fill_demo(desk, open_channel(self._settings), demo, watch=_Bars(progress))
            desk.store.close()
            # Somebody else may have taken the port while the server was started and the data made up.
            host, _ = self._console
            self._console = host, choose_port(host, CONSOLE_PORT, self._console_port)
            console = supervisor.start(
                _CONSOLE, "console", ["console", *_listening(self._console)], lambda: answers(*self._console, "/health")
            )
            _await(progress, supervisor, prefect)
            flows = supervisor.start(_FLOWS, "flows", ["flows", "--ready", str(marker)], marker.exists, self._told())
            _await(progress, supervisor, flows)
            _await(progress, supervisor, console)

    def _told(self) -> dict[str, str]:
        """Return where the console is, for whoever looks at the flows; an administrator may know a better address."""
        return {"LINXUAN_CONSOLE_URL": self._settings.console_url or f"{address(*self._console)}/"}

    def places(self) -> Places:
        """Return where everything is."""
        settings = self._settings
        return Places(
            console=f"{address(*self._console)}/",
            prefect=f"{address(*self._prefect)}/",
            database=settings.database_shown,
            outbox=str(outbox_of(settings))
            if is_kept_in_files(settings)
            else f"smtp://{settings.smtp_host}:{settings.smtp_port}",
            logs=str(settings.data / "logs"),
        )

    def welcome(self, *, demo: bool) -> tuple[Newcomer, ...]:
        """Register the first people, once everything runs: their passwords are shown now or never."""
        desk = open_desk(self._settings)
        try:
            return (welcome_players if demo else welcome_administrator)(desk, self._face.now)
        finally:
            desk.store.close()

    def _progress(self) -> Progress:
        console = Console(stderr=True)
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=self._face.as_json or not console.is_terminal,
        )


def _guard_lines(settings: Settings) -> Iterator[str]:
    """Yield where the password of Prefect's pages lies, where they have one of the product's making."""
    if guard_of(settings.data) and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        yield say(
            f"Prefect 的用户名和密码见 {guard_file(settings.data)}",
            f"user and password of Prefect are in {guard_file(settings.data)}",
        )


def _newcomer_lines(newcomers: Iterable[Newcomer]) -> Iterator[str]:
    """Yield who was registered, with passwords that are shown here and nowhere else."""
    rows = [
        f"  {one.name}　{one.role.label.in_language(LANGUAGE)}（{one.organization or say('不限单位', 'all')}）　"
        + say(f"密码 {one.password}", f"password {one.password}")
        for one in newcomers
    ]
    if rows:
        yield say(
            "已登记以下人员；密码只显示这一次，更改用 linxuan user password 姓名",
            "these people are registered; their passwords are shown only now; change one with: "
            "linxuan user password NAME",
        )
    yield from rows
    yield say("按 Ctrl-C 停止", "Press Ctrl-C to stop")


@contextmanager
def _demo_settings(database: str | None) -> Iterator[Settings]:
    """Give settings that name a temporary folder and nothing else; it stays where its logs must say what went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="linxuan-demo-"))
    kept = False
    try:
        yield Settings(data=folder, database=database, key_file=None, outbox=None, smtp_host=None)
    except Mistake:
        kept = True
        raise
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data folder: two servers and two sets of flows on one Prefect database would undo each other's runs."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            words = Words(
                "数据文件夹 {data} 已经有一个遴选在运行", "Linxuan is running already on the data folder {data}"
            )
            raise Mistake(words.format(data=data), FAILED_OUTSIDE) from error
        yield


def _listening(where: tuple[str, int]) -> list[str]:
    host, port = where
    return ["--host", host, "--port", str(port)]


def _current_desk(settings: Settings) -> Desk:
    """Open the desk, on a database brought up to date first where it is an older one."""
    try:
        return open_desk(settings)
    except OutdatedError:
        store = Store(settings.address)
        migrate(store)
        store.close()
        return open_desk(settings)


class _Bars:
    """Shows a bar for each program that is being filled."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, program: Program, place: int, scenes: int) -> None:
        if program.id not in self._tasks:
            title = say(f"{program.award} {program.edition}", program.id)
            self._tasks[program.id] = self._progress.add_task(title, total=scenes)
        # The scene that begins now is the last one to be seen here.
        self._progress.update(self._tasks[program.id], completed=place + 1)


def _await(progress: Progress, supervisor: Supervisor, child: Child) -> None:
    task = progress.add_task(say(f"等待{child.name.zh}", f"waiting for {child.name.en}"), total=1)
    supervisor.await_ready(child)
    progress.update(task, completed=1)
