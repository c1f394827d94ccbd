"""What `deadlines` refuses, each with one sentence in both languages that says what to do."""

from programs.words import Words


class DeadlineError(Exception):
    """The root of everything that this package raises on purpose. `words` is the sentence for people."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class OutsideCalendarError(DeadlineError):
    """A day that the working-day calendar does not cover, or a count that leads out of it."""


class UnpublishedScheduleError(DeadlineError):
    """Certainty was demanded of days whose holiday schedule the State Council has not published."""


class PeriodError(DeadlineError):
    """A period that cannot be: no days in it, or an end before its beginning."""


class LadderError(DeadlineError):
    """Reminders that cannot be planned as asked."""


class ScheduleError(DeadlineError):
    """A file that is not a usable holiday schedule."""


class PhraseError(DeadlineError):
    """A text that is not even looked at: too long to be a phrase, or with no words in it."""
