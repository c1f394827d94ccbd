"""Why a ballot is not opened, voted in, counted, closed or annulled, in words."""

from collections.abc import Iterable

from operations.actors import Role
from operations.acts import Act
from operations.ballots.records import Held
from programs import Words
from programs.ballots import Ballot
from states import Refusal


def still_open(one: Held) -> Refusal:
    """Say that a round is open already."""
    return Refusal(
        "ballot-open",
        Words("第 {round} 轮表决正在进行", "round {round} is open").format(round=one.row.round),
        Words("请先计票、结束，或宣布无效", "close or annul it first"),
    )


def none_open() -> Refusal:
    """Say that no round is open."""
    return Refusal(
        "ballot-open",
        Words("没有正在进行的表决", "no ballot is open"),
        Words("请先开始：linxuan review ballot open", "open one first: linxuan review ballot open"),
    )


def nobody_to_vote_on() -> Refusal:
    """Say that nobody is left to vote on."""
    return Refusal(
        "somebody-to-vote-on",
        Words("此环节没有待表决的申报", "nobody is left here to vote on"),
        Words("用 linxuan review ballot show 查看结果", "see the results: linxuan review ballot show"),
    )


def members_missing(ballot: Ballot) -> Refusal:
    """Say that it is not known who the committee is."""
    return Refusal(
        "members-named",
        Words("没有写明评委会成员", "the members of the committee are not named"),
        Words("请写明全体成员（每人一个 --member 姓名）", "name all of them (each with --member)"),
        ballot.clause,
    )


def members_stay(before: Held, ballot: Ballot) -> Refusal:
    """Say that who are level are voted on again by the same committee."""
    return Refusal(
        "members-stay",
        Words(
            "并列的由原来的成员再次表决：{members}",
            "those who are level are voted on again by the same members: {members}",
        ).format(members="、".join(before.members)),
        Words(
            "请不另写成员（--member）；成员有变动的，先宣布第 {round} 轮无效，重新表决",
            "name nobody (--member); where members have changed, annul round {round} and hold it again",
        ).format(round=before.row.round),
        ballot.clause,
    )


def members_drawn(ballot: Ballot) -> Refusal:
    """Say that the drawn experts are the members, and nobody else."""
    return Refusal(
        "members-drawn",
        Words("由抽取的专家表决，不另行指定成员", "those who were drawn vote, and nobody else is named"),
        Words("请不另写成员（--member）", "name nobody (--member)"),
        ballot.clause,
    )


def panel_missing(ballot: Ballot) -> Refusal:
    """Say that no drawn expert has confirmed yet."""
    return Refusal(
        "panel-drawn",
        Words("抽取的专家还没有人确认参加", "no expert who was drawn has confirmed"),
        Words("请先抽取、邀请并确认：linxuan review draw、invite、confirm", "draw, invite and confirm them first"),
        ballot.clause,
    )


def tie_gone() -> Refusal:
    """Say that those who were level have left."""
    return Refusal(
        "tie-open",
        Words(
            "并列的申报已有离开此环节的，无须再投", "somebody who was level has left: there is nothing to vote on again"
        ),
        Words(
            "请宣布上一轮无效后重新表决：linxuan review ballot annul",
            "annul the round before, and hold it again: linxuan review ballot annul",
        ),
    )


def not_members(strangers: Iterable[str]) -> Refusal:
    """Say who is no member."""
    return Refusal(
        "member",
        Words("不是本轮表决的成员：{who}", "no member in this round: {who}").format(who="、".join(strangers)),
        Words("表决不得委托他人；用 linxuan review ballot show 查看成员", "nobody votes in a member's place"),
    )


def not_attending(member: str) -> Refusal:
    """Say that somebody is not recorded as attending."""
    return Refusal(
        "attending",
        Words("{member}没有到会登记", "{member} is not recorded as attending").format(member=member),
        Words(
            "到会的请先登记：linxuan review ballot attend；未到会的不得委托表决",
            "record who attends: linxuan review ballot attend; whoever does not, does not vote, nor through others",
        ),
    )


def by_proxy(act: Act, member: str) -> Refusal | None:
    """Refuse a member who votes in the name of another."""
    if act.actor.role is not Role.EXPERT or act.actor.name == member:
        return None
    return Refusal(
        "own-vote",
        Words("表决不得委托：{member}须本人表决", "no proxies: {member} votes themselves").format(member=member),
        Words("请由本人表决，或由经办人当场代录", "have them vote, or an operator record it on the spot"),
    )


def is_secret(one: Held) -> Refusal:
    """Say that nobody's vote is entered in a secret ballot."""
    return Refusal(
        "secret",
        Words("这是无记名投票，系统不记谁怎样投票", "the ballot is secret: nobody's vote is entered"),
        Words(
            "请由计票人录入总数：linxuan review ballot count", "tellers enter the counts: linxuan review ballot count"
        ),
        one.ballot.clause,
    )


def is_named(one: Held) -> Refusal:
    """Say that a named ballot is counted by itself."""
    return Refusal(
        "named",
        Words("这是记名表决，票数由各人的表决得出", "the ballot is named: it is counted from the votes"),
        Words("请逐人录入：linxuan review ballot cast", "enter each vote: linxuan review ballot cast"),
        one.ballot.clause,
    )


def unfit_marks(words: Words, ballot: Ballot) -> Refusal:
    """Say what is wrong with a paper or with a count."""
    return Refusal("votes-fit", words, Words("请核对后再录入", "check it, and enter it again"), ballot.clause)


def voted_already(who: Iterable[str]) -> Refusal:
    """Say that whoever has voted attends."""
    return Refusal(
        "attending",
        Words("已经表决，不能记为未到会：{who}", "they have voted, so they attend: {who}").format(who="、".join(who)),
        Words("请核对到会名单", "check who attends"),
    )


def attendance_missing() -> Refusal:
    """Say that attendance comes first."""
    return Refusal(
        "attendance",
        Words("还没有登记到会情况", "attendance is not recorded"),
        Words("请先登记：linxuan review ballot attend", "record it: linxuan review ballot attend"),
    )


def not_quorate(one: Held) -> Refusal:
    """Say that too few attend."""
    assert one.ballot.quorum is not None  # noqa: S101 - asked only where there is one
    return Refusal(
        "quorum",
        Words(
            "到会 {attending} 人，成员 {members} 人，未达到{quorum}",
            "{attending} of {members} members attend, which is short of {quorum}",
        ).format(attending=len(one.attendance.attending), members=len(one.members), quorum=one.ballot.quorum.words),
        Words("请宣布本轮无效，人数足够时重新表决", "annul the round, and hold it again when enough attend"),
        one.ballot.clause,
    )


def not_counted() -> Refusal:
    """Say that the papers are not counted."""
    return Refusal(
        "counted",
        Words("还没有录入计票结果", "the papers are not counted"),
        Words("请先录入：linxuan review ballot count", "enter the count: linxuan review ballot count"),
    )


def not_voted(who: Iterable[str]) -> Refusal:
    """Say who attends and has not voted."""
    return Refusal(
        "everybody-voted",
        Words("到会而没有表决：{who}", "they attend and have not voted: {who}").format(who="、".join(who)),
        Words(
            "请补录其表决（弃权也要录入），已离会的更正到会情况",
            "enter their votes, abstentions too, or correct who attends",
        ),
    )


def would_tell(numbers: Iterable[str]) -> Refusal:
    """Say that a count of one member's vote would tell how they voted."""
    return Refusal(
        "stays-secret",
        Words(
            "只有一人可以表决，计票会泄露其表决：{who}",
            "one member alone votes on them, and the count would tell how: {who}",
        ).format(who="、".join(numbers)),
        Words("请在更多成员到会时重新表决", "hold the ballot when more members attend"),
    )


def tellers_missing(ballot: Ballot) -> Refusal:
    """Say that too few tellers have signed."""
    return Refusal(
        "tellers",
        Words("监票人、计票人不足 {count} 人", "fewer than {count} tellers are named").format(count=ballot.tellers),
        Words("请逐个写明姓名（每人一个 --teller 姓名）", "name each of them (--teller)"),
        ballot.clause,
    )


def acted_on(count: int) -> Refusal:
    """Say that somebody has been moved by a ballot."""
    return Refusal(
        "nobody-moved",
        Words("已有 {count} 件按此结果办理", "{count} have been moved by it").format(count=count),
        Words("不能再宣布无效；错误请在其后的环节纠正", "it stands; mend what is wrong at a later stage"),
    )
