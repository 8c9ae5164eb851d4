"""Work that is waited for so long and no longer, whatever it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import Generic, TypeVar

T = TypeVar("T")
ShouldStop = Callable[[], bool]


class TooLate(Exception):
    """The time is up; the work was told to stop and is waited for no longer."""


class NoPlace(Exception):
    """As many are at work as may be, those that were given up on among them."""


class Desk(Generic[T]):
    """Runs work beside the asker, at most `places` at once.

    A server that never answers holds its places until it does, and costs nobody else the wait.
    """

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)

    def within(self, seconds: float, work: Callable[[ShouldStop], T]) -> T:
        """What `work` gives. It is told by its argument, once that is true, to give up.

        Raises:
            TooLate: It took longer.
            NoPlace: There is no place.
            Exception: Whatever it raised.
        """
        if not self._places.acquire(blocking=False):
            raise NoPlace
        until = time.monotonic() + seconds
        done: Queue[T | BaseException] = Queue(maxsize=1)
        is_given_up = threading.Event()

        def run() -> None:
            try:
                done.put(work(lambda: is_given_up.is_set() or time.monotonic() >= until))
            except BaseException as error:
                done.put(error)
            finally:
                self._places.release()

        threading.Thread(target=run, daemon=True, name="wording").start()
        try:
            found = done.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            is_given_up.set()
            raise TooLate from None
        if isinstance(found, BaseException):
            raise found
        return found
