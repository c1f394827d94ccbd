"""`linxuan certificate`: number certificates, list them, verify one, issue one anew."""

from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from documents.certificates import shown_code
from operations.certify import Certified, certificates_of, number_certificates, verify_code, verify_number
from operations.reissuing import reissue_certificate
from operations.results import Denied


@click.group(cls=Group, help=say("证书编号、补发和核验。", "Number, verify, and issue certificates anew."))
def command() -> None:
    """Everything about certificates."""


@command.command(help=say("给已发文、未编号的获得者编证书号", "number the certificates of all who have none"))
@click.argument("program", metavar="ID")
@actor_option()
@command_face
def number(face: Face, program: str, actor: str) -> None:
    """Number certificates."""
    desk, act = acting(face, actor)
    done = number_certificates(desk, program, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    face.answer(
        {"program": program, "certificates": done.certificates},
        [f"{nomination}　{given}" for nomination, given in done.certificates.items()],
    )


@command.command("list", help=say("列出证书", "list certificates"))
@click.argument("program", metavar="ID")
@command_face
def list_them(face: Face, program: str) -> None:
    """List the certificates of a program."""
    found = certificates_of(reading_desk(face), program, face.now)
    face.answer(
        [{**_document(one), "nomination": one.nomination} for one in found],
        [f"{one.number}　{_line(one)}　{shown_code(one.code)}" for one in found]
        or [say("没有编号的证书", "no certificate is numbered")],
    )


@command.command(
    help=say(
        "核验证书：写证书上的核验码，或 --number 和 --name；查无此证时退出码为 1",
        "verify a certificate by its code, or by --number and --name; the exit code is 1 where there is none",
    )
)
@click.argument("code", metavar="CODE", required=False)
@click.option("--number", "given", type=LineType(), help=say("证书编号", "the certificate's number"))
@click.option("--name", type=LineType(), help=say("姓名或名称", "the name on it"))
@command_face
def verify(face: Face, code: str | None, given: str | None, name: str | None) -> None:
    """Verify a certificate."""
    if bool(code) == bool(given) or bool(given) != bool(name):
        raise click.UsageError(
            say("请写核验码，或同时写 --number 和 --name", "give the code, or both --number and --name")
        )
    desk = reading_desk(face)
    if code:
        one = verify_code(desk, code, face.now)
        found = [one] if one else []
    else:
        found = verify_number(desk, given or "", name or "", face.now)
    face.answer(
        {"found": bool(found), "certificates": [_document(one) for one in found]},
        [line for one in found for line in _lines(one)] or [say("查无此证", "there is no such certificate")],
    )
    if not found:
        raise SystemExit(REFUSED)


@command.command(
    "reissue",
    help=say(
        "补发遗失的证书：编号不变，换新的核验码；旧码核验时显示作废",
        "issue a lost certificate anew: the number stays, the code is new, and the old code is told to be void",
    ),
)
@click.argument("nomination", metavar="NUMBER")
@click.option("--certificate", type=LineType(), help=say("证书编号，有几份时写", "its number, where there are several"))
@click.option("--reason", required=True, type=LineType(), help=say("理由，如遗失声明", "why, such as a notice of loss"))
@actor_option()
@command_face
def reissue(face: Face, nomination: str, certificate: str | None, reason: str, actor: str) -> None:
    """Issue a certificate anew."""
    desk, act = acting(face, actor, reason)
    done = reissue_certificate(desk, nomination, act, certificate=certificate)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=nomination)
    face.answer(
        {"nomination": nomination, "certificate": done.certificate},
        say(
            f"{done.certificate}　已补发；用 linxuan export certificates --nomination {nomination} 打印",
            f"{done.certificate} is issued anew; print it with linxuan export certificates --nomination {nomination}",
        ),
    )


def _document(one: Certified) -> dict[str, Any]:
    return {
        "number": one.number,
        "code": one.code,
        "name": one.name,
        "unit": one.unit,
        "award": one.grade,
        "edition": one.edition,
        "document": one.document,
        "issuers": list(one.issuers),
        "dated": one.dated.isoformat(),
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "state": one.validity.value,
    }


def _line(one: Certified) -> str:
    state = one.validity.label.in_language(LANGUAGE)
    return f"{one.name}（{one.unit}）　{one.grade}　{state}"


def _lines(one: Certified) -> list[str]:
    term = say(f"，聘期至 {one.last_day}", f", until {one.last_day}") if one.last_day else ""
    return [
        f"{one.number}　{_line(one)}",
        say(
            f"　　{one.edition}，{one.document}，{one.dated} 授予{term}",
            f"    {one.edition}, {one.document}, {one.dated}{term}",
        ),
    ]
