"""Whether the history can only be appended to: the triggers that see to it, and who could take them away."""

from collections.abc import Iterator

from sqlalchemy import text

from operations.checks import Check, State, well
from programs import Words
from store import Store
from store.migrate import is_empty, newest_revision, revision_of

_HISTORY = ("event", "link", "installation_event", "installation_link", "delivery")

#: What keeps the history append-only, on each database.
_TRIGGERS = {
    "sqlite": {f"{table}_refuses_{change}" for table in _HISTORY for change in ("update", "delete")},
    "postgresql": {f"{table}_append_only" for table in _HISTORY},
}
_TRIGGERS_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
}

#: Who is connected, and whether that role could drop a trigger of the history: owners of the table can, owners of its
#: schema (who can drop the table), whoever may become one of them, and superusers, of whom PostgreSQL says they may.
_MIGHT_DROP = """
SELECT current_user, coalesce(bool_or(
    pg_has_role(tables.relowner, 'MEMBER') OR pg_has_role(schemas.nspowner, 'MEMBER')
), false)
FROM pg_trigger triggers
JOIN pg_class tables ON tables.oid = triggers.tgrelid
JOIN pg_namespace schemas ON schemas.oid = tables.relnamespace
WHERE triggers.tgname = ANY(:names)
"""


def history_checks(store: Store) -> Iterator[Check]:
    """Check the triggers and, on a server, the role that is connected; a database without the product has neither."""
    yield _integrity(store)
    if store.engine.dialect.name == "postgresql" and not is_empty(store):
        yield _role(store)


def _integrity(store: Store) -> Check:
    kind = store.engine.dialect.name
    with store.read() as connection:
        found = connection.scalar(text("PRAGMA quick_check(1)")) if kind == "sqlite" else "ok"
        there = set(connection.execute(text(_TRIGGERS_THERE[kind])).scalars())
    if found != "ok":
        message = Words("数据库文件已损坏：{found}", "the database file is damaged: {found}").format(found=found)
        remedy = Words("请用 linxuan restore --force 恢复备份", "restore a backup with linxuan restore --force")
        return Check("integrity", State.WRONG, message, remedy)
    missing = _TRIGGERS[kind] - there
    if revision_of(store) != newest_revision():
        # The log of deliveries came later than the history.
        missing = {name for name in missing if not name.startswith("delivery")}
    if missing and not is_empty(store):
        message = Words("防改写的触发器缺失或停用：{names}", "triggers that protect the history are missing: {names}")
        remedy = Words(
            "有人动过数据库；请运行 linxuan audit verify 核验，并从备份恢复",
            "somebody has been at the database; run linxuan audit verify, and restore a backup",
        )
        return Check("integrity", State.WRONG, message.format(names="、".join(sorted(missing))), remedy)
    return well("integrity", "数据库完好，办理记录只能追加", "the database is whole, and its history append-only")


def _role(store: Store) -> Check:
    with store.read() as connection:
        role, might = connection.execute(text(_MIGHT_DROP), {"names": sorted(_TRIGGERS["postgresql"])}).one()
    if not might:
        return well(
            "role",
            f"数据库角色 {role} 不拥有数据表，去不掉防改写的触发器",
            f"the role {role} owns no table, and cannot take away the triggers that protect the history",
        )
    message = Words(
        "数据库角色 {role} 拥有数据表（或为超级用户），可以去掉防改写的触发器，只有另存的链首能证明办理记录没有被改",
        "the role {role} owns the tables (or is a superuser), so it could take away the triggers that protect the "
        "history; only heads that were exported elsewhere prove that nothing was changed",
    ).format(role=role)
    remedy = Words(
        "请让表主与运行各用一个角色（deploy/databases.sql；已有的数据库见 docs/flows.md），"
        "LINXUAN_DATABASE 用不拥有数据表的那个，表主只用于 linxuan migrate 和 linxuan restore",
        "let one role own the tables and another one run (deploy/databases.sql; docs/flows.md for a database that is "
        "there already): LINXUAN_DATABASE names the one that owns nothing, and the owner is for linxuan migrate and "
        "linxuan restore alone",
    )
    return Check("role", State.WARNING, message, remedy)
