"""Ordered vocabularies: a level is one level however it is written, and “以上” includes it."""

import pytest
from pydantic import ValidationError

from programs.vocabularies import VOCABULARIES, Vocabulary


def rank(vocabulary: str, written: str) -> int | None:
    return VOCABULARIES[vocabulary].rank(written)


WAYS = "技师|二级|二级/技师|二级（技师）|二级(技师)|技师（二级）| 国家职业资格二级 |国家职业资格二级（技师）"


@pytest.mark.parametrize("written", WAYS.split("|"))
def test_level_is_known_however_it_is_written(written):
    assert rank("skill", written) == rank("skill", "技师") is not None


@pytest.mark.parametrize(
    ("vocabulary", "rising"),
    [
        ("skill", ["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"]),
        ("title", ["技术员", "助理工程师", "工程师", "高级工程师", "正高级工程师"]),
        ("heritage", ["区县级", "市级", "省级", "国家级"]),
        ("award", ["区县级", "市级", "省部级", "国家级", "世界级"]),
        ("education", ["初中", "中专", "大专", "本科", "硕士", "博士"]),
    ],
)
def test_levels_rise(vocabulary, rising):
    ranks = [rank(vocabulary, one) for one in rising]
    assert None not in ranks
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("written", ["", "大师", "三", "级", "技师级"])
def test_word_of_no_level_is_none(written):
    assert rank("skill", written) is None


def test_word_that_means_two_levels_is_refused():
    with pytest.raises(ValidationError, match="means two levels"):
        Vocabulary(id="belt", name="段位", levels=[{"name": "一段", "also": ["入门"]}, {"name": "入 门"}])
