"""One field of a row that the history tells otherwise, and how that is said."""

from dataclasses import dataclass

from operations.recollection import Value
from programs import Words


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field of a row that the history tells otherwise.

    `number` is a nomination's number or the program's id, or names a ruling, a list, a document, a past or a file. The
    field `exists` is about the row itself.
    """

    program: str
    number: str
    field: str
    table: Value
    history: Value

    @property
    def words(self) -> Words:
        """Say what disagrees."""
        return Words(
            "{field}：数据表为 {table}，办理记录为 {history}", "{field}: the table says {table}, the history {history}"
        ).format(
            field=_FIELDS.get(self.field, Words(self.field, self.field)),
            table=_spoken(self.table),
            history=_spoken(self.history),
        )


_FIELDS = {
    "exists": Words("有无此记录", "whether it exists"),
    "text": Words("信函正文的摘要（text）", "the digest of what a message says (text)"),
    "stage": Words("所处环节（stage）", "stage"),
    "version": Words("版本（version）", "version"),
    "revision": Words("按项目的第几版（revision）", "the program's version (revision)"),
    "nominee": Words("候选人（nominee）", "nominee"),
    "unit": Words("单位（unit）", "unit"),
    "nominator": Words("推荐单位（nominator）", "nominator"),
    "nominator_kind": Words("推荐单位类型（nominator_kind）", "nominator_kind"),
    "grade": Words("奖项（grade）", "grade"),
    "holder": Words("现由谁办理（holder）", "holder"),
    "kind": Words("类型（kind）", "kind"),
    "known": Words("是否凭证件认定（known）", "whether known by number (known)"),
    "name": Words("名称（name）", "name"),
    "since": Words("起始时间（since）", "since"),
    "ended_at": Words("终止时间（ended_at）", "ended_at"),
    "source": Words("依据（source）", "source"),
    "host": Words("占用名额的单位（host）", "whose quota it uses (host)"),
    "category": Words("类别（category）", "category"),
    "route": Words("推荐渠道（route）", "route"),
    "traits": Words("特征（traits）", "traits"),
    "opened_at": Words("开通时间（opened_at）", "opened_at"),
    "definition": Words("项目内容和期限的摘要（definition）", "the digest of what the program says (definition)"),
    "decision": Words("裁定的决定（decision）", "decision"),
    "actor": Words("裁定人（actor）", "actor"),
    "decided_at": Words("裁定时间（decided_at）", "decided_at"),
    "venue": Words("公示渠道（venue）", "venue"),
    "first_day": Words("公示首日（first_day）", "first_day"),
    "last_day": Words("公示末日（last_day）", "last_day"),
    "closes_at": Words("公示截止（closes_at）", "closes_at"),
    "objections_close_at": Words("异议截止（objections_close_at）", "objections_close_at"),
    "provisional": Words("是否暂定（provisional）", "provisional"),
    "period": Words("公示天数的算法（period）", "how its days are counted (period)"),
    "objections": Words("异议天数的算法（objections）", "how days to object are counted (objections)"),
    "stated": Words("末日是否由主办单位写明（stated）", "whether the office named the last day (stated)"),
    "files": Words("材料文件的摘要（files）", "the digests of its files (files)"),
    "content": Words("文件内容的摘要（content）", "the digest of what a file holds (content)"),
    "due_at": Words("到期时间（due_at）", "due_at"),
    "digest": Words("项目的摘要（digest）", "the program's digest"),
    "employer": Words("工作单位（employer）", "employer"),
    "fields": Words("专业（fields）", "fields"),
    "born": Words("出生年（born）", "born"),
    "term_from": Words("聘期起始日（term_from）", "term_from"),
    "term_until": Words("聘期截止日（term_until）", "term_until"),
    "retired_at": Words("出库时间（retired_at）", "retired_at"),
    "round": Words("第几次或第几轮（round）", "round"),
    "points": Words("分值（points）", "points"),
    "opinion": Words("意见（opinion）", "opinion"),
    "entered_by": Words("填写人（entered_by）", "who entered it (entered_by)"),
    "votes": Words("票（votes）", "votes"),
    "superseded": Words("是否已被取代（superseded）", "superseded"),
    "ranking_digest": Words("排序的摘要（ranking_digest）", "the digest of the ranking (ranking_digest)"),
    "places": Words("名额（places）", "places"),
    "place": Words("名次或地点（place）", "place"),
    "total": Words("得分（total）", "total"),
    "goes_on": Words("是否入围（goes_on）", "goes_on"),
    "way": Words("处理并列的办法（way）", "way"),
    "secret": Words("是否无记名（secret）", "secret"),
    "members": Words("成员（members）", "members"),
    "nominations": Words("表决名单（nominations）", "who was voted on (nominations)"),
    "present": Words("到会（present）", "present"),
    "rules": Words("表决规则的摘要（rules）", "the digest of its rules (rules)"),
    "kept": Words("名额、名单和排序的摘要（kept）", "the digest of its places, nominees and ranking (kept)"),
    "ordinal": Words("候补次序（ordinal）", "place in order (ordinal)"),
    "counts": Words("票数（counts）", "counts"),
    "closed": Words("是否已结束（closed）", "closed"),
    "annulled": Words("是否无效（annulled）", "annulled"),
    "chosen": Words("是否通过（chosen）", "chosen"),
    "seed": Words("抽取的种子（seed）", "seed"),
    "candidates": Words("候选专家名单的摘要（candidates）", "the digest of the candidates (candidates)"),
    "drawn_by": Words("抽取人（drawn_by）", "drawn_by"),
    "urn": Words("抽取的专业（urn）", "urn"),
    "state": Words("答复（state）", "state"),
    "replaces": Words("递补谁（replaces）", "replaces"),
    "pledge": Words("承诺的内容（pledge）", "pledge"),
    "ground": Words("回避事由（ground）", "ground"),
    "declared": Words("是否申请的（declared）", "declared"),
    "subject": Words("利害关系的对方（subject）", "subject"),
    "until": Words("截止日（until）", "until"),
    "nomination": Words("针对谁（nomination）", "whom it is against (nomination)"),
    "raised_by": Words("以何名义提出（raised_by）", "as whom it was raised (raised_by)"),
    "grounds": Words("异议内容（grounds）", "grounds"),
    "evidence": Words("证据说明（evidence）", "evidence"),
    "lodged_at": Words("提出时间（lodged_at）", "lodged_at"),
    "admitted": Words("是否受理（admitted）", "whether it was admitted (admitted)"),
    "scope": Words("不作为异议的事项（scope）", "what it is instead (scope)"),
    "judged_by": Words("受理人（judged_by）", "judged_by"),
    "judged_at": Words("受理时间（judged_at）", "judged_at"),
    "judged_because": Words("受理理由（judged_because）", "judged_because"),
    "handler": Words("承办人（handler）", "handler"),
    "finding": Words("核查情况（finding）", "finding"),
    "found_by": Words("核查人（found_by）", "found_by"),
    "outcome": Words("办理结果（outcome）", "outcome"),
    "answer": Words("处理意见（answer）", "answer"),
    "clause": Words("依据条款（clause）", "clause"),
    "settled_by": Words("办结人（settled_by）", "settled_by"),
    "settled_at": Words("办结时间（settled_at）", "settled_at"),
    "by": Words("由谁递补（by）", "who has the place now (by)"),
    "reason": Words("递补理由（reason）", "why it was filled (reason)"),
    "replaced_at": Words("递补时间（replaced_at）", "replaced_at"),
    "fen": Words("金额（fen）", "how much it is (fen)"),
    "recovered": Words("已追回的金额（recovered）", "how much came back (recovered)"),
    "instalment": Words("第几期发放（instalment）", "which instalment it is (instalment)"),
    "paid": Words("取消时已发放的金额（paid）", "how much was paid by then (paid)"),
    "to_recover": Words("应追回的金额（to_recover）", "how much is to be paid back (to_recover)"),
    "standing": Words("此处件数（standing）", "how many stand there (standing)"),
    "issued_at": Words("发文时间（issued_at）", "issued_at"),
}


def _spoken(value: Value) -> Words:
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    return Words("（无）", "nothing") if value is None else Words(str(value), str(value))
