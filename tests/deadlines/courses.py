"""How far a program has come, for tests of its dates."""

from datetime import datetime

from deadlines.calendar import WorkCalendar
from deadlines.course import Course, PublishedList
from deadlines.keydates import calendar_of, count_period
from programs import Program


def published(program: Program, calendar: WorkCalendar, *instants: datetime, stage: str = "publicity") -> Course:
    """Lists that were published at a program's publicity stage at these instants."""
    own, said = calendar_of(program, calendar), program.stage(stage)
    lists = [
        PublishedList.counted(
            stage,
            instant,
            said.period,
            said.objections,
            period=count_period(own, said.period, instant),
            objections=count_period(own, said.objections, instant) if said.objections else None,
        )
        for instant in instants
    ]
    return Course(lists=tuple(lists))
