"""What of a product is asked for: its price, whether there is any, its sizes. Pure."""

from __future__ import annotations

import re
from enum import StrEnum


class Aspect(StrEnum):
    """What the catalog answers, and no document."""

    PRICE = "price"
    STOCK = "stock"
    OPTIONS = "options"
    RECOMMEND = "recommend"


_SAID = {
    Aspect.PRICE: re.compile(
        r"\b(?:how much|price[ds]?|pricing|costs?|expensive|cheap\w*|on sale|reduced|discount\w*|"
        r"what do i pay)\b",
        re.IGNORECASE,
    ),
    Aspect.STOCK: re.compile(
        r"\b(?:in stock|out of stock|sold out|availab\w+|stock|do you (?:still )?(?:have|sell)|"
        r"have you got|(?:is|are) there any|any .{0,30}left|back in|still (?:get|buy|have))\b",
        re.IGNORECASE,
    ),
    Aspect.OPTIONS: re.compile(
        r"\b(?:(?:what|which|other|all) (?:the )?(?:sizes?|colou?rs?)|sizes?|colou?rs?|"
        r"in (?:a )?(?:x{0,3}[sml]|small|medium|large))\b",
        re.IGNORECASE,
    ),
    Aspect.RECOMMEND: re.compile(
        r"\b(?:recommend\w*|suggest\w*|go(?:es)? (?:well )?with|match(?:es)? (?:with|to)|"
        r"similar to|alternatives?|something like|gift for|ideas? for|what (?:else )?should i "
        r"(?:buy|get|wear))\b",
        re.IGNORECASE,
    ),
}
# What the shop does costs something too; documents tell how much.
_SERVICE = re.compile(
    r"\b(?:ship\w*|deliver\w*|postage|parcels?|return\w*|refund\w*|exchang\w*|repair\w*|"
    r"gift[ -]?wrap\w*|alterations?|vouchers?|gift cards?|invoice\w*|payments?|customs|duty|"
    r"subscription\w*|membership\w*|size (?:guide|chart|table))\b",
    re.IGNORECASE,
)


def aspects_of(question: str) -> frozenset[Aspect]:
    """What of a product a question asks for; nothing where it asks what the shop does.

    >>> sorted(aspects_of("How much is the Alma dress, and do you have it in M?"))
    [<Aspect.OPTIONS: 'options'>, <Aspect.PRICE: 'price'>, <Aspect.STOCK: 'stock'>]
    >>> aspects_of("How much does it cost to return a dress?")
    frozenset()
    """
    if _SERVICE.search(question):
        return frozenset()
    return frozenset(aspect for aspect, said in _SAID.items() if said.search(question))
