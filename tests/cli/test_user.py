"""`linxuan user`, and who may be named with `--actor` before and after somebody is registered."""

import io
import os
import pty
import sys

import pytest

from tests.cli.selection import DRAWN_UP, LUZHOU, OPENED, SCREENED

PASSWORD = "correct horse battery"  # noqa: S105 - nobody has it


@pytest.fixture
def first(linxuan):
    """An installation whose first administrator is registered."""
    assert linxuan("user", "add", "王管理", "--role", "administrator").code == 0
    return linxuan


def typed(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_anybody_registers_the_first_administrator_and_from_then_on_only_people_act(linxuan):
    refused = linxuan("user", "add", "李四", "--role", "operator", "--organization", "江阳区人社局")
    assert (refused.code, "第一个须是不限单位的管理员" in refused.err) == (1, True)
    assert linxuan("organization", "mail", "江阳区人社局", "a@example.org", "--actor", "谁").code == 0

    done = linxuan("user", "add", "王管理", "--role", "administrator", "--json")
    assert (done.code, done.document) == (0, {"name": "王管理", "role": "administrator", "organization": None})

    for command in ("user add 李四 --role supervisor", "program open x", "organization mail 区 a@example.org"):
        asked = linxuan(*command.split(), "--actor", "谁", "--json")
        assert (asked.code, [one["gate"] for one in asked.document["refusals"]]) == (1, ["registered"]), command
        assert "linxuan user add 谁" in asked.err
    unnamed = linxuan("user", "add", "李四", "--role", "supervisor")
    assert (unnamed.code, "--actor" in unnamed.err) == (1, True)


def test_people_are_added_listed_granted_revoked_disabled_and_enabled(first):
    def does(*arguments):
        run = first("user", *arguments, "--actor", "王管理")
        assert run.code == 0, run
        return run.out

    at = ("--organization", "江阳区人社局")
    assert does("add", "李四", "--role", "operator", *at) == (
        "已登记 李四：经办人（江阳区人社局）；用 linxuan user password 李四 设置密码\n"
    )
    assert does("grant", "李四", "--role", "supervisor") == "李四 现为 监督人员（不限单位）\n"
    assert does("disable", "李四") == "李四 已停用\n"
    (listed, _) = first("user", "list", "--json").document
    assert (listed.pop("created_at") < listed.pop("disabled_at")) is True
    assert listed == {
        "name": "李四",
        "roles": [
            {"role": "operator", "organization": "江阳区人社局"},
            {"role": "supervisor", "organization": None},
        ],
        "has_password": False,
        "bound": [],
    }
    assert "李四　经办人（江阳区人社局）、监督人员（不限单位）　没有密码　" in first("user", "list").out
    assert does("enable", "李四") == "李四 已启用\n"
    assert does("revoke", "李四", "--role", "operator", *at) == "李四 不再是 经办人（江阳区人社局）\n"
    assert first("user", "revoke", "李四", "--role", "operator", *at, "--actor", "王管理").code == 2
    assert first("audit", "verify", "--json").document == {"events": 9, "chains": 1, "breaks": 0, "broken": []}


def test_password_is_read_from_the_standard_input_and_printed_nowhere(first, data, monkeypatch):
    typed(monkeypatch, f"{PASSWORD}\n")
    for own in ((), ("--actor", "王管理"), ("--json",)):
        typed(monkeypatch, f"{PASSWORD}\n")
        run = first("user", "password", "王管理", "--stdin", *own)
        assert (run.code, PASSWORD in run.out + run.err) == (0, False)
    assert first("user", "list", "--json").document[0]["has_password"] is True
    assert not [file for file in data.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]
    typed(monkeypatch, "short\n")
    assert first("user", "password", "王管理", "--stdin").code == 2


def test_password_needs_a_terminal_or_the_standard_input(first, monkeypatch):
    typed(monkeypatch, f"{PASSWORD}\n{PASSWORD}\n")
    run = first("user", "password", "王管理")
    assert (run.code, run.err) == (2, "没有终端可以输入密码；从标准输入读取请用 --stdin\n")


def test_own_password_needs_no_role_named(first, monkeypatch):
    first("user", "grant", "王管理", "--role", "supervisor", "--actor", "王管理")
    typed(monkeypatch, f"{PASSWORD}\n")
    assert first("user", "password", "王管理", "--stdin").code == 0
    assert first("user", "password", "王管理", "--stdin", "--actor", "王管理").code == 1


@pytest.mark.parametrize(("second", "code"), [(PASSWORD, 0), ("something else", 2)])
def test_password_typed_at_a_terminal_is_typed_twice_and_not_echoed(data, second, code):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINXUAN_")}
    environment |= {"LINXUAN_DATA": str(data)}
    linxuan = os.path.join(os.path.dirname(sys.executable), "linxuan")  # noqa: PTH118, PTH120 - for exec
    os.spawnve(os.P_WAIT, linxuan, ["linxuan", "user", "add", "王管理", "--role", "administrator"], environment)  # noqa: S606
    child, terminal = pty.fork()
    if child == 0:
        os.execve(linxuan, ["linxuan", "user", "password", "王管理"], environment)  # noqa: S606
    shown = b""
    for prompt, answer in (("密码", PASSWORD), ("再输入一次", second)):
        while prompt.encode() not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, f"{answer}\n".encode())
    _, status = os.waitpid(child, 0)
    while True:
        try:
            shown += os.read(terminal, 1000)
        except OSError:
            break
    os.close(terminal)
    assert (os.waitstatus_to_exitcode(status), PASSWORD.encode() in shown) == (code, False)


def test_work_is_done_by_whoever_has_the_role_and_the_jurisdiction(office, linxuan):
    number = office.draws_up()
    office.receives(number)
    assert linxuan("user", "add", "王管理", "--role", "administrator").code == 0
    for name, role, where in (
        ("钱经办", "operator", "第0机械厂"),
        ("孙经办", "operator", "江阳区人社局"),
        ("周经办", "operator", "龙马潭区人社局"),
    ):
        office.does(DRAWN_UP, "user", "add", name, "--role", role, "--organization", where)

    def tries(actor, move):
        put = office.puts_on_the_form(number)
        run = office.ask(DRAWN_UP, "nomination", "move", number, move, *put, "--actor", actor)
        return run.code if run.code == 0 else run.reasons

    assert tries("周经办", "submit") == ("此件现由第0机械厂办理，您所在的单位是龙马潭区人社局，无权办理“申报”")
    assert tries("钱经办", "submit") == 0
    assert tries("钱经办", "endorse") == ("此件现由江阳区人社局办理，您所在的单位是第0机械厂，无权办理“推荐上报”")
    assert tries("孙经办:administrator", "endorse") == (
        "孙经办没有“管理员”这一角色，现有：孙经办:operator@江阳区人社局"
    )
    assert tries("孙经办", "endorse") == 0
    events = office.ask(DRAWN_UP, "nomination", "history", number).document
    assert [(one["actor"], one["role"], one["organization"]) for one in events[-2:]] == [
        ("钱经办", "operator", "第0机械厂"),
        ("孙经办", "operator", "江阳区人社局"),
    ]


@pytest.mark.usefixtures("first")
def test_reading_needs_nobody(linxuan):
    for command in ("user list", "organization list", "nomination list", "program list", "audit verify", "sweep"):
        assert linxuan(*command.split()).code == 0, command


def test_moves_are_shown_to_nobody_as_to_an_operator_and_to_somebody_as_what_they_are(office, linxuan):
    number = office.draws_up()
    linxuan("user", "add", "王管理", "--role", "administrator")
    office.does(DRAWN_UP, "user", "add", "周经办", "--role", "operator", "--organization", "龙马潭区人社局")

    def refused(*actor):
        moves = office.ask(DRAWN_UP, "nomination", "moves", number, *actor).document
        return {one["move"]: [why["gate"] for why in one["refusals"]] for one in moves}

    assert refused()["withdraw"] == []
    assert refused("--actor", "周经办")["withdraw"] == ["jurisdiction"]
    assert office.ask(DRAWN_UP, "nomination", "moves", number, "--actor", "经办人:operator").code == 1


def test_organizations_are_added_placed_and_shown_as_a_tree(linxuan):
    def does(*arguments):
        run = linxuan("organization", *arguments, "--actor", "管理员甲")
        assert run.code == 0, run
        return run.out

    assert does("add", "江阳区人社局", "--under", "泸州市人社局") == (
        "已登记单位 江阳区人社局\n※ 上级单位 泸州市人社局 之前没有登记，已一并登记\n"
    )
    assert does("place", "第0机械厂", "--under", "江阳区人社局") == "第0机械厂 现隶属于 江阳区人社局\n"
    assert linxuan("organization", "list").out == (
        "泸州市人社局　（没有邮箱）\n　江阳区人社局　（没有邮箱）\n　　第0机械厂　（没有邮箱）\n"
    )
    circle = linxuan("organization", "place", "泸州市人社局", "--under", "第0机械厂", "--actor", "管理员甲")
    assert (circle.code, "第0机械厂本身隶属于泸州市人社局" in circle.err) == (1, True)
    assert does("place", "第0机械厂", "--top") == "第0机械厂 不再隶属于任何单位\n"
    assert linxuan("organization", "place", "第0机械厂", "--actor", "管理员甲").code == 2
    assert {one["name"]: one["parent"] for one in linxuan("organization", "list", "--json").document} == {
        "泸州市人社局": None,
        "江阳区人社局": "泸州市人社局",
        "第0机械厂": None,
    }


@pytest.mark.usefixtures("first")
def test_rehearsal_in_a_database_that_people_work_with_is_refused(linxuan, data):
    url = f"sqlite:///{data / 'linxuan.db'}"
    refused = linxuan("rehearse", LUZHOU, "--nominations", "3", "--database", url)
    assert (refused.code, "此库已登记人员，用于正式工作，不能演练" in refused.err) == (1, True)
    assert linxuan("rehearse", LUZHOU, "--nominations", "3").code == 0


def test_program_is_opened_by_an_administrator_of_its_office_or_of_all(first):
    office, other = "泸州市首席技师评审委员会办公室", "市高技办"
    for name, where in (("主办", office), ("别处", other)):
        added = first("user", "add", name, "--role", "administrator", "--organization", where, "--actor", "王管理")
        assert added.code == 0
    rule = ("program", "rule", LUZHOU, "closing-hour", "--accept", "--now", OPENED)
    refused = first(*rule, "--actor", "别处")
    assert (refused.code, f"本项目由{office}主办，您所在的单位是{other}" in refused.err) == (1, True)
    assert [first(*rule, "--actor", name).code for name in ("主办", "王管理")] == [0, 0]
    assert first("sweep", "--now", SCREENED).code == 0


def test_person_is_bound_to_their_identity_and_unbound(first, monkeypatch):
    bind = ("user", "bind", "王管理", "--actor", "王管理")
    assert "没有配置统一身份认证" in first(*bind, "--subject", "s-1").err
    monkeypatch.setenv("LINXUAN_OIDC_ISSUER", "https://id.example.org")
    monkeypatch.setenv("LINXUAN_OIDC_CLIENT_ID", "linxuan")
    monkeypatch.setenv("LINXUAN_CONSOLE_URL", "https://console.example.org")
    for wrong in ((), ("--subject", "s-1", "--claim", "0042"), ("--claim", "0042")):
        assert first(*bind, *wrong).code == 2, wrong
    done = first(*bind, "--subject", "s-1", "--json")
    assert (done.code, done.document) == (0, {"name": "王管理", "issuer": "https://id.example.org", "claim": "sub"})
    monkeypatch.setenv("LINXUAN_OIDC_CLAIM", "employee_number")
    assert first(*bind, "--claim", "0042").out == "王管理 已绑定统一身份（employee_number）\n"
    assert "已绑定统一身份" in first("user", "list").out
    assert first("user", "unbind", "王管理", "--actor", "王管理").code == 0
    again = first("user", "unbind", "王管理", "--actor", "王管理")
    assert (again.code, "没有绑定统一身份" in again.err) == (2, True)
