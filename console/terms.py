"""What the events of a term, of a joint screening and of subscriptions say to people."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from console.saying import LANGUAGES, Voice
from deadlines.zone import SHANGHAI, last_day_before
from operations.overview import Event
from operations.tenure.money import yuan
from programs import Words


def _reported(event: Event) -> Words:
    if event.count > 1:
        return Words("收到履职报告", "reports of duties received")
    return Words("收到第{period}期履职报告", "report of duties received for period {period}").format(
        period=event.facts["period"]
    )


def _assessed(event: Event) -> Words:
    if event.count > 1:
        return Words("登记考核结果", "assessments recorded")
    again = Words("整改复核", "check of a rectification") if event.facts["round"] > 1 else Words("考核", "assessment")
    told = Words("第{period}期{again}：{result}", "{again} of period {period}: {result}").format(
        period=event.facts["period"], again=again, result=event.facts["result"]
    )
    until = event.facts.get("rectify_by")
    if not until:
        return told
    return Words("{told}，限 {day} 前整改", "{told}, to be made good by {day}").format(
        told=told, day=_said(last_day_before(datetime.fromisoformat(until)))
    )


def _begun(event: Event) -> Words:
    if event.count > 1:
        return Words("起聘", "terms begun")
    return Words("自 {day} 起聘", "term begun on {day}").format(day=_said(date.fromisoformat(event.facts["begun"])))


def _said(day: date) -> Words:
    at = datetime.combine(day, time.min, SHANGHAI)
    return Words(*(Voice(language, at).dated(day) for language in LANGUAGES))


def _money(zh: str, en: str) -> Callable[[Event], Words]:
    def tell(event: Event) -> Words:
        if event.count > 1:
            return Words(zh, en)
        names = {one.id: one.name for one in event.program.benefits}
        return Words(f"{zh}“{{name}}”{{yuan}} 元", f"{en}: {{name}}, {{yuan}} yuan").format(
            name=names.get(event.facts["benefit"], event.facts["benefit"]), yuan=yuan(event.facts["fen"])
        )

    return tell


def _stopped(event: Event) -> Words:
    if event.count > 1:
        return Words("停发待遇", "benefits stopped")
    return Words("停发待遇：{ground}", "benefits stopped: {ground}").format(ground=event.facts["ground"])


def _revoked(event: Event) -> Words:
    if event.count > 1:
        return Words("取消称号", "titles revoked")
    return Words("取消称号：{ground}", "title revoked: {ground}").format(ground=event.facts["ground"])


def _opinion(event: Event) -> Words:
    if event.count > 1:
        return Words("部门意见", "opinions of bodies")
    agrees = Words("同意", "agrees") if event.facts["agrees"] else Words("不同意", "does not agree")
    letter = event.facts.get("letter")
    return Words("{stage}：{body}{agrees}{letter}", "{stage}: {body} {agrees}{letter}").format(
        stage=event.subject or Words("部门意见", "opinion"),
        body=event.facts["body"],
        agrees=agrees,
        letter=Words("（附函 {digest}）", " (letter {digest})").format(digest=letter["sha256"][:12])
        if letter
        else Words("", ""),
    )


def _news(event: Event, zh: str, en: str) -> Words:
    return Words(f"{zh}：{{recipient}}", f"{en} {{recipient}}").format(recipient=event.facts["recipient"])


#: What each kind of event of a term, a joint screening or a subscription is told as.
PHRASES: Final[Mapping[str, Callable[[Event], Words]]] = {
    "opinion.given": _opinion,
    "letter.seen": lambda event: Words("取阅{body}的函件", "a letter of {body} taken to be read").format(
        body=event.facts["body"]
    ),
    "duties.reported": _reported,
    "duties.attached": lambda _: Words("履职报告补充文件", "files added to a report of duties"),
    "tenure.assessed": _assessed,
    "term.begun": _begun,
    "benefit.paid": _money("发放待遇", "benefit paid"),
    "benefit.recovered": _money("追回待遇", "benefit recovered"),
    "benefits.stopped": _stopped,
    "benefits.resumed": lambda _: Words("恢复待遇", "benefits run again"),
    "title.revoked": _revoked,
    "news.unsubscribed": lambda event: _news(event, "退订办理结果通知", "no more news of outcomes to"),
    "news.subscribed": lambda event: _news(event, "恢复办理结果通知", "news of outcomes again to"),
    "certificate.printed": lambda _: Words("下载证书", "certificate taken to be printed"),
    "certificate.reissued": lambda _: Words("补发证书", "certificate issued anew"),
    "certificate.returned": lambda _: Words("收回证书", "certificate returned"),
}
