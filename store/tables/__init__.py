"""The tables. What each row means stands beside it; the migrations in `migrations/` build exactly these."""

from store.tables.ballots import (
    ballot,
    ballot_member,
    ballot_nominee,
    ballot_recusal,
    ballot_vote,
    balloted,
    meeting,
)
from store.tables.base import metadata, vault_key
from store.tables.evaluations import ranked, ranking, score, tally, tally_votes, tie_resolution
from store.tables.experts import assignment, expert, expert_field, expert_tie, panel, panel_seat, recusal
from store.tables.history import event, installation_event, installation_link, link
from store.tables.honors import award, certificate, recommended
from store.tables.nominations import (
    allotment,
    annex,
    attachment,
    document,
    dossier,
    endorsement,
    file,
    joint_opinion,
    nomination,
    nominator,
    personal,
    place,
    publicity,
    receipt,
    report,
    sweep_failure,
    verdict,
)
from store.tables.objections import objection, objection_file, replacement
from store.tables.outbox import message, reminder, unsubscription
from store.tables.pasts import claim, past
from store.tables.people import organization, person, person_role
from store.tables.programs import calendar_used, program, revision, ruling, schedule
from store.tables.rehearsals import rehearsal, scene
from store.tables.second_factors import recovery_code, second_factor
from store.tables.sessions import api_token, session, sign_in_attempt
from store.tables.telling import telling
from store.tables.tenures import assessment, duty_report, payment, revocation, suspension, tenure
from store.tables.views import saved_view

__all__ = [
    "allotment",
    "annex",
    "api_token",
    "assessment",
    "assignment",
    "attachment",
    "award",
    "ballot",
    "ballot_member",
    "ballot_nominee",
    "ballot_recusal",
    "ballot_vote",
    "balloted",
    "calendar_used",
    "certificate",
    "claim",
    "document",
    "dossier",
    "duty_report",
    "endorsement",
    "event",
    "expert",
    "expert_field",
    "expert_tie",
    "file",
    "installation_event",
    "installation_link",
    "joint_opinion",
    "link",
    "meeting",
    "message",
    "metadata",
    "nomination",
    "nominator",
    "objection",
    "objection_file",
    "organization",
    "panel",
    "panel_seat",
    "past",
    "payment",
    "person",
    "person_role",
    "personal",
    "place",
    "program",
    "publicity",
    "ranked",
    "ranking",
    "receipt",
    "recommended",
    "recovery_code",
    "recusal",
    "rehearsal",
    "reminder",
    "replacement",
    "report",
    "revision",
    "revocation",
    "ruling",
    "saved_view",
    "scene",
    "schedule",
    "score",
    "second_factor",
    "session",
    "sign_in_attempt",
    "suspension",
    "sweep_failure",
    "tally",
    "tally_votes",
    "telling",
    "tenure",
    "tie_resolution",
    "unsubscription",
    "vault_key",
    "verdict",
]
