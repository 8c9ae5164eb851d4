"""Order numbers in what people write. Pure."""

from __future__ import annotations

import re

import regex

from core.errors import InputRefused

_USUAL = (
    r"(?:\border(?:s|ed)?\b\W{0,3}(?:(?:number|no|nr|id|is|was)\b\W{0,3}){0,2}|#)"
    r"([A-Z]{0,4}-?\d{4,12})\b"
)
ORDERS_MAX = 5
# A pattern that takes longer on one question is no pattern for order numbers.
SECONDS_MAX = 0.05


def order_numbers(text: str, pattern: str = "") -> list[str]:
    r"""The order numbers a text names, each once.

    Args:
        text: What was written.
        pattern: The shop's own regular expression; empty: a number after “order” or #.

    >>> order_numbers("Where is my order no. 10023? And #SE-4471?")
    ['10023', 'SE-4471']
    >>> order_numbers("I ordered 2 dresses in 2024 and paid 100000", r"AB\d{3}")
    []
    """
    try:
        found = regex.compile(pattern or _USUAL, regex.IGNORECASE).finditer(
            text, timeout=SECONDS_MAX
        )
        numbers = [one[one.re.groups and 1] for one in found]
    except TimeoutError:
        return []
    return list(dict.fromkeys(number for number in numbers if number))[:ORDERS_MAX]


def check_pattern(pattern: str) -> None:
    """Refuse what is no regular expression, or matches nothing at all.

    Raises:
        InputRefused: With the reason.
    """
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise InputRefused(f"no regular expression: {error}", field="order_pattern") from error
    if compiled.fullmatch(""):
        raise InputRefused("it also matches nothing: be stricter", field="order_pattern")


_MONEY = re.compile(
    r"(?:[$€£¥]|\b(?:EUR|USD|GBP|SEK|NOK|DKK|CHF|PLN|CZK|JPY)\b)\s?\d[\d.,]*|"
    r"\b\d[\d.,]*\s?(?:[$€£¥]|(?:EUR|USD|GBP|SEK|NOK|DKK|CHF|PLN|CZK|JPY|euros?|dollars?|"
    r"pounds?|kronor|kroner|francs?|cents?)\b)",
    re.IGNORECASE,
)


def states_money(sentence: str) -> bool:
    """Whether a sentence names an amount of money.

    >>> states_money("It is only 49,90 €."), states_money("It weighs 2 pounds less than 3 kg.")
    (True, True)
    >>> states_money("Delivery takes 4 days.")
    False
    """
    return bool(_MONEY.search(sentence))
