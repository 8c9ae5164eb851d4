"""Kinds of numbers that commands take; argparse names the option of what they refuse."""

from __future__ import annotations

from argparse import ArgumentTypeError


def one_or_more(text: str) -> int:
    """The number, for how many.

    >>> one_or_more("3")
    3
    >>> one_or_more("0")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: '0' is no whole number of 1 or more
    """
    return _at_least(1, text)


def seed(text: str) -> int:
    """The number that chance begins with."""
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise ArgumentTypeError(f"{text!r} is no whole number of {least} or more")
    return number
