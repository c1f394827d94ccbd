"""Where the product keeps its things on this machine, and how it reaches people: read from `LINXUAN_…` variables."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from notifications.letters import Letterhead
from operations.actors import OF_PEOPLE, Role
from operations.desk import Desk
from operations.results import KeyMissingError, OutsideError, UnknownError
from operations.schedules import data_folder, open_calendar
from programs import Words
from store import Contents, Store, Vault, insert_new
from store import tables as t
from store.engine import UnfitServerError, normalised
from store.failures import failure_of
from store.migrate import is_current, is_empty, is_foreign, is_newer, migrate
from store.vault import read_secrets, vault_of

#: The drivers of databases in files, and on servers.
_FILES = frozenset({"sqlite", "sqlite+pysqlite"})
_SERVERS = frozenset({"postgresql", "postgresql+psycopg"})

#: What the files of `deploy/` have in the place of secrets, which every installation makes for itself.
EXAMPLE: Final = "CHANGE-ME"

_EXAMPLES = Words(
    "sqlite:////var/lib/linxuan.db 或 postgresql://用户名@主机:5432/库名",
    "sqlite:////var/lib/linxuan.db or postgresql://user@host:5432/database",
)


class Settings(BaseSettings):
    """What can be set, by variables that begin with `LINXUAN_`.

    `DATABASE`, `DATA`, `FILES`, `KEY` or `KEY_FILE`, `OUTBOX`, `INTAKE`, `BACKUPS`, `ADMINISTRATORS`, `SMTP_…`,
    `CHANNELS`, `TEMPLATES`, `CONSOLE_URL`, `PROXIES`, `SECOND_FACTOR`, `PASSWORD_SIGN_IN`, `OIDC_…`, `PUBLIC_URL`,
    `REDIS`, `SILENCE` and `LANG`. `operations.providers` says what those of OIDC mean together.
    What is secret is shown nowhere.
    """

    #: An empty variable is one that is not set: compose files pass on what may be set in this way.
    model_config = SettingsConfigDict(env_prefix="LINXUAN_", env_ignore_empty=True, extra="ignore")

    data: Path = Field(default_factory=data_folder)
    #: May hold a password, so it is shown nowhere: `database_shown` is.
    database: str | None = Field(default=None, repr=False)
    #: Secrets in hexadecimal, the newest first, apart by spaces or commas; in the place of the key file.
    key: SecretStr | None = None
    key_file: Path | None = None
    #: The folder of the files that are handed in; machines that share a database share it.
    files: Path | None = None
    outbox: Path | None = None
    intake: Path | None = None
    #: Where the nightly backups lie; best another disk than the database's.
    backups: Path | None = None
    #: Mail addresses, apart by commas, to which the product writes when it needs somebody to look at it; with the
    #: channel before it, as in `sms:+8613800138000`, another kind of address.
    administrators: str = ""
    #: The language of letters, as of everything else: Chinese, unless it begins with `en`.
    lang: str = ""
    #: Where operators reach the console: letters, and what an administrator sees in Prefect's pages, lead there. One
    #: that begins with https says that a proxy before the console speaks TLS, so that cookies are for HTTPS alone.
    console_url: str | None = None
    #: Addresses, apart by commas, of servers before the console that say truly where a request comes from.
    proxies: str = ""
    #: In how many processes the console serves; 0 for one on each processor, up to four.
    console_workers: int = Field(default=0, ge=0, le=32)
    #: Roles, apart by commas, in which nobody acts without a second factor: `administrator,operator`.
    second_factor: str = ""
    #: Whether people sign in with a password; without, there must be an identity provider.
    password_sign_in: bool = True
    #: The organization's own identity provider (OpenID Connect), and as whom the console is known to it.
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    #: The file of that secret, in its place.
    oidc_client_secret_file: Path | None = None
    #: What the button that leads there is called.
    oidc_name: str = ""
    #: What is asked of it, apart by spaces; `openid` is always.
    oidc_scopes: str = "openid"
    #: The claim by which people are known beside their subject, such as `email` or `employee_number`.
    oidc_claim: str | None = None
    #: Values of `acr`, and of `amr`, apart by commas, that stand for a second factor.
    oidc_acr: str = ""
    oidc_amr: str = ""
    #: An office's own Word templates, in the place of the shipped ones of the same names.
    templates: Path | None = None
    #: Where the public reaches the console, if that is elsewhere: certificates lead there to be verified, letters to
    #: have their receipt confirmed.
    public_url: str | None = None
    #: The Redis through which several Prefect servers speak to each other, as `redis://:password@host:6379/0`.
    redis: SecretStr | None = None
    #: Seconds without a sign of life, which comes every 30, after which a run is taken for killed.
    silence: int = Field(default=90, ge=1)
    #: The file of the robots and the SMS gateway, with their keys; `operations.channels` says what is in it.
    channels: Path | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_sender: str = "linxuan@localhost"
    #: How many connections to the mail server send at once.
    smtp_connections: int = Field(default=4, ge=1, le=32)

    @model_validator(mode="after")
    def _require_secrets(self) -> Self:
        told = {f"LINXUAN_{name.upper()}": getattr(self, name) for name in type(self).model_fields}
        require_secrets(
            {name: one.get_secret_value() if isinstance(one, SecretStr) else str(one) for name, one in told.items()}
        )
        return self

    @property
    def database_url(self) -> str:
        """The database; the embedded one where nothing is set."""
        return self.database or f"sqlite:///{self.data / 'linxuan.db'}"

    @property
    def address(self) -> URL:
        """The database's URL, with its driver. Raises `UnknownError` for what is no URL of a database to use."""
        try:
            url = make_url(self.database_url)
        except (ArgumentError, ValueError) as error:
            raise _no_address(self.database_url) from error
        if url.drivername in _SERVERS:
            if not url.database or not 0 < (url.port or 5432) < 65536:
                raise _no_address(self.database_url)
            return normalised(url)
        if url.drivername not in _FILES:
            raise UnknownError(
                Words(
                    "不支持 {kind} 数据库；请用 {examples}", "{kind} is no database that is supported; use {examples}"
                ).format(kind=url.drivername, examples=_EXAMPLES)
            )
        if not url.database or url.database == ":memory:":
            raise UnknownError(
                Words(
                    "数据库须存为文件，如 sqlite:////var/lib/linxuan.db",
                    "the database must be a file, such as sqlite:////var/lib/linxuan.db",
                )
            )
        return url

    @property
    def database_file(self) -> Path | None:
        """The file of an embedded database; none where a server keeps it. Raises `UnknownError` as `address` does."""
        url = self.address
        return Path(str(url.database)) if url.drivername in _FILES else None

    @property
    def database_shown(self) -> str:
        """The database as it may be shown: its URL as people write it, without a password."""
        url = self.address
        return url.set(drivername=url.get_backend_name()).render_as_string()

    @property
    def key_path(self) -> Path:
        """The file of the key: beside an embedded database; in the data folder, by its name, for one on a server."""
        file = self.database_file
        if self.key_file:
            return self.key_file
        if file:
            return file.with_name(f"{file.name}.key")
        return self.data / f"{quote(str(self.address.database), safe='')}.key"

    @property
    def files_path(self) -> Path:
        """The folder of files: beside an embedded database; in the data folder, by its name, for one on a server."""
        file = self.database_file
        if self.files:
            return self.files
        if file:
            return file.with_name(f"{file.name}.files")
        return self.data / f"{quote(str(self.address.database), safe='')}.files"

    @property
    def intake_folder(self) -> Path:
        """Where tables lie that a flow takes in, and where it puts them back with its findings."""
        return self.intake or self.data / "intake"

    @property
    def backup_folder(self) -> Path:
        """Where the nightly backups lie."""
        return self.backups or self.data / "backups"

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """The roles that need a second factor. Raises `UnknownError` for what is no role of a person."""
        told = {one.strip() for one in self.second_factor.split(",") if one.strip()}
        known = [role.value for role in OF_PEOPLE]
        if unknown := sorted(told - set(known)):
            raise UnknownError(
                Words(
                    "LINXUAN_SECOND_FACTOR 中没有角色 {role}；可写：{known}",
                    "LINXUAN_SECOND_FACTOR: {role} is none of the roles {known}",
                ).format(role=unknown[0], known="、".join(known))
            )
        return frozenset(Role(one) for one in told)

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which people reach the console through a proxy, as requests bear them: no port, lower case."""
        named = [urlsplit(url).hostname for url in (self.console_url, self.public_url) if url]
        return frozenset(f"[{name}]" if ":" in name else name for name in named if name)

    @property
    def administrator_mails(self) -> tuple[str, ...]:
        """The addresses of those who look after the product."""
        return tuple(one.strip() for one in self.administrators.split(",") if one.strip())

    @property
    def letterhead(self) -> Letterhead:
        """What all letters have in common."""
        addresses = (self.console_url, self.public_url)
        console, public = (url.rstrip("/") if url and is_elsewhere(url) else None for url in addresses)
        return Letterhead("en" if self.lang.lower().startswith("en") else "zh", console, public or console)

    def secrets(self) -> list[str]:
        """Return the secrets of this installation, the newest first; a missing key file is made."""
        if self.key is not None:
            return self.key.get_secret_value().replace(",", " ").split()
        return read_secrets(self.key_path)

    def prepare_folder(self) -> None:
        """Make the folder of an embedded database."""
        if file := self.database_file:
            file.parent.mkdir(parents=True, exist_ok=True)


def read_settings() -> Settings:
    """Return the settings of the environment. Raises `UnknownError` for what cannot be read, or is an example still."""
    try:
        return Settings()
    except ValidationError as error:
        named = [
            f"LINXUAN_{'_'.join(str(step) for step in fault['loc']).upper()}={fault['input']}"
            for fault in error.errors()
        ]
        raise UnknownError(
            Words("设置有误，请改正：{named}", "wrong settings, mend them: {named}").format(
                named=Words("、".join(named), ", ".join(named))
            )
        ) from error


def require_secrets(settings: Mapping[str, str]) -> None:
    """Raise `UnknownError` where one of these still is, or holds, what the shipped files have in a secret's place."""
    if left := sorted(name for name, value in settings.items() if EXAMPLE in value):
        raise UnknownError(
            Words(
                "{names} 还是随附文件里的示例（{example}），不能启动；请换成自己的密码",
                "{names} still hold the example that is shipped ({example}): put secrets of your own there",
            ).format(names=Words("、".join(left), ", ".join(left)), example=EXAMPLE)
        )


def is_elsewhere(url: str) -> bool:
    """Whether an address leads beyond this machine: one of its own would lead whoever gets a letter to theirs."""
    host = urlsplit(url).hostname or ""
    return bool(host) and host != "localhost" and not host.startswith("127.") and host != "::1"


class OutdatedError(UnknownError):
    """The database is one of an earlier version of the product."""


def open_desk(settings: Settings, *, cache: int | None = None) -> Desk:
    """Open the database, the vault and the calendar. A new embedded database, or an empty one, is made ready.

    `cache` is how many KiB a connection to SQLite keeps of it, where many are open at once.
    Raises `UnknownError` for a database that cannot be used as it is, saying what to do; `OutdatedError` for one that
    needs an upgrade, and `OutsideError` where its server fails.
    """
    settings.prepare_folder()
    was_there = False
    if file := settings.database_file:
        # The key is made once the database is: where there is one, the database was.
        was_there = file.exists() and settings.key_path.exists()
        if not file.exists():
            # Only its owner may read it: it names people.
            file.touch(0o600)
    store = Store(settings.address, cache=cache)
    try:
        _make_ready(store, settings, was_there=was_there)
    except (DBAPIError, UnfitServerError) as error:
        store.close()
        failure = failure_of(error)
        if failure is None:
            raise
        kind = OutsideError if failure.outside else UnknownError
        raise kind(failure.words) from error
    except BaseException:
        store.close()
        raise
    contents = Contents(settings.files_path)
    keeper, calendar = (lambda: _open_vault(store, settings)), open_calendar(settings.data)
    return Desk(store, calendar, keeper, contents, settings.letterhead, settings.templates)


def _make_ready(store: Store, settings: Settings, *, was_there: bool) -> None:
    if is_current(store):
        return
    if is_empty(store):
        if was_there:
            raise UnknownError(
                Words(
                    "数据库 {file} 是空的，而它的密钥还在（{key}）：可能被清空了。"
                    "请用备份恢复：linxuan restore；确要从头开始的，移走这个空文件再试",
                    "the database {file} is empty, and its key is still there ({key}): it may have been emptied. "
                    "Restore a backup: linxuan restore; to begin anew, move the empty file away",
                ).format(file=settings.database_file, key=settings.key_path)
            )
        migrate(store)
    elif is_foreign(store):
        raise UnknownError(
            Words(
                "{file} 是别的程序的数据库，不是遴选的；请核对地址",
                "{file} is another program's database; check its address",
            ).format(file=settings.database_file or settings.database_shown)
        )
    elif is_newer(store):
        raise UnknownError(
            Words(
                "数据库由更新的版本使用过，本版本不能打开；请先升级遴选",
                "a later version has used the database; upgrade Linxuan first",
            )
        )
    elif not is_current(store):
        raise OutdatedError(
            Words(
                "数据库需要升级，请先运行：linxuan migrate --database {url}",
                "the database needs an upgrade; run: linxuan migrate --database {url}",
            ).format(url=settings.database_shown)
        )


def _no_address(text: str) -> UnknownError:
    # What stands before an @ may be a password, however badly the rest is written.
    shown = re.sub(r"^([a-z0-9+]*:/*)?.*@", r"\1…@", text, flags=re.DOTALL)
    return UnknownError(
        Words("数据库地址不对：{url}；例如 {examples}", "not a database URL: {url}; write {examples}").format(
            url=shown, examples=_EXAMPLES
        )
    )


def _open_vault(store: Store, settings: Settings) -> Vault:
    """Open the vault of a database. Its first secret is made here; a later one must be the same."""
    file = settings.key_path
    with store.read() as connection:
        known = connection.execute(select(t.vault_key.c.fingerprint)).scalar()
    if known is not None and settings.key is None and not file.exists():
        raise KeyMissingError(
            Words(
                "缺少密钥文件 {file}；没有它，身份证号码无法解读和查重。请放回另存的副本（备份里没有密钥）",
                "the key file {file} is missing; without it identity numbers can be neither read nor found. "
                "Put its copy back: a backup of the database does not hold it",
            ).format(file=file)
        )
    source = (
        Words("密钥 LINXUAN_KEY ", "LINXUAN_KEY")
        if settings.key
        else Words(f"密钥文件 {file} ", f"the key file {file}")
    )
    try:
        vault = vault_of(settings.secrets(), known)
    except ValueError as error:
        raise KeyMissingError(
            Words(
                "{source}不对：应为 64 位十六进制数字；请放回另存的副本",
                "{source} is no key of 64 hexadecimal digits; put its copy back",
            ).format(source=source)
        ) from error
    if known is None:
        with store.write() as transaction:
            insert_new(transaction.connection, t.vault_key, [{"id": 1, "fingerprint": vault.name}])
            known = transaction.connection.execute(select(t.vault_key.c.fingerprint)).scalar()
    if known != vault.name:
        raise KeyMissingError(
            Words("{source}与数据库不符，请换回原来的密钥", "{source} is not this database's; put its own back").format(
                source=source
            )
        )
    return vault
