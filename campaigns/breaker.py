"""A circuit breaker: once the database failed, nobody waits for it until it answers again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed: ask away. Open: don't; at most one probe at a time runs, in a thread of its own.

    A probe inside a request would make that request wait for the connection's timeout.

    Args:
        probe: Raises `failures` while the part is still down.
        pause_seconds: Between a failure, or a failed probe, and the next probe.
        failures: What counts as "still down".
    """

    def __init__(
        self,
        probe: Callable[[], None],
        *,
        pause_seconds: float,
        failures: tuple[type[Exception], ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._probe = probe
        self._pause_seconds = pause_seconds
        self._failures = failures
        self._clock = clock
        self._probing = threading.Lock()
        self._retry_at: float | None = None

    def is_closed(self) -> bool:
        """Whether to ask. While open and rested, starts a probe and still says no."""
        retry_at = self._retry_at
        if retry_at is None:
            return True
        if self._clock() >= retry_at and self._probing.acquire(blocking=False):
            threading.Thread(target=self._try_again, name="breaker-probe", daemon=True).start()
        return False

    def trip(self) -> None:
        self._retry_at = self._clock() + self._pause_seconds

    def reset(self) -> None:
        self._retry_at = None

    def _try_again(self) -> None:
        try:
            self._probe()
        except self._failures:
            self.trip()
        else:
            self.reset()
        finally:
            self._probing.release()
