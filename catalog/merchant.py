"""Google Merchant's way of writing values, read into ours: "15.00 EUR" is a price and a currency.

Only values in Google's form are changed, so that a shop's own file goes through as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.loading.batches import Batch, DerivedBatch

_AMOUNT_FIRST = re.compile(r"\s*(\d+(?:[.,]\d{1,2})?)\s*([A-Za-z]{3})\s*")
_CURRENCY_FIRST = re.compile(r"\s*([A-Za-z]{3})\s*(\d+(?:[.,]\d{1,2})?)\s*")
_MONEY = ("price", "sale_price", "cost")
_ONE_OF_MANY = ("category", "image_url", "brand", "gtin")
_SALE = "sale_price_effective_date"
_ZONE_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")
IN_STOCK = {"in_stock": "yes", "out_of_stock": "no", "preorder": "no", "backorder": "no"}


def read_merchant(batch: Batch, column_of: Mapping[str, str]) -> Batch:
    """The batch with what Google writes in one column put into the columns of our fields."""
    derived: dict[str, Sequence[Any]] = {}
    for field in _ONE_OF_MANY:
        if field in column_of:
            _put(derived, column_of[field], batch, _first_of_many)
    _read_money(derived, batch, column_of)
    _read_availability(derived, batch, column_of)
    _read_sale(derived, batch)
    return DerivedBatch(batch, derived) if derived else batch


def _put(derived: dict[str, Sequence[Any]], column: str, batch: Batch, read: Any) -> None:
    values = batch.column(column)
    found = [read(value) for value in values]
    if any(new is not old for new, old in zip(found, values, strict=True)):
        derived[column] = found


def _first_of_many(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def split_money(value: object) -> tuple[str, str] | None:
    """Amount and currency of Google's price, or None where it is not one.

    >>> split_money("15.00 USD"), split_money("EUR 9,90"), split_money("15.00")
    (('15.00', 'USD'), ('9.90', 'EUR'), None)
    """
    if not isinstance(value, str):
        return None
    if found := _AMOUNT_FIRST.fullmatch(value):
        amount, currency = found.groups()
    elif found := _CURRENCY_FIRST.fullmatch(value):
        currency, amount = found.groups()
    else:
        return None
    return amount.replace(",", "."), currency.upper()


def _read_money(
    derived: dict[str, Sequence[Any]], batch: Batch, column_of: Mapping[str, str]
) -> None:
    """Currencies are the price's; another one, of a sale or a cost, is left to be refused."""
    count = len(batch.lines)
    named = batch.column(column_of["currency"]) if "currency" in column_of else [None] * count
    currencies: list[Any] = list(named)
    is_google = False
    for field in _MONEY:
        if field not in column_of:
            continue
        values = list(batch.column(column_of[field]))
        for position, value in enumerate(values):
            money = split_money(value)
            if money is None:
                continue
            is_google = True
            currencies[position] = currencies[position] or money[1]
            if currencies[position] == money[1]:
                values[position] = money[0]
        derived[column_of[field]] = values
    if is_google:
        derived[column_of.get("currency", "currency")] = currencies
    else:
        for field in _MONEY:
            derived.pop(column_of.get(field, ""), None)


def _read_availability(
    derived: dict[str, Sequence[Any]], batch: Batch, column_of: Mapping[str, str]
) -> None:
    column = column_of.get("availability")
    if column is None:
        return
    words = [
        "_".join(value.lower().split()) if isinstance(value, str) else value
        for value in batch.column(column)
    ]
    derived[column] = words
    if "in_stock" not in column_of:
        derived["in_stock"] = [IN_STOCK.get(word) for word in words]


def _read_sale(derived: dict[str, Sequence[Any]], batch: Batch) -> None:
    """`2026-03-01T13:00-0800/2026-03-15T15:30-0800` is when a sale begins and ends."""
    column = next((name for name in batch.columns if _plain(name) == _SALE), None)
    if column is None:
        return
    periods = [_period(value) for value in batch.column(column)]
    derived["sale_starts_at"] = [starts for starts, _ in periods]
    derived["sale_ends_at"] = [ends for _, ends in periods]


def _period(value: object) -> tuple[object, object]:
    if not isinstance(value, str) or not value.strip():
        return None, None
    starts, sign, ends = value.strip().partition("/")
    # Without both ends it is no period, and no moment either: it is refused as it stands.
    return _moment(starts), _moment(ends) if sign and ends else f"{starts}/"


def _moment(text: str) -> str:
    return _ZONE_WITHOUT_COLON.sub(r"\1:\2", text.strip())


def _plain(name: str) -> str:
    return "_".join(name.strip().lower().split())
