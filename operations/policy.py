"""Who may do what: one table of plain predicates over role, deed and jurisdiction, asked before any gate.

Nothing here reads the store. `operations.authority` gathers what the predicates look at, and every operation asks it.
"""

from collections.abc import Mapping
from enum import StrEnum

from operations.actors import Actor, Role
from operations.deed_labels import DEED_LABELS
from operations.jurisdictions import (
    IsAtOrAbove,
    Matter,
    Predicate,
    answers_for_it,
    concerns_them,
    holds_it,
    holds_or_runs_it,
    is_about_them,
    is_announced,
    is_for_all,
    is_their_own,
    is_theirs_to_prepare,
    lies_in_their_tree,
    oversees_it,
    prepares_it,
    runs_it,
    works_for_the_holder,
)
from programs import Words
from states import Move, Refusal


class Deed(StrEnum):
    """What is done that is no move of a nomination."""

    NOMINATE = "nominate"
    RECEIVE = "receive"
    ATTACH = "attach"
    SEE_FILES = "see-files"
    KEEP_DETAILS = "keep-details"
    SEE_DETAILS = "see-details"
    SEE_NOMINATIONS = "see-nominations"
    SEE_PROGRAM = "see-program"
    JUDGE = "judge"
    REPORT = "report"
    SCORE = "score"
    TALLY = "tally"
    RANK = "rank"
    REOPEN_RANKING = "reopen-ranking"
    HOLD_BALLOT = "hold-ballot"
    CAST = "cast"
    ANNUL_BALLOT = "annul-ballot"
    SEE_RESULTS = "see-results"
    RULE = "rule"
    OPEN = "open"
    EXTEND = "extend"
    AMEND = "amend"
    MIGRATE = "migrate"
    LOAD_SCHEDULE = "load-schedule"
    ROTATE_KEY = "rotate-key"
    REGISTER_NOMINATOR = "register-nominator"
    RECORD_PAST = "record-past"
    CERTIFY = "certify"
    ORDER = "order"
    SEE_ORDER = "see-order"
    SET_MAIL = "set-mail"
    ADD_ORGANIZATION = "add-organization"
    PLACE_ORGANIZATION = "place-organization"
    MANAGE_PERSON = "manage-person"
    MANAGE_ROLE = "manage-role"
    KEEP_EXPERT = "keep-expert"
    SEE_POOL = "see-pool"
    DECLARE_TIE = "declare-tie"
    DRAW_PANEL = "draw-panel"
    ANSWER_INVITATION = "answer-invitation"
    PLEDGE = "pledge"
    RECUSE = "recuse"
    SEE_PANEL = "see-panel"
    HANDLE_OBJECTION = "handle-objection"
    SEE_OBJECTION = "see-objection"
    REPORT_DUTIES = "report-duties"
    APPOINT = "appoint"
    PAY = "pay"
    STOP_BENEFITS = "stop-benefits"
    RELEASE_MESSAGE = "release-message"
    SETTLE_MESSAGE = "settle-message"
    ACKNOWLEDGE = "acknowledge"
    SUBSCRIBE = "subscribe"
    INVITE_NOMINEE = "invite-nominee"

    @property
    def label(self) -> Words:
        """What people call this deed."""
        return DEED_LABELS[self]


#: What no jurisdiction over organizations makes anybody's.
_PERSONAL = (is_their_own, is_about_them, is_theirs_to_prepare)

#: The roles that the columns below are for. A supervisor reads everything and does nothing; time's own moves are the
#: clock's alone: nobody closes a publicity early or late.
_COLUMNS = (Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING, Role.EXPERT)
_no = None

#: The policy: with which jurisdiction each role may do what. Those who are for all organizations have every one.
_TABLE: Mapping[Move | Deed, tuple[Predicate | None, ...]] = {
    #                         administrator, operator,      screening officer,    expert
    Move.SUBMIT:             (runs_it,       prepares_it,   _no,                  _no),
    Move.ENDORSE:            (runs_it,       holds_it,      _no,                  _no),
    Move.ACCEPT:             (runs_it,       holds_it,      works_for_the_holder, _no),
    Move.RETURN:             (runs_it,       holds_it,      works_for_the_holder, _no),
    Move.REJECT:             (runs_it,       holds_it,      works_for_the_holder, _no),
    Move.ADVANCE:            (runs_it,       holds_it,      _no,                  _no),
    Move.ELIMINATE:          (runs_it,       holds_it,      works_for_the_holder, _no),
    Move.CHOOSE:             (runs_it,       holds_it,      _no,                  _no),
    Move.RESERVE:            (runs_it,       holds_it,      _no,                  _no),
    Move.REPLACE:            (runs_it,       holds_it,      _no,                  _no),
    Move.APPROVE:            (runs_it,       holds_it,      _no,                  _no),
    Move.PUBLISH:            (runs_it,       holds_it,      _no,                  _no),
    Move.OBJECT:             (runs_it,       holds_it,      _no,                  _no),
    Move.SETTLE:             (runs_it,       holds_it,      _no,                  _no),
    Move.UPHOLD:             (runs_it,       holds_it,      _no,                  _no),
    Move.CORRECT:            (runs_it,       holds_it,      _no,                  _no),
    Move.DEFER:              (runs_it,       holds_it,      _no,                  _no),
    Move.CLOSE:              (_no,           _no,           _no,                  _no),
    Move.ISSUE:              (runs_it,       holds_it,      _no,                  _no),
    Move.ASSESS:             (runs_it,       holds_it,      _no,                  _no),
    Move.FAIL:               (runs_it,       holds_it,      _no,                  _no),
    Move.RECTIFY:            (runs_it,       holds_it,      _no,                  _no),
    Move.REVOKE:             (runs_it,       holds_it,      _no,                  _no),
    Move.EXPIRE:             (_no,           _no,           _no,                  _no),
    Move.LAPSE:              (_no,           _no,           _no,                  _no),
    Move.WITHDRAW:           (runs_it,       concerns_them, _no,                  _no),
    Move.DISQUALIFY:         (runs_it,       holds_it,      works_for_the_holder, _no),
    Move.UNDO:               (runs_it,       is_their_own,  is_their_own,         _no),
    Deed.NOMINATE:           (runs_it,       prepares_it,   works_for_the_holder, _no),
    Deed.RECEIVE:            (runs_it,       prepares_it,   works_for_the_holder, _no),
    Deed.ATTACH:             (runs_it,       prepares_it,   works_for_the_holder, _no),
    Deed.SEE_FILES:          (runs_it,       concerns_them, works_for_the_holder, works_for_the_holder),
    Deed.KEEP_DETAILS:       (runs_it,       concerns_them, works_for_the_holder, _no),
    Deed.SEE_DETAILS:        (runs_it,       concerns_them, works_for_the_holder, _no),
    Deed.SEE_NOMINATIONS:    (runs_it,       lies_in_their_tree, works_for_the_holder, works_for_the_holder),
    Deed.SEE_PROGRAM:        (runs_it,       is_announced,  is_announced,         is_announced),
    Deed.JUDGE:              (runs_it,       holds_it,      works_for_the_holder, _no),
    Deed.REPORT:             (runs_it,       holds_it,      works_for_the_holder, works_for_the_holder),
    Deed.SCORE:              (runs_it,       holds_it,      works_for_the_holder, works_for_the_holder),
    Deed.TALLY:              (runs_it,       holds_it,      _no,                  _no),
    Deed.RANK:               (runs_it,       holds_it,      _no,                  _no),
    Deed.REOPEN_RANKING:     (runs_it,       _no,           _no,                  _no),
    Deed.HOLD_BALLOT:        (runs_it,       holds_it,      _no,                  _no),
    Deed.CAST:               (runs_it,       holds_it,      _no,                  is_their_own),
    Deed.ANNUL_BALLOT:       (runs_it,       _no,           _no,                  _no),
    Deed.SEE_RESULTS:        (runs_it,       holds_it,      works_for_the_holder, works_for_the_holder),
    Deed.RULE:               (runs_it,       _no,           _no,                  _no),
    Deed.OPEN:               (runs_it,       _no,           _no,                  _no),
    Deed.EXTEND:             (runs_it,       _no,           _no,                  _no),
    Deed.AMEND:              (runs_it,       _no,           _no,                  _no),
    Deed.MIGRATE:            (runs_it,       _no,           _no,                  _no),
    Deed.LOAD_SCHEDULE:      (is_for_all,    _no,           _no,                  _no),
    Deed.ROTATE_KEY:         (is_for_all,    _no,           _no,                  _no),
    Deed.REGISTER_NOMINATOR: (runs_it,       _no,           _no,                  _no),
    Deed.RECORD_PAST:        (is_for_all,    _no,           _no,                  _no),
    Deed.CERTIFY:            (runs_it,       holds_it,      _no,                  _no),
    Deed.ORDER:              (runs_it,       holds_it,      works_for_the_holder, _no),
    Deed.SEE_ORDER:          (runs_it,       holds_or_runs_it, works_for_the_holder, _no),
    Deed.SET_MAIL:           (oversees_it,   oversees_it,   oversees_it,          _no),
    Deed.ADD_ORGANIZATION:   (is_for_all,    _no,           _no,                  _no),
    Deed.PLACE_ORGANIZATION: (oversees_it,   _no,           _no,                  _no),
    Deed.MANAGE_PERSON:      (oversees_it,   _no,           _no,                  _no),
    Deed.MANAGE_ROLE:        (oversees_it,   _no,           _no,                  _no),
    Deed.KEEP_EXPERT:        (is_for_all,    _no,           _no,                  _no),
    Deed.SEE_POOL:           (is_for_all,    _no,           _no,                  _no),
    Deed.DECLARE_TIE:        (is_for_all,    _no,           _no,                  is_their_own),
    Deed.DRAW_PANEL:         (runs_it,       _no,           _no,                  _no),
    Deed.ANSWER_INVITATION:  (runs_it,       _no,           _no,                  is_their_own),
    Deed.PLEDGE:             (_no,           _no,           _no,                  is_their_own),
    Deed.RECUSE:             (runs_it,       holds_it,      _no,                  is_their_own),
    Deed.SEE_PANEL:          (runs_it,       holds_it,      _no,                  _no),
    Deed.HANDLE_OBJECTION:   (runs_it,       holds_it,      _no,                  _no),
    Deed.SEE_OBJECTION:      (runs_it,       holds_it,      _no,                  _no),
    Deed.REPORT_DUTIES:      (runs_it,       concerns_them, _no,                  _no),
    Deed.APPOINT:            (runs_it,       holds_it,      _no,                  _no),
    Deed.PAY:                (runs_it,       holds_it,      _no,                  _no),
    Deed.STOP_BENEFITS:      (runs_it,       holds_it,      _no,                  _no),
    Deed.ACKNOWLEDGE:        (runs_it,       holds_or_runs_it, _no,               is_their_own),
    Deed.SUBSCRIBE:          (runs_it,       holds_it,      _no,                  _no),
    Deed.INVITE_NOMINEE:     (answers_for_it, answers_for_it, _no,                _no),
    Deed.RELEASE_MESSAGE:    (runs_it,       runs_it,       _no,                  _no),
    Deed.SETTLE_MESSAGE:     (runs_it,       _no,           _no,                  _no),
}  # fmt: skip


#: What a supervisor may do: read, and nothing else.
_READING: Mapping[Move | Deed, Predicate] = {
    Deed.SEE_NOMINATIONS: lies_in_their_tree,
    Deed.SEE_PROGRAM: is_announced,
    Deed.SEE_RESULTS: lies_in_their_tree,
    Deed.SEE_OBJECTION: lies_in_their_tree,
    Deed.SEE_ORDER: lies_in_their_tree,
    Deed.SEE_POOL: is_for_all,
}


#: What a security officer may do: say who acts, and nothing else.
_SECURING: Mapping[Move | Deed, Predicate] = {
    Deed.MANAGE_PERSON: oversees_it,
    Deed.MANAGE_ROLE: oversees_it,
}

#: What administrators may do no more where they and security officers are kept apart.
SECURED = frozenset(_SECURING)


#: What a nominee may do with their own nomination: see it, and prepare it where they put themselves forward.
_BY_NOMINEES: Mapping[Move | Deed, Predicate] = {
    Deed.SEE_NOMINATIONS: is_about_them,
    Deed.SEE_FILES: is_about_them,
    Deed.ATTACH: is_theirs_to_prepare,
    Move.SUBMIT: is_theirs_to_prepare,
}


#: What anybody does who reads a list that is public, where it is: a number alone leads nowhere.
_OF_ANYBODY = frozenset({Move.OBJECT})


def grants(deed: Move | Deed) -> dict[Role, Predicate]:
    """Return the roles that may do this, each with the jurisdiction it needs."""
    granted = {role: asks for role, asks in zip(_COLUMNS, _TABLE[deed], strict=True) if asks}
    for role, reading in (
        (Role.SUPERVISOR, _READING),
        (Role.SECURITY, _SECURING),
        (Role.NOMINEE, _BY_NOMINEES),
    ):
        granted |= {role: reading[deed]} if deed in reading else {}
    return granted


def may(actor: Actor, deed: Move | Deed, matter: Matter, is_at_or_above: IsAtOrAbove) -> Refusal | None:
    """Ask the policy; a refusal says whether the role is missing or the jurisdiction, and who has both."""
    if isinstance(deed, Move) and deed.by_clock:
        return None if actor.role is Role.CLOCK else _only_a_sweep(deed)
    if actor.role is Role.PUBLIC and deed in _OF_ANYBODY:
        return None
    predicate = grants(deed).get(actor.role)
    if predicate is None:
        return _not_for_role(actor, deed)
    if predicate in _PERSONAL:
        # No jurisdiction over organizations makes somebody another person.
        whose = _somebody_else_s if predicate is is_their_own else _not_the_nominee_s
        return None if predicate("", matter, is_at_or_above) else whose(actor, deed, matter)
    if actor.organization is None or predicate(actor.organization, matter, is_at_or_above):
        return None
    return _out_of_jurisdiction(actor.organization, deed, matter, predicate)


def left_to_security(actor: Actor, deed: Move | Deed) -> Refusal:
    """Refuse an administrator what is a security officer's where they are kept apart."""
    return Refusal(
        "authority",
        Words("三员已分开，{role}不办理“{what}”", "where the three are kept apart, no {role} does “{what}”").format(
            role=actor.role.label, what=deed.label
        ),
        Words("请由{role}办理", "ask a {role}").format(role=Role.SECURITY.label),
    )


def allows(actor: Actor, deed: Deed, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """Ask the policy of many matters, where nobody is told why not."""
    predicate = grants(deed).get(actor.role)
    if predicate is None or predicate in _PERSONAL:
        return predicate is not None and predicate("", matter, is_at_or_above)
    return actor.organization is None or predicate(actor.organization, matter, is_at_or_above)


def _only_a_sweep(move: Move) -> Refusal:
    return Refusal(
        "authority",
        Words("“{move}”只能由到期巡检办理", "only a sweep makes the move “{move}”").format(move=move.label),
        Words("请等到期限届满", "wait until it is due"),
    )


def _somebody_else_s(actor: Actor, deed: Move | Deed, matter: Matter) -> Refusal:
    return Refusal(
        "own",
        Words("“{what}”须由{expert}本人办理，您是{actor}", "“{what}” is {expert}'s own to do; you are {actor}").format(
            what=deed.label, expert=matter.expert or "—", actor=actor.name
        ),
        Words("请以本人身份办理", "act as yourself"),
    )


def _not_the_nominee_s(_actor: Actor, deed: Move | Deed, matter: Matter) -> Refusal:
    return Refusal(
        "own",
        Words("“{what}”现在不由候选人办理", "“{what}” is not the nominee's to do now").format(what=deed.label),
        Words("请由{who}办理", "ask {who}").format(who=_who_may(deed, matter)),
    )


def _not_for_role(actor: Actor, deed: Move | Deed) -> Refusal:
    named = [role.label for role in grants(deed) if role is not Role.NOMINEE]
    return Refusal(
        "authority",
        Words("{role}无权办理“{what}”", "the role {role} may not do “{what}”").format(
            role=actor.role.label, what=deed.label
        ),
        Words("请由{roles}办理", "ask one of: {roles}").format(
            roles=Words("、".join(label.zh for label in named), ", ".join(label.en for label in named))
        ),
    )


def _out_of_jurisdiction(mine: str, deed: Move | Deed, matter: Matter, predicate: Predicate) -> Refusal:
    return Refusal(
        "jurisdiction",
        Words(
            "{whose}，您所在的单位是{mine}，无权办理“{what}”", "{whose}; you are of {mine}, which may not do “{what}”"
        ).format(whose=_stated(predicate, matter), mine=mine, what=deed.label),
        Words("请由{who}办理", "ask {who}").format(who=_who_may(deed, matter)),
    )


def _stated(predicate: Predicate, matter: Matter) -> Words:
    """Say what lies outside of somebody's jurisdiction."""
    if predicate in (runs_it, is_announced):
        return Words("本项目由{office}主办", "the program is run by {office}").format(office=matter.office)
    if predicate is is_for_all or (predicate is oversees_it and None in matter.within):
        return Words("此事涉及全部单位", "this concerns every organization")
    if predicate is oversees_it:
        return Words("此事涉及{within}", "this concerns {within}").format(within=_listed(*matter.within))
    return Words("此件现由{holder}办理", "it is with {holder} now").format(holder=matter.holder)


def _who_may(deed: Move | Deed, matter: Matter) -> Words:
    """Say who has the role and the jurisdiction."""
    those: dict[Words, list[Words]] = {}
    # Whoever holds it comes first: the office's administrators are there for what goes wrong.
    for role, asks in sorted(grants(deed).items(), key=lambda one: one[0] is Role.ADMINISTRATOR):
        if asks in _PERSONAL:
            continue
        those.setdefault(_whose(asks, matter), []).append(role.label)
    each = [
        Words("{whose}的{roles}", "the {roles} of {whose}").format(
            whose=whose, roles=Words("、".join(one.zh for one in roles), " or ".join(one.en for one in roles))
        )
        for whose, roles in those.items()
    ]
    if is_their_own in grants(deed).values():
        each.append(Words("{expert}本人", "{expert} themselves").format(expert=matter.expert or "—"))
    return Words("，或由".join(one.zh for one in each), ", or ".join(one.en for one in each))


def _whose(predicate: Predicate, matter: Matter) -> Words:
    """Say of which organizations somebody must be for a predicate to hold."""
    if predicate is is_for_all or (predicate is oversees_it and None in matter.within):
        return Words("不限单位", "all organizations")
    if predicate is answers_for_it:
        return Words("{named}或其上级单位", "{named} or one above it").format(
            named=_listed(matter.unit, matter.nominator, matter.office)
        )
    if predicate is works_for_the_holder:
        return Words("{holder}或其下属单位", "{holder} or one below it").format(holder=matter.holder)
    named: Mapping[Predicate, tuple[str | None, ...]] = {
        runs_it: (matter.office,),
        is_announced: (matter.office,),
        oversees_it: matter.within,
        concerns_them: (matter.holder, matter.unit, matter.nominator),
        lies_in_their_tree: (matter.office, matter.holder, matter.unit, matter.nominator),
        prepares_it: (matter.holder,)
        if matter.holder not in (matter.unit, matter.nominator)
        else (matter.unit, matter.nominator, *((matter.office,) if matter.by_itself else ())),
    }
    whose = named.get(predicate, (matter.holder,))
    return Words("{named}或其上级单位", "{named} or one above it").format(named=_listed(*whose))


def _listed(*names: str | None) -> Words:
    stated = list(dict.fromkeys(name for name in names if name))
    return Words("、".join(stated), ", ".join(stated))
