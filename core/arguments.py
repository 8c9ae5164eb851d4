"""Kinds of numbers that commands take."""

from __future__ import annotations

from argparse import ArgumentTypeError


def one_or_more(text: str) -> int:
    """The number; anything else is refused by argparse, which names the option.

    >>> one_or_more("3")
    3
    >>> one_or_more("0")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: '0' is no number of 1 or more
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return number
