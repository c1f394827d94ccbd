"""The tables. What each row means stands beside it; the migrations in `migrations/` build exactly these."""

from store.tables.base import metadata, vault_key
from store.tables.history import event, installation_event, installation_link, link
from store.tables.honors import award, certificate, ranking
from store.tables.nominations import (
    allotment,
    document,
    dossier,
    nomination,
    nominator,
    objection,
    personal,
    place,
    publicity,
    receipt,
    report,
    sweep_failure,
    verdict,
)
from store.tables.outbox import message, reminder
from store.tables.pasts import claim, past
from store.tables.people import organization, person, person_role
from store.tables.programs import calendar_used, program, ruling, schedule
from store.tables.rehearsals import rehearsal, scene

__all__ = [
    "allotment",
    "award",
    "calendar_used",
    "certificate",
    "claim",
    "document",
    "dossier",
    "event",
    "installation_event",
    "installation_link",
    "link",
    "message",
    "metadata",
    "nomination",
    "nominator",
    "objection",
    "organization",
    "past",
    "person",
    "person_role",
    "personal",
    "place",
    "program",
    "publicity",
    "ranking",
    "receipt",
    "rehearsal",
    "reminder",
    "report",
    "ruling",
    "scene",
    "schedule",
    "sweep_failure",
    "vault_key",
    "verdict",
]
