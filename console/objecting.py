"""What events say to people that are about objections. None says who objects."""

from collections.abc import Callable
from typing import Final

from operations.objection_list import STATES
from operations.overview import Event
from programs import Words


def _objected(event: Event) -> Words:
    return Words("收到异议{id}", "objection{id} lodged").format(id=_objection(event))


def _settled(event: Event) -> Words:
    return Words("异议{id}办结：{outcome}", "objection{id} settled: {outcome}").format(
        id=_objection(event), outcome=STATES[event.facts["outcome"]]
    )


def _objection_is(zh: str, en: str) -> Callable[[Event], Words]:
    """Return what tells that something was done with an objection."""
    return lambda event: Words(zh, en).format(id=_objection(event))


def _objection(event: Event) -> Words:
    """Name the objection, where the event is about a single one."""
    if event.count > 1:
        return Words("", "s")
    return Words(" {id} ", " {id}").format(id=event.facts["objection"])


#: What each kind of event is told as.
OBJECTIONS: Final[dict[str, Callable[[Event], Words]]] = {
    "objection.lodged": _objected,
    "objection.admitted": _objection_is("受理异议{id}", "objection{id} admitted"),
    "objection.refused": _objection_is("异议{id}不予受理", "objection{id} not admitted"),
    "objection.investigated": _objection_is("核查异议{id}", "objection{id} looked into"),
    "objection.recounted": _objection_is("重新计算异议{id}的期限", "time for objection{id} counted again"),
    "objection.prolonged": _objection_is("延长异议{id}的核查期限", "objection{id} given more time"),
    "objection.seen": _objection_is("查看异议{id}的材料", "particulars of objection{id} seen"),
    "objection.settled": _settled,
}
