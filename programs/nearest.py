"""Did you mean: the known name that is nearest to what somebody wrote, and the choices in their own words."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from programs.words import Words

#: What people call the words that a file chooses from. Whoever writes one of these meant the word before it.
CHOICES: Final = {
    "person": "个人",
    "unit": "单位",
    "studio": "工作室",
    "team": "团队",
    "organization": "组织推荐",
    "public": "社会举荐",
    "self": "个人自荐",
    "cap": "上限",
    "target": "左右",
    "unlimited": "不限人数",
    "nominator": "推荐单位",
    "nominee": "候选人",
    "apprentice": "徒弟",
    "recommendation": "推荐",
    "screening": "资格审查",
    "consultation": "征求意见",
    "vote": "投票",
    "review": "专家评议",
    "decision": "评审确定",
    "approval": "审批",
    "publicity": "公示",
    "issuance": "发文",
    "promotion": "宣传",
    "tenure": "聘期管理",
    "attestation": "审查认定",
    "age": "年龄",
    "level": "等级",
    "title": "称号",
    "quantity": "数量",
    "competition-rank": "竞赛名次",
    "history": "既往",
    "agreement": "附表相符",
    "combination": "组合",
    "exemption": "免除",
    "preference": "优先",
    "ratio": "比例",
    "past-winner": "已获奖",
    "leads-another-studio": "另领办工作室",
    "banned": "禁报",
    "subsidized": "已获补助",
    "paper": "纸质",
    "electronic": "电子",
    "scan": "扫描",
    "nominees": "候选人",
    "others": "其他人员",
    "characters": "标点计入",
    "with-spaces": "空格也计",
    "words": "按 Word 字数",
    "han": "只计汉字",
    "form": "表格",
    "overview": "一览",
    "list": "清单",
    "grid": "填写栏",
    "boxes": "填写框",
    "rows": "空白行",
    "opinions": "意见栏",
    "seal": "公章",
    "straddle-seal": "骑缝章",
    "handler-signature": "经办人签字",
    "nominee-signature": "本人签字",
    "money": "资金",
    "support": "支持",
    "precedence": "优先支持",
    "once": "一次",
    "year": "每年",
    "award": "授予后",
    "passed-assessment": "考核合格后",
    "sex": "性别",
    "education": "学历",
    "seniority": "资历",
    "employer": "单位名称",
    "name": "姓名",
    "working": "工作日",
    "calendar": "自然日",
    "next-day": "次日起算",
    "same-day": "当日起算",
    "sum": "票数相加",
    "equal-platforms": "各平台等权",
    "weighted-platforms": "各平台加权",
    "top": "最高票满分",
    "share": "得票比例",
    "materials": "材料评审",
    "site-visit": "实地考察",
    "defence": "答辩",
    "test": "现场测试",
    "mean": "平均",
    "trimmed": "去掉最高最低",
    "median": "中位数",
    "strokes": "姓氏笔画",
    "number": "编号",
    "kinship": "亲属关系",
    "project": "项目合作",
    "other": "其他情形",
    "admit": "并列都入围",
    "panel": "由评委定",
    "re-vote": "再投一次",
    "tie-break": "依次比较",
    "drop": "并列都不入围",
}

_LIKE: Final = 0.6


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Return the known name that was meant, however it is cased, joined or put into Chinese; none if none is near."""
    names = {_plain(name): name for name in known}
    spoken = {CHOICES[name]: name for name in names.values() if name in CHOICES}
    if written.strip() in spoken:
        return spoken[written.strip()]
    found = get_close_matches(_plain(written), names, n=1, cutoff=_LIKE)
    if found:
        return names[found[0]]
    spoken_like = get_close_matches(written, spoken, n=1, cutoff=_LIKE)
    return spoken[spoken_like[0]] if spoken_like else None


def meant(written: object, known: Iterable[str]) -> Words:
    """Return the end of a sentence, `；是否想写 tiers？`; nothing where no known name is near."""
    found = nearest(written, known) if isinstance(written, str) else None
    return Words("", "") if found is None else Words(f"；是否想写 {found}？", f"; did you mean {found}?")


def listed(names: Iterable[str]) -> Words:
    """Return the names in a row, each with what people call it: `person（个人）、unit（单位）`."""
    known = tuple(names)
    return Words(
        "、".join(f"{name}（{CHOICES[name]}）" if name in CHOICES else name for name in known), ", ".join(known)
    )


def joined(names: Iterable[str]) -> Words:
    """Return the names in a row, with the comma of each language."""
    known = tuple(names)
    return Words("、".join(known), ", ".join(known))


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")
