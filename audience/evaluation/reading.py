"""The public data sets, as arrays. Pure."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.orders import Orders
from audience.cleaning import clean_text, drop_reason
from core.errors import DomainError


class DataMissing(DomainError):
    """A folder lacks a data set; the message names the file."""


@dataclass(frozen=True)
class Reviews:
    """Cleaned reviews and whether their writers recommend; empty and repeated ones left out."""

    texts: tuple[str, ...]
    recommends: NDArray[np.bool_]


@dataclass(frozen=True)
class Questions:
    """Questions and what they are about; "oos" where they are about nothing that is known."""

    texts: tuple[str, ...]
    labels: NDArray[np.str_]


@dataclass(frozen=True)
class Purchases:
    """A shop's orders by its customers' own numbers."""

    customer: NDArray[np.int64]
    at: NDArray[np.float64]
    value: NDArray[np.float64]
    lines: NDArray[np.float64]
    words: tuple[str, ...]

    def before(self, moment: float) -> tuple[Orders, NDArray[np.int64]]:
        """The orders before a moment, and who made them, in the order of the units."""
        rows = np.flatnonzero(self.at < moment)
        who, unit = np.unique(self.customer[rows], return_inverse=True)
        orders = Orders.of(
            unit,
            self.at[rows],
            self.value[rows],
            lines=self.lines[rows],
            words=[self.words[row] for row in rows],
            units=len(who),
        )
        return orders, who

    def buyers_between(self, start: float, end: float) -> NDArray[np.int64]:
        return np.unique(self.customer[(self.at >= start) & (self.at < end)])


def read_reviews(folder: Path) -> Reviews:
    place = _found(folder, "womens_reviews/womens_clothing_reviews.csv.gz")
    kept: dict[str, bool] = {}
    with gzip.open(place, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            text = clean_text(row["Title"], row["Review Text"])
            if not drop_reason(text):
                kept.setdefault(text, row["Recommended IND"] == "1")
    return Reviews(tuple(kept), np.array(list(kept.values())))


def read_banking(folder: Path, part: str) -> Questions:
    place = _found(folder, f"banking77/{part}.csv.gz")
    with gzip.open(place, "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return Questions(tuple(row["text"] for row in rows), np.array([r["category"] for r in rows]))


def read_clinc(folder: Path, part: str) -> Questions:
    """A part such as `train`, `val` or `oos_val`."""
    with gzip.open(_found(folder, "clinc150/data_full.json.gz"), "rt", encoding="utf-8") as handle:
        parts = json.load(handle)
    if part not in parts:
        raise DataMissing(f"clinc150/data_full.json.gz has no part {part!r}: {', '.join(parts)}")
    return Questions(
        tuple(text for text, _ in parts[part]), np.array([label for _, label in parts[part]])
    )


def read_purchases(folder: Path) -> Purchases:
    """Invoices with a customer, a price and a quantity; cancelled ones (C…) are no purchases."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    places = sorted((folder / "online_retail").glob("*.parquet"))
    if not places:
        raise DataMissing(f"{folder.name}/online_retail holds no .parquet file")
    table = pq.read_table(places)
    sold = pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["UnitPrice"], 0))
    named = pc.and_(pc.is_valid(table["CustomerID"]), sold)
    kept = pc.and_(named, pc.invert(pc.starts_with(table["InvoiceNo"], "C")))
    return _by_invoice(table.filter(kept))


def read_baskets(folder: Path) -> Purchases:
    """Baskets of households at a grocer's, the categories of their products for words."""
    import pyarrow.parquet as pq

    table = pq.read_table(_found(folder, "completejourney/transactions_sample.parquet"))
    named = pq.read_table(
        _found(folder, "completejourney/products.parquet"),
        columns=["product_id", "product_category"],
    )
    category = dict(
        zip(named["product_id"].to_pylist(), named["product_category"].to_pylist(), strict=True)
    )
    _, first, row_of = np.unique(
        table["basket_id"].to_numpy().astype(str), return_index=True, return_inverse=True
    )
    moments = table["transaction_timestamp"].to_numpy().astype("datetime64[s]").astype(float)
    said: list[list[str]] = [[] for _ in first]
    for basket, product in zip(row_of.tolist(), table["product_id"].to_pylist(), strict=True):
        said[basket].append((category.get(product) or "").lower())
    return Purchases(
        customer=table["household_id"].to_numpy().astype(np.int64)[first],
        at=moments[first] / 86_400,
        value=np.bincount(row_of, table["sales_value"].to_numpy()).astype(float),
        lines=np.bincount(row_of).astype(float),
        words=tuple(" ".join(names) for names in said),
    )


def _by_invoice(table: Any) -> Purchases:
    _, first, row_of = np.unique(
        table["InvoiceNo"].to_numpy().astype(str), return_index=True, return_inverse=True
    )
    paid = table["Quantity"].to_numpy() * table["UnitPrice"].to_numpy()
    moments = table["InvoiceDate"].to_numpy().astype("datetime64[s]").astype(float) / 86_400
    said: list[list[str]] = [[] for _ in first]
    for invoice, name in zip(row_of.tolist(), table["Description"].to_pylist(), strict=True):
        said[invoice].append((name or "").lower())
    return Purchases(
        customer=table["CustomerID"].to_numpy().astype(np.int64)[first],
        at=moments[first],
        value=np.bincount(row_of, paid).astype(float),
        lines=np.bincount(row_of).astype(float),
        words=tuple(" ".join(names) for names in said),
    )


def months_after(moment: float, months: int) -> float:
    """The first of the month that many months after a day's own month, in days since 1970.

    >>> months_after(0.5, 9), months_after(364.0, 1)
    (273.0, 365.0)
    """
    day = date.fromordinal(int(moment) + date(1970, 1, 1).toordinal())
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    return float(first.toordinal() - date(1970, 1, 1).toordinal())


def has(folder: Path | None, name: str) -> bool:
    """Whether a folder holds a data set's files."""
    return folder is not None and any((folder / name).glob("*"))


def _found(folder: Path, name: str) -> Path:
    place = folder / name
    if not place.is_file():
        raise DataMissing(f"{folder.name}/{name} is missing: name a folder like shared/data")
    return place
