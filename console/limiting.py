"""How often one address may ask: for pages that anybody may see, where guessing must not pay."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock


class Limit:
    """At most `most` questions within `within` from one address; beyond `known` addresses the oldest is forgotten.

    Whoever is refused is not counted, so that waiting always helps.
    """

    def __init__(self, most: int, within: timedelta, known: int = 10_000) -> None:
        self._most = most
        self._within = within
        self._known = known
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def allows(self, address: str, now: datetime) -> bool:
        """Count one question, and say whether it may be answered."""
        with self._lock:
            asked = self._asked.setdefault(address, deque())
            self._asked.move_to_end(address)
            while len(self._asked) > self._known:
                self._asked.popitem(last=False)
            while asked and asked[0] <= now - self._within:
                asked.popleft()
            if len(asked) >= self._most:
                return False
            asked.append(now)
            return True
