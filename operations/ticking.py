"""Time for what takes a while: a clock that goes on, as a claim counts from when it is made, and when to stop."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


def ticking(now: datetime) -> Callable[[], datetime]:
    """Return a clock that shows `now` and goes on from there. What time it is was read by whoever gives it."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def always() -> bool:
    """Say that there is time to go on: what does not say otherwise may take as long as it takes."""
    return True
