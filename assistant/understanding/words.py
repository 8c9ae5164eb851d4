"""Words of a question as they are compared: lower case, without accents, singular. Pure."""

from __future__ import annotations

import re
import unicodedata

from privacy.masking import PLACEHOLDER

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words a question is built of, which name no product.
_STOP = """
    a about all am an and any anything are as at available be been buy by can come cost costs could
    currently did do does doing don for from get give go got had has have having hello hey hi how i
    if in into is it item its just like look looking many may me mine more most much my need no not
    now of off on one ones only or order other our out please price prices pricing product products
    really recommend right sale say sell selling should show size sizes so some something stock
    still such sure tell than thank thanks that the their them then there these they thing things
    this those to today too us want was way we were what when where whether which who why will
    with would you your yours left colour color colours colors else
"""
STOP = frozenset(_STOP.split())


def words_of(text: str) -> list[str]:
    """Every word as it is compared, in order; what was masked is none.

    >>> words_of("Two DRESSES, Café and glass! Call [phone]")
    ['two', 'dress', 'cafe', 'and', 'glass', 'call']
    """
    plain = unicodedata.normalize("NFKD", PLACEHOLDER.sub(" ", text).lower())
    folded = "".join(char for char in plain if not unicodedata.combining(char))
    return [_singular(word) for word in _WORD.findall(folded)]


def telling_words(text: str) -> list[str]:
    """The words that may name something, each once.

    >>> telling_words("How much is the red Alma dress?")
    ['red', 'alma', 'dress']
    """
    return list(dict.fromkeys(word for word in words_of(text) if word not in STOP))


def _singular(word: str) -> str:
    word = re.sub(r"['’]s$", "", word)
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
