"""What an error of a database means for people, and whether they can mend it by what they typed."""

from dataclasses import dataclass

from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError

from programs import Words
from store.engine import UnfitServerError
from store.types import UnfitError


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure in words. `outside` means that something outside the product failed, not what was typed."""

    words: Words
    outside: bool = True


_LOST = Words("与数据库的连接中断，请稍后再试", "the connection to the database was lost; try again later")
_BUSY = Words("数据库正忙，请稍后再试", "the database is busy; try again later")
_FULL = Words("磁盘已满，请腾出空间后再试", "the disk is full; make room and try again")
_NO_RIGHTS = Words(
    "数据库用户没有所需的权限；升级和恢复须用各表的属主，或请管理员把库交给它：ALTER DATABASE 库名 OWNER TO 用户名",
    "the database role lacks the rights it needs; "
    "migrate and restore as the owner of the tables, or have an administrator give it the database: "
    "ALTER DATABASE name OWNER TO role",
)
_READ_ONLY = Words(
    "数据库服务器只读，请连接主服务器", "the database server is read-only; connect to the primary server"
)
_TOO_MANY = Words(
    "数据库服务器的连接数已满，请稍后再试", "the database server takes no more connections; try again later"
)

#: By the class or the code that every PostgreSQL server gives, whatever its language.
_BY_STATE = {
    "08": _LOST,
    "57P": _LOST,
    "40": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
    "53100": _FULL,
    "53300": _TOO_MANY,
    "42501": _NO_RIGHTS,
    "25006": _READ_ONLY,
}

_UNREACHABLE = Words(
    "连不上数据库服务器，请核对地址和端口，并确认服务器已启动：{cause}",
    "the database server cannot be reached; check the host and the port, and that it runs: {cause}",
)
_NOT_LET_IN = Words(
    "数据库服务器拒绝登录，请核对用户名和密码（密码可写在 PGPASSWORD 或 ~/.pgpass 中）",
    "the database server refuses the login; check the user and the password (PGPASSWORD and ~/.pgpass are read)",
)
_NO_DATABASE = Words(
    "数据库服务器上没有这个数据库，请先建立：createdb --encoding=UTF8 库名",
    "the server has no such database; make it first: createdb --encoding=UTF8 name",
)

#: A server that lets nobody in gives a sentence only, in its own language.
_BY_SENTENCE = (
    (("no password supplied", "authentication failed", "认证失败", "pg_hba.conf"), _NOT_LET_IN),
    (("permission denied", "权限不够"), _NO_RIGHTS),
    (("FATAL:  role", "角色"), _NOT_LET_IN),
    (("FATAL:  database", "数据库 "), _NO_DATABASE),
    (("too many clients", "connection slots", "too many connections", "太多"), _TOO_MANY),
)
_WRONG_ADDRESS = Words("数据库地址不对：{cause}", "the database URL is wrong: {cause}")
_FAILED = Words("数据库出错：{cause}", "the database failed: {cause}")
_UNFIT = Words("数据库不接受这个值：{cause}", "the database takes no such value: {cause}")


def failure_of(error: BaseException) -> Failure | None:
    """Say what an error of PostgreSQL, or a value that no database holds, means; nothing for any other error.

    No sentence holds a password.
    """
    if isinstance(error, UnfitError | UnfitServerError):
        return Failure(error.words, outside=isinstance(error, UnfitServerError))
    if not isinstance(error, DBAPIError) or not type(error.orig).__module__.startswith("psycopg"):
        return None
    cause = first_line(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return _without_state(error, cause)
    if state.startswith("22"):
        return Failure(_UNFIT.format(cause=cause), outside=False)
    known = (words for beginning, words in _BY_STATE.items() if state.startswith(beginning))
    return Failure(next(known, _FAILED.format(cause=cause)))


def first_line(error: object) -> str:
    """Return the first line of an error's message: what went wrong, without the statement and its values."""
    return str(error).strip().partition("\n")[0]


def _without_state(error: DBAPIError, cause: str) -> Failure:
    """Explain what the driver says by itself: of an address that cannot be, of a server that it did not get to."""
    if isinstance(error, DataError):
        return Failure(_UNFIT.format(cause=cause), outside=False)
    if isinstance(error, ProgrammingError) or cause.startswith("connection is bad: invalid "):
        return Failure(_WRONG_ADDRESS.format(cause=cause), outside=False)
    for sentences, words in _BY_SENTENCE:
        if any(said in cause for said in sentences):
            return Failure(words)
    return Failure(_LOST if error.connection_invalidated else _UNREACHABLE.format(cause=cause))
