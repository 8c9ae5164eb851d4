"""Profiles from real reviews, start to end: read, encoded, portrayed; and what a new text costs.

Needs the folder named by `COPYLIFT_DATA` (default: ../shared/data). Each review becomes a contact
of its own, as the data set names no customers. Two workers share the work, a core each, and their
start counts. After a quarter of them and after all, one process understands the same number of
further texts: what a text costs must not grow with the shop.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REVIEWS = "womens_reviews/womens_clothing_reviews.csv.gz"
FURTHER = 200
WORKERS = 2
MOST_SECONDS = 360

Row = dict[str, str]
Share = Callable[[Callable[[], None]], float]


def folder() -> Path:
    return Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))


def rows() -> list[Row]:
    with gzip.open(folder() / REVIEWS, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def store(reviews: Sequence[Row], *, first: int) -> None:
    """Contacts and their texts, as an import leaves them; ids from `first` on."""
    from django.utils import timezone

    from audience.models import Contact, Text

    contacts = Contact.objects.bulk_create(
        Contact(external_id=f"bench-{first + number}") for number in range(len(reviews))
    )
    Text.objects.bulk_create(
        Text(
            external_id=f"bench-{first + number}",
            contact=contact,
            title=row["Title"],
            body=row["Review Text"],
            rating=int(row["Rating"]),
            category=row["Class Name"],
            occurred_at=timezone.now(),
        )
        for number, (row, contact) in enumerate(zip(reviews, contacts, strict=True))
    )


@contextmanager
def workers() -> Iterator[Share]:
    """Has work done by processes that live on, as workers do; seconds until nothing is left."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _one_thread) as pool:

        def share(work: Callable[[], None]) -> float:
            started = time.perf_counter()
            for done in [pool.submit(work) for _ in range(WORKERS)]:
                done.result()
            return time.perf_counter() - started

        yield share


def _one_thread() -> None:
    """A worker has a core, as `inference.threads` gives it one."""
    import django

    os.environ["OMP_NUM_THREADS"] = "1"
    django.setup()


def read() -> None:
    from django.test import override_settings
    from django.utils import timezone

    from audience.services import texts_read

    # Whether people agreed is not what is measured.
    with override_settings(CONSENT_REQUIRED=[]):
        texts_read(now=timezone.now())


def make() -> None:
    from django.test import override_settings
    from django.utils import timezone

    from audience.services import profiles_refresh

    with override_settings(CONSENT_REQUIRED=[]):
        profiles_refresh(now=timezone.now())


def further(reviews: Sequence[Row], *, first: int) -> float:
    """Milliseconds a text, of one process whose encoder is loaded."""
    store(reviews, first=first)
    started = time.perf_counter()
    read()
    make()
    return 1000 * (time.perf_counter() - started) / len(reviews)


def run() -> dict[str, float]:
    """Every figure by its name."""
    if not (folder() / REVIEWS).is_file():
        print(f"{REVIEWS} is not there: set COPYLIFT_DATA to the folder that holds it")
        return {}
    with workers() as share:
        return measured(rows(), share)


def measured(reviews: Sequence[Row], share: Share) -> dict[str, float]:
    """`share` has the work done, and says in how many seconds."""
    quarter = len(reviews) // 4
    reading = making = 0.0
    later = []
    for start, end in ((0, quarter), (quarter, len(reviews))):
        store(reviews[start:end], first=start)
        reading += share(read)
        making += share(make)
        # Not the first: it loads the encoder.
        further(reviews[:1], first=3_000_000 + start)
        later.append(further(reviews[:FURTHER], first=1_000_000 + start))
    return {
        "reviews": len(reviews),
        f"seconds, start to end (at most {MOST_SECONDS})": reading + making,
        "seconds to clean and encode": reading,
        "seconds to make profiles": making,
        "ms per further text, a quarter in": later[0],
        "ms per further text, all in": later[1],
    }
