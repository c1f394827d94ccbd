import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.phrases.plain import arabic, make_plain


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("二〇二三", "2023"),
        ("二○二三", "2023"),
        ("一九九八", "1998"),
        ("〇八", "08"),
        ("五", "5"),
        ("两", "2"),
        ("十", "10"),
        ("十五", "15"),
        ("二十", "20"),
        ("三十一", "31"),
        ("廿一", "21"),
        ("卅", "30"),
        ("一百", "100"),
        ("一百零五", "105"),
        ("一百二十", "120"),
    ],
)
def test_chinese_numerals(numeral, number):
    assert arabic(numeral) == number


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("２０２３年８月３１日１８：００", "2023年8月31日18:00"),
        ("二〇二三年八月三十一日", "2023年8月31日"),
        ("七、八、九月", "7、8、9月"),
        ("五至六月", "5至6月"),
        ("十个工作日", "10个工作日"),
        ("元月十日", "1月10日"),
        ("公元前", "公元前"),
        ("9月1日—15日", "9月1日-15日"),
        ("周一至周五", "周一至周五"),
        ("第一季度", "第一季度"),
        ("统一月底前", "统一月底前"),
        ("三名", "三名"),
        ("一、二、三", "一、二、三"),
    ],
)
def test_plain_text(text, plain):
    assert make_plain(text).text == plain


def test_plain_text_quotes_its_original():
    plain = make_plain("于二〇二三年八月三十一日前")
    assert plain.quote(plain.text.index("2023"), plain.text.index("前")) == "二〇二三年八月三十一日"


@given(st.text(alphabet="一二三十百〇零年月日个至、周第 ０－5a", max_size=30))
def test_plain_text_keeps_the_place_of_every_character(text):
    plain = make_plain(text)
    assert len(plain.origins) == len(plain.text) + 1
    assert sorted(plain.origins) == list(plain.origins)
    assert plain.quote(0, len(plain.text)) == text.strip()
