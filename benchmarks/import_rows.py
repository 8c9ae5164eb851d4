"""Contacts imported a second, beside a bare COPY of the same bytes.

`python -m benchmarks.import_rows [ROWS]`. Writes contacts whose ids begin with `bench-`, and
removes them again.
"""

from __future__ import annotations

import csv
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = 200_000
CITIES = ["Leeds", "York", "Hull", "Bath", "Kent, East", "Derby", "Truro", "Ely"]


def write_contacts(path: Path, rows: int) -> None:
    """A file of eight columns, as a shop's customer table would give it."""
    chance = random.Random(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["external_id", "email", "first_name", "last_name", "city", "orders", "spent", "since"]
        )
        for number in range(rows):
            writer.writerow(
                [
                    f"bench-{number:08d}",
                    f"person{number}@shop.example",
                    f"Ann{number % 977}",
                    f"O'Hara{number % 3571}",
                    chance.choice(CITIES),
                    chance.randrange(40),
                    f"{chance.random() * 900:.2f}",
                    f"20{chance.randrange(10, 26)}-0{chance.randrange(1, 10)}-11",
                ]
            )


def bare_copy_seconds(path: Path) -> float:
    """PostgreSQL reading the same bytes into an unlogged table of texts: the bound."""
    from django.db import connection

    columns = "a text, b text, c text, d text, e text, f text, g text, h text"
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_bare ({columns})")
        started = time.perf_counter()
        cursor.copy_expert("COPY bench_bare FROM STDIN (FORMAT csv, HEADER)", file)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_bare")
    return seconds


def timed_load(path: Path) -> tuple[float, Any]:
    from audience.loading import CONTACTS
    from core.loading.rows import rows_load

    started = time.perf_counter()
    summary = rows_load(CONTACTS, path)
    return time.perf_counter() - started, summary


def remove_contacts() -> None:
    from audience.models import Contact

    contacts = Contact.objects.filter(external_id__startswith="bench-")
    contacts._raw_delete(contacts.db)


def run(rows: int = ROWS) -> dict[str, float]:
    """Rows a second of a first import, of the same file again, and of a bare COPY."""
    remove_contacts()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        try:
            first, stored = timed_load(path)
            again, unchanged = timed_load(path)
            bare = bare_copy_seconds(path)
        finally:
            remove_contacts()
    assert (stored.inserted, unchanged.unchanged) == (rows, rows)
    return {
        "rows": rows,
        "import_rows_per_second": round(rows / first),
        "again_rows_per_second": round(rows / again),
        "bare_copy_rows_per_second": round(rows / bare),
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    for name, figure in run(*map(int, sys.argv[1:2])).items():
        print(f"{name:28} {figure:>12,.0f}")


if __name__ == "__main__":
    main()
