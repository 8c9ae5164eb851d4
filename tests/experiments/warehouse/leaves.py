"""What a results document says, flat: its numbers and its words, by where they stand."""

from __future__ import annotations


def numbers(document):
    return {at: leaf for at, leaf in _leaves(document) if isinstance(leaf, int | float)}


def texts(document):
    return {at: leaf for at, leaf in _leaves(document) if not isinstance(leaf, int | float)}


def _leaves(part, at=""):
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _leaves(value, f"{at}/{key}")
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _leaves(value, f"{at}/{place}")
    else:
        yield at, part
