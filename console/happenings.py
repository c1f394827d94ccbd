"""What each kind of event says to people."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from console import terms
from console.balloting import BALLOTS
from console.objecting import OBJECTIONS
from console.saying import Voice
from operations.overview import Event
from operations.personal import PersonalKind
from programs import Words
from programs.panels import Ground
from states import End, Move

_NOTHING = Words("", "")
_ENDS = frozenset(End)


def happening(event: Event) -> Words:
    """Return an event as a phrase; one of a kind that is not known here is told by the kind itself."""
    tell = PHRASES.get(event.kind)
    return tell(event) if tell else Words(event.kind, event.kind)


def _created(event: Event) -> Words:
    return Words("申报登记，进入“{place}”", "nomination drawn up at “{place}”").format(
        place=event.destination or _NOTHING
    )


def _moved(event: Event) -> Words:
    move = Move(event.facts["move"]).label
    if undoes := event.facts.get("undoes"):
        return Words("撤销“{move}”，回到“{place}”", "“{move}” taken back, now “{place}” again").format(
            move=Move(undoes["move"]).label, place=event.destination or _NOTHING
        )
    if event.facts["to"] in _ENDS:
        return Words("{place}：{move}", "{place}: {move}").format(move=move, place=event.source or _NOTHING)
    if event.source == event.destination:
        return move
    return Words("{move}，到“{place}”", "{move}, now “{place}”").format(move=move, place=event.destination or _NOTHING)


def _received(event: Event) -> Words:
    if event.count > 1:
        return Words("收件登记", "materials received")
    return Words("收件 {count} 项", "{count} materials received").format(count=len(event.facts["materials"]))


def _attached(event: Event) -> Words:
    if event.count > 1:
        return Words("提交材料文件", "files handed in")
    return Words("提交材料文件 {count} 个", "{count} files handed in").format(count=len(event.facts["files"]))


def _judged(event: Event) -> Words:
    if event.count > 1:
        return Words("填写审查结论", "verdicts recorded")
    return Words("填写审查结论 {count} 条", "{count} verdicts recorded").format(count=len(event.facts["verdicts"]))


def _reported(event: Event) -> Words:
    return Words("报送评议结果：{track}", "evaluation reported: {track}").format(track=event.subject or _NOTHING)


def _scored(event: Event) -> Words:
    if event.count > 1:
        return Words("评分：{track}", "scored: {track}").format(track=event.subject or _NOTHING)
    anew = event.facts["revision"] > 1
    words = Words("改评：{track}", "scored anew: {track}") if anew else Words("评分：{track}", "scored: {track}")
    return words.format(track=event.subject or _NOTHING)


def _scores_taken_in(event: Event) -> Words:
    if event.count > 1:
        return Words("导入评分表：{track}", "score sheets: {track}").format(track=event.subject or _NOTHING)
    return Words("导入评分表：{track}，{count} 件", "a score sheet: {track}, {count}").format(
        track=event.subject or _NOTHING, count=len(event.facts["nominations"])
    )


def _tallied(event: Event) -> Words:
    if event.count > 1:
        return Words("导入票数：{stage}", "votes imported: {stage}").format(stage=event.subject or _NOTHING)
    jumped = event.facts.get("jumped")
    told = Words("导入票数：{platform}，共 {votes} 票", "votes imported: {platform}, {votes} together").format(
        platform=event.facts["platform"], votes=sum(event.facts["votes"].values())
    )
    return (
        told
        if not jumped
        else Words("{told}；{count} 件票数异常", "{told}; {count} implausible").format(told=told, count=len(jumped))
    )


def _ranked(event: Event) -> Words:
    if event.count > 1:
        return Words("确定排序：{stage}", "rankings settled: {stage}").format(stage=event.subject or _NOTHING)
    return Words("确定排序：{stage}，共 {count} 件", "ranking settled: {stage}, {count}").format(
        stage=event.subject or _NOTHING, count=len(event.facts["nominations"])
    )


def _tie_resolved(event: Event) -> Words:
    if event.count > 1:
        return Words("并列处理：{stage}", "ties resolved: {stage}").format(stage=event.subject or _NOTHING)
    return Words("并列处理：{stage}，{count} 件", "tie resolved: {stage}, {count}").format(
        stage=event.subject or _NOTHING, count=len(event.facts["points"])
    )


def _ranking_reopened(event: Event) -> Words:
    return Words("重开排序：{stage}", "ranking opened again: {stage}").format(stage=event.subject or _NOTHING)


def _published(event: Event) -> Words:
    last_day = date.fromisoformat(event.facts["last_day"])
    return Words(
        "“{stage}”开始，共 {count} 件，至 {last_day}{mark}", "“{stage}” began for {count}, until {last_day}{mark}"
    ).format(
        mark=_mark(event.facts),
        stage=event.subject or _NOTHING,
        count=len(event.facts["nominations"]),
        last_day=Words(Voice("zh", event.at).day(last_day), Voice("en", event.at).day(last_day)),
    )


def _issued(event: Event) -> Words:
    return Words("发文 {document}，共 {count} 件", "document {document} issued for {count}").format(
        document=event.facts["document"], count=len(event.facts["nominations"])
    )


def _reserved(event: Event) -> Words:
    return Words("列候补 {count} 名", "{count} named as reserves").format(count=len(event.facts["reserves"]))


def _replaced(event: Event) -> Words:
    return Words("{by} 递补 {vacated}", "{by} takes the place of {vacated}").format(
        by=event.facts["by"], vacated=event.facts["vacated"]
    )


def _certified(event: Event) -> Words:
    return Words("证书编号，共 {count} 份", "{count} certificates numbered").format(
        count=len(event.facts["certificates"])
    )


def _ordered(event: Event) -> Words:
    return Words("“{name}”推荐排序，共 {count} 件", "{name} ranked the {count} that it recommends").format(
        name=event.facts["nominator"], count=len(event.facts["nominations"])
    )


def _ruled(event: Event) -> Words:
    moved = event.facts.get("deadlines")
    told = Words("裁定：{question}", "ruled on {question}").format(question=event.subject or event.facts["ruling"])
    if not moved:
        return told
    return Words("{told}；{count} 项期限随之改变", "{told}; {count} deadline(s) changed with it").format(
        told=told, count=len(moved)
    )


def _details_kept(event: Event) -> Words:
    return Words("登记{kinds}", "recorded: {kinds}").format(kinds=_kinds(event))


def _stated(_event: Event) -> Words:
    return Words("填报候选人情况", "facts of the nominee stated")


def _annex_stated(event: Event) -> Words:
    if event.count > 1:
        return Words("导入附表", "annexes taken in")
    names = {one.id: one.name for one in event.program.annexes}
    return Words("导入附表“{name}”", "annex taken in: {name}").format(
        name=names.get(event.facts["annex"], event.facts["annex"])
    )


def _taken_in(event: Event) -> Words:
    return Words("导入汇总表“{file}”，登记 {count} 件", "{count} drawn up from the table {file}").format(
        file=event.facts["file"], count=len(event.facts["nominations"])
    )


def _allotted(event: Event) -> Words:
    places = event.facts["places"]
    return Words("分配名额“{quota}”：{count} 家共 {total} 名", "{total} places of {quota} allotted to {count}").format(
        quota=event.facts["quota"], count=len(places), total=sum(places.values())
    )


def _nominator(event: Event) -> Words:
    return Words("登记“{name}”的推荐单位类型：{kind}", "{name} registered as a nominator of the kind {kind}").format(
        name=event.facts["nominator"], kind=event.facts["to"]
    )


def _details_seen(event: Event) -> Words:
    return Words("查看{kinds}", "seen: {kinds}").format(kinds=_kinds(event))


def _kinds(event: Event) -> Words:
    if event.count > 1:
        return Words("个人信息", "personal data")
    labels = [PersonalKind(kind).label for kind in event.facts["kinds"]]
    return Words("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _details_exported(event: Event) -> Words:
    return Words("导出 {count} 件的{kinds}", "of {count}, written to a file: {kinds}").format(
        count=event.facts["count"], kinds=_kinds(event)
    )


def _opened(_event: Event) -> Words:
    return Words("开通项目", "program opened")


def _amended(event: Event) -> Words:
    count = len(event.facts["differences"])
    return Words(
        "修订项目为第 {number} 版，{count} 处不同", "program amended to version {number}, {count} changes"
    ).format(number=event.facts["revision"], count=count)


def _migrated(event: Event) -> Words:
    told = Words("改按第 {number} 版办理", "brought to version {number}").format(number=event.facts["revision"])
    if event.facts["from"] == event.facts["to"]:
        return told
    return Words("{told}，到“{place}”", "{told}, now “{place}”").format(told=told, place=event.destination or _NOTHING)


def _extended(event: Event) -> Words:
    closes, before = datetime.fromisoformat(event.facts["to"]), event.facts.get("from")
    later = before is None or closes >= datetime.fromisoformat(before)
    words = (
        Words("延长期限：{place}，至 {until}", "deadline extended: {place}, until {until}")
        if later
        else Words("期限提前：{place}，至 {until}", "deadline brought forward: {place}, until {until}")
    )
    return words.format(place=event.subject or event.facts["deadline"], until=_closing(event, closes))


def _closing(event: Event, closes: datetime) -> Words:
    return Words(Voice("zh", event.at).closing(closes), Voice("en", event.at).closing(closes))


def _mark(days: Mapping[str, Any]) -> Words:
    return Words("（暂定）", " (provisional)") if days.get("provisional") else _NOTHING


def _publicity_recounted(event: Event) -> Words:
    before, after = event.facts["from"], event.facts["to"]
    until = _closing(event, datetime.fromisoformat(after.get("objections_close", after["closes"])))
    return _recounted(event.subject, until, after, stands=_same_days(before, after))


def _deadline_recounted(event: Event) -> Words:
    before, after = event.facts["from"], event.facts["to"]
    place, until = event.subject or event.facts["deadline"], _closing(event, datetime.fromisoformat(after["at"]))
    return _recounted(place, until, after, stands=before is not None and _same_days(before, after))


def _correction_recounted(event: Event) -> Words:
    until = _closing(event, datetime.fromisoformat(event.facts["to"]))
    return _recounted(Words("补正", "correction"), until, {}, stands=False)


def _same_days(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before | {"provisional": None} == after | {"provisional": None}


def _recounted(place: Words | str | None, until: Words, days: Mapping[str, Any], *, stands: bool) -> Words:
    """Tell that something was counted again; where its days stand, only how sure they are has changed."""
    words = (
        Words("放假安排有变化，“{place}”仍至 {until}{mark}", "calendar changed: {place} still ends on {until}{mark}")
        if stands
        else Words(
            "放假安排有变化，“{place}”重新计算至 {until}{mark}",
            "calendar changed: {place} counted again, until {until}{mark}",
        )
    )
    return words.format(place=place or _NOTHING, until=until, mark=_mark(days))


# Who evaluates what is for the office to say: what is told here names no expert.


def _panel_drawn(event: Event) -> Words:
    return Words("抽取“{stage}”专家 {count} 名", "{count} experts drawn for “{stage}”").format(
        stage=event.subject or _NOTHING, count=len(event.facts["seats"])
    )


def _invited(event: Event) -> Words:
    return Words("邀请“{stage}”专家 {count} 名", "{count} experts invited to “{stage}”").format(
        stage=event.subject or _NOTHING, count=len(event.facts["experts"])
    )


def _confirmed(event: Event) -> Words:
    return Words("一名专家确认参加“{stage}”", "an expert takes part in “{stage}”").format(
        stage=event.subject or _NOTHING
    )


def _declined(event: Event) -> Words:
    after = Words("，由下一名递补", "; the next one takes the place") if "next" in event.facts else _NOTHING
    return Words("一名专家辞去“{stage}”{after}", "an expert has declined “{stage}”{after}").format(
        stage=event.subject or _NOTHING, after=after
    )


def _pledged(event: Event) -> Words:
    return Words("一名专家签署“{stage}”承诺", "an expert has pledged for “{stage}”").format(
        stage=event.subject or _NOTHING
    )


def _assigned(_event: Event) -> Words:
    return Words("分配专家", "experts assigned")


def _recused(event: Event) -> Words:
    if event.count > 1:
        return Words("专家回避", "experts recused")
    return Words("专家回避：{ground}", "an expert recused: {ground}").format(ground=Ground(event.facts["ground"]).label)


def _recusal_lifted(_event: Event) -> Words:
    return Words("撤销专家回避", "an expert's recusal lifted")


def _expert_added(_event: Event) -> Words:
    return Words("专家入库", "an expert taken into the pool")


#: What each kind of event is told as.
PHRASES: dict[str, Callable[[Event], Words]] = {
    "nomination.created": _created,
    "nomination.moved": _moved,
    "materials.received": _received,
    "files.attached": _attached,
    "files.seen": lambda _: Words("取阅材料文件", "files taken to be read"),
    "verdicts.recorded": _judged,
    "evaluation.reported": _reported,
    "score.entered": _scored,
    "scores.taken-in": _scores_taken_in,
    "tally.imported": _tallied,
    "ranking.settled": _ranked,
    "tie.resolved": _tie_resolved,
    "ranking.reopened": _ranking_reopened,
    **BALLOTS,
    "details.kept": _details_kept,
    "details.seen": _details_seen,
    "details.exported": _details_exported,
    "publicity.started": _published,
    **OBJECTIONS,
    "document.issued": _issued,
    "reserves.named": _reserved,
    "seat.replaced": _replaced,
    "certificates.numbered": _certified,
    "nominees.ordered": _ordered,
    "facts.stated": _stated,
    "annex.stated": _annex_stated,
    "table.taken-in": _taken_in,
    "nominator.registered": _nominator,
    "quota.allotted": _allotted,
    "ruling.confirmed": _ruled,
    "program.entered": lambda _event: Words("登记项目", "program entered"),
    "program.opened": _opened,
    "program.amended": _amended,
    "nomination.migrated": _migrated,
    "deadline.extended": _extended,
    "deadline.recounted": _deadline_recounted,
    "publicity.recounted": _publicity_recounted,
    "correction.recounted": _correction_recounted,
    "panel.drawn": _panel_drawn,
    "experts.invited": _invited,
    "invitation.confirmed": _confirmed,
    "invitation.declined": _declined,
    "pledge.made": _pledged,
    "experts.assigned": _assigned,
    "expert.recused": _recused,
    "recusal.lifted": _recusal_lifted,
    "expert.added": _expert_added,
    **terms.PHRASES,
}
