"""Where the product keeps its things on this machine, and how it reaches people: read from `LINXUAN_…` variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from notifications.channels import Channel, FileChannel, SmtpChannel
from operations.desk import Desk
from operations.results import UnknownError
from operations.schedules import data_folder, open_calendar
from programs import Words
from store import Store, Vault
from store.migrate import is_current, migrate


class Settings(BaseSettings):
    """What can be set: `LINXUAN_DATABASE`, `LINXUAN_DATA`, `LINXUAN_KEY_FILE`, `LINXUAN_OUTBOX`, `LINXUAN_SMTP_…`."""

    model_config = SettingsConfigDict(env_prefix="LINXUAN_", extra="ignore")

    data: Path = Field(default_factory=data_folder)
    database: str | None = None
    key_file: Path | None = None
    outbox: Path | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_sender: str = "linxuan@localhost"

    @property
    def database_url(self) -> str:
        """The database; the embedded one where nothing is set."""
        return self.database or f"sqlite:///{self.data / 'linxuan.db'}"

    @property
    def database_file(self) -> Path:
        """The file of the database.

        Raises `UnknownError` for what is no URL of a database in a file.
        """
        try:
            url = make_url(self.database_url)
        except ArgumentError as error:
            raise UnknownError(
                Words(
                    "数据库地址不对：{url}；例如 sqlite:////var/lib/linxuan.db",
                    "not a database URL: {url}; one is sqlite:////var/lib/linxuan.db",
                ).format(url=self.database_url)
            ) from error
        if url.get_backend_name() != "sqlite":
            raise UnknownError(
                Words(
                    "这个版本使用 SQLite 数据库；请写成 sqlite:////var/lib/linxuan.db",
                    "this version uses an SQLite database; write sqlite:////var/lib/linxuan.db",
                )
            )
        if not url.database or url.database == ":memory:":
            raise UnknownError(
                Words(
                    "数据库须存为文件，如 sqlite:////var/lib/linxuan.db",
                    "the database must be a file, such as sqlite:////var/lib/linxuan.db",
                )
            )
        return Path(url.database)

    def prepare_folder(self) -> None:
        """Make the folder of the database."""
        self.database_file.parent.mkdir(parents=True, exist_ok=True)


def open_desk(settings: Settings) -> Desk:
    """Open the database, the vault and the calendar. A new embedded database is made ready.

    Raises `UnknownError` for a database that cannot be used as it is, saying what to do.
    """
    file = settings.database_file
    key_file = settings.key_file or file.with_name(f"{file.name}.key")
    is_new = not file.exists()
    settings.prepare_folder()
    store = Store(settings.database_url)
    if is_new:
        migrate(store)
    elif not is_current(store):
        raise UnknownError(
            Words(
                "数据库需要升级，请先运行：linxuan migrate --database {url}",
                "the database needs an upgrade; run: linxuan migrate --database {url}",
            ).format(url=store.url.render_as_string())
        )
    return Desk(store, open_calendar(settings.data), Vault.from_file(key_file))


def open_channel(settings: Settings) -> Channel:
    """Return the channel that reaches people: mail where a server is set, else a folder of .eml files."""
    if settings.smtp_host is None:
        return FileChannel(settings.outbox or settings.data / "outbox")
    password = settings.smtp_password
    return SmtpChannel(
        settings.smtp_host,
        settings.smtp_port,
        sender=settings.smtp_sender,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        security=settings.smtp_security,
    )
