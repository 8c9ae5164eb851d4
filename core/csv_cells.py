"""Cells of a CSV file that no spreadsheet runs. Pure."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """The value, with an apostrophe before a text that a spreadsheet would take for a formula.

    >>> safe_cell("=1+1"), safe_cell("plain"), safe_cell(-3)
    ("'=1+1", 'plain', -3)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
