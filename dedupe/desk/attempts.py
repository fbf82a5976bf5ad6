"""How often a password may be tried: counted per name and address, per name, and per address."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_TOGETHER = 5  # failures for one name from one address
MOST_OF_A_NAME = 30  # from everywhere: high, so that nobody locks a colleague out in passing
MOST_OF_AN_ADDRESS = 20  # for all names: an office may share one
MOST_KEPT = 10_000  # keys; beyond it the oldest are forgotten


class Attempts:
    """Failed sign-ins of the last quarter of an hour; forgotten at a restart."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures: dict[tuple[str, ...], deque[datetime]] = {}

    def wait(self, name: str, address: str) -> timedelta | None:
        """How long this name must wait at this address, None if it may try."""
        with self._lock:
            waits = [self._wait(key, most) for key, most in _limits(name, address)]
        return max((wait for wait in waits if wait), default=None)

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        with self._lock:
            for key, most in _limits(name, address):
                times = self._failures.pop(key, None) or deque(maxlen=most)
                times.append(self._now())
                self._failures[key] = times  # the newest last
            while len(self._failures) > MOST_KEPT:
                self._failures.pop(next(iter(self._failures)))

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name at an address."""
        with self._lock:
            self._failures.pop(("both", name, address), None)

    def _wait(self, key: tuple[str, ...], most: int) -> timedelta | None:
        times = self._failures.get(key)
        if times is None or len(times) < most:
            return None
        left = times[0] + WINDOW - self._now()
        return left if left > timedelta() else None


def _limits(name: str, address: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    return (
        (("both", name, address), MOST_TOGETHER),
        (("name", name), MOST_OF_A_NAME),
        (("address", address), MOST_OF_AN_ADDRESS),
    )
