"""How an honor is told: its term and what it asks for, what was paid, and what was taken away."""

from collections.abc import Iterator
from typing import Any

from cli.face import LANGUAGE, Face, say
from deadlines.zone import last_day_before, shanghai_day
from operations.tenure.listing import Honor, Revocation, duty_words
from operations.tenure.money import yuan


def honor_document(face: Face, one: Honor) -> dict[str, Any]:
    """Return an honor as a JSON object."""
    return {
        "number": one.number,
        "nominee": one.nominee,
        "unit": one.unit,
        "award": one.award,
        "standing": one.standing.in_language(LANGUAGE),
        "state": one.validity.value,
        "begun": one.begun.isoformat() if one.begun else None,
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "due": [
            {
                "kind": duty.kind.value,
                "period": duty.period,
                "last_day": last_day_before(duty.due).isoformat(),
                "overdue": duty.due <= face.now,
            }
            for duty in one.opened
        ],
        "next": {
            "kind": one.following.kind.value,
            "period": one.following.period,
            "opens": one.following.opens.date().isoformat(),
            "last_day": last_day_before(one.following.due).isoformat(),
        }
        if one.following
        else None,
        "assessments": [
            {"period": each.period, "round": each.number, "result": each.result, "passed": each.passed}
            for each in one.term.rounds
        ],
        "reports": sorted(one.term.reported),
        "stopped": {"since": one.stop.since.isoformat(), "ground": one.stop.ground} if one.stop else None,
        "payments": [
            {
                "benefit": each.benefit,
                "year": each.period or None,
                "instalment": each.instalment,
                "yuan": yuan(each.fen),
                "recovered": yuan(each.recovered),
                "document": each.document,
            }
            for each in one.term.payments
        ],
        "revoked": {
            "ground": one.revocation.ground,
            "approved_by": one.revocation.approved_by,
            "approval": one.revocation.approval,
            "to_recover": yuan(one.revocation.to_recover),
            "recovered": yuan(one.revocation.recovered) if one.revocation.recovered is not None else None,
            "outstanding": yuan(one.revocation.outstanding),
            "barred_until": one.revocation.barred_until.isoformat() if one.revocation.barred_until else None,
            "certificate": one.certificate,
            "certificate_returned": one.revocation.returned_at is not None,
        }
        if one.revocation
        else None,
    }


def honor_line(face: Face, one: Honor) -> str:
    """Tell an honor in one line."""
    term = f"　{one.begun}" if one.begun else ""
    term += say(f" 至 {one.last_day}", f" until {one.last_day}") if one.last_day else ""
    due = "".join(f"　{duty_words(duty, face.now).in_language(LANGUAGE)}" for duty in one.opened)
    stop = say("　待遇停发", "  benefits stopped") if one.stop else ""
    return f"{one.number}　{one.nominee}（{one.unit}）{term}　{one.validity.label.in_language(LANGUAGE)}{stop}{due}"


def honor_lines(one: Honor) -> list[str]:
    """Tell what was assessed, paid, stopped and taken away."""
    lines = [
        say(f"　第{each.period}期考核：{each.result}", f"  period {each.period}: {each.result}")
        + (say("（整改复核）", " (after a rectification)") if each.number > 1 else "")
        for each in one.term.rounds
    ]
    for each in one.term.payments:
        of_year = say(f"第{each.period}年", f"year {each.period}") if each.period else say("一次性", "once")
        of_year += say(f"第{each.instalment}期", f", instalment {each.instalment}") if each.instalment > 1 else ""
        back = (
            say(f"，已追回 {yuan(each.recovered)} 元", f", {yuan(each.recovered)} paid back") if each.recovered else ""
        )
        lines.append(
            f"　{one.benefits.get(each.benefit, each.benefit)}　{of_year}　{yuan(each.fen)}　{each.document}{back}"
        )
    if one.stop:
        lines.append(
            say(
                f"　自 {one.stop.since} 起停发：{one.stop.ground}",
                f"  stopped since {one.stop.since}: {one.stop.ground}",
            )
        )
    return [*lines, *_taken_away(one, one.revocation)] if one.revocation else lines


def _taken_away(one: Honor, revoked: Revocation) -> Iterator[str]:
    """Tell what follows a revocation: the money, the ban, the certificate."""
    day = shanghai_day(revoked.revoked_at)
    body = "　".join(part for part in (revoked.approved_by, revoked.approval) if part)
    approved = say(f"（{body}）", f" ({body})") if body else ""
    yield say(f"　{day} 已取消：{revoked.ground}{approved}", f"  revoked on {day}: {revoked.ground}{approved}")
    if revoked.to_recover:
        due, left = yuan(revoked.to_recover), yuan(revoked.outstanding)
        yield say(f"　应追回 {due} 元，尚欠 {left} 元", f"  {due} yuan are to be paid back, {left} are not yet")
    if revoked.barred_until:
        yield say(f"　不得申报至 {revoked.barred_until}", f"  not to be nominated until {revoked.barred_until}")
    if one.certificate:
        back = shanghai_day(revoked.returned_at) if revoked.returned_at else None
        whether = say(f"已于 {back} 收回", f"came back on {back}") if back else say("尚未收回", "has not come back yet")
        yield say(
            f"　证书 {one.certificate} 作废，{whether}", f"  the certificate {one.certificate} is void, and {whether}"
        )
