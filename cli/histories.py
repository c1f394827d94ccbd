"""The history of a nomination, written event by event."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.face import LANGUAGE, say
from operations.clock_reasons import reason_told
from programs import Words
from states import Move
from states.standings import Standing

#: What each kind of event of a nomination is told as; a move is told by its own name.
HAPPENED = {
    "nomination.created": Words("申报登记", "drawn up"),
    "materials.received": Words("收件", "materials received"),
    "files.attached": Words("提交材料文件", "files handed in"),
    "files.seen": Words("取阅材料文件", "files seen"),
    "verdicts.recorded": Words("填写审查结论", "verdicts recorded"),
    "correction.recounted": Words("补正期限重新计算", "time to correct counted again"),
    "experts.assigned": Words("分配专家", "experts assigned"),
    "expert.recused": Words("专家回避", "expert recused"),
    "recusal.lifted": Words("撤销回避", "recusal lifted"),
    "ballot.recused": Words("表决成员回避", "member of the committee recused"),
    "evaluation.reported": Words("报送评议", "evaluation reported"),
    "score.entered": Words("评分", "scored"),
    "facts.stated": Words("填报情况", "facts stated"),
    "annex.stated": Words("导入附表", "annex taken in"),
    "details.kept": Words("登记个人信息", "personal data recorded"),
    "details.seen": Words("查看个人信息", "personal data seen"),
    "objection.lodged": Words("收到异议", "objection lodged"),
    "objection.admitted": Words("受理异议", "objection admitted"),
    "objection.refused": Words("异议不予受理", "objection not admitted"),
    "objection.investigated": Words("核查异议", "objection looked into"),
    "objection.recounted": Words("重新计算异议期限", "time for the objection counted again"),
    "objection.prolonged": Words("延长异议核查期限", "objection given more time"),
    "objection.seen": Words("查看异议材料", "objection's particulars seen"),
    "objection.settled": Words("异议办结", "objection settled"),
    "nomination.migrated": Words("改按另一版办理", "brought to another version"),
    "opinion.given": Words("部门意见", "opinion of a body"),
    "duties.reported": Words("收到履职报告", "report of duties received"),
    "tenure.assessed": Words("登记考核结果", "assessment recorded"),
    "term.begun": Words("起聘", "term begun"),
    "benefit.paid": Words("发放待遇", "benefit paid"),
    "benefit.recovered": Words("追回待遇", "benefit recovered"),
    "benefits.stopped": Words("停发待遇", "benefits stopped"),
    "benefits.resumed": Words("恢复待遇", "benefits run again"),
    "title.revoked": Words("取消称号", "title revoked"),
    "certificate.printed": Words("下载证书", "certificate taken to be printed"),
    "certificate.reissued": Words("补发证书", "certificate issued anew"),
    "duties.attached": Words("履职报告补充文件", "files added to a report"),
    "certificate.returned": Words("收回证书", "certificate returned"),
}


def history_lines(events: Iterable[Mapping[str, Any]], standings: Mapping[str, Standing]) -> list[str]:
    """Write events; `standings` name where moves led, by their keys. Other versions may have others."""
    places = {key: standing.name.in_language(LANGUAGE) for key, standing in standings.items()}
    return [_line(event, places) for event in events]


def _line(event: Mapping[str, Any], places: Mapping[str, str]) -> str:
    happened = Move(event["move"]).label if "move" in event else HAPPENED[event["kind"]]
    move = f"　{happened.in_language(LANGUAGE)}"
    if undoes := event.get("undoes"):
        undone = Move(undoes["move"]).label.in_language(LANGUAGE)
        move += say("（第 {0} 条“{1}”）", " (“{1}” of #{0})").format(undoes["position"], undone)
    source, destination = (places.get(key, key) for key in (event.get("from", ""), event.get("to", "")))
    way = f"　{source} → {destination}" if destination else ""
    if event["kind"] == "nomination.migrated":
        way = say("　第 {0} 版 → 第 {1} 版", "　version {0} → version {1}").format(
            event["from_revision"], event["revision"]
        )
        way += f"　{source} → {destination}" if source != destination else ""
        way += "".join(f"　{change}" for change in event.get("changes", ()))
    reason = f"　{why.in_language(LANGUAGE)}" if (why := reason_told(event.get("reason"))) else ""
    return f"#{event['position']}　{event['now'][:16].replace('T', ' ')}　{event['actor']}{move}{way}{reason}"
