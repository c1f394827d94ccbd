"""Certificates are numbered once, by the program's pattern, and verified by a code that nobody can guess."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from deadlines.zone import SHANGHAI
from operations.audit import audit
from operations.certify import (
    Numbered,
    Validity,
    certificates_of,
    number_certificates,
    verify_code,
    verify_number,
)
from operations.codes import ALPHABET, CODE_LENGTH, make_code, read_code
from operations.disagreements import disagreements
from operations.reissuing import Reissued, reissue_certificate
from operations.results import UnknownError
from operations.sweep import sweep
from programs.certificates import Certificate
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, Office, said, why

pytestmark = on(SQLITE)


@pytest.fixture
def honored(luzhou) -> tuple[Office, list[str]]:
    """Three whom one document honored on 2 September 2019."""
    numbers = [luzhou.nominate("publicity", unit=f"第{place}厂") for place in range(3)]
    for number in numbers:
        luzhou.bring(number, "issuance")
    luzhou.now = datetime(2019, 9, 2, 9, tzinfo=SHANGHAI)
    luzhou.issue("泸市人社发〔2019〕101号")
    return luzhou, numbers


def numbered(office: Office) -> dict[str, str]:
    done = number_certificates(office.desk, office.id, office.act())
    assert isinstance(done, Numbered), done
    return done.certificates


@on(*KINDS)
def test_everybody_honored_gets_a_number_by_the_pattern_in_order(honored):
    office, numbers = honored
    assert numbered(office) == dict(zip(numbers, ("20190001", "20190002", "20190003"), strict=True))
    event = office.events()[-1]
    assert (event["kind"], event["certificates"]) == (
        "certificates.numbered",
        dict(zip(("20190001", "20190002", "20190003"), numbers, strict=True)),
    )
    codes = [one.code for one in certificates_of(office.desk, office.id, office.now)]
    assert not any(code in str(event) for code in codes)


@on(*KINDS)
def test_numbering_twice_numbers_nobody_twice_and_later_ones_count_on(honored):
    office, _ = honored
    numbered(office)
    before = office.contents()
    assert why(number_certificates(office.desk, office.id, office.act())) == [("somebody-honored", None)]
    assert office.contents() == before
    office.now = datetime(2019, 7, 20, 9, tzinfo=SHANGHAI)
    later = office.nominate("issuance")
    office.now = datetime(2020, 1, 6, 9, tzinfo=SHANGHAI)
    office.issue("泸市人社发〔2020〕1号")
    assert numbered(office) == {later: "20200004"}


def test_nobody_is_numbered_before_the_document_or_after_a_revocation(honored):
    office, numbers = honored
    office.move(numbers[0], Move.REVOKE)
    assert list(numbered(office)) == numbers[1:]


def test_grades_count_on_one_after_the_other(craftsman):
    numbers = [craftsman.nominate("decision", nominator=f"第{place}区") for place in range(4)]
    grades = ("runner-up", "craftsman", "runner-up", "craftsman")
    craftsman.decide("decision", dict(zip(numbers, grades, strict=True)))
    for number in numbers:
        craftsman.bring(number, "issuance")
    craftsman.issue("渝高技办〔2022〕30号")
    assert list(numbered(craftsman)) == [numbers[1], numbers[3], numbers[0], numbers[2]]


@pytest.mark.parametrize(
    ("pattern", "digits", "number"),
    [
        ("{year}{ordinal}", 4, "20190007"),
        ("首席技师证字〔{year}〕{ordinal}号", 3, "首席技师证字〔2019〕007号"),
        ("No.{ordinal}", 1, "No.7"),
    ],
)
def test_pattern_is_the_program_s(pattern, digits, number):
    assert Certificate(number=pattern, digits=digits).numbered(2019, 7) == number


@pytest.mark.parametrize("pattern", ["第一号", "{year}", "{ordinal}{x}", "{ordinal", "{{ordinal}}", "{ordinal}\n"])
def test_pattern_that_tells_no_two_apart_is_refused(pattern):
    with pytest.raises(ValueError, match="ordinal"):
        Certificate(number=pattern)


def test_code_is_long_and_by_chance_and_read_however_it_is_written():
    codes = {make_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(f"[{ALPHABET}]{{{CODE_LENGTH}}}", code) for code in codes)
    assert read_code(" abcd-0123 efgh-4o1l ") == "ABCD0123EFGH4011"
    assert read_code("ａｂｃｄ－０１２３　efgh4o1l") == "ABCD0123EFGH4011"


def test_certificate_is_verified_by_its_code_alone(honored):
    office, _ = honored
    numbered(office)
    one, two, _ = certificates_of(office.desk, office.id, office.now)
    shown = f"{one.code[:4]}-{one.code[4:8]} {one.code[8:].lower()}"
    assert verify_code(office.desk, shown, office.now) == one
    other = one.code[:-1] + next(letter for letter in ALPHABET if letter != one.code[-1])
    for wrong in (other, one.code[:-1], one.number, "", "%", one.code + two.code):
        assert verify_code(office.desk, wrong, office.now) is None


def test_certificate_is_verified_by_number_and_name_only_where_both_agree(honored):
    office, _ = honored
    numbered(office)
    one, two, _ = certificates_of(office.desk, office.id, office.now)
    assert verify_number(office.desk, f" {one.number} ", one.name, office.now) == [one]
    assert verify_number(office.desk, one.number, two.name, office.now) == []
    assert verify_number(office.desk, one.number, one.name[:-1], office.now) == []
    assert verify_number(office.desk, "", "", office.now) == []


def test_S31_certificate_says_until_when_it_holds_even_before_a_sweep(honored):
    office, numbers = honored
    numbered(office)
    until = datetime(2022, 9, 2, tzinfo=SHANGHAI)
    states = [certificates_of(office.desk, office.id, now)[0].validity for now in (until - timedelta(minutes=1), until)]
    assert states == [Validity.VALID, Validity.EXPIRED]
    assert certificates_of(office.desk, office.id, office.now)[0].last_day.isoformat() == "2022-09-01"
    sweep(office.desk, until)
    assert office.row(numbers[0]).stage == "completed"
    assert certificates_of(office.desk, office.id, until)[0].validity is Validity.EXPIRED


def test_S35_revoked_certificate_says_so_for_ever(honored):
    office, numbers = honored
    numbered(office)
    office.move(numbers[0], Move.REVOKE, "聘期内违法违纪")
    first, second, _ = certificates_of(office.desk, office.id, office.now + timedelta(days=5000))
    assert (first.validity, second.validity) == (Validity.REVOKED, Validity.EXPIRED)


def test_lost_certificate_is_issued_anew_and_its_old_code_is_void_and_leads_to_nobody(honored):
    office, numbers = honored
    numbered(office)
    old, other, _ = certificates_of(office.desk, office.id, office.now)
    assert why(reissue_certificate(office.desk, numbers[0], office.act())) == [("reason-stated", None)]
    done = reissue_certificate(office.desk, numbers[0], office.act("登报声明遗失"))
    assert done == Reissued(numbers[0], old.number)
    new = certificates_of(office.desk, office.id, office.now)[0]
    assert (new.number, new.code != old.code, new.validity) == (old.number, True, Validity.VALID)
    void = verify_code(office.desk, old.code, office.now)
    assert void == replace(new, code=old.code, validity=Validity.REPLACED)
    assert verify_code(office.desk, new.code, office.now) == new
    assert verify_number(office.desk, old.number, old.name, office.now) == [new]
    assert verify_code(office.desk, other.code, office.now) == other
    assert not any(code in str(office.events()) for code in (old.code, new.code))
    assert reissue_certificate(office.desk, numbers[0], office.act("再次遗失")) == done
    assert verify_code(office.desk, new.code, office.now).validity is Validity.REPLACED
    assert audit(office.desk, office.id).broken == ()


def test_certificate_of_a_title_that_was_taken_away_is_not_issued_anew_and_stays_revoked(honored):
    office, numbers = honored
    numbered(office)
    old = certificates_of(office.desk, office.id, office.now)[0].code
    reissue_certificate(office.desk, numbers[0], office.act("遗失"))
    office.move(numbers[0], Move.REVOKE)
    assert why(reissue_certificate(office.desk, numbers[0], office.act("遗失"))) == [("honored", None)]
    assert verify_code(office.desk, old, office.now).validity is Validity.REVOKED


def test_certificate_that_there_is_none_of_is_not_issued_anew(honored):
    office, numbers = honored
    with pytest.raises(UnknownError, match="has no certificate"):
        reissue_certificate(office.desk, numbers[0], office.act("遗失"))
    numbered(office)
    with pytest.raises(UnknownError, match="name one with --certificate: 20190001"):
        reissue_certificate(office.desk, numbers[0], office.act("遗失"), certificate="20190009")


def test_forged_void_certificate_is_named(honored):
    office, numbers = honored
    numbered(office)
    reissue_certificate(office.desk, numbers[0], office.act("遗失"))
    with office.desk.store.write() as transaction:
        transaction.connection.execute(t.voided_certificate.delete())
    with office.desk.store.read() as connection:
        found = [(one.number, one.field) for one in disagreements(connection)]
    assert found == [(f"{numbers[0]} reissued:20190001:1", "exists")]


def test_certificate_in_use_by_another_pattern_is_refused_whole(honored):
    office, numbers = honored
    with office.desk.store.write() as transaction:
        award = {"nomination_id": office.row(numbers[2]).id, "stage": "issuance", "program_id": office.id}
        values = award | {"ordinal": 99, "number": "20190100", "code": "0" * 16, "numbered_at": office.now}
        transaction.connection.execute(t.certificate.insert().values(values))
    assert said(number_certificates(office.desk, office.id, office.act())) == ["证书编号与已有的重复"]
    with office.desk.store.read() as connection:
        assert len(connection.execute(select(t.certificate)).all()) == 1


def test_unknown_program_is_told(desk, office_of):
    office_of(LUZHOU)
    for ask in (lambda: number_certificates(desk, "nothing", None), lambda: certificates_of(desk, "nothing", None)):
        with pytest.raises(UnknownError):
            ask()
