"""Clients that keep asking and telling, and try again, while something is pulled down."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import httpx

EVENTS_A_BATCH = 5
PAUSE_SECONDS = 0.03
TIMEOUT = httpx.Timeout(20.0)


class Load:
    """Two senders of events and two askers for arms, on threads, until told to stop."""

    def __init__(self, address: str, key: str, contacts: list[str], campaign: str) -> None:
        self._address, self._key = address, key
        self._contacts, self._campaign = contacts, campaign
        self._over = threading.Event()
        self.acknowledged: set[str] = set()
        self.known_since: set[str] = set()
        self.arms: dict[str, set[str]] = defaultdict(set)
        self.tries_again = 0
        self.counted_answers = 0
        self.trouble: list[str] = []
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._guarded, args=(work, place), daemon=True)
            for work in (self._tell, self._ask)
            for place in range(2)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive()

    def _guarded(self, work: Any, place: int) -> None:
        try:
            with httpx.Client(
                base_url=self._address,
                headers={"Authorization": f"Bearer {self._key}"},
                timeout=TIMEOUT,
            ) as client:
                work(client, place)
        except Exception as error:
            self.trouble.append(repr(error))

    def _tell(self, client: httpx.Client, place: int) -> None:
        for number in itertools.count():
            if self._over.is_set():
                return
            person = f"fault-{place}-{number}"
            batch = [_identify(person), *(_track(person) for _ in range(EVENTS_A_BATCH))]
            if self._sent(client, batch):
                with self._lock:
                    self.acknowledged.update(message["messageId"] for message in batch)
                    self.known_since.add(person)
            time.sleep(PAUSE_SECONDS)

    def _sent(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        """The same batch until it is acknowledged, or the load is over."""
        while not self._over.is_set():
            try:
                status = client.post("/v1/batch", json={"batch": batch}).status_code
            except httpx.TransportError:
                status = 0
            if status == 200:
                return True
            if status not in (0, 503):
                self.trouble.append(f"events answered {status}")
            self.tries_again += 1
            time.sleep(0.2)
        return False

    def _ask(self, client: httpx.Client, place: int) -> None:
        for contact in itertools.cycle(self._contacts[place:] + self._contacts[:place]):
            if self._over.is_set():
                return
            question = {"campaign": self._campaign, "contact": contact}
            try:
                answer = client.get("/v1/decide", params=question)
            except httpx.TransportError:
                self.tries_again += 1
                time.sleep(0.2)
                continue
            self._note(contact, answer)
            time.sleep(PAUSE_SECONDS)

    def _note(self, contact: str, answer: httpx.Response) -> None:
        if answer.status_code != 200:
            self.trouble.append(f"decide answered {answer.status_code}")
            return
        said = answer.json()
        if said["assignment"]:
            with self._lock:
                self.arms[contact].add(said["arm"])
                self.counted_answers += 1
        elif not said["fallback"]:
            self.trouble.append(f"decide said {said['reason']} of {contact}")


def _message(kind: str, person: str) -> dict[str, Any]:
    return {
        "type": kind,
        "messageId": str(uuid.uuid4()),
        "userId": person,
        "timestamp": datetime.now(UTC).isoformat(),
    }


def _track(person: str) -> dict[str, Any]:
    return _message("track", person) | {"event": "Order Completed", "properties": {"revenue": 1}}


def _identify(person: str) -> dict[str, Any]:
    return _message("identify", person) | {"traits": {"firstName": "Ada"}}
