"""Questions that are asked again and again cost what they find, not all the letters that were ever sent."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import event

from deadlines.zone import SHANGHAI
from operations.daily import day_of
from operations.desk import Desk
from operations.digests import received_invitations
from operations.nominate import nominate
from operations.overview import overview
from operations.telling import parked_to_tell
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU, STUDIO, not_asking_the_past

pytestmark = on(SQLITE)

NOW = datetime(2019, 8, 1, 18, 5, tzinfo=SHANGHAI)


def plans(desk: Desk, ask: Callable[[], object], what: str = "FROM message") -> set[str]:
    """Return how SQLite looks for letters in what is asked there, or for what else statements that have this ask."""
    asked = []

    def keep(_connection, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, parameters))

    with desk.store.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    with desk.store.read() as connection:
        return {
            row[3].replace("COVERING ", "")
            for statement, parameters in asked
            if what in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }


def received(desk: Desk) -> object:
    with desk.store.read() as connection:
        return received_invitations(connection, ["王专家"])


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (parked_to_tell, {"SEARCH message USING INDEX ix_message_parked (alerted_at=?)"}),
        (
            lambda desk: overview(desk, NOW, latest=0),
            {
                "SCAN message USING INDEX ix_message_next_attempt_at",
                "SCAN message USING INDEX ix_message_parked",
            },
        ),
        (
            lambda desk: day_of(desk, NOW),
            {
                "SCAN message USING INDEX ix_message_next_attempt_at",
                "SCAN message USING INDEX ix_message_parked",
                "SEARCH message USING INDEX ix_message_sent_at (sent_at>? AND sent_at<?)",
            },
        ),
        (
            received,
            {
                "SEARCH message USING INDEX ix_message_recipient_day (recipient=?)",
                "SEARCH reminder USING INDEX ix_reminder_message_id (message_id=?)",
            },
        ),
    ],
)
def test_what_is_asked_of_letters_is_found_by_an_index(office_of, ask, expected):
    desk = office_of(LUZHOU).desk
    assert plans(desk, lambda: ask(desk)) == expected


def test_earlier_nominations_of_a_unit_are_found_by_its_name_and_not_among_all_of_the_program(office_of, shipped):
    studio = office_of(STUDIO, program=not_asking_the_past(shipped(STUDIO)))
    draft = studio.draft(identity=None)
    found = plans(
        studio.desk, lambda: nominate(studio.desk, studio.id, draft, studio.act()), "ORDER BY nomination.attempt"
    )
    assert found == {
        "SEARCH nomination USING INDEX ix_nomination_unit (unit=? AND program_id=?)",
        "USE TEMP B-TREE FOR ORDER BY",
    }
