"""The register: who sees which nominations, masked and in full, and what is told of it afterwards."""

import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from operations.actors import CLOCK, Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.nominate import Nominated, nominate
from operations.organizations import place_organization
from operations.people import add_person, disable_person
from operations.registers import Registered, write_register
from operations.results import Denied, UnknownError
from programs import Words
from store import Vault
from store.types import UnfitError
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, why

pytestmark = on(SQLITE)

PHONE, ACCOUNT = "13800138000", "6222021234567890128"
OFFICE = "泸州市首席技师评审委员会办公室"

#: Who sees which of the nominations A, B and C, masked and in full; ✗ where the role may not.
#: A is with its unit 长江厂 of 江阳区; B and C are of 龙马潭区, B is screened, C is reviewed.
SEEN = """
administrator                  ABC ABC
administrator@办公室           ABC ABC
administrator@市局             ABC ABC
administrator@江阳区           -   -
operator                       ABC ABC
operator@办公室                ABC ABC
operator@江阳区                A   A
operator@江阳集团              A   A
operator@龙马潭区              BC  BC
operator@长江厂                A   A
operator@长江厂一车间          -   -
operator@专家评议小组          C   C
operator@别处                  -   -
screening                      ABC ABC
screening@办公室               B   B
screening@办公室审查科         B   B
screening@市局                 -   -
screening@长江厂               A   A
screening@别处                 -   -
expert@专家评议小组            C   ✗
expert@别处                    -   ✗
supervisor                     ABC ✗
supervisor@办公室              ABC ✗
supervisor@江阳区              A   ✗
supervisor@别处                -   ✗
clock                          ✗   ✗
"""


@pytest.fixture
def three(luzhou) -> Office:
    """Three nominations with all that is kept of people, at three places of the program and of the tree."""
    by = Act(Actor("王管理"), luzhou.now)
    for unit, nominator, stage in (
        ("长江厂", "江阳区", None),
        ("黄河厂", "龙马潭区", "screening"),
        ("珠江厂", "龙马潭区", "review"),
    ):
        luzhou.nominate(stage, unit=unit, nominator=nominator, phone=PHONE, bank_account=ACCOUNT)
    for below, above in (
        ("办公室审查科", OFFICE),
        (OFFICE, "市局"),
        ("江阳区", "江阳集团"),
        ("长江厂一车间", "长江厂"),
    ):
        assert place_organization(luzhou.desk, below, above, by) is None
    return luzhou


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "名册.xlsx"


def actor_of(told: str) -> Actor:
    role, _, place = told.partition("@")
    return CLOCK if role == "clock" else Actor("某人", Role(role), (OFFICE if place == "办公室" else place) or None)


def registered(office: Office, file: Path, actor: Actor | None = None, reason: str = "发放津贴", **asked: object):
    return write_register(office.desk, office.id, file, Act(actor or Actor("王管理"), office.now, reason), **asked)


def table(file: Path) -> list[dict[str, str]]:
    _title, _remark, headings, *rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    return [dict(zip(headings, row, strict=True)) for row in rows]


def letters(file: Path) -> str:
    return "".join("ABC"[int(row["编号"][-1]) - 1] for row in table(file)) or "-"


def everything_in(file: Path) -> str:
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as package:
        return "".join(package.read(name).decode() for name in package.namelist())


def secrets_of(office: Office) -> set[str]:
    rows = [office.row(f"{office.id}-000{number}") for number in (1, 2, 3)]
    return {PHONE, PHONE[3:], ACCOUNT, *(office.desk.vault.unseal(row.identity) for row in rows)}


@on(*KINDS)
def test_everybody_sees_the_nominations_of_the_table_and_no_other(three, file):
    found, told = [], []
    for line in SEEN.split("\n")[1:-1]:
        who, *expected = line.split()
        seen = []
        for in_full in (False, True):
            done = registered(three, file, actor_of(who), in_full=in_full)
            seen.append("✗" if isinstance(done, Denied) else letters(file))
            file.unlink(missing_ok=True)
        found.append((who, *seen))
        told.append((who, *expected))
    assert found == told


@on(*KINDS)
@pytest.mark.parametrize("role", ["administrator", "operator@江阳区", "screening", "expert@专家评议小组", "supervisor"])
def test_masked_register_holds_nothing_in_full_and_is_no_event(three, file, role):
    before = three.contents()
    assert isinstance(registered(three, file, actor_of(role)), Registered)
    assert [one for one in secrets_of(three) if one in everything_in(file)] == []
    assert three.contents() == before


def test_masked_register_shows_the_ends(three, file):
    identity = three.desk.vault.unseal(three.row(f"{three.id}-0001").identity)
    assert registered(three, file) == Registered(3, 0)
    first = table(file)[0]
    assert [first[heading] for heading in ("身份证号码", "联系电话", "银行账号")] == [
        f"{identity[:3]}{'*' * 13}{identity[-2:]}",
        f"+86{'*' * 9}00",
        f"622{'*' * 14}28",
    ]


def test_register_in_full_tells_what_is_kept_as_text_and_one_event_says_of_whom(three, file):
    before = len(three.events())
    assert registered(three, file, in_full=True) == Registered(3, 3)
    assert [(row["身份证号码"], row["联系电话"], row["银行账号"]) for row in table(file)] == [
        (three.desk.vault.unseal(three.row(row["编号"]).identity), f"+86{PHONE}", ACCOUNT) for row in table(file)
    ]
    (event,) = three.events()[before:]
    assert {name: event[name] for name in ("kind", "actor", "reason", "count", "numbers", "kinds")} == {
        "kind": "details.exported",
        "actor": "王管理",
        "reason": "发放津贴",
        "count": 3,
        "numbers": ["0001-0003"],
        "kinds": ["identity", "phone", "bank-account"],
    }
    assert [one for one in secrets_of(three) if one in repr(three.contents())] == []


def test_event_names_those_alone_whose_data_was_seen(three, file):
    for number in (4, 5, 6):
        three.nominate(nominator="江阳区" if number != 5 else "龙马潭区")
    assert registered(three, file, Actor("某人", Role.OPERATOR, "江阳区"), in_full=True) == Registered(3, 3)
    assert [(one["count"], one["numbers"]) for one in three.events() if one["kind"] == "details.exported"] == [
        (3, ["0001", "0004", "0006"])
    ]


def test_nobody_in_the_register_is_no_event(three, file):
    before = three.contents()
    assert registered(three, file, Actor("某人", Role.OPERATOR, "别处"), in_full=True) == Registered(0, 0)
    assert three.contents() == before


def test_columns_are_those_that_the_program_needs(three, studio, file):
    registered(three, file)
    assert list(table(file)[0]) == [
        "编号", "姓名", "工作单位", "推荐单位", "职业技能等级", "每年为本单位培养5名以上青年高技能人才",
        "所处环节", "何时起", "待办单位", "奖项", "身份证号码", "联系电话", "银行账号",
    ]  # fmt: skip
    assert isinstance(nominate(studio.desk, studio.id, studio.draft(), studio.act()), Nominated)
    registered(studio, file)
    assert [heading for heading in table(file)[0] if heading in ("工作室", "类别", "推荐渠道", "特征", "联系电话")] == [
        "工作室", "类别", "推荐渠道", "特征",
    ]  # fmt: skip


def test_row_says_where_a_nomination_stands_and_since_when(three, file):
    registered(three, file)
    last = table(file)[-1]
    assert (last["编号"], last["工作单位"], last["推荐单位"], last["所处环节"], last["何时起"], last["待办单位"]) == (
        f"{three.id}-0003",
        "珠江厂",
        "龙马潭区",
        "专家评议",
        "2019-07-15 10:00",
        "专家评议小组",
    )


def test_only_a_stage_or_a_category_is_written_where_one_is_named(three, file):
    for stage, expected in (("recommendation", "A"), ("recommendation.unit", "A"), ("review", "C"), ("issuance", "-")):
        registered(three, file, stage=stage)
        assert letters(file) == expected
    for asked in ({"stage": "moon"}, {"category": "moon"}):
        with pytest.raises(UnknownError):
            registered(three, file, **asked)


def test_category_is_kept_apart(office_of, file):
    technician = office_of("bayu-special-grade-technician")
    numbers = [technician.nominate(category=category) for category in ("skilled", "heritage")]
    registered(technician, file, category="heritage")
    assert [(row["编号"], row["类别"]) for row in table(file)] == [(numbers[1], "非遗类")]


def test_reason_is_asked_for_and_holds_no_identity_number(three, file):
    before = three.contents()
    assert why(registered(three, file, reason=" ", in_full=True)) == [("reason-stated", None)]
    identity = three.desk.vault.unseal(three.row(f"{three.id}-0001").identity)
    with pytest.raises(UnfitError):
        registered(three, file, reason=f"核对{identity}", in_full=True)
    assert (three.contents(), list(file.parent.iterdir())) == (before, [])


def test_file_that_was_there_stays_where_the_register_is_refused(three, file):
    file.write_text("旧")
    assert why(registered(three, file, Actor("某人", Role.EXPERT), in_full=True)) == [("authority", None)]
    assert (file.read_text(), list(file.parent.iterdir())) == ("旧", [file])


def test_somebody_unknown_or_disabled_gets_nothing(three, file):
    by = Act(Actor("王管理"), three.now)
    assert add_person(three.desk, "王管理", Role.ADMINISTRATOR, None, by) is None
    assert add_person(three.desk, "李四", Role.OPERATOR, "江阳区", by) is None
    operator = Actor("李四", Role.OPERATOR, "江阳区")
    assert registered(three, file, operator, in_full=True) == Registered(1, 1)
    file.unlink()
    assert disable_person(three.desk, "李四", by) is None
    assert why(registered(three, file, operator)) == [("enabled", None)]
    assert why(registered(three, file, Actor("张三", Role.OPERATOR, "江阳区"))) == [("registered", None)]
    assert why(registered(three, file, Actor("李四"))) == [("enabled", None)]
    assert not file.exists()


def test_without_the_key_all_is_hidden_and_nothing_is_told_in_full(three, file, store, calendar):
    def missing() -> Vault:
        raise UnknownError(Words("缺少密钥", "no key"))

    three.desk = Desk(store, calendar, missing)
    assert registered(three, file) == Registered(3, 0)
    assert {row["身份证号码"] for row in table(file)} == {"*****"}
    with pytest.raises(UnknownError):
        registered(three, file, in_full=True)


def test_register_is_for_its_owner_alone(three, file):
    registered(three, file, in_full=True)
    assert file.stat().st_mode & 0o777 == 0o600
