"""Ordered vocabularies: levels from the lowest to the highest, each with the ways in which people write it.

“以上” includes the level that is named (民法典 art. 1259).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import permutations
from types import MappingProxyType
from typing import Final

from pydantic import Field, field_validator

from programs.base import Identified, Name, Part, unfit
from programs.words import Words


class Level(Part):
    """One level, with the other ways in which it is written."""

    name: Name
    also: tuple[Name, ...] = ()


class Vocabulary(Identified):
    """Levels in their order. A program may bring one of its own, or write one of these otherwise under its id."""

    name: Name
    levels: tuple[Level, ...] = Field(min_length=2, description="from the lowest to the highest")

    @field_validator("levels")
    @classmethod
    def _every_word_means_one_level(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        seen: set[str] = set()
        for level in levels:
            written = {_folded(word) for word in (level.name, *level.also)}
            if doubled := seen & written:
                raise unfit(
                    Words(f"“{min(doubled)}”属于两个等级", f"{min(doubled)!r} means two levels"),
                    Words("请只写在一处", "write it once"),
                )
            seen |= written
        return levels

    def rank(self, written: str) -> int | None:
        """Return the place of a level from below, counted from 0, however it is written; none for no level of these.

        Two ways of writing one level may stand together: 技师（二级）.
        """
        return self._ranks.get(_folded(written))

    def find(self, text: str) -> Level | None:
        """Return the level that a text speaks of, such as 高级技师（2015年3月）; none if it speaks of none."""
        rank = self.rank(text)
        if rank is not None:
            return self.levels[rank]
        told = _folded(text)
        return next((self.levels[self._ranks[way]] for way in self._by_length if way in told), None)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        ranks: dict[str, int] = {}
        for place, level in enumerate(self.levels):
            ways = [_folded(one) for one in (level.name, *level.also)]
            for way in (*ways, *map("".join, permutations(ways, 2))):
                ranks.setdefault(way, place)
        return ranks

    @cached_property
    def _by_length(self) -> tuple[str, ...]:
        """Every way of writing a level, the longest first: 高级技师 holds 技师."""
        return tuple(sorted(filter(None, self._ranks), key=len, reverse=True))


def _folded(word: str) -> str:
    """Return a word without what makes no difference: width, brackets of either kind, spaces, slashes."""
    return "".join(one for one in unicodedata.normalize("NFKC", word) if one.isalnum()).casefold()


def _vocabulary(id_: str, name: str, levels: Iterable[str]) -> Vocabulary:
    parted = [one.split("|") for one in levels]
    return Vocabulary(
        id=id_, name=name, levels=tuple(Level(name=first, also=tuple(rest)) for first, *rest in parted)
    )  # fmt: skip


#: Known to every program. 职业技能等级 are the eight of 人社部发〔2022〕14号.
VOCABULARIES: Final[Mapping[str, Vocabulary]] = MappingProxyType(
    {
        one.id: one
        for one in (
            _vocabulary(
                "skill",
                "职业技能等级",
                (
                    "学徒工",
                    "初级工|五级|五级工|国家职业资格五级|初级技能",
                    "中级工|四级|四级工|国家职业资格四级|中级技能",
                    "高级工|三级|三级工|国家职业资格三级|高级技能",
                    "技师|二级|国家职业资格二级",
                    "高级技师|一级|国家职业资格一级",
                    "特级技师",
                    "首席技师",
                ),
            ),
            _vocabulary(
                "title",
                "专业技术职称",
                (
                    "员级|技术员",
                    "助理级|初级|助理工程师|助教|助理讲师",
                    "中级|工程师|讲师|农艺师|工艺美术师|经济师|会计师",
                    "副高级|高级|副高|高级工程师|副教授|高级讲师|高级农艺师|高级工艺美术师|高级经济师|高级会计师",
                    "正高级|正高|正高级工程师|教授|教授级高级工程师|研究员|正高级工艺美术师|正高级讲师",
                ),
            ),
            _vocabulary(
                "heritage",
                "非物质文化遗产代表性传承人",
                ("区县级|县级|县（区）级|区级|县区级", "市级|地市级|市（州）级", "省级|省部级|直辖市级", "国家级"),
            ),
            _vocabulary(
                "award",
                "奖励级别",
                ("区县级|县级|县处级", "市级|地市级|市厅级", "省级|省部级|部级", "国家级", "世界级|国际级"),
            ),
            _vocabulary(
                "education",
                "学历",
                (
                    "小学",
                    "初中",
                    "高中|中专|中技|技校|职高|中职",
                    "大专|专科|高职|高技|大学专科",
                    "本科|大学本科|大学",
                    "硕士|研究生|硕士研究生",
                    "博士|博士研究生",
                ),
            ),
        )
    }
)
