"""Slot texts: copy with places in it, and how the places are filled.

Composer and the house copywriter both write slot texts, so neither can misspell a merge tag, an
offer or an interest: those come in afterwards, from the template and the brief.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from inference.composer.topics import is_plural

# In the order a prompt names them. `p` is a plural topic, `m` one that cannot be counted.
ROLES = ("name", "brand", "claim", "product", "offer", "code", "expires", "url")
TOPICS = ("p1", "m1", "p2", "m2")
SLOTS = (*ROLES, *TOPICS)
_SLOT = re.compile(r"\{(" + "|".join(SLOTS) + r")\}")
_AGREEMENT = re.compile(r"\{([a-z']+)\|([a-z']+)\}")
_START = re.compile(r"(?:^|[.!?…]['”\"]?\s+|\n|^\{brand\}: |(?:^|\s)“)$")
_CLOSED = re.compile(r"\{(offer|claim|terms)\}[.:]")


def slots_in(text: str) -> Counter[str]:
    """Count the slots of a text.

    >>> slots_in("{name}, see {p1}")
    Counter({'name': 1, 'p1': 1})
    """
    return Counter(_SLOT.findall(text))


def without_slots(text: str) -> str:
    """The words of a text alone.

    >>> without_slots("{name}, see {p1}")
    ', see '
    """
    return _SLOT.sub("", text)


def topic_slot(topic: str, place: int) -> str:
    """The slot of the first or second topic of a text.

    >>> topic_slot("dresses", 1), topic_slot("denim", 2)
    ('p1', 'm2')
    """
    return f"{'p' if is_plural(topic) else 'm'}{place}"


def agree(phrase: str, topic: str) -> str:
    """Let the verbs and pronouns of a phrase agree with its topic.

    >>> agree("{x} {is|are} here", "denim")
    '{x} is here'
    """
    group = 2 if is_plural(topic) else 1
    return _AGREEMENT.sub(lambda found: found.group(group), phrase)


def realise(text: str, values: Mapping[str, str]) -> str:
    """Fill the slots of a text; a topic that begins a sentence gets a capital.

    >>> realise("{p1}: look. {p1} and {offer}.", {"p1": "jeans", "offer": "10% off!"})
    'Jeans: look. Jeans and 10% off!'
    """
    text = _CLOSED.sub(lambda found: _without_second_stop(found, values), text)

    def fill(found: re.Match[str]) -> str:
        value = values[found.group(1)]
        begins = found.group(1) in TOPICS and _START.search(text, 0, found.start())
        return value[:1].upper() + value[1:] if begins else value

    return _SLOT.sub(fill, text)


def _without_second_stop(found: re.Match[str], values: Mapping[str, str]) -> str:
    ends = values.get(found.group(1), "").rstrip()[-1:] in {".", "!", "?"}
    return found.group()[:-1] if ends else found.group()
