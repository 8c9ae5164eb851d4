"""Which of a contact's texts each trait came from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audience.aspects import View
from audience.moods import MIXED, mood_word
from audience.profiling import Portrayed, ReadText

# More than anybody reads; the counts beside them are of all texts.
TEXTS_KEPT = 20

Evidence = dict[str, dict[str, dict[str, Any]]]


def evidence_of(texts: Sequence[ReadText], portrayed: Portrayed) -> Evidence:
    """For every trait of the texts' portrait, the texts it came from, newest first.

    Returns:
        `{trait: {name: {"texts": [ids], "events": [], "support": agreeing, "of": bearing}}}`.
    """
    newest = sorted(texts, key=lambda text: (text.occurred_at, text.text_id), reverse=True)
    return {
        "interest": {
            found.phrase: _mentions([text for text in newest if found.phrase in text.phrases])
            for found in portrayed.interests
        },
        "category": _categories(newest, portrayed.categories),
        "sentiment": _moods(newest, portrayed.sentiment),
        "aspect": {name: _view(texts, view) for name, view in portrayed.aspects.items()},
    }


def _mentions(texts: Sequence[ReadText]) -> dict[str, Any]:
    return piece(texts, support=len(texts), of=len(texts))


def _categories(texts: Sequence[ReadText], shares: Mapping[str, float]) -> dict[str, Any]:
    named = [text for text in texts if text.category in shares]
    found = {}
    for name in shares:
        own = [text for text in named if text.category == name]
        found[name] = piece(own, support=len(own), of=len(named))
    return found


def _moods(texts: Sequence[ReadText], sentiment: float | None) -> dict[str, Any]:
    """Texts of the same mood agree; where the whole is mixed, what differs is what makes it so."""
    if sentiment is None:
        return {}
    mood = mood_word(sentiment)
    telling = [text for text in texts if text.says_a_mood]
    agreeing = [text for text in telling if mood in (MIXED, mood_word(text.sentiment))]
    return {"": piece(agreeing, support=len(agreeing), of=len(telling))}


def _view(texts: Sequence[ReadText], view: View) -> dict[str, Any]:
    own = [texts[position] for position in view.texts]
    newest = sorted(own, key=lambda text: (text.occurred_at, text.text_id), reverse=True)
    return piece(newest, support=len(own), of=len(texts))


def piece(texts: Sequence[ReadText], *, support: int, of: int) -> dict[str, Any]:
    """Evidence of one trait as a profile keeps it; `texts` newest first."""
    ids = [text.text_id for text in texts[:TEXTS_KEPT]]
    return {"texts": ids, "events": [], "support": support, "of": of}
