"""The papers of a ballot: what one may say, and which sums of all papers of a secret ballot can be right."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from programs.ballots import Ballot
from programs.words import Words
from states.balloting import Attendance, Count, Mark


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a secret ballot: how many came back, how many of those are invalid, and how many pick nobody."""

    returned: int
    invalid: int = 0
    blank: int = 0


def marks_on(
    ballot: Ballot, picks: int | None, over: Iterable[str], given: Mapping[str, Mark]
) -> dict[str, Mark] | Words:
    """Return what one paper says of everybody it is about, or why it is none.

    Whom it says nothing about is abstained from; where some are picked, the others are voted against.
    """
    numbers = sorted(over)
    strangers = sorted(set(given) - set(numbers))
    if strangers:
        return Words("{who} 不在此人的表决名单上", "{who} is not what they vote on").format(who="、".join(strangers))
    if picks is None:
        marks = {number: given.get(number, Mark.ABSTAIN) for number in numbers}
        open_ = [number for number, mark in marks.items() if mark is Mark.ABSTAIN]
        if open_ and ballot.abstentions == "none":
            return Words("不得弃权，还没有表决：{who}", "nobody may abstain; not voted on: {who}").format(
                who="、".join(open_)
            )
        return marks
    picked = {number for number, mark in given.items() if mark is Mark.YES}
    most = min(picks, len(numbers))
    if not picked and ballot.abstentions != "none":
        return dict.fromkeys(numbers, Mark.ABSTAIN)
    if len(picked) > most or not picked or (ballot.exactly and len(picked) != most):
        return Words("选了 {count} 名，应{how} {most} 名", "{count} are picked, where it must be {how} {most}").format(
            count=len(picked),
            most=most,
            how=Words("正好选", "exactly") if ballot.exactly else Words("选 1 至", "from 1 to"),
        )
    return {number: Mark.YES if number in picked else Mark.NO for number in numbers}


def counted_papers(
    ballot: Ballot,
    picks: int | None,
    attendance: Attendance,
    papers: Papers,
    given: Mapping[str, Sequence[int]],
) -> dict[str, Count] | list[Words]:
    """Return what tellers have counted on everybody, or everything that cannot be right about it.

    `given` has yes, no and abstentions by number; where some are picked, how often each was.
    """
    attending, valid = len(attendance.attending), papers.returned - papers.invalid
    wrong: list[Words] = []
    if papers.returned > attending:
        wrong.append(
            Words("收回 {returned} 张，而到会 {attending} 人", "{returned} papers from {attending} who attend").format(
                returned=papers.returned, attending=attending
            )
        )
    if valid < 0 or papers.blank > valid:
        wrong.append(Words("无效票和空白票多于收回的票", "more papers are invalid or blank than came back"))
    if picks is None and papers.blank:
        wrong.append(
            Words("逐人表决的票不另计空白，请记为弃权", "where each is voted on, count what is blank as abstentions")
        )
    if papers.blank and ballot.abstentions == "none":
        wrong.append(Words("不得弃权，空白票请计为无效", "nobody may abstain: count blank papers as invalid"))
    if wrong:
        return wrong
    if picks is not None:
        return _counted_picks(ballot, min(picks, len(given)), attendance, papers, given)
    counted: dict[str, Count] = {}
    for number, (yes, no, abstained) in given.items():
        count = Count(yes, no, abstained)
        voting = len(attendance.voting_on(number))
        # Papers of those who are recused say nothing of this nominee, and may be among the invalid ones.
        least, most = max(0, valid - (attending - voting)), min(valid, voting)
        total = yes + no + abstained
        if not least <= total <= most:
            wrong.append(
                Words(
                    "{number} 合计 {total} 票，应为 {expected} 票",
                    "{number} has {total} votes, where it must be {expected}",
                ).format(number=number, total=total, expected=str(most) if least == most else f"{least}—{most}")
            )
        if abstained and ballot.abstentions == "none":
            wrong.append(
                Words("{number} 有弃权，而不得弃权", "{number} has abstentions, and nobody may").format(number=number)
            )
        counted[number] = count
    return wrong or counted


def _counted_picks(
    ballot: Ballot, most: int, attendance: Attendance, papers: Papers, given: Mapping[str, Sequence[int]]
) -> dict[str, Count] | list[Words]:
    marked = papers.returned - papers.invalid - papers.blank
    limits = _limits_of_papers(most, attendance, given)
    if marked > len(limits):
        return [
            Words(
                "{marked} 张有效票，而到会且可投票的 {able} 人",
                "{marked} papers pick somebody, from {able} who attend and may",
            ).format(marked=marked, able=len(limits))
        ]
    wrong: list[Words] = []
    counted: dict[str, Count] = {}
    for number, (yes, *_) in given.items():
        voting = len(attendance.voting_on(number))
        cast = min(marked, voting)
        if yes > cast:
            wrong.append(
                Words("{number} 得 {yes} 票，而至多 {cast} 票", "{number} has {yes} votes of {cast} at most").format(
                    number=number, yes=yes, cast=cast
                )
            )
        counted[number] = Count(yes, max(cast - yes, 0), min(papers.blank, voting - cast))
    total = sum(yes for yes, *_ in given.values())
    # Nobody knows whose papers are blank, invalid or missing: maybe those that could pick the most, or the least.
    least = sum(limits[:marked]) if ballot.exactly else marked
    largest = sum(limits[len(limits) - marked :])
    if not least <= total <= largest:
        wrong.append(
            Words(
                "{marked} 张有效票合计 {total} 票，应在 {least}—{most} 票之间",
                "{marked} papers have {total} votes together, where it must be from {least} to {most}",
            ).format(marked=marked, total=total, least=least, most=largest)
        )
    return wrong or counted


def _limits_of_papers(picks: int, attendance: Attendance, over: Iterable[str]) -> list[int]:
    """Return how many each who attends may pick, the fewest first, without those who are recused from everybody."""
    free = Counter(member for number in over for member in attendance.voting_on(number))
    return sorted(min(picks, count) for count in free.values())
