"""The demonstration shop's files: contacts, products, texts, orders, written from one seed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from web.demo import words
from web.demo.words import THEMES, Theme

CONTACTS = 12_000
REVIEWS_PER_CONTACT = 0.3
SEARCHES_PER_CONTACT = 0.1
UNHAPPY_SHARE = 0.18

Row = Mapping[str, object]


def write_files(folder: Path, *, now: datetime, rng: np.random.Generator) -> dict[str, Path]:
    """Write the four files that the import commands read; the paths by what is in them."""
    folder.mkdir(parents=True, exist_ok=True)
    loves = rng.choice(len(THEMES), size=CONTACTS, p=[theme.share for theme in THEMES])
    products = _products(rng)
    files: dict[str, Iterable[Row]] = {
        "contacts": _contacts(rng),
        "products": products,
        "texts": [*_reviews(loves, now, rng), *_searches(loves, now, rng)],
        "events": _orders(loves, products, now, rng),
    }
    return {name: _write(folder / f"{name}.csv", rows) for name, rows in files.items()}


def contact_id(number: int) -> str:
    return f"hp-{number:05d}"


def _write(path: Path, rows: Iterable[Row]) -> Path:
    kept = list(rows)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return path


def _draw(options: Mapping[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(options), p=list(options.values())))


def _contacts(rng: np.random.Generator) -> Iterable[Row]:
    # Protected: plans show how it is treated, and never decide by it.
    ages = np.random.default_rng(CONTACTS)
    for number in range(CONTACTS):
        name = words.FIRST_NAMES[rng.integers(len(words.FIRST_NAMES))]
        # Some people are known by nothing but an address: the merge tag's default is for them.
        is_named = rng.random() > 0.06
        yield {
            "external_id": contact_id(number),
            "first_name": name if is_named else "",
            "email": f"{contact_id(number)}@people.example",
            "region": _draw(words.REGIONS, rng),
            "channel": _draw(words.CHANNELS, rng),
            "points": int(rng.gamma(2.0, 60.0)),
            "age": int(ages.integers(18, 80)),
        }


def _products(rng: np.random.Generator) -> list[Row]:
    return [
        {
            "external_id": title.lower().replace(" ", "-"),
            "title": title,
            "category": theme.category,
            "price": f"{rng.integers(18, 190)}.00",
            "currency": "EUR",
            "url": f"https://harbour-pine.example/p/{title.lower().replace(' ', '-')}",
        }
        for theme in THEMES
        for title in theme.products
    ]


def _some(people: int, rate: float, rng: np.random.Generator) -> np.ndarray:
    """The numbers of the contacts who wrote, once per text."""
    return np.repeat(np.arange(people), rng.poisson(rate, size=people))


def _moment(now: datetime, days: float, rng: np.random.Generator) -> str:
    return (now - timedelta(days=float(rng.uniform(0.1, days)))).isoformat()


def _reviews(loves: np.ndarray, now: datetime, rng: np.random.Generator) -> Iterable[Row]:
    for serial, number in enumerate(_some(CONTACTS, REVIEWS_PER_CONTACT, rng)):
        theme = THEMES[loves[number]]
        is_unhappy = rng.random() < UNHAPPY_SHARE
        yield {
            "external_id": f"review-{serial}",
            "contact": contact_id(int(number)),
            "kind": "review",
            "title": _pick(words.SOUR_TITLES if is_unhappy else words.TITLES, rng),
            "body": _review(theme, is_unhappy=is_unhappy, rng=rng),
            "rating": int(rng.integers(1, 4) if is_unhappy else rng.integers(4, 6)),
            "category": theme.category,
            "occurred_at": _moment(now, 400, rng),
        }


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[rng.integers(len(options))]


def _review(theme: Theme, *, is_unhappy: bool, rng: np.random.Generator) -> str:
    first = _pick(theme.complaint if is_unhappy else theme.praise, rng)
    opening = "" if is_unhappy else _pick(words.OPENINGS, rng)
    closing = _pick(words.SOUR_CLOSINGS if is_unhappy else words.CLOSINGS, rng)
    return f"{opening}{first} {_pick(theme.detail, rng)} {closing}".strip()


def _searches(loves: np.ndarray, now: datetime, rng: np.random.Generator) -> Iterable[Row]:
    for serial, number in enumerate(_some(CONTACTS, SEARCHES_PER_CONTACT, rng)):
        theme = THEMES[loves[number]]
        yield {
            "external_id": f"search-{serial}",
            "contact": contact_id(int(number)),
            "kind": "search",
            "title": "",
            "body": _pick(theme.searches, rng),
            "rating": "",
            "category": theme.category,
            "occurred_at": _moment(now, 120, rng),
        }


def _orders(
    loves: np.ndarray, products: list[Row], now: datetime, rng: np.random.Generator
) -> Iterable[Row]:
    """Orders of the year before the campaign: what the rule segments look at."""
    for serial, number in enumerate(_some(CONTACTS, 0.8, rng)):
        own = [row for row in products if row["category"] == THEMES[loves[number]].category]
        product = own[rng.integers(len(own))]
        yield {
            "message_id": f"order-{serial}",
            "unit_id": contact_id(int(number)),
            "name": "Order Completed",
            "occurred_at": (now - timedelta(days=float(rng.uniform(20, 380)))).isoformat(),
            "value": product["price"],
            "product": product["title"],
            "product_id": product["external_id"],
        }
