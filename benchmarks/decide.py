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
import secrets
import statistics
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

CAMPAIGN = "bench-decide"
ANGLES = ["urgency", "curiosity", "gratitude"]
SEGMENTS = 4
WARM_UP_CALLS = 50


def run(*, calls: int = 4_000) -> dict[str, float]:
    """In process, one after the other: contacts never asked for before, and known ones."""
    ids = prepare(WARM_UP_CALLS)
    fresh = _fresh_ids(calls // 2)
    timed("", ids)
    return {
        **timed("first decision", fresh),
        **timed("repeated decision", list(itertools.islice(itertools.cycle(fresh), calls))),
        "repeated decision, 2 threads, per second": _threaded(fresh, calls),
    }


def run_http(
    url: str, *, key: str | None = None, calls: int = 4_000, clients: int = 4
) -> dict[str, float]:
    """Over HTTP at a running server, with `/bench/bare` of the same server in the same run."""
    prepare(clients * WARM_UP_CALLS)
    fresh, secret = _fresh_ids(calls // 2), key or _new_key()
    known = list(itertools.islice(itertools.cycle(fresh), calls))
    return {
        **over_http("first decision", url, secret, fresh, clients=clients),
        **over_http("repeated decision", url, secret, known, clients=clients),
        **bare_http(url, calls=calls, clients=clients),
    }


def timed(name: str, ids: list[str]) -> dict[str, float]:
    from django.utils import timezone

    from campaigns.personalise import decide

    seconds = []
    for contact in ids:
        started = time.perf_counter()
        decision = decide(CAMPAIGN, contact, now=timezone.now())
        seconds.append(time.perf_counter() - started)
        assert not decision.fallback, decision.reason
    return _summary(name, seconds, sum(seconds))


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


def over_http(name: str, url: str, key: str, ids: list[str], *, clients: int) -> dict[str, float]:
    warm_up = [f"bench-{number:06d}" for number in range(clients * WARM_UP_CALLS)]
    paths, warm_up_paths = map(_paths, (ids, warm_up))
    return _drive(name, url, paths, warm_up_paths, clients=clients, key=key)


def _paths(ids: list[str]) -> list[str]:
    return ["/v1/decide?" + urlencode({"campaign": CAMPAIGN, "contact": one}) for one in ids]


def bare_http(url: str, *, calls: int, clients: int) -> dict[str, float]:
    paths = ["/bench/bare"] * calls
    warm_up = ["/bench/bare"] * clients * WARM_UP_CALLS
    return _drive("bare view", url, paths, warm_up, clients=clients, key="")


def _drive(
    name: str, url: str, paths: list[str], warm_up: list[str], *, clients: int, key: str
) -> dict[str, float]:
    # Processes, so that the clients do not share one Python lock; spawned, since a fork would share
    # this process's database connection.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(clients, mp_context=context) as pool:
        list(pool.map(_client, [(url, warm_up[n::clients], key) for n in range(clients)]))
        started = time.perf_counter()
        shares = pool.map(_client, [(url, paths[n::clients], key) for n in range(clients)])
        seconds = list(itertools.chain.from_iterable(shares))
        wall = time.perf_counter() - started
    return _summary(f"{name}, {clients} clients", seconds, wall)


def _client(job: tuple[str, list[str], str]) -> list[float]:
    url, paths, key = job
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    seconds = []
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        seconds.append(time.perf_counter() - started)
        assert response.status == 200, (path, response.status, body[:200])
        assert not key or b'"fallback":false' in body, body[:200]
    connection.close()
    return seconds


def _summary(name: str, seconds: list[float], wall: float) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return {
        f"{name}, per second": len(seconds) / wall,
        f"{name}, median ms": statistics.median(seconds) * 1e3,
        f"{name}, p99 ms": cuts[98] * 1e3,
    }


def prepare(contacts: int) -> list[str]:
    """The bench campaign, live, and its contacts' ids; made where it is not there yet."""
    from campaigns.models import Campaign

    if not Campaign.objects.filter(key=CAMPAIGN).exists():
        _launch(_campaign())
    return _contacts([f"bench-{number:06d}" for number in range(contacts)])


def _fresh_ids(count: int) -> list[str]:
    """Contacts nobody ever decided for."""
    run_id = secrets.token_hex(4)
    return _contacts([f"bench-{run_id}-{number:06d}" for number in range(count)])


def _contacts(ids: list[str]) -> list[str]:
    from audience.models import Contact

    Contact.objects.bulk_create(
        [Contact(external_id=one, first_name="Ada", attributes={"city": "York"}) for one in ids],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    _fill_segments(ids)
    return ids


def _campaign():
    from campaigns.models import BrandVoice, Campaign, CampaignSegment, Template

    voice, _ = BrandVoice.objects.get_or_create(name="Bench", defaults={"brand_name": "Fern"})
    template, _ = Template.objects.get_or_create(
        name="Bench",
        defaults={
            "subject": "{{ first_name | default: 'Hello' }}, new dresses are in",
            "preheader": "See what is new at {{ brand }}",
            "body": "<p>Hi {{ first_name | default: 'there' }}, the new dresses are here.</p>",
            "call_to_action": "Have a look",
        },
    )
    campaign = Campaign.objects.create(
        key=CAMPAIGN, name="Bench", template=template, brand_voice=voice, angles=ANGLES
    )
    for position, segment in enumerate(_segments()):
        CampaignSegment.objects.create(campaign=campaign, segment=segment, position=position)
    return campaign


def _segments() -> list:
    from audience.models import Segment

    return [
        Segment.objects.get_or_create(
            key=f"bench-{number}",
            defaults={
                "name": f"Bench {number}",
                "kind": "rule",
                "rule": {"attribute": "bench", "is": number},
            },
        )[0]
        for number in range(SEGMENTS)
    ]


def _fill_segments(ids: list[str]) -> None:
    from audience.models import Contact, Membership

    segments = _segments()
    rows = Contact.objects.filter(external_id__in=ids).order_by("external_id").values_list("pk")
    Membership.objects.bulk_create(
        [
            Membership(contact_id=pk, segment=segments[place % SEGMENTS])
            for place, (pk,) in enumerate(rows)
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )


def _launch(campaign) -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.utils import timezone

    from campaigns import services
    from campaigns.cells import angle_cells
    from campaigns.wording import copy_of

    actor, _ = User.objects.get_or_create(
        username="bench", defaults={"is_superuser": True, "password": make_password(None)}
    )
    copy = copy_of(campaign.template)
    for cell in angle_cells(campaign):
        services.variant_create(campaign, cell.segment, cell.angle, copy, actor=actor)
    services.variants_approve_best(campaign, actor=actor, now=timezone.now())
    services.campaign_launch(campaign, actor=actor, now=timezone.now())


def _new_key() -> str:
    from core.api_keys import api_key_create

    return api_key_create("bench decide", ["decide"])[1]


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
