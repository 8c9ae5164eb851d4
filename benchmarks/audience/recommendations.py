"""Recommendations: time to fit, one contact at a time, and everybody at once.

Two catalogs: the Beauty sequences as a shop's log (12,101 products, 22,363 contacts), where they
are in the folder named by COPYLIFT_DATA, and the made-up shop of `make demo`.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
ASKED = 500
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def run() -> dict[str, float]:
    figures = {f"demo shop, {name}": value for name, value in _measured(_seed_demo).items()}
    path = _beauty()
    if path is not None:
        seeded = _measured(lambda: _seed_beauty(path))
        figures |= {f"Beauty, {name}": value for name, value in seeded.items()}
    return figures


def _beauty() -> Path | None:
    folder = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "amazon_sequential" / "Beauty.txt.gz"
    return path if path.is_file() else None


def _measured(seed) -> dict[str, float]:
    from django.db import connection

    from catalog.models import Product
    from catalog.recommending import recommendations_for
    from catalog.services import recommendations_refresh, recommenders_fit
    from events.models import Event

    Event.objects.all().delete()
    Product.objects.all().delete()
    seed()
    with connection.cursor() as cursor:
        # As autovacuum does within a minute: without it the planner takes the log for empty.
        cursor.execute("ANALYZE events_event, catalog_product")
    seconds = {}
    started = time.perf_counter()
    fit = recommenders_fit(now=NOW, rng=np.random.default_rng(20))
    seconds["seconds to fit"] = time.perf_counter() - started
    seconds["megabytes of a fit"] = len(fit.arrays) / 1e6
    units = sorted(set(Event.objects.values_list("unit_id", flat=True)))
    chosen = np.random.default_rng(3).choice(units, size=ASKED, replace=False)
    recommendations_for(str(chosen[0]), now=NOW)
    taken, worked = [], time.process_time()
    for unit in chosen:
        began = time.perf_counter()
        recommendations_for(str(unit), now=NOW)
        taken.append((time.perf_counter() - began) * 1000)
    # Beside the clock the CPU's own time, which other programs on the machine do not lengthen.
    seconds["one contact, mean CPU ms"] = (time.process_time() - worked) / ASKED * 1000
    for percent in (50, 95, 99):
        seconds[f"one contact, p{percent} ms"] = float(np.percentile(taken, percent))
    started, worked = time.perf_counter(), time.process_time()
    count = recommendations_refresh(now=NOW)
    seconds["everybody, contacts/s"] = count / (time.perf_counter() - started)
    seconds["everybody, contacts per CPU second"] = count / (time.process_time() - worked)
    seconds["contacts"] = float(count)
    return seconds


def _seed_demo() -> None:
    from catalog.loading import PRODUCTS
    from catalog.services import products_encode
    from core.loading.rows import rows_load
    from events.loading import events_importer
    from web.demo.shop import write_files

    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), now=NOW, rng=np.random.default_rng(7))
        rows_load(PRODUCTS, files["products"])
        rows_load(events_importer(source="bench", now=NOW), files["events"])
    products_encode()


def _seed_beauty(path: Path) -> None:
    from catalog.models import Product
    from events.models import Event

    with gzip.open(path, "rt") as lines:
        sequences = [line.split() for line in lines]
    items = sorted({item for sequence in sequences for item in sequence[1:]}, key=int)
    rng = np.random.default_rng(5)
    vectors = rng.standard_normal((len(items), 384)).astype(np.float32)
    Product.objects.bulk_create(
        [
            Product(external_id=item, title=f"Item {item}", price="9.99", currency="USD",
                    category=f"category {int(item) % 40}", vector=vector, vector_of="bench")
            for item, vector in zip(items, vectors, strict=True)
        ],
        batch_size=2_000,
    )  # fmt: skip
    for start in range(0, len(sequences), 2_000):
        Event.objects.bulk_create(
            Event(source="bench", message_id=f"{unit}-{place}", kind="track",
                  name="Order Completed", unit_id=f"u{unit}", properties={"product_id": item},
                  occurred_at=NOW - timedelta(days=len(bought) - place))
            for unit, *bought in sequences[start : start + 2_000]
            for place, item in enumerate(bought)
        )  # fmt: skip
