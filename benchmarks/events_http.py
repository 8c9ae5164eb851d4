"""Events a second through a running server, in batches as email tools send them.

`python -m benchmarks.events_http URL KEY [SECONDS]`. The events' units begin with `bench-`; `run`
removes them again where it can reach the database.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

BATCH = 100
CALLERS = 4
SECONDS = 10.0


def batch_body() -> bytes:
    now = datetime.now(UTC).isoformat()
    messages = [
        {
            "type": "track",
            "messageId": f"bench-{uuid.uuid4()}",
            "userId": f"bench-{number}",
            "event": "Order Completed",
            "timestamp": now,
            "properties": {"revenue": 42.5, "currency": "EUR", "coupon": "SPRING"},
            "context": {"library": {"name": "bench", "version": "1"}},
        }
        for number in range(BATCH)
    ]
    return json.dumps({"batch": messages, "sentAt": now}).encode()


class Caller(threading.Thread):
    """Sends one batch after another over one connection until the time is over."""

    def __init__(self, url: str, key: str, until: float) -> None:
        super().__init__()
        self._url, self._key, self._until = url, key, until
        self.took: list[float] = []
        self.failures: list[str] = []

    def run(self) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"}
        with httpx.Client(base_url=self._url, headers=headers, timeout=30) as client:
            while time.perf_counter() < self._until:
                body = batch_body()
                started = time.perf_counter()
                answer = client.post("/v1/batch", content=body)
                self.took.append(time.perf_counter() - started)
                if answer.status_code != 200 or answer.json()["stored"] != BATCH:
                    self.failures.append(answer.text[:200])
                    return


def remove_events() -> None:
    from events.models import Event

    events = Event.objects.filter(unit_id__startswith="bench-")
    events._raw_delete(events.db)


def run(url: str, key: str, seconds: float = SECONDS) -> dict[str, Any]:
    """Events a second over CALLERS connections, and how long a batch takes."""
    started = time.perf_counter()
    callers = [Caller(url, key, started + seconds) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    took = time.perf_counter() - started
    failures = [failure for caller in callers for failure in caller.failures]
    if failures:
        raise RuntimeError(f"the server refused a batch: {failures[0]}")
    latencies = sorted(latency for caller in callers for latency in caller.took)
    return {
        "batch_size": BATCH,
        "callers": CALLERS,
        "events_per_second": round(len(latencies) * BATCH / took),
        "batch_p50_ms": round(1000 * latencies[len(latencies) // 2], 1),
        "batch_p99_ms": round(1000 * latencies[int(len(latencies) * 0.99)], 1),
    }


def main() -> None:
    url, key, *seconds = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    try:
        for name, figure in run(url, key, *map(float, seconds)).items():
            print(f"{name:28} {figure:>12,}")
    finally:
        remove_events()


if __name__ == "__main__":
    main()
