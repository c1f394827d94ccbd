"""Whether all is well: one check after another of what the product rests on, each with what to do where it is not."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from deadlines.zone import SHANGHAI
from operations.channel_checks import channel_checks
from operations.checks import Check, State, well
from operations.history_checks import history_checks
from operations.provider_checks import provider_checks
from operations.reach import counted_with, reach_of, with_schedules
from operations.recollection import instant_of
from operations.safekeeping import KeyState, key_state
from operations.schedules import open_calendar
from operations.settings import Settings
from operations.surroundings import surroundings
from operations.upkeep import check_backup
from programs import Words
from store import Contents, Store, verify_tails
from store import tables as t
from store.engine import UnfitServerError
from store.failures import failure_of
from store.migrate import is_empty, is_foreign, is_newer, newest_revision, revision_of
from store.standings import miscounted

#: How many links at the end of each chain are looked at.
TAIL = 50

#: How long something may wait before somebody should look: a message, and a nomination for its sweep.
_LONG, _UNSWEPT = timedelta(days=1), timedelta(hours=2)

#: How far two clocks may be apart.
_SKEW = timedelta(seconds=30)

#: From this month on, next year's holidays are usually announced.
_ANNOUNCED = 11


def examine(settings: Settings, now: datetime, clock: Callable[[], datetime]) -> list[Check]:
    """Check everything. `now` is the instant to judge by, `clock` tells this machine's time, which servers are held to.

    Raises `UnknownError` for an address that is no database's.
    """
    found = list(_of_database(settings, now, clock))
    return [*found, *provider_checks(settings, now), *surroundings(settings)]


def _of_database(settings: Settings, now: datetime, clock: Callable[[], datetime]) -> Iterator[Check]:
    file = settings.database_file
    if file and not file.exists():
        missing = Words(f"没有数据库 {file}", f"there is no database {file}")
        if settings.database:
            remedy = Words("请核对地址，或用 linxuan restore 恢复备份", "check the address, or restore a backup")
            yield Check("database", State.WRONG, missing, remedy, unreachable=True)
        else:
            remedy = Words("linxuan up 或 linxuan migrate 会建立它", "linxuan up or linxuan migrate makes it")
            yield Check("database", State.WARNING, missing, remedy)
        return
    with closing(Store(settings.address)) as store:
        try:
            yield from _of_tables(settings, store)
            if not is_empty(store) and not is_foreign(store) and revision_of(store) == newest_revision():
                yield from _of_contents(settings, store, now, clock)
        except (DBAPIError, UnfitServerError) as error:
            yield _unreachable(settings, error)


def _unreachable(settings: Settings, error: DBAPIError | UnfitServerError) -> Check:
    failure = failure_of(error)
    cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    message = failure.words if failure else Words(f"数据库用不了：{cause}", f"the database cannot be used: {cause}")
    remedy = Words(
        "请核对地址 {where} 和权限；文件损坏时用 linxuan restore --force 恢复备份",
        "check the address {where} and the permissions; where the file is damaged, restore a backup with --force",
    ).format(where=settings.database_shown)
    return Check("database", State.WRONG, message, remedy, unreachable=True)


def _of_tables(settings: Settings, store: Store) -> Iterator[Check]:
    with store.read() as connection:
        version = _version(connection)
    where = settings.database_file or settings.database_shown
    yield well("database", f"数据库 {where}（{version}）", f"database {where} ({version})")
    if is_empty(store):
        remedy = Words("请运行 linxuan migrate", "run linxuan migrate")
        yield Check("migrations", State.WARNING, Words("数据库是空的", "the database is empty"), remedy)
    elif is_foreign(store):
        remedy = Words("请核对数据库地址", "check the address of the database")
        yield Check("migrations", State.WRONG, Words("是别的程序的数据库", "it is another program's database"), remedy)
    elif is_newer(store):
        message = Words("数据库由更新的版本使用（{at}）", "a later version has used the database ({at})")
        remedy = Words("请把遴选升级到那个版本", "upgrade Linxuan to that version")
        yield Check("migrations", State.WRONG, message.format(at=revision_of(store)), remedy)
    elif revision_of(store) != newest_revision():
        message = Words("数据库需要升级（{at} → {to}）", "the database needs an upgrade ({at} → {to})")
        remedy = Words("请先备份，再运行 linxuan migrate", "back it up, then run linxuan migrate")
        said = message.format(at=revision_of(store), to=newest_revision())
        yield Check("migrations", State.WRONG, said, remedy)
    else:
        at = revision_of(store)
        yield well("migrations", f"数据库是当前版本（{at}）", f"the database is of this version ({at})")
    yield _writable(store)
    yield from history_checks(store)


def _version(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"


def _writable(store: Store) -> Check:
    try:
        with store.connect_to_write() as connection:
            # On SQLite this takes the write lock; a server is asked, for a transaction writes only when it writes.
            connection.begin()
            refuses = connection.dialect.name != "sqlite" and (
                connection.scalar(
                    text("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'")
                )
            )
            connection.rollback()
    except DBAPIError as error:
        cause = str(error.orig).partition("\n")[0]
        message = Words("数据库写不进：{cause}", "the database takes no writes: {cause}").format(cause=cause)
        remedy = Words(
            "请核对文件和文件夹的写权限，或稍后再试", "check the permissions of file and folder, or try later"
        )
        return Check("writable", State.WRONG, message, remedy)
    if refuses:
        remedy = Words("请连接主服务器", "connect to the primary server")
        return Check("writable", State.WRONG, Words("数据库服务器只读", "the database server is read-only"), remedy)
    return well("writable", "数据库可以写入", "the database takes writes")


def _of_contents(settings: Settings, store: Store, now: datetime, clock: Callable[[], datetime]) -> Iterator[Check]:
    with store.read() as connection:
        yield from _calendar(settings, connection, now)
        yield _chains(connection)
        yield _standings(connection)
        yield _outbox(connection, now)
        yield from channel_checks(settings, connection, now)
        yield _overdue(connection, now)
        yield from _clocks(connection, now, clock)
        yield _files(settings, connection)
        yield check_backup(settings, connection, now)
    yield _key(settings, store)


def _calendar(settings: Settings, connection: Connection, now: datetime) -> Iterator[Check]:
    calendar = with_schedules(open_calendar(settings.data), connection)
    through = calendar.published_through
    load = Words(
        "放假安排公布后请运行 linxuan calendar load 导入，或升级遴选",
        "load the schedule with linxuan calendar load when it is published, or upgrade Linxuan",
    )
    covered = Words("放假安排已知至 {through}", "holiday schedules are known through {through}").format(through=through)
    if through.year < now.year:
        yield Check("calendar", State.WRONG, covered, load)
    elif through.year == now.year and now.month >= _ANNOUNCED:
        yield Check("calendar", State.WARNING, covered, load)
    else:
        yield Check("calendar", State.WELL, covered)
    used = counted_with(connection)
    if used is None or used.fingerprint == calendar.fingerprint:
        yield well("calendar-used", "期限按现在的日历计算", "what is due was counted by this calendar")
    elif reach_of(calendar, connection) <= used.reach:
        message = Words(
            "数据库按另一份日历计算过，所知不少于本机",
            "another calendar, which knows no less, was counted with",
        )
        remedy = Words(
            "请把各机升级到同一版本，或导入放假安排", "upgrade all machines to one version, or load the schedule"
        )
        yield Check("calendar-used", State.WARNING, message, remedy)
    else:
        message = Words("日历有变，期限尚未重算", "the calendar has changed and what is due was not counted again yet")
        yield Check("calendar-used", State.WARNING, message, Words("请运行 linxuan sweep", "run linxuan sweep"))


def _chains(connection: Connection) -> Check:
    found = verify_tails(connection, TAIL)
    if found.breaks:
        message = Words(
            "办理记录有 {count} 处不符，首处 {where}：{why}", "the history has {count} breaks: {where} {why}"
        )
        first = found.broken[0]
        remedy = Words("请运行 linxuan audit verify 全部核验", "run linxuan audit verify for all of it")
        return Check(
            "chains", State.WRONG, message.format(count=found.breaks, where=first.where, why=first.words), remedy
        )
    return well(
        "chains",
        f"{len(found.heads)} 条链末尾各 {TAIL} 环相符；全部核验请运行 linxuan audit verify",
        f"the last {TAIL} links of {len(found.heads)} chains agree; linxuan audit verify verifies all of them",
    )


def _standings(connection: Connection) -> Check:
    """Whether what is kept of how many nominations stand where is what there is."""
    wrong = list(miscounted(connection))
    if wrong:
        program, stage, holder, kept, there = wrong[0]
        message = Words(
            "{count} 处件数不符，首处 {program} {stage}（{holder}）：记为 {kept} 件，实有 {there} 件",
            "{count} counts are wrong, the first {program} {stage} ({holder}): {kept} are kept, {there} are there",
        ).format(count=len(wrong), program=program, stage=stage, holder=holder or "—", kept=kept, there=there)
        remedy = Words(
            "有人动过数据库；请运行 linxuan audit verify 核验，并从备份恢复",
            "somebody has been at the database; run linxuan audit verify, and restore a backup",
        )
        return Check("standings", State.WRONG, message, remedy)
    return well("standings", "各环节件数与申报相符", "what is counted at each place is what there is")


def _files(settings: Settings, connection: Connection) -> Check:
    """Whether every file that was handed in is still where it was kept; what it holds, `audit verify --files` reads."""
    contents = Contents(settings.files_path)
    digests = connection.execute(select(t.attachment.c.digest).distinct()).scalars().all()
    missing = [digest for digest in digests if not contents.path(digest).is_file()]
    if missing:
        message = Words("材料文件缺 {count} 个，首个 {first}", "{count} files are missing, the first {first}")
        remedy = Words(
            "请核对附件文件夹 {folder}，并从其备份中恢复", "check the folder {folder}, and put them back from its copy"
        ).format(folder=contents.folder)
        return Check("files", State.WRONG, message.format(count=len(missing), first=missing[0]), remedy)
    return Check(
        "files",
        State.WELL,
        Words("材料文件 {count} 个俱在：{folder}", "all {count} files are there: {folder}").format(
            count=len(digests), folder=contents.folder
        ),
    )


def _outbox(connection: Connection, now: datetime) -> Check:
    of = t.message.c
    parked = connection.execute(select(func.count()).select_from(t.message).where(t.is_parked)).scalar_one()
    waiting, oldest = connection.execute(select(func.count(), func.min(of.written_at)).where(t.is_waiting)).one()
    since = "" if oldest is None else f"{oldest.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if parked or (oldest is not None and now - oldest > _LONG):
        message = Words(
            "提醒发不出去：搁置 {parked} 封，待发 {waiting} 封{since_zh}",
            "reminders do not go out: {parked} parked, {waiting} waiting{since_en}",
        ).format(
            parked=parked,
            waiting=waiting,
            since_zh=f"，最早 {since}" if since else "",
            since_en=f", the oldest since {since}" if since else "",
        )
        remedy = Words(
            "请检查邮件服务器（LINXUAN_SMTP_…）和单位邮箱，再运行 linxuan remind release --all 和 linxuan remind",
            "check the mail server (LINXUAN_SMTP_…) and addresses, then run linxuan remind release --all and remind",
        )
        return Check("outbox", State.WARNING, message, remedy)
    return well("outbox", f"提醒无积压（待发 {waiting} 封）", f"no reminders are held up ({waiting} waiting)")


def _overdue(connection: Connection, now: datetime) -> Check:
    # What is due of a nomination, and what is due within a term: a sweep looks at both.
    due = [
        connection.execute(select(func.count(), func.min(at)).where(at <= now - _UNSWEPT)).one()
        for at in (t.nomination.c.due_at, t.tenure.c.next_at)
    ]
    count, oldest = sum(one for one, _ in due), min((at for _, at in due if at), default=now)
    if count:
        message = Words(
            "{count} 件申报到期未办，最早 {since}：没有人在巡检",
            "{count} nominations are overdue, the first since {since}: nobody sweeps",
        )
        remedy = Words(
            "请启动 linxuan up，或定时运行 linxuan sweep", "start linxuan up, or run linxuan sweep on a schedule"
        )
        since = f"{oldest.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return Check("sweep", State.WARNING, message.format(count=count, since=since), remedy)
    return well("sweep", "到期事项均已巡检", "everything that was due has been swept")


def _clocks(connection: Connection, now: datetime, clock: Callable[[], datetime]) -> Iterator[Check]:
    set_clocks = Words("请校准时钟（如启用 NTP）", "set the clocks, for instance by NTP")
    if connection.dialect.name == "postgresql":
        before = clock()
        server = connection.execute(select(func.clock_timestamp())).scalar_one()
        skew = abs(server - before)
        if skew > _SKEW:
            message = Words(
                "数据库服务器与本机时钟相差 {seconds} 秒", "the server's clock is {seconds} s from this one's"
            )
            yield Check("server-clock", State.WARNING, message.format(seconds=round(skew.total_seconds())), set_clocks)
        else:
            yield well("server-clock", "数据库服务器与本机时钟一致", "the server's clock agrees with this machine's")
    newest = _newest_event(connection)
    if newest is not None and newest > now + _SKEW:
        message = Words("最近的办理记录在将来：{at}", "the newest event lies in the future: {at}")
        yield Check("clock", State.WARNING, message.format(at=newest.isoformat()), set_clocks)
    else:
        yield well("clock", "办理时刻都不在将来", "no event lies in the future")


def _newest_event(connection: Connection) -> datetime | None:
    """Return the latest instant among the last events of all programs."""
    of = t.event.c
    last = select(of.program_id, func.max(of.position).label("position")).group_by(of.program_id).subquery()
    payloads = connection.execute(
        select(of.payload).join(last, (of.program_id == last.c.program_id) & (of.position == last.c.position))
    ).scalars()
    return max((at for payload in payloads if (at := instant_of(payload)) is not None), default=None)


def _key(settings: Settings, store: Store) -> Check:
    state, file = key_state(settings, store), settings.key_path
    keep = Words("请从另存的副本放回原来的密钥文件", "put the key file's own copy back")
    what = Words("密钥文件 {file} ", "the key file {file} ").format(file=file)
    if settings.key is not None:
        what = Words("LINXUAN_KEY ", "LINXUAN_KEY ")
        keep = Words(
            "请把 LINXUAN_KEY 改为另存的密钥（64 位十六进制）",
            "set LINXUAN_KEY to the key that was kept (64 hex digits)",
        )
    match state:
        case KeyState.MISSING:
            message = Words("缺少密钥文件 {file}，身份证号码无法解读和查重", "the key file {file} is missing")
            return Check("key", State.WRONG, message.format(file=file), keep)
        case KeyState.DAMAGED:
            return Check("key", State.WRONG, Words("{what}已损坏", "{what}is damaged").format(what=what), keep)
        case KeyState.DIFFERS:
            message = Words("{what}与数据库不符", "{what}is not this database's")
            return Check("key", State.WRONG, message.format(what=what), keep)
        case KeyState.UNNEEDED:
            return well("key", "还没有登记过身份证号码", "no identity number was kept yet")
    return _key_that_agrees(settings)


def _key_that_agrees(settings: Settings) -> Check:
    if settings.key is not None:
        return well("key", "LINXUAN_KEY 相符；请另存一份", "LINXUAN_KEY agrees; keep a copy apart")
    file = settings.key_path
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        message = Words("密钥文件 {file} 别人也能读", "others can read the key file {file}").format(file=file)
        return Check("key", State.WARNING, message, Words("chmod 600 {file}", "chmod 600 {file}").format(file=file))
    return well("key", f"密钥文件 {file} 相符；请另存一份", f"the key file {file} agrees; keep a copy apart")
