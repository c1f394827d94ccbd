"""The moves: everything that can take a nomination on."""

from enum import StrEnum

from programs import Words


class Move(StrEnum):
    """What takes a nomination from one place of its pipeline to another."""

    SUBMIT = "submit"
    ENDORSE = "endorse"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    ADVANCE = "advance"
    ELIMINATE = "eliminate"
    CHOOSE = "choose"
    RESERVE = "reserve"
    REPLACE = "replace"
    APPROVE = "approve"
    PUBLISH = "publish"
    OBJECT = "object"
    SETTLE = "settle"
    UPHOLD = "uphold"
    CORRECT = "correct"
    DEFER = "defer"
    CLOSE = "close"
    ISSUE = "issue"
    ASSESS = "assess"
    FAIL = "fail"
    RECTIFY = "rectify"
    REVOKE = "revoke"
    EXPIRE = "expire"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    DISQUALIFY = "disqualify"
    UNDO = "undo"

    @property
    def label(self) -> Words:
        """What people call this move."""
        return _LABELS[self]

    @property
    def by_use_case(self) -> Words | None:
        """The deed that makes this move, where it is part of more: it would leave a list or a document unwritten."""
        return _BY_USE_CASE.get(self)

    @property
    def by_clock(self) -> bool:
        """Whether time alone makes this move, through a sweep."""
        return self in _BY_CLOCK


_BY_CLOCK = frozenset({Move.LAPSE, Move.CLOSE, Move.EXPIRE})

_BY_USE_CASE = {
    Move.RESERVE: Words("“确定入选”（linxuan decide --reserve）", "the decision (linxuan decide --reserve)"),
    Move.REPLACE: Words("“递补”（linxuan publicity replace）", "replacement (linxuan publicity replace)"),
    Move.PUBLISH: Words("“公布名单”（linxuan publicity start）", "the list (linxuan publicity start)"),
    Move.OBJECT: Words("“登记异议”（linxuan publicity object）", "lodging an objection (linxuan publicity object)"),
    Move.SETTLE: Words("“异议办结”（linxuan publicity settle）", "settling the objection (linxuan publicity settle)"),
    Move.UPHOLD: Words("“异议办结”（linxuan publicity settle）", "settling the objection (linxuan publicity settle)"),
    Move.CORRECT: Words("“异议办结”（linxuan publicity settle）", "settling the objection (linxuan publicity settle)"),
    Move.DEFER: Words("“异议办结”（linxuan publicity settle）", "settling the objection (linxuan publicity settle)"),
    Move.ISSUE: Words("“发文”（linxuan issue）", "the document (linxuan issue)"),
    Move.ASSESS: Words("“登记考核”（linxuan tenure assess）", "the assessment (linxuan tenure assess)"),
    Move.FAIL: Words("“登记考核”（linxuan tenure assess）", "the assessment (linxuan tenure assess)"),
    Move.RECTIFY: Words(
        "“整改复核”（linxuan tenure rectify）", "the check of what was to be put right (linxuan tenure rectify)"
    ),
    Move.REVOKE: Words("“取消称号”（linxuan tenure revoke）", "revocation (linxuan tenure revoke)"),
    Move.UNDO: Words("“撤销上一步”（linxuan nomination undo）", "taking the last move back (linxuan nomination undo)"),
}

_LABELS = {
    Move.SUBMIT: Words("申报", "submit"),
    Move.ENDORSE: Words("推荐上报", "endorse"),
    Move.ACCEPT: Words("受理通过", "accept"),
    Move.RETURN: Words("退回补正", "return"),
    Move.REJECT: Words("不予通过", "reject"),
    Move.ADVANCE: Words("进入下一环节", "advance"),
    Move.ELIMINATE: Words("落选", "eliminate"),
    Move.CHOOSE: Words("确定入选", "choose"),
    Move.RESERVE: Words("列为候补", "name as a reserve"),
    Move.REPLACE: Words("递补", "replace"),
    Move.APPROVE: Words("批准", "approve"),
    Move.PUBLISH: Words("开始公示", "publish"),
    Move.OBJECT: Words("提出异议", "object"),
    Move.SETTLE: Words("异议不成立", "settle"),
    Move.UPHOLD: Words("异议成立", "uphold"),
    Move.CORRECT: Words("更正", "correct"),
    Move.DEFER: Words("暂缓", "defer"),
    Move.CLOSE: Words("公示期满", "close"),
    Move.ISSUE: Words("发文", "issue"),
    Move.ASSESS: Words("考核合格", "pass the assessment"),
    Move.FAIL: Words("考核不合格", "fail the assessment"),
    Move.RECTIFY: Words("整改合格", "rectify"),
    Move.REVOKE: Words("取消称号", "revoke"),
    Move.EXPIRE: Words("聘期届满", "expire"),
    Move.LAPSE: Words("逾期失效", "lapse"),
    Move.WITHDRAW: Words("撤回", "withdraw"),
    Move.DISQUALIFY: Words("取消申报资格", "disqualify"),
    Move.UNDO: Words("撤销操作", "take back"),
}
