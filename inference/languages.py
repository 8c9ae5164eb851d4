"""Which language a text is in, offline: py3langid over the languages that shops meet. Pure."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any

LANGUAGES = re.findall(
    r"\w+",
    "en de fr es it nl pt sv da no fi pl cs sk hu ro bg el tr ru uk ar he hi ja ko zh th vi id "
    "ca hr sl et lv lt",
)
# Below, as of most texts of two or three words, nothing is said rather than something wrong.
LEAST_CERTAIN = 0.8
SHORTEST = 12
SHORTEST_WITHOUT_LATIN = 4
# It is known long before a long text ends.
READ = 600

_PLACEHOLDER = re.compile(r"\[\w+\]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def detect_language(text: str) -> str:
    """The two-letter code of a text's language; empty where it is too short to tell.

    >>> detect_language("Das Kleid ist leider viel zu groß ausgefallen"), detect_language("ok!")
    ('de', '')
    """
    said = _PLACEHOLDER.sub(" ", text[:READ]).strip()
    shortest = SHORTEST if _LATIN.search(said) else SHORTEST_WITHOUT_LATIN
    if len(said) < shortest:
        return ""
    language, certainty = _identifier().classify(said)
    return str(language) if certainty >= LEAST_CERTAIN else ""


@cache
def _identifier() -> Any:
    # Its model takes a second to unpack, which only a process that reads texts should pay.
    langid = import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
