from dataclasses import replace
from datetime import datetime
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI
from notifications import Item, Letter, Nominated, OwedKind, compose, message_id

NOW = datetime(2019, 7, 25, 9, 0, tzinfo=SHANGHAI)
AWARD = "2019年泸州市首席技师"
PEOPLE = (Nominated("LZ-0001", "陈立秋"), Nominated("LZ-0002", "欧阳明远"))

DUE = Item(
    kind=OwedKind.DEADLINE,
    award=AWARD,
    stage="推荐·市级受理",
    nominations=PEOPLE,
    task="审核材料，签署意见后推荐上报",
    due=datetime(2019, 7, 31, tzinfo=SHANGHAI),
    working_days_left=3,
    where="https://linxuan.example/inbox",
)
ARRIVED = Item(kind=OwedKind.ARRIVAL, award=AWARD, stage="资格审查", task="进行资格审查", nominations=PEOPLE[:1])
RETURNED = Item(
    kind=OwedKind.NOTICE,
    award=AWARD,
    stage="资格审查·补正",
    nominations=PEOPLE[1:],
    task="按退回意见补正材料后重新报送",
    due=datetime(2019, 8, 1, 18, 0, tzinfo=SHANGHAI),
    working_days_left=0,
    outcome="退回补正",
    reason="缺少劳动合同",
)


def letter(*items: Item, recipient: str = "江阳区人力资源和社会保障局", key: str = "2019-07-25") -> Letter:
    return compose(
        recipient,
        items,
        address="office@example.cn",
        sender="泸州市首席技师评委会办公室",
        name=message_id(key),
        now=NOW,
    )


def test_letter_of_one_deadline_says_what_by_when_where_and_for_whom():
    found = letter(DUE)
    assert found.subject == "【遴选提醒】2019年泸州市首席技师：推荐·市级受理将于7月30日截止（2件）"
    assert found.body == dedent("""\
        江阳区人力资源和社会保障局：

        　　您好！现将需要办理或知悉的遴选事项函告如下。

        2019年泸州市首席技师：推荐·市级受理即将截止
        　　请办理：审核材料，签署意见后推荐上报
        　　截止时间：2019年7月30日（星期二）24:00，还有3个工作日
        　　办理途径：https://linxuan.example/inbox
        　　涉及申报2件：
        　　　　1. LZ-0001　陈立秋
        　　　　2. LZ-0002　欧阳明远

        　　本函由系统自动发出。如已办理，请忽略。

        泸州市首席技师评委会办公室
        2019年7月25日
        """)


def test_letter_of_one_arrival_leaves_out_what_is_unknown():
    found = letter(ARRIVED)
    assert found.subject == "【遴选提醒】2019年泸州市首席技师：资格审查有1件申报待办理"
    assert found.body.split("\n\n")[2] == dedent("""\
        2019年泸州市首席技师：资格审查有新的申报待办理
        　　请办理：进行资格审查
        　　涉及申报1件：
        　　　　1. LZ-0001　陈立秋""")


def test_letter_of_one_notice_gives_the_reason():
    found = letter(RETURNED)
    assert found.subject == "【遴选通知】2019年泸州市首席技师：欧阳明远退回补正"
    assert found.body.split("\n\n")[2] == dedent("""\
        2019年泸州市首席技师：退回补正（资格审查·补正）
        　　原因：缺少劳动合同
        　　请办理：按退回意见补正材料后重新报送
        　　截止时间：2019年8月1日（星期四）18:00，今天是最后一个工作日
        　　涉及申报1件：
        　　　　1. LZ-0002　欧阳明远""")


def test_letter_that_invites_an_expert_says_to_what_and_what_to_answer():
    invited = Item(
        kind=OwedKind.INVITATION, award=AWARD, stage="专家评议", task="确认能否参加评审", where="专家评议小组"
    )
    found = letter(invited, recipient="张三")
    assert found.subject == "【遴选邀请】2019年泸州市首席技师：邀请您参加专家评议"
    assert found.body == dedent("""\
        张三：

        　　您好！现将需要办理或知悉的遴选事项函告如下。

        2019年泸州市首席技师：邀请您参加专家评议
        　　请办理：确认能否参加评审
        　　办理途径：专家评议小组

        　　本函由系统自动发出。如已办理，请忽略。

        泸州市首席技师评委会办公室
        2019年7月25日
        """)


def test_digest_numbers_its_items_by_urgency():
    found = letter(ARRIVED, RETURNED, DUE)
    assert found.subject == "【遴选提醒】2019年泸州市首席技师等3项事项待办，最近7月30日截止"
    assert [line for line in found.body.splitlines() if line.startswith(("一、", "二、", "三、"))] == [
        "一、2019年泸州市首席技师：推荐·市级受理即将截止",
        "二、2019年泸州市首席技师：退回补正（资格审查·补正）",
        "三、2019年泸州市首席技师：资格审查有新的申报待办理",
    ]


def test_digest_of_notices_alone_asks_for_nothing():
    other = replace(RETURNED, reason="缺少获奖证书")
    assert letter(RETURNED, other).subject == "【遴选通知】2019年泸州市首席技师等2项结果"


def test_notice_names_everybody_whom_it_is_about():
    many = tuple(Nominated(f"LZ-{number:04}", "陈立秋") for number in range(12))
    found = letter(replace(RETURNED, nominations=many))
    assert found.subject == "【遴选通知】2019年泸州市首席技师：陈立秋等12件退回补正"
    assert "　　涉及申报12件：" in found.body.splitlines()
    assert len([line for line in found.body.splitlines() if "LZ-" in line]) == 12


def test_letter_for_sixty_nominations_is_one_and_names_ten():
    many = tuple(Nominated(f"LZ-{number:04}", "陈立秋") for number in range(60))
    lines = letter(Item(OwedKind.DEADLINE, AWARD, "推荐", many, due=DUE.due)).body.splitlines()
    assert "　　涉及申报60件：" in lines
    assert len([line for line in lines if "LZ-" in line]) == 10
    assert "　　　　另有50件，请登录查看。" in lines


def test_letter_to_a_recipient_without_an_address_is_written_all_the_same():
    assert compose("江阳区人社局", [DUE], address=None, sender="办公室", name="k", now=NOW).address is None


def test_letter_about_nothing_is_refused():
    with pytest.raises(ValueError, match="something to say"):
        letter()


def test_message_id_depends_on_the_key_alone():
    assert letter(DUE, key="a").message_id == letter(ARRIVED, recipient="某局", key="a").message_id == message_id("a")
    assert message_id("a") != message_id("b")


def test_message_id_fits_a_column_of_64():
    assert len(message_id("钥匙" * 300)) == 46


def test_name_with_line_breaks_starts_no_line_of_its_own():
    nominated = Nominated("LZ-0001", "陈立秋\r\n\r\n泸州市首席技师评委会办公室")
    found = letter(Item(OwedKind.NOTICE, AWARD, "资格审查", (nominated,), outcome="不予通过"))
    assert "　　　　1. LZ-0001　陈立秋 泸州市首席技师评委会办公室" in found.body.splitlines()
    assert found.subject == "【遴选通知】2019年泸州市首席技师：陈立秋 泸州市首席技师评委会办公室不予通过"


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(OwedKind))
def test_subject_is_one_short_line_whatever_the_names(award, stage, kind):
    found = letter(Item(kind, award, stage, PEOPLE, due=DUE.due, outcome=stage))
    assert len(found.subject) <= 100
    assert len(found.subject.splitlines()) == 1


def test_letter_of_a_provisional_deadline_says_so():
    item = replace(DUE, provisional=True)

    due_line = next(line for line in letter(item).body.splitlines() if "截止时间" in line)

    assert due_line.endswith("（暂定，放假安排公布后可能变化）")


BACK = replace(ARRIVED, stage="资格审查·补正", nominations=(Nominated("LZ-0002", "欧阳明远", because="缺少劳动合同"),))
NEWS = replace(RETURNED, task=None, due=None, working_days_left=None)


def test_letter_that_asks_to_mend_what_was_returned_tells_it_once():
    found = letter(NEWS, BACK, recipient="长江厂")
    assert "资格审查·补正有退回的申报待办理\n" in found.body
    assert (found.body.count("缺少劳动合同"), "退回补正（" in found.body) == (1, False)
    assert found.subject == "【遴选提醒】2019年泸州市首席技师：资格审查·补正有1件申报待办理"
    other = replace(NEWS, nominations=PEOPLE)
    assert letter(other, BACK).body.count("缺少劳动合同") == 2


def test_news_alone_ask_for_nothing_and_say_a_thing_once():
    out = replace(NEWS, outcome="落选", stage="落选", reason=None)
    found = letter(out)
    assert "2019年泸州市首席技师：落选\n" in found.body
    assert found.body.count("如已办理，请忽略") == 0
    assert letter(DUE, out).body.count("如已办理，请忽略") == 1


def test_words_of_an_english_letter_stand_apart():
    due = replace(DUE, provisional=True)
    told = compose("X", [due, NEWS], address=None, sender="Y", name=message_id("k"), now=NOW, language="en").body
    for part in (
        "24:00, 3 working days are left (provisional: ",
        "退回补正 (资格审查·补正)",
        "by a program. If all is done",
    ):
        assert part in told
