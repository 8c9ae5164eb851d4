"""What of a product is asked for: its price, whether there is any, its sizes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from assistant.understanding import aspect_words


class Aspect(StrEnum):
    """What the catalog answers, and no document."""

    PRICE = "price"
    STOCK = "stock"
    OPTIONS = "options"
    RECOMMEND = "recommend"


def _pattern(words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.values())})\b", re.IGNORECASE)


_WORDS = {
    Aspect.PRICE: aspect_words.PRICE,
    Aspect.STOCK: aspect_words.STOCK,
    Aspect.OPTIONS: aspect_words.OPTIONS,
    Aspect.RECOMMEND: aspect_words.RECOMMEND,
}
_SAID = {aspect: _pattern(words) for aspect, words in _WORDS.items()}
_SERVICE = _pattern(aspect_words.SERVICE)
# Of English little is told: its words are borrowed everywhere.
_TOLD = {
    code: _pattern({name: words[code] for name, words in _WORDS.items() if code in words})
    for code in sorted(set(aspect_words.PRICE) - {"en"})
}


def aspects_of(question: str) -> frozenset[Aspect]:
    """What of a product a question asks for; nothing where it asks what the shop does.

    >>> sorted(aspects_of("How much is the Alma dress, and do you have it in M?"))
    [<Aspect.OPTIONS: 'options'>, <Aspect.PRICE: 'price'>, <Aspect.STOCK: 'stock'>]
    >>> aspects_of("How much does it cost to return a dress?")
    frozenset()
    >>> aspects_of("Was kostet das Alma-Kleid?"), aspects_of("Was kostet der Versand?")
    (frozenset({<Aspect.PRICE: 'price'>}), frozenset())
    """
    if _SERVICE.search(question):
        return frozenset()
    return frozenset(aspect for aspect, said in _SAID.items() if said.search(question))


def language_told(question: str) -> str:
    """The language of the words in which something is asked of a product; empty: of none, or two.

    A product's name in another language leaves too little of a short question to tell by.

    >>> language_told("Was kostet das Alma linen dress?"), language_told("Hva koster den?")
    ('de', '')
    """
    told = [code for code, said in _TOLD.items() if said.search(question)]
    return told[0] if len(told) == 1 else ""
