"""How fast is `decide`: in process, and over HTTP beside a view that does nothing, in the same run.

    python -m benchmarks.decide --url http://127.0.0.1:8000

Makes a campaign of its own ("bench-decide", left in place), live, with contacts and segments.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from benchmarks.decide_campaign import CAMPAIGN, fresh_ids, new_key, prepare

WARM_UP_CALLS = 50
KNOWN_CONTACTS = 200
ROUNDS = 5
PACED_SECONDS = 6
PACED_SHARE = 0.7
BULK_CONTACTS = 20_000
ASSIGNED = b'"assignment":"asg_'


def run(*, calls: int = 4_000) -> dict[str, float]:
    """In process, one after the other: contacts never asked for before, and known ones."""
    ids = prepare(WARM_UP_CALLS)
    fresh = fresh_ids(calls // 2)
    timed("", ids)
    return {
        **timed("first decision", fresh),
        **timed("repeated decision", list(itertools.islice(itertools.cycle(fresh), calls))),
        "repeated decision, 2 threads, per second": _threaded(fresh, calls),
        **_bulk_in_process(),
    }


def run_http(
    url: str, *, key: str | None = None, calls: int = 4_000, clients: int = 4
) -> dict[str, float]:
    """Over HTTP at a running server, in turns with `/bench/bare` of the same server."""
    known = prepare(KNOWN_CONTACTS)
    secret = key or new_key()
    with _clients(clients) as pool:
        drive = Drive(url, secret, clients, pool)
        # Twice, so that every web process has been asked for everybody.
        for _ in range(2):
            drive.at_once(_paths(list(itertools.islice(itertools.cycle(known), calls))))
        fresh, _ = drive.at_once(_paths(fresh_ids(calls // 2)))
        warm, bare = _in_turns(drive, _paths(known), calls=calls // 2)
        ratio = statistics.median(w / b for (_, w), (_, b) in zip(warm, bare, strict=True))
        rate = statistics.median(w for _, w in warm)
        paced = drive.paced(_paths(known), rate=PACED_SHARE * rate)
    return {
        **_latencies("first decision", fresh),
        **_summary("known contact", warm),
        **_summary("bare view, same bytes", bare),
        "known contact / bare view": ratio,
        **_latencies(f"known contact at {PACED_SHARE:.0%} of that load", paced),
    }


def timed(name: str, ids: list[str]) -> dict[str, float]:
    from django.utils import timezone

    from campaigns.personalise import decide

    seconds = []
    for contact in ids:
        started = time.perf_counter()
        decision = decide(CAMPAIGN, contact, now=timezone.now())
        seconds.append(time.perf_counter() - started)
        assert decision.assignment, decision.reason
    return {f"{name}, per second": len(seconds) / sum(seconds), **_latencies(name, seconds)}


def _threaded(known: list[str], calls: int) -> float:
    share = list(itertools.islice(itertools.cycle(known), calls // 2))
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_in_own_thread, [share, share]))
    return 2 * len(share) / (time.perf_counter() - started)


def _in_own_thread(ids: list[str]) -> None:
    from django.db import connection

    try:
        timed("", ids)
    finally:
        connection.close()


def _bulk_in_process() -> dict[str, float]:
    """A send list through the code behind the door, first and again; JSON lines are written too."""
    from campaigns.api.bulk import answers

    lines = [json.dumps({"contact": one}).encode() for one in fresh_ids(BULK_CONTACTS)]
    rates = {}
    for name in ("bulk, first time", "bulk, again"):
        started = time.perf_counter()
        count = sum(piece.count(ASSIGNED) for piece in answers(CAMPAIGN, lines))
        rates[f"{name}, contacts per second"] = count / (time.perf_counter() - started)
        assert count == BULK_CONTACTS, count
    return rates


def bulk_over_http(url: str, key: str) -> dict[str, float]:
    body = bulk_body()
    names = ("bulk, contacts per second", "bulk again, contacts per second")
    return {name: bulk_asked(url, key, body) for name in names}


def bulk_body() -> bytes:
    """A send list of contacts nobody ever decided for."""
    ids = fresh_ids(BULK_CONTACTS)
    return b"\n".join(json.dumps({"contact": one}).encode() for one in ids)


def bulk_asked(url: str, key: str, body: bytes) -> float:
    """Contacts a second of one send list."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    headers = {"Authorization": f"Bearer {key}"}
    started = time.perf_counter()
    connection.request("POST", f"/v1/decide/bulk?campaign={CAMPAIGN}", body, headers)
    answer = connection.getresponse().read()
    seconds = time.perf_counter() - started
    connection.close()
    count = answer.count(ASSIGNED)
    assert count == BULK_CONTACTS, (count, answer[:200])
    return count / seconds


def _paths(ids: list[str]) -> list[str]:
    return ["/v1/decide?" + urlencode({"campaign": CAMPAIGN, "contact": one}) for one in ids]


def _clients(count: int) -> ProcessPoolExecutor:
    # Processes, so that the clients do not share one Python lock; spawned, since a fork would share
    # this process's database connection.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


class Drive:
    """Client processes that ask one server."""

    def __init__(self, url: str, key: str, clients: int, pool: ProcessPoolExecutor) -> None:
        self._url, self._key, self._clients, self._pool = url, key, clients, pool

    def at_once(self, paths: list[str]) -> tuple[list[float], float]:
        """Ask as fast as answers come: seconds of each call, and calls per second."""
        started = time.perf_counter()
        seconds = self._ask(paths, 0.0)
        return seconds, len(seconds) / (time.perf_counter() - started)

    def paced(self, paths: list[str], *, rate: float) -> list[float]:
        """Ask at a fixed rate, whether or not the answer before has come: what waited counts."""
        count = int(rate * PACED_SECONDS)
        every = list(itertools.islice(itertools.cycle(paths), count))
        return self._ask(every, self._clients / rate)

    def _ask(self, paths: list[str], pause: float) -> list[float]:
        n = self._clients
        jobs = [(self._url, paths[place::n], self._key, pause) for place in range(n)]
        return list(itertools.chain.from_iterable(self._pool.map(_client, jobs)))


def _in_turns(
    drive: Drive, paths: list[str], *, calls: int
) -> tuple[list[tuple[list[float], float]], list[tuple[list[float], float]]]:
    """The machine has other things to do at times: neighbours in time are compared."""
    warm, bare = [], []
    asked = list(itertools.islice(itertools.cycle(paths), calls))
    for _ in range(ROUNDS):
        bare.append(drive.at_once(["/bench/bare"] * calls))
        warm.append(drive.at_once(asked))
    return warm, bare


def _client(job: tuple[str, list[str], str, float]) -> list[float]:
    url, paths, key, pause = job
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {"Authorization": f"Bearer {key}"}
    seconds, due = [], time.perf_counter()
    for path in paths:
        due += pause
        if pause:
            time.sleep(max(0.0, due - time.perf_counter()))
        started = due if pause else time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        seconds.append(time.perf_counter() - started)
        assert response.status == 200, (path, response.status, body[:200])
        assert b'"fallback":false' in body, body[:200]
    connection.close()
    return seconds


def _summary(name: str, rounds: list[tuple[list[float], float]]) -> dict[str, float]:
    seconds = list(itertools.chain.from_iterable(one for one, _ in rounds))
    rate = statistics.median(rate for _, rate in rounds)
    return {f"{name}, per second": rate, **_latencies(name, seconds)}


def _latencies(name: str, seconds: list[float]) -> dict[str, float]:
    return {
        f"{name}, median ms": statistics.median(seconds) * 1e3,
        f"{name}, p99 ms": statistics.quantiles(seconds, n=100)[98] * 1e3,
    }


def main() -> None:
    import django

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="A running server, e.g. http://127.0.0.1:8000")
    parser.add_argument("--key", help="An API key of scope decide; one is made otherwise.")
    given = parser.parse_args()
    django.setup()
    print(json.dumps(run(), indent=2))
    if given.url:
        print(json.dumps(run_http(given.url, key=given.key), indent=2))


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
