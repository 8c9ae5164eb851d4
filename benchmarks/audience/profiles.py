"""Profiles from real reviews, start to end: read, encoded, portrayed; and what a new text costs.

Needs the folder named by `COPYLIFT_DATA` (default: ../shared/data). Each review becomes a contact
of its own, as the data set names no customers. After a quarter of them and after all, the same
number of further texts is understood: what a text costs must not grow with the shop.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REVIEWS = "womens_reviews/womens_clothing_reviews.csv.gz"
FURTHER = 200
MOST_SECONDS = 360

Row = dict[str, str]


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


def understood(reviews: Sequence[Row], *, first: int) -> tuple[float, float]:
    """Seconds to read the texts, and to make the profiles."""
    from django.utils import timezone

    from audience.services import profiles_refresh, texts_read

    store(reviews, first=first)
    started = time.perf_counter()
    texts_read(now=timezone.now())
    read = time.perf_counter()
    profiles_refresh(now=timezone.now())
    return read - started, time.perf_counter() - read


def run(*, most: int | None = None) -> dict[str, float]:
    from django.test import override_settings

    if not (folder() / REVIEWS).is_file():
        print(f"{REVIEWS} is not there: set COPYLIFT_DATA to the folder that holds it")
        return {}
    reviews = rows()[:most]
    quarter = len(reviews) // 4
    # Whether people agreed is not what is measured.
    with override_settings(CONSENT_REQUIRED=[]):
        parts = [understood(reviews[:quarter], first=0)]
        early = sum(understood(reviews[:FURTHER], first=1_000_000))
        parts.append(understood(reviews[quarter:], first=quarter))
        late = sum(understood(reviews[:FURTHER], first=2_000_000))
    reading, making = (sum(own) for own in zip(*parts, strict=True))
    return {
        "reviews": len(reviews),
        f"seconds, start to end (at most {MOST_SECONDS})": reading + making,
        "seconds to clean and encode": reading,
        "seconds to make profiles": making,
        "ms per further text, a quarter in": 1000 * early / FURTHER,
        "ms per further text, all in": 1000 * late / FURTHER,
    }
