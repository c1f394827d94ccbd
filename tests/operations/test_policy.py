"""The policy: every role × every move × every jurisdiction, and all else that is done, written out in full."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import insert, select

from deadlines.schedules import parse_schedule
from operations.actors import CLOCK, OF_PEOPLE, PUBLIC, Actor, Player, Role
from operations.acts import Act
from operations.amend import amend
from operations.attachments import take_copies
from operations.authority import Authority, refuses
from operations.calendars import load_schedule
from operations.certify import number_certificates
from operations.decide import decide
from operations.intakes import extend_deadline
from operations.issue import issue
from operations.jurisdictions import Matter, is_their_own
from operations.materials import Attached, Offered, attach, receive
from operations.migrating import Wanted, migrate
from operations.move import move, move_many
from operations.nominate import nominate
from operations.objections import Outcome, lodge, settle
from operations.opening import confirm_ruling, open_program
from operations.organizations import add_organization, place_organization, set_mail
from operations.people import add_person, disable_person, enable_person, grant_role, revoke_role, set_password
from operations.personal import PersonalKind, keep_details, reveal
from operations.policy import Deed, grants
from operations.publicize import publicize
from operations.rankings import reopen_ranking, resolve_tie, settle_ranking
from operations.recommending import order
from operations.recording import PastDraft, PastKind, end_past, record_past, remove_past
from operations.results import Batch, Denied
from operations.score_sheets import export_sheet
from operations.scores import enter_score
from operations.screen import judge, report
from programs import Program
from programs.materials import Medium
from programs.model import RouteKind
from states import Endorsement, Move, Result
from store import tables as t
from tests import files
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import Office, said, why
from tests.operations.schedules import SCHEDULE

pytestmark = on(SQLITE)

#: Where somebody is, by a letter: at the office that holds the nomination, below it, above it, or beside it; at the
#: program's own office, or above that; at the nominee's unit, above or below it; at the nominator, above or below it;
#: somewhere of which nothing is known; or nowhere, for all of them.
PLACES = {
    "o": "受理处",
    "b": "受理处审查科",
    "a": "市局",
    "x": "市局另一处",
    "O": "评委会办公室",
    "A": "省厅",
    "u": "长江厂",
    "U": "长江集团",
    "w": "长江厂一车间",
    "n": "江阳区局",
    "N": "泸州市局",
    "m": "江阳区局某科",
    "e": "某单位",
    "-": None,
}
PARENTS = {"b": "o", "o": "a", "x": "a", "O": "A", "u": "U", "w": "u", "n": "N", "m": "n"}

#: Who may make a move: an administrator, whoever holds it; then an operator and a screening officer, where the office,
#: the unit and the nominator hold it. Nobody else makes any of them.
JURISDICTIONS = """
            administrator  operator: office  unit   nominator  screening: office  unit  nominator
submit      OA-                      oa-     uUnN-  uUnN-                 ·       ·     ·
endorse     OA-                      oa-     uU-    nN-                   ·       ·     ·
accept      OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
return      OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
reject      OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
advance     OA-                      oa-     uU-    nN-                   ·       ·     ·
eliminate   OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
choose      OA-                      oa-     uU-    nN-                   ·       ·     ·
reserve     OA-                      oa-     uU-    nN-                   ·       ·     ·
replace     OA-                      oa-     uU-    nN-                   ·       ·     ·
approve     OA-                      oa-     uU-    nN-                   ·       ·     ·
publish     OA-                      oa-     uU-    nN-                   ·       ·     ·
object      OA-                      oa-     uU-    nN-                   ·       ·     ·
settle      OA-                      oa-     uU-    nN-                   ·       ·     ·
uphold      OA-                      oa-     uU-    nN-                   ·       ·     ·
correct     OA-                      oa-     uU-    nN-                   ·       ·     ·
defer       OA-                      oa-     uU-    nN-                   ·       ·     ·
close       ·                        ·       ·      ·                     ·       ·     ·
issue       OA-                      oa-     uU-    nN-                   ·       ·     ·
assess      OA-                      oa-     uU-    nN-                   ·       ·     ·
fail        OA-                      oa-     uU-    nN-                   ·       ·     ·
rectify     OA-                      oa-     uU-    nN-                   ·       ·     ·
revoke      OA-                      oa-     uU-    nN-                   ·       ·     ·
expire      ·                        ·       ·      ·                     ·       ·     ·
lapse       ·                        ·       ·      ·                     ·       ·     ·
withdraw    OA-                      oauUnN- uUnN-  uUnN-                 ·       ·     ·
disqualify  OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
undo        OA-                      ·       ·      ·                     ·       ·     ·
nominate    OA-                      oa-     uUnN-  uUnN-                 ob-     uw-   nm-
receive     OA-                      oa-     uUnN-  uUnN-                 ob-     uw-   nm-
attach      OA-                      oa-     uUnN-  uUnN-                 ob-     uw-   nm-
see-files   OA-                      oauUnN- uUnN-  uUnN-                 ob-     uw-   nm-
keep-details OA-                     oauUnN- uUnN-  uUnN-                 ob-     uw-   nm-
see-details OA-                      oauUnN- uUnN-  uUnN-                 ob-     uw-   nm-
see-nominations OA-                  oauUnN-OA uUnN-OA uUnN-OA            ob-     uw-   nm-
see-program OA-                      OA-     OA-    OA-                   OA-     OA-   OA-
judge       OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
report      OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
score       OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
tally       OA-                      oa-     uU-    nN-                   ·       ·     ·
rank        OA-                      oa-     uU-    nN-                   ·       ·     ·
reopen-ranking OA-                   ·       ·      ·                     ·       ·     ·
certify     OA-                      oa-     uU-    nN-                   ·       ·     ·
order       OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
see-order   OA-                      oa-OA   uU-OA  nN-OA                 ob-   uw-   nm-
hold-ballot OA-                      oa-     uU-    nN-                   ·       ·     ·
cast        OA-                      oa-     uU-    nN-                   ·       ·     ·
annul-ballot OA-                     ·       ·      ·                     ·       ·     ·
see-results OA-                      oa-     uU-    nN-                   ob-     uw-   nm-
rule        OA-                      ·       ·      ·                     ·       ·     ·
open        OA-                      ·       ·      ·                     ·       ·     ·
extend      OA-                      ·       ·      ·                     ·       ·     ·
amend       OA-                      ·       ·      ·                     ·       ·     ·
migrate     OA-                      ·       ·      ·                     ·       ·     ·
register-nominator OA-               ·       ·      ·                     ·       ·     ·
draw-panel  OA-                      ·       ·      ·                     ·       ·     ·
answer-invitation OA-                ·       ·      ·                     ·       ·     ·
pledge      ·                        ·       ·      ·                     ·       ·     ·
recuse      OA-                      oa-     uU-    nN-                   ·       ·     ·
see-panel   OA-                      oa-     uU-    nN-                   ·       ·     ·
handle-objection OA-                 oa-     uU-    nN-                   ·       ·     ·
see-objection OA-                    oa-     uU-    nN-                   ·       ·     ·
report-duties OA-                    oauUnN- uUnN-  uUnN-                 ·       ·     ·
appoint     OA-                      oa-     uU-    nN-                   ·       ·     ·
pay         OA-                      oa-     uU-    nN-                   ·       ·     ·
stop-benefits OA-                    oa-     uU-    nN-                   ·       ·     ·
acknowledge OA-                      oa-OA   uU-OA  nN-OA                 ·       ·     ·
subscribe   OA-                      oa-     uU-    nN-                   ·       ·     ·
settle-message OA-                   ·       ·      ·                     ·       ·     ·
release-message OA-                  OA-     OA-    OA-                   ·       ·     ·
invite-nominee OAuUnN-               OAuUnN- OAuUnN- OAuUnN-              ·       ·     ·
"""

#: What an expert does themselves, wherever they are, and no other expert does for them.
OWN = {"declare-tie", "answer-invitation", "pledge", "recuse", "cast", "acknowledge"}

#: What experts do too, for whom their organization works.
FOR_EXPERTS = ("report", "score", "see-files", "see-nominations", "see-program", "see-results")

#: What is about one organization, 长江厂 here, and no nomination; of others than administrators, who else may.
ABOUT_ONE = """
                    administrator  operator  screening
set-mail            uU-            uU-       uU-
place-organization  uU-            ·         ·
manage-person       uU-            ·         ·
manage-role         uU-            ·         ·
add-organization    -              ·         ·
load-schedule       -              ·         ·
rotate-key          -              ·         ·
record-past         -              ·         ·
keep-expert         -              ·         ·
see-pool            -              ·         ·
declare-tie         -              ·         ·
"""

#: administrator, operator, screening, expert, supervisor, clock, the public, a nominee of nobody: ✓ may, · may not.
ACTS = """
nominate         ✓ ✓ ✓ · · · · ·
receive          ✓ ✓ ✓ · · · · ·
attach           ✓ ✓ ✓ · · · · ·
take             ✓ ✓ ✓ ✓ · · · ·
keep_details     ✓ ✓ ✓ · · · · ·
reveal           ✓ ✓ ✓ · · · · ·
judge            ✓ ✓ ✓ · · · · ·
report           ✓ ✓ ✓ ✓ · · · ·
score            ✓ ✓ ✓ ✓ · · · ·
export_sheet     ✓ ✓ ✓ ✓ · · · ·
rank             ✓ ✓ · · · · · ·
resolve_tie      ✓ ✓ · · · · · ·
reopen           ✓ · · · · · · ·
rule             ✓ · · · · · · ·
open             ✓ · · · · · · ·
extend           ✓ · · · · · · ·
amend            ✓ · · · · · · ·
migrate          ✓ · · · · · · ·
load             ✓ · · · · · · ·
set_mail         ✓ ✓ ✓ · · · · ·
add_organization ✓ · · · · · · ·
place            ✓ · · · · · · ·
decide           ✓ ✓ · · · · · ·
publicize        ✓ ✓ · · · · · ·
lodge            ✓ ✓ · · · · ✓ ·
lodge_another    ✓ ✓ · · · · ✓ ·
dismiss_one      ✓ ✓ · · · · · ·
uphold_one       ✓ ✓ · · · · · ·
issue            ✓ ✓ · · · · · ·
certify          ✓ ✓ · · · · · ·
order            ✓ ✓ ✓ · · · · ·
move             ✓ ✓ ✓ · · · · ·
"""

#: The same for what is done with people, once there are some.
ACTS_ON_PEOPLE = """
add_person       ✓ · · · · · · ·
grant            ✓ · · · · · · ·
revoke           ✓ · · · · · · ·
disable          ✓ · · · · · · ·
enable           ✓ · · · · · · ·
password         ✓ · · · · · · ·
"""

#: The columns of the tables above; security officers have none, since all but people is nothing to them.
COLUMNS = (
    Role.ADMINISTRATOR,
    Role.OPERATOR,
    Role.SCREENING,
    Role.EXPERT,
    Role.SUPERVISOR,
    Role.CLOCK,
    Role.PUBLIC,
    Role.NOMINEE,
)
ROLES = (*COLUMNS, Role.SECURITY)
#: What a security officer does.
SECURING = ("manage-person", "manage-role")


def rows(table: str) -> dict[str, dict[Role, bool]]:
    lines = [line.split() for line in table.split("\n") if line]
    security = table == ACTS_ON_PEOPLE
    return {
        name: {role: mark == "✓" for role, mark in zip(COLUMNS, marks, strict=True)} | {Role.SECURITY: security}
        for name, *marks in lines
    }


def cells(table: str) -> dict[str, list[str]]:
    """The marks of each row of a table with a heading."""
    return {name: marks for name, *marks in (line.split() for line in table.split("\n")[2:] if line)}


def deed_of(name: str) -> Move | Deed:
    return Move(name) if name in set(Move) else Deed(name)


def refused_by(gate: str, outcome: object) -> bool:
    denied = outcome.denied if isinstance(outcome, Batch) else [outcome] if isinstance(outcome, Denied) else []
    return any(refusal.gate == gate for one in denied for refusal in one.refusals)


@pytest.fixture
def tree(desk):
    """The organizations of the tables, each below the other."""
    with desk.store.write() as transaction:
        for place in PLACES.values():
            if place and place != PLACES["e"]:
                transaction.connection.execute(insert(t.organization).values(name=place))
        for place, parent in PARENTS.items():
            transaction.connection.execute(
                t.organization.update().where(t.organization.c.name == PLACES[place]).values(parent=PLACES[parent])
            )
    return desk


def places_of(connection, role: Role, deed: Move | Deed, matter: Matter) -> str:
    """Where somebody in this role may do this."""
    found = ""
    for letter, place in PLACES.items():
        authority = Authority(connection, Actor("某人", role, place))
        found += letter if authority.refuses(deed, matter) is None else ""
    return "".join(sorted(found)) or "·"


def matter_held_by(holder: str) -> Matter:
    return Matter("p", PLACES["O"], PLACES[holder], PLACES["u"], PLACES["n"])


def test_policy_knows_every_role_every_move_and_every_deed():
    assert set(ROLES) == set(Role)
    told = {*cells(JURISDICTIONS), *cells(ABOUT_ONE)}
    assert told == {move.value for move in Move} | {deed.value for deed in Deed}


@pytest.mark.parametrize("name", cells(JURISDICTIONS))
def test_everything_is_for_the_roles_and_jurisdictions_of_the_table(tree, name):
    administrator, *others = cells(JURISDICTIONS)[name]
    expected = {Role.ADMINISTRATOR: [administrator] * 3, Role.OPERATOR: others[:3], Role.SCREENING: others[3:]}
    expected[Role.EXPERT] = others[3:] if name in FOR_EXPERTS else ["·"] * 3
    # A supervisor reads what their tree runs, holds or puts forward.
    all_of_it = ["oauUnN-OA", "uUnN-OA", "uUnN-OA"]
    overseen = {
        "see-nominations": all_of_it,
        "see-results": all_of_it,
        "see-objection": all_of_it,
        "see-order": all_of_it,
        "see-program": ["OA-"] * 3,
    }
    expected[Role.SUPERVISOR] = overseen.get(name, ["·"] * 3)
    deed = deed_of(name)
    by_clock = isinstance(deed, Move) and deed.by_clock
    expected[Role.CLOCK] = ["".join(PLACES) if by_clock else "·"] * 3
    # Anybody objects while a list is public.
    expected[Role.PUBLIC] = ["".join(PLACES) if deed is Move.OBJECT else "·"] * 3
    # Where somebody is makes nobody's nomination theirs.
    expected[Role.NOMINEE] = expected[Role.SECURITY] = ["·"] * 3
    with tree.store.read() as connection:
        found = {role: [places_of(connection, role, deed, matter_held_by(holder)) for holder in "oun"] for role in Role}
    assert found == {role: ["".join(sorted({*cell})) for cell in told] for role, told in expected.items()}


@pytest.mark.parametrize("name", cells(ABOUT_ONE))
def test_what_is_about_one_organization_is_for_those_at_or_above_it(tree, name):
    supervisor = "-" if name == "see-pool" else "·"
    told = [*cells(ABOUT_ONE)[name], "·", supervisor, "·", "·", "·"]
    told.append(told[0] if name in SECURING else "·")
    within = Matter(within=(PLACES["u"],))
    with tree.store.read() as connection:
        found = [places_of(connection, role, deed_of(name), within) for role in ROLES]
    assert found == ["".join(sorted(cell)) for cell in told]


@pytest.mark.parametrize("deed", Deed)
def test_what_is_an_expert_s_own_is_theirs_wherever_they_are_and_nobody_else_s(tree, deed):
    matter = replace(matter_held_by("o"), expert="张三", within=(PLACES["u"],))
    with tree.store.read() as connection:
        found = [places_of(connection, Role.EXPERT, deed, replace(matter, own=own)) for own in (True, False)]
    everywhere = "".join(sorted(PLACES))
    reporting = {"see-program": "OA-"}.get(deed.value, "bo-" if deed.value in FOR_EXPERTS else "·")
    expected = [everywhere, "·"] if deed.value in OWN else ["".join(sorted(reporting))] * 2
    assert found == expected


def test_program_that_is_announced_is_seen_by_all_but_administrators_of_others(tree):
    announced = replace(matter_held_by("o"), announced=True)
    with tree.store.read() as connection:
        found = {role: places_of(connection, role, Deed.SEE_PROGRAM, announced) for role in ROLES}
    everywhere = "".join(sorted(PLACES))
    expected = dict.fromkeys((Role.OPERATOR, Role.SCREENING, Role.EXPERT, Role.SUPERVISOR), everywhere)
    others = dict.fromkeys((Role.CLOCK, Role.PUBLIC, Role.NOMINEE, Role.SECURITY), "·")
    assert found == {**expected, Role.ADMINISTRATOR: "-AO", **others}


def test_somebody_else_s_own_matter_names_whose_it_is(tree):
    with tree.store.read() as connection:
        refusal = refuses(connection, Actor("李四", Role.EXPERT), Deed.PLEDGE, Matter("p", expert="张三"))
        by_office = refuses(
            connection, Actor("李四", Role.OPERATOR, "某处"), Deed.RECUSE, Matter("p", "某局", "某局", expert="张三")
        )
    assert (refusal.gate, refusal.reason.zh) == ("own", "“签署承诺”须由张三本人办理，您是李四")
    assert by_office.remedy.zh == "请由某局或其上级单位的经办人、管理员，或由张三本人办理"


#: What a nominee does with their own nomination, by the route that it came: while it is with their side, and while an
#: office holds it.
BY_NOMINEES = """
                 organization  public  self
see-nominations  ✓✓            ✓✓      ✓✓
see-files        ✓✓            ✓✓      ✓✓
attach           ··            ··      ✓·
submit           ··            ··      ✓·
"""


def test_nominee_does_with_their_own_nomination_what_the_table_says_and_nothing_with_another(craftsman):
    number, other = craftsman.nominate(), craftsman.nominate()
    own = craftsman.row(number).id
    by = Act(Actor("王管理"), craftsman.now)
    assert add_person(craftsman.desk, "王管理", Role.ADMINISTRATOR, None, by) is None
    with craftsman.desk.store.write() as transaction:
        connection = transaction.connection
        made = connection.execute(insert(t.person).values(name="第1人", created_at=craftsman.now)).inserted_primary_key
        connection.execute(insert(t.organization).prefix_with("OR IGNORE").values(name="第1厂"))
        connection.execute(insert(t.person_role).values(person_id=made[0], role="nominee", organization="第1厂"))
        values = {"person_id": made[0], "nomination_id": own, "bound_at": craftsman.now}
        connection.execute(insert(t.own_nomination).values(values))
    told = {name: marks for name, *marks in (line.split() for line in BY_NOMINEES.split("\n")[2:] if line)}
    found: dict[str, list[str]] = {}
    with craftsman.desk.store.read() as connection:
        authority = Authority(connection, Actor("第1人", Role.NOMINEE, "第1厂"))
        strangers = Authority(connection, Actor("第1人", Role.EXPERT, "第1厂"))
        for deed in (*Move, *Deed):
            marks = []
            for route in RouteKind:
                mine = [
                    Matter("p", "某局", holder, "第1厂", "江阳区", case=own, route=route)
                    for holder in ("第1厂", "某局")
                ]
                marks.append("".join("·" if authority.refuses(deed, one) else "✓" for one in mine))
                # Nor is anything theirs by a claim that it is, or of another nomination, or in another role.
                foreign = [replace(one, case=craftsman.row(other).id, theirs=True, own=True) for one in mine]
                assert all(authority.refuses(deed, one) for one in (*foreign, Matter("p", "某局", theirs=True)))
            if {*marks} != {"··"}:
                found[deed.value] = marks
        assert strangers.refuses(Deed.SEE_FILES, Matter("p", "某局", "某局", case=own, theirs=True)) is not None
    assert found == told


def test_office_takes_in_what_comes_without_an_organization_while_it_is_with_the_nominee(tree):
    def places(deed: Move | Deed, holder: str, route: RouteKind | None) -> str:
        matter = Matter("p", PLACES["O"], PLACES[holder], PLACES["u"], PLACES["u"], route=route)
        with tree.store.read() as connection:
            return places_of(connection, Role.OPERATOR, deed, matter)

    for deed in (Move.SUBMIT, Deed.NOMINATE, Deed.RECEIVE, Deed.ATTACH):
        found = {route: (places(deed, "u", route), places(deed, "o", route)) for route in (*RouteKind, None)}
        assert found == {
            RouteKind.ORGANIZATION: ("-Uu", "-ao"),
            RouteKind.PUBLIC: ("-AOUu", "-ao"),
            RouteKind.SELF: ("-AOUu", "-ao"),
            None: ("-Uu", "-ao"),
        }


def test_what_is_about_all_organizations_is_nobody_s_of_one(tree):
    for deed in (Deed.MANAGE_PERSON, Deed.MANAGE_ROLE, Deed.PLACE_ORGANIZATION):
        for within in ((), (None,), (PLACES["u"], None)):
            with tree.store.read() as connection:
                assert places_of(connection, Role.ADMINISTRATOR, deed, Matter(within=within)) == "-"


def test_move_refused_for_the_role_names_who_may_make_it(tree):
    with tree.store.read() as connection:
        refusal = refuses(connection, Actor("某人", Role.EXPERT), Move.ACCEPT, matter_held_by("o"))
    assert (refusal.gate, refusal.reason.zh, refusal.remedy.zh) == (
        "authority",
        "专家无权办理“受理通过”",
        "请由管理员、经办人、审查人员办理",
    )


def test_move_refused_for_the_jurisdiction_names_who_holds_it_and_who_may_make_it(tree):
    with tree.store.read() as connection:
        refusal = refuses(connection, Actor("某人", Role.OPERATOR, "另区局"), Move.ACCEPT, matter_held_by("n"))
    assert (refusal.gate, refusal.reason.zh, refusal.remedy.zh) == (
        "jurisdiction",
        "此件现由江阳区局办理，您所在的单位是另区局，无权办理“受理通过”",
        (
            "请由江阳区局或其上级单位的经办人，或由江阳区局或其下属单位的审查人员，"
            "或由评委会办公室或其上级单位的管理员办理"
        ),
    )
    assert refusal.reason.en == "it is with 江阳区局 now; you are of 另区局, which may not do “accept”"
    assert refusal.remedy.en == (
        "ask the operator of 江阳区局 or one above it, or the screening officer of 江阳区局 or one below it, "
        "or the administrator of 评委会办公室 or one above it"
    )


def test_every_refusal_says_what_is_missing_and_who_has_it(tree):
    with tree.store.read() as connection:
        for deed in (*Move, *Deed):
            for role, asks in grants(deed).items():
                if asks is is_their_own or role is Role.NOMINEE:
                    continue
                matter = Matter("p", PLACES["O"], PLACES["o"], PLACES["u"], PLACES["n"], (PLACES["u"],))
                refusal = refuses(connection, Actor("某人", role, "别处"), deed, matter)
                assert (refusal.gate, "您所在的单位是别处" in refusal.reason.zh) == ("jurisdiction", True)
                assert role.label.zh in refusal.remedy.zh
                assert "None" not in "".join((*refusal.reason, *refusal.remedy))


def test_move_of_time_is_nobody_else_s(tree):
    with tree.store.read() as connection:
        refusal = refuses(connection, Actor("某人"), Move.CLOSE, matter_held_by("o"))
        assert (refusal.reason.zh, refusal.remedy.zh) == ("“公示期满”只能由到期巡检办理", "请等到期限届满")
        assert refuses(connection, CLOCK, Move.CLOSE, matter_held_by("o")) is None


PAST = PastDraft(PastKind.BAN, "弄虚作假", "某人", "某厂", date(2018, 1, 1), "某人社〔2018〕1号")


class Acts:
    """One thing of every kind that is done, each ready to be done."""

    def __init__(self, office: Office, fresh: Office, photo: Offered) -> None:
        self.office = office
        self.fresh = fresh
        screened, reviewed, issued, waiting = (
            office.nominate(stage) for stage in ("screening", "review", "issuance", "publicity")
        )
        office.publicize()
        self.objected, self.public = waiting, office.nominate("decision")
        office.decide("decision", {self.public: "chief-technician"})
        office.publicize()
        self.objections = [lodge(office.desk, waiting, "某单位", "反映问题", office.act()) for _ in range(2)]
        recorder = Act(Actor("王管理"), office.now, "登记")
        self.pasts = [record_past(office.desk, replace(PAST, holder=f"第{one}人"), recorder) for one in range(2)]
        self.screened, self.reviewed, self.issued = screened, reviewed, issued
        self.photo = photo
        self.photographed = reviewed
        done = attach(office.desk, reviewed, ("photo", Medium.ELECTRONIC), [photo], office.act())
        assert isinstance(done, Attached)
        self.waiting = office.nominate("publicity")
        self.deciding = office.nominate("decision")
        self.moving = office.nominate("screening")

    def nominate(self, act: Act):
        return nominate(self.office.desk, self.office.id, self.office.draft(), act)

    def certify(self, act: Act):
        return number_certificates(self.office.desk, self.office.id, act)

    def order(self, act: Act):
        return order(self.office.desk, self.office.id, "江阳区", [self.screened, self.reviewed], act)

    def receive(self, act: Act):
        return receive(self.office.desk, self.screened, [("overview", Medium.PAPER)], act, seen=True)

    def attach(self, act: Act):
        return attach(self.office.desk, self.screened, ("photo", Medium.ELECTRONIC), [self.photo], act)

    def take(self, act: Act):
        return take_copies(self.office.desk, self.photographed, self.photo.file.parent / "out", act)

    def keep_details(self, act: Act):
        return keep_details(self.office.desk, self.screened, {PersonalKind.PHONE: "13800138000"}, act)

    def reveal(self, act: Act):
        return reveal(self.office.desk, self.screened, act)

    def judge(self, act: Act):
        return judge(self.office.desk, self.screened, {"conduct": Result.PASS}, act)

    def report(self, act: Act):
        return report(self.office.desk, self.reviewed, "materials", act)

    def score(self, act: Act):
        return enter_score(self.office.desk, self.reviewed, "materials", {}, act)

    def export_sheet(self, act: Act):
        return export_sheet(self.office.desk, self.office.id, "review", "materials", act)

    def rank(self, act: Act):
        return settle_ranking(self.office.desk, self.office.id, "review", act)

    def resolve_tie(self, act: Act):
        return resolve_tie(self.office.desk, self.office.id, "review", {self.reviewed: 1}, act)

    def reopen(self, act: Act):
        return reopen_ranking(self.office.desk, self.office.id, "review", act)

    def rule(self, act: Act):
        return confirm_ruling(self.fresh.desk, self.fresh.program, self.fresh.program.rulings[0].id, None, act)

    def open(self, act: Act):
        return open_program(self.fresh.desk, self.fresh.program, act)

    def extend(self, act: Act):
        closes = datetime.fromisoformat("2019-08-31T00:00+08:00")
        return extend_deadline(self.office.desk, self.office.id, "recommendation.office", closes, "某文", act)

    def amend(self, act: Act):
        document = self.office.program.model_dump() | {"disclosure": "依申请公开"}
        return amend(self.office.desk, Program.model_validate(document), act)

    def migrate(self, act: Act):
        return migrate(self.office.desk, self.office.id, Wanted(), act)

    def set_mail(self, act: Act):
        return set_mail(self.office.desk, "江阳区", "jiangyang@example.cn", act)

    def add_organization(self, act: Act):
        return add_organization(self.office.desk, "新单位", act)

    def place(self, act: Act):
        return place_organization(self.office.desk, "江阳区", "泸州市", act)

    def load(self, act: Act):
        return load_schedule(self.office.desk, parse_schedule(SCHEDULE), SCHEDULE.encode(), act)

    def record_past(self, act: Act):
        return record_past(self.office.desk, PAST, act)

    def end_past(self, act: Act):
        return end_past(self.office.desk, self.pasts[0], act)

    def remove_past(self, act: Act):
        return remove_past(self.office.desk, self.pasts[1], act)

    def move(self, act: Act):
        return move(self.office.desk, self.moving, Move.REJECT, act)

    def decide(self, act: Act):
        return decide(self.office.desk, self.office.id, "decision", {self.deciding: "chief-technician"}, act)

    def publicize(self, act: Act):
        return publicize(self.office.desk, self.office.id, "publicity", act)

    def lodge(self, act: Act):
        return lodge(self.office.desk, self.public, "某单位", "反映问题", act)

    def lodge_another(self, act: Act):
        return lodge(self.office.desk, self.objected, "某单位", "反映问题", act)

    def dismiss_one(self, act: Act):
        return settle(self.office.desk, self.objections[0], Outcome.DISMISSED, "不属实", act)

    def uphold_one(self, act: Act):
        return settle(self.office.desk, self.objections[1], Outcome.UPHELD, "属实", act)

    def issue(self, act: Act):
        return issue(self.office.desk, self.office.id, "泸市人社办〔2019〕9号", act)


@pytest.fixture
def acts(luzhou, desk, shipped, tmp_path) -> Acts:
    program = shipped("bayu-craftsman-2022")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(files.picture())
    return Acts(luzhou, Office(desk, program, luzhou.now), Offered("照片.jpg", photo))


@pytest.mark.parametrize("role", Role)
def test_acts_are_for_the_roles_of_the_table(acts, role):
    """Nobody is registered and nobody names an organization, so nothing but the role is asked."""
    allowed = {name: roles[role] for name, roles in rows(ACTS).items()}
    found = {}
    for name in allowed:
        before = acts.office.contents()
        outcome = getattr(acts, name)(Act(Actor("某人", role), acts.office.now, "依规办理"))
        # What is a nominee's to do at all is so of their own nomination, which these are not.
        found[name] = not (refused_by("authority", outcome) or (role is Role.NOMINEE and refused_by("own", outcome)))
        assert found[name] or acts.office.contents() == before, name
    assert found == allowed


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING, Role.EXPERT])
def test_acts_from_an_organization_beside_are_refused_for_the_jurisdiction(acts, role):
    before = acts.office.contents()
    elsewhere = Act(Actor("某人", role, "别处"), acts.office.now, "依规办理")
    allowed = [name for name, roles in rows(ACTS).items() if roles[role]]
    assert [name for name in allowed if not refused_by("jurisdiction", getattr(acts, name)(elsewhere))] == []
    assert acts.office.contents() == before


#: Who holds what each act is about, in the order in which `Acts` can do them.
HOLDERS = {
    "nominate": "江阳区",
    "receive": "泸州市首席技师评审委员会办公室",
    "judge": "泸州市首席技师评审委员会办公室",
    "report": "专家评议小组",
    "score": "专家评议小组",
    "export_sheet": "专家评议小组",
    "rank": "专家评议小组",
    "resolve_tie": "专家评议小组",
    "set_mail": "江阳区",
    "decide": "泸州市首席技师评审委员会",
    "publicize": "泸州市人力资源和社会保障局",
    "lodge": "泸州市人力资源和社会保障局",
    "lodge_another": "泸州市人力资源和社会保障局",
    "dismiss_one": "泸州市人力资源和社会保障局",
    "uphold_one": "泸州市人力资源和社会保障局",
    "issue": "泸州市首席技师评审委员会办公室",
    "move": "泸州市首席技师评审委员会办公室",
}


@pytest.mark.parametrize("above", [False, True])
def test_operators_act_where_their_organization_or_one_below_it_holds(acts, above):
    desk, by = acts.office.desk, Act(Actor("某人"), acts.office.now)
    for holder in set(HOLDERS.values()):
        assert place_organization(desk, holder, f"{holder}之上", by) is None
    refused = {}
    for name, holder in HOLDERS.items():
        where = f"{holder}之上" if above else holder
        outcome = getattr(acts, name)(Act(Actor("某人", Role.OPERATOR, where), acts.office.now, "依规办理"))
        refused[name] = refused_by("jurisdiction", outcome) or refused_by("authority", outcome)
    assert refused == dict.fromkeys(HOLDERS, False)


def test_policy_is_asked_before_any_gate(acts):
    elsewhere = Act(Actor("某人", Role.OPERATOR, "别处"), acts.office.now)
    administrator = Act(Actor("某人", Role.ADMINISTRATOR, "别处"), acts.office.now)
    desk, office = acts.office.desk, acts.office
    outcomes = [
        lodge(desk, acts.public, " ", " ", elsewhere),
        issue(desk, office.id, "没有字号", elsewhere),
        decide(desk, office.id, "decision", {"没有这一件": None}, elsewhere).denied[0],
        judge(desk, acts.reviewed, {"没有这一条": Result.PASS}, elsewhere),
        report(desk, acts.screened, "没有这一项", elsewhere),
        receive(desk, acts.screened, [("没有这一份", Medium.PAPER)], elsewhere),
        nominate(desk, office.id, office.draft(identity="不是身份证号码"), elsewhere),
        move(desk, acts.screened, Move.ENDORSE, elsewhere),
        move(desk, acts.screened, Move.ACCEPT, elsewhere, seen_version=1),
        open_program(desk, office.program, administrator),
        extend_deadline(desk, office.id, "recommendation.office", office.now, " ", administrator),
        amend(desk, office.program, administrator),
        migrate(desk, office.id, Wanted(), Act(administrator.actor, office.now)),
        settle(desk, acts.objections[0], Outcome.UPHELD, "", elsewhere),
    ]
    assert [[gate for gate, _ in why(outcome)] for outcome in outcomes] == [["jurisdiction"]] * len(outcomes)


def test_administrators_of_the_office_act_on_everything_of_its_program_and_of_no_other(acts):
    office = acts.office
    assert refused_by("jurisdiction", move(office.desk, acts.reviewed, Move.WITHDRAW, office.act("放弃"))) is False
    others = Act(Actor("王管理", Role.ADMINISTRATOR, acts.fresh.program.office), office.now, "放弃")
    assert said(move(office.desk, acts.screened, Move.WITHDRAW, others)) == [
        "本项目由泸州市首席技师评审委员会办公室主办，您所在的单位是市高技办，无权办理“撤回”"
    ]


def test_many_are_judged_each_by_itself_and_what_is_not_theirs_stays(luzhou):
    desk = luzhou.desk
    theirs, others = (luzhou.nominate(nominator=name) for name in ("江阳区", "龙马潭区"))
    act = Act(Actor("某人", Role.OPERATOR, "江阳区"), luzhou.now, "放弃")
    with desk.store.write() as transaction:
        rows = transaction.connection.execute(select(t.nomination).order_by(t.nomination.c.number)).all()
        batch = move_many(desk, transaction, rows, Move.WITHDRAW, act)
    assert [one.number for one in batch.moved] == [theirs]
    assert [(one.number, [gate for gate, _ in why(one)]) for one in batch.denied] == [(others, ["jurisdiction"])]
    assert luzhou.stages([theirs, others]) == ["withdrawn", "recommendation.unit"]


def test_players_are_nobody_outside_of_rehearsals(luzhou):
    number = luzhou.nominate()
    player = Act(Player("演练·经办人", Role.OPERATOR, luzhou.row(number).holder), luzhou.now)
    assert why(move(luzhou.desk, number, Move.SUBMIT, player)) == [("registered", None)]
    with luzhou.desk.store.write() as transaction:
        rehearsal = {"program_id": luzhou.id, "seed": 1, "nominations": 1}
        transaction.connection.execute(insert(t.rehearsal).values(rehearsal))
    put = Endorsement.full(luzhou.program.tier("recommendation.unit"))
    assert not isinstance(move(luzhou.desk, number, Move.SUBMIT, player, endorsement=put), Denied)


class ActsOnPeople:
    """What is done with people; 王管理 is for all organizations, 李四 an operator of 江阳区."""

    def __init__(self, desk, now: datetime) -> None:
        self.desk, self.now = desk, now
        by = Act(Actor("王管理"), now)
        assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, by) is None
        assert add_person(desk, "李四", Role.OPERATOR, "江阳区", by) is None
        for role in Role:
            if role in OF_PEOPLE and role is not Role.SECURITY:
                assert add_person(desk, role.label.zh, role, "江阳区", by) is None
                assert place_organization(desk, "江阳区", "泸州市", by) is None
        with desk.store.write() as transaction:
            # Nobody is made a nominee but by an invitation, nor a security officer here before there is one of all.
            for role in (Role.NOMINEE, Role.SECURITY):
                person = insert(t.person).values(name=role.label.zh, created_at=now).returning(t.person.c.id)
                owner = transaction.connection.execute(person).scalar_one()
                values = {"person_id": owner, "role": role.value, "organization": "江阳区"}
                transaction.connection.execute(insert(t.person_role).values(values))

    def add_person(self, act: Act):
        return add_person(self.desk, "张三", Role.OPERATOR, "江阳区", act)

    def grant(self, act: Act):
        return grant_role(self.desk, "李四", Role.ADMINISTRATOR, "江阳区", act)

    def revoke(self, act: Act):
        return revoke_role(self.desk, "李四", Role.OPERATOR, "江阳区", act)

    def disable(self, act: Act):
        return disable_person(self.desk, "李四", act)

    def enable(self, act: Act):
        return enable_person(self.desk, "李四", act)

    def password(self, act: Act):
        return set_password(self.desk, "李四", "一二三四五六七八", act)


@pytest.mark.parametrize("role", Role)
def test_acts_on_people_are_for_the_roles_of_the_table(luzhou, role):
    acts = ActsOnPeople(luzhou.desk, luzhou.now)
    allowed = {name: roles[role] for name, roles in rows(ACTS_ON_PEOPLE).items()}
    found = {}
    for name in allowed:
        before = luzhou.contents()
        actor = {Role.CLOCK: CLOCK, Role.PUBLIC: PUBLIC}.get(role) or Actor(role.label.zh, role, "江阳区")
        outcome = getattr(acts, name)(Act(actor, luzhou.now))
        # What is a nominee's to do at all is so of their own nomination, which these are not.
        found[name] = not (refused_by("authority", outcome) or (role is Role.NOMINEE and refused_by("own", outcome)))
        assert found[name] or luzhou.contents() == before, name
    assert found == allowed
