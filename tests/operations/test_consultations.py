"""What a body says of many at once by one letter, on both databases; the page for it has tests of its own."""

import sqlite3
from contextlib import closing
from hashlib import sha256

from operations.answering import Rest, give_opinions
from operations.audit import audit
from operations.consultations import Asking, Which, consultation_desk, see_letter
from operations.disagreements import disagreements
from operations.jointly import Answer
from operations.materials import Offered
from operations.results import Denied
from tests import files
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017

CONTENT = files.pdf(1)
DIGEST = sha256(CONTENT).hexdigest()


def test_letter_of_a_body_is_about_all_of_whom_it_answered(office_of, tmp_path):
    office, answered = _answered(office_of, tmp_path)
    desk, stage = office.desk, office.row(answered.recorded[0]).stage
    body, act = _bodies(office, stage)[0], office.act()
    assert (len(answered.recorded), answered.denied) == (3, ())
    found = consultation_desk(desk, office.id, stage, act.actor, act.now, Asking(Which.OPPOSED, body))
    assert [(one.number, one.said[0].note) for one in found.standing] == [(answered.recorded[1], "欠税")]
    silent = consultation_desk(desk, office.id, stage, act.actor, act.now, Asking(Which.SILENT, body))
    assert silent.standing == ()
    (letter,) = found.letters
    assert (letter.digest, letter.nominations) == (DIGEST, 3)
    name, file = see_letter(desk, office.id, stage, DIGEST, act)
    assert (name, file.read_bytes()) == ("复函.pdf", CONTENT)
    assert audit(desk).broken == ()


@on(SQLITE)
def test_letter_of_which_the_answer_was_taken_away_is_named(office_of, tmp_path):
    office, answered = _answered(office_of, tmp_path)
    # Whoever opens the file is held to no foreign key.
    with closing(sqlite3.connect(str(office.desk.store.engine.url.database))) as raw:
        raw.execute("DELETE FROM joint_opinion")
        raw.commit()
    with office.desk.store.read() as connection:
        named = {one.number.partition(" ")[0] for one in disagreements(connection)}
    assert named == set(answered.recorded)


def _bodies(office, stage):
    return next(one for one in office.program.held_stages if one.id == stage).bodies


def _answered(office_of, folder):
    """Three of whom a body has answered: that it agrees, not of the second one, and to all others."""
    office = office_of(CRAFTSMAN_2017)
    numbers = [office.nominate("screening") for _ in range(3)]
    file = folder / "letter.pdf"
    file.write_bytes(CONTENT)
    body = _bodies(office, "screening")[0]
    answers = {numbers[0]: Answer(agrees=True), numbers[1]: Answer(agrees=False, note="欠税")}
    letter = Offered("复函.pdf", file)
    done = give_opinions(office.desk, office.id, "screening", body, answers, office.act(), rest=Rest(), letter=letter)
    assert not isinstance(done, Denied), done
    return office, done
