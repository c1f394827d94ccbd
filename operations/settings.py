"""Where the product keeps its things on this machine, and how it reaches people: read from `LINXUAN_…` variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from notifications.channels import Channel, FileChannel, SmtpChannel
from operations.desk import Desk
from operations.results import UnknownError
from operations.schedules import data_folder, open_calendar
from programs import Words
from store import Store, Vault, insert_new
from store import tables as t
from store.migrate import is_current, is_foreign, migrate


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
    is_new = not file.exists() or file.stat().st_size == 0
    settings.prepare_folder()
    store = Store(settings.database_url)
    if is_new:
        migrate(store)
    elif is_foreign(store):
        raise UnknownError(
            Words(
                "{file} 是别的程序的数据库，不是遴选的；请核对地址",
                "{file} is another program's database; check its address",
            ).format(file=file)
        )
    elif not is_current(store):
        raise UnknownError(
            Words(
                "数据库需要升级，请先运行：linxuan migrate --database {url}",
                "the database needs an upgrade; run: linxuan migrate --database {url}",
            ).format(url=store.url.render_as_string())
        )
    return Desk(store, open_calendar(settings.data), lambda: _open_vault(store, key_file))


def _open_vault(store: Store, key_file: Path) -> Vault:
    """Open the vault of a database. Its first secret is made here; a later one must be the same."""
    with store.read() as connection:
        known = connection.execute(select(t.vault_key.c.fingerprint)).scalar()
    if known is not None and not key_file.exists():
        raise UnknownError(
            Words(
                "缺少密钥文件 {file}；没有它，已登记的身份证号码无法解读和查重。请从备份中恢复",
                "the key file {file} is missing; without it identity numbers can be neither read nor found. Restore it",
            ).format(file=key_file)
        )
    try:
        vault = Vault.from_file(key_file)
    except ValueError as error:
        raise UnknownError(
            Words("密钥文件 {file} 已损坏，请从备份中恢复", "the key file {file} is damaged; restore it").format(
                file=key_file
            )
        ) from error
    fingerprint = vault.fingerprint("linxuan")
    if known is None:
        with store.write() as transaction:
            insert_new(transaction.connection, t.vault_key, [{"id": 1, "fingerprint": fingerprint}])
            known = transaction.connection.execute(select(t.vault_key.c.fingerprint)).scalar()
    if known != fingerprint:
        raise UnknownError(
            Words(
                "密钥文件 {file} 与数据库不符，请换回原来的密钥",
                "the key file {file} is not this database's; put its own back",
            ).format(file=key_file)
        )
    return vault


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
