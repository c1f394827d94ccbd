"""The gates: conditions on a move, each answering with nothing or with a refusal that says the remedy."""

from dataclasses import dataclass
from typing import Final, Protocol

from programs import Words
from programs.stages import Tier
from programs.words import closing_in_words
from states.case import Case, Circumstances, Refusal

#: The longest reason of a move, in characters: pages ask for half of it, and add what was ticked.
LONGEST_REASON: Final = 4000


class Gate(Protocol):
    """A condition on a move."""

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        """Return why the move may not be made, or nothing."""


@dataclass(frozen=True, slots=True)
class InTime:
    """The intakes ahead are still open (their closes are the first instants too late)."""

    intakes: tuple[tuple[str, str, str], ...]
    """Key, office and clause of each intake that the nomination still has to reach."""

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        for key, office, clause in self.intakes:
            closes = circumstances.closes.get(key)
            if closes and circumstances.now >= closes:
                return Refusal(
                    "in-time",
                    Words("{office}的受理已于 {closes} 截止", "the intake of {office} closed at {closes}").format(
                        office=office, closes=closing_in_words(closes)
                    ),
                    Words(
                        "逾期不再受理；如截止时间有误或获准延期，请管理员以依据延长",
                        "an administrator may extend the deadline with an authority",
                    ),
                    clause,
                )
        return None


def before_due(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The time that the case has where it stands is not over."""
    if case.due is None or circumstances.now < case.due:
        return None
    return Refusal(
        "before-due",
        Words("期限已于 {due} 届满", "the time ended at {due}").format(due=closing_in_words(case.due)),
        Words("期限届满后不再办理", "nothing more can be done here"),
    )


def due_reached(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The time that the case has where it stands is over."""
    if case.due is not None and circumstances.now >= case.due:
        return None
    if case.due is None:
        return Refusal(
            "due-reached",
            Words("此处没有期限", "nothing is due here"),
            Words("无须按期处理", "time moves nothing on from here"),
        )
    return Refusal(
        "due-reached",
        Words("期限未到，{due} 届满", "it is not due before {due}").format(due=closing_in_words(case.due)),
        Words("请等到期限届满，巡检会自动办理", "wait; a sweep makes this move when it is due"),
    )


def reason_stated(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The mover says why, in no more words than a letter and a history are read with."""
    if len(circumstances.reason) > LONGEST_REASON:
        return Refusal(
            "reason-stated",
            Words("理由有 {count} 个字，过长", "the reason is too long: {count} characters").format(
                count=len(circumstances.reason)
            ),
            Words(
                "请缩写到 {most} 字以内，详情可另附材料", "keep it within {most} characters, and attach the rest"
            ).format(most=LONGEST_REASON),
        )
    if circumstances.reason.strip():
        return None
    return Refusal(
        "reason-stated",
        Words("没有写明理由", "no reason is given"),
        Words("请写明理由后再办理", "state the reason"),
    )


def no_grade(case: Case, circumstances: Circumstances) -> Refusal | None:
    """No grade is named where none is given: it would stand beside the nomination without a place."""
    if circumstances.grade is None:
        return None
    return Refusal(
        "no-grade",
        Words("这一步不授予奖项，却写明了授予哪一项", "no grade is given by this move, and one is named"),
        Words("请不要写明授予哪一项", "name none"),
    )


def materials_complete(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Everything that the notice asks for has been received."""
    if not case.missing:
        return None
    return Refusal(
        "materials-complete",
        Words("材料不齐，缺：{missing}", "materials are missing: {missing}").format(missing="、".join(case.missing)),
        Words(
            "请补齐并登记收件；还缺哪几项、各项的 id 见 linxuan nomination show",
            "have them received; what is missing, and the id of each, is told by linxuan nomination show",
        ),
    )


def rules_passed(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Every rule has a verdict, and none of them is a fail."""
    if case.failed:
        return Refusal(
            "rules-passed",
            Words("不符合条件：{failed}", "does not meet: {failed}").format(
                failed=Words("、".join(one.zh for one in case.failed), "; ".join(one.en for one in case.failed))
            ),
            Words("请退回补正或不予通过", "return it for correction, or reject it"),
        )
    if case.unjudged:
        return Refusal(
            "rules-passed",
            Words("还有条件没有审查结论：{rules}", "no verdict yet on: {rules}").format(rules="、".join(case.unjudged)),
            Words("请逐条填写审查结论", "record a verdict for each"),
        )
    return None


def past_allows(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Nothing in the nominee's past stands against it: an award that is not given twice, a studio led elsewhere."""
    if not case.bars:
        return None
    each = [Words("“{rule}”：{found}", "“{rule}”: {found}").format(rule=bar.rule, found=bar.found) for bar in case.bars]
    return Refusal(
        "past-allows",
        Words("不符合{told}", "does not meet {told}").format(
            told=Words("；".join(one.zh for one in each), "; ".join(one.en for one in each))
        ),
        Words(
            "请核对是否同一人；属实的不予通过，记录有误的由管理员更正既往记录",
            "make sure that it is the same person; then reject it, or have an administrator correct what is recorded",
        ),
        "；".join(dict.fromkeys(bar.clause for bar in case.bars)),
    )


def tracks_reported(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Every evaluation that runs side by side here has reported."""
    if not case.unreported:
        return None
    return Refusal(
        "tracks-reported",
        Words("尚未完成：{tracks}", "not reported yet: {tracks}").format(tracks="、".join(case.unreported)),
        Words("各项评议都有结果后才能继续", "wait until each has reported"),
    )


def ranking_settled(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Where what was scored or voted decides, it has been made a ranking."""
    if not case.unranked:
        return None
    return Refusal(
        "ranking-settled",
        Words("排序尚未确定", "no ranking of it is settled yet"),
        Words("请先确定排序：linxuan review settle", "settle the ranking first: linxuan review settle"),
    )


def above_the_cut(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The settled ranking does not leave it below the cut."""
    if case.above_cut is not False:
        return None
    return Refusal(
        "above-the-cut",
        Words("按已确定的排序未入围", "by the settled ranking it does not go on"),
        Words(
            "请按排序办理；评分或票数有误的，先由管理员重开排序：linxuan review reopen",
            "follow the ranking; where a score or a tally is wrong, have it opened again: linxuan review reopen",
        ),
    )


def below_the_cut(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The settled ranking does not send it on."""
    if not case.above_cut:
        return None
    return Refusal(
        "below-the-cut",
        Words("按已确定的排序应入围", "by the settled ranking it goes on"),
        Words(
            "请按排序办理；评分或票数有误的，先由管理员重开排序：linxuan review reopen",
            "follow the ranking; where a score or a tally is wrong, have it opened again: linxuan review reopen",
        ),
    )


def no_open_objection(case: Case, circumstances: Circumstances) -> Refusal | None:
    """No objection against this nominee is open."""
    if not case.open_objections:
        return None
    return Refusal(
        "no-open-objection",
        Words("有 {count} 件异议未处理完毕", "{count} objection(s) are still open").format(count=case.open_objections),
        Words("请先调查处理异议", "settle them first"),
    )


def document_numbered(case: Case, circumstances: Circumstances) -> Refusal | None:
    """The document has its number."""
    if circumstances.document_number:
        return None
    return Refusal(
        "document-numbered",
        Words("没有发文字号", "the document has no number"),
        Words("请填写发文字号，如 泸市人社办〔2019〕94号", "give the document number"),
    )


def bodies_agree(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Every body that screens jointly has spoken, and agrees."""
    if case.opposed:
        return Refusal(
            "bodies-agree",
            Words("联合初审不同意：{bodies}", "these bodies do not agree: {bodies}").format(
                bodies="、".join(case.opposed)
            ),
            Words("请退回补正或不予通过", "return it for correction, or reject it"),
        )
    if case.unheard:
        return Refusal(
            "bodies-agree",
            Words("联合初审还没有意见：{bodies}", "these bodies have not spoken: {bodies}").format(
                bodies="、".join(case.unheard)
            ),
            Words("请逐家登记意见：linxuan nomination concur", "record what each says with: linxuan nomination concur"),
        )
    return None


def no_veto(case: Case, circumstances: Circumstances) -> Refusal | None:
    """No body that was consulted objects."""
    if not case.opposed:
        return None
    return Refusal(
        "no-veto",
        Words("征求意见，有部门反对：{bodies}", "bodies that were consulted object: {bodies}").format(
            bodies="、".join(case.opposed)
        ),
        Words("请不予通过；部门改变意见的，重新登记其意见", "reject it; record anew what a body says that came round"),
    )


def not_made_good(case: Case, circumstances: Circumstances) -> Refusal | None:
    """A failed assessment was not made good in time, or was failed again."""
    if case.unrectified:
        return None
    return Refusal(
        "not-made-good",
        Words("整改期未满，也没有再次不合格", "the time to rectify is not over, and nothing has failed again"),
        Words("请等到整改期满，或登记整改复核的结果", "wait until it is over, or record what the check found"),
    )


@dataclass(frozen=True, slots=True)
class Endorsed:
    """The tier has put on the form what the notice asks of it: its seal, its opinion on every point, the number."""

    tier: Tier

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        given, asked = circumstances.endorsement, list[Words]()
        if self.tier.seal and not given.sealed:
            asked.append(Words("盖章（--sealed）", "the seal (--sealed)"))
        asked += [
            Words(f"意见“{point}”（--opinion {point}=…）", f"an opinion on {point} (--opinion {point}=…)")
            for point in self.tier.opinion
            if not given.opinion.get(point, "").strip()
        ]
        if self.tier.assigns_number and not (given.form_number or "").strip():
            asked.append(Words("编号（--form-number）", "the number of the form (--form-number)"))
        unknown = [point for point in given.opinion if point not in self.tier.opinion]
        if not asked and not unknown:
            return None
        if unknown:
            return Refusal(
                "endorsed",
                Words("“{tier}”不就“{points}”填写意见", "“{tier}” gives no opinion on {points}").format(
                    tier=self.tier.name, points="、".join(unknown)
                ),
                Words("须填写的要点：{points}", "it does on: {points}").format(
                    points="、".join(self.tier.opinion) or "—"
                ),
                self.tier.clause,
            )
        return Refusal(
            "endorsed",
            Words("“{tier}”还没有在表上填写：{asked}", "“{tier}” has not put on the form: {asked}").format(
                tier=self.tier.name,
                asked=Words("、".join(one.zh for one in asked), "; ".join(one.en for one in asked)),
            ),
            Words("请补齐后再办理", "add it, then go on"),
            self.tier.clause,
        )
