"""Personal numbers and addresses out of free text, before a model or a log sees it. Pure."""

from __future__ import annotations

import re
import unicodedata

# What stands in the place of what was masked, here and in `privacy.names`.
PLACEHOLDER = re.compile(r"\[(?:email|phone|card|account|name)\]")
# What nobody sees must not part a number from itself.
_UNSEEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,5}\)|\d{1,5})(?:[ .-]?\d{2,5}){1,5}(?![\w])"
)


def masked(text: str) -> str:
    r"""The text with e-mail addresses, accounts, payment cards and telephone numbers replaced.

    >>> masked("I am ann@shop.example, call +46 70 123 45 67 about order 10023")
    'I am [email], call [phone] about order 10023'
    >>> masked("My card is 4111 1111 1111 1111, not 4111 1111 1111 1112")
    'My card is [card], not 4111 1111 1111 1112'

    Written wide or with letters that nobody sees, it is found all the same.

    >>> masked("ann\u200b@shop.example")
    '[email]'
    """
    shown = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    found = _masked(shown)
    # Only then: those letters join emoji, and part words in Persian.
    return found if found != shown else _masked(text)


def _masked(text: str) -> str:
    text = _IBAN.sub(_account_or_itself, _EMAIL.sub("[email]", text))
    return _PHONE.sub(_phone_or_itself, _CARD.sub(_card_or_itself, text))


def has_card_checksum(digits: str) -> bool:
    """Luhn's check, which nearly every payment card number passes and one other number in ten.

    >>> has_card_checksum("4111111111111111"), has_card_checksum("4111111111111112")
    (True, False)
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def passes_mod_97(number: str) -> bool:
    """Whether the check digits of an IBAN fit.

    >>> passes_mod_97("DE89 3704 0044 0532 0130 00"), passes_mod_97("DE89 3704 0044 0532 0130 01")
    (True, False)
    """
    plain = "".join(char for char in number if char.isalnum())
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _account_or_itself(found: re.Match[str]) -> str:
    return "[account]" if passes_mod_97(found[0]) else found[0]


def _card_or_itself(found: re.Match[str]) -> str:
    return "[card]" if has_card_checksum(re.sub(r"\D", "", found[0])) else found[0]


def _phone_or_itself(found: re.Match[str]) -> str:
    """Measurements are numbers in a row too: only lengths that countries use count as a phone."""
    digits = re.sub(r"\D", "", found[0])
    lengths = range(7, 16) if found[0].startswith("+") else (10, 11)
    return "[phone]" if len(digits) in lengths else found[0]
