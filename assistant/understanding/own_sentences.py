"""A shop's own sentence in place of one of ours: what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.understanding.speaking import words_of

LONGEST = 500
_PLACE = re.compile(r"\{([A-Za-z]\w*)\}")
# What a shop may say otherwise; the rest are names.
PARTS = ("said", "catalog", "left", "chat")
# How the language quotes is no matter of taste.
_FIXED = ("said", "quoted")


def sentences_of(language: str) -> Iterator[tuple[str, str, str]]:
    """Part, name and text of every sentence of ours that may be said otherwise."""
    words = words_of(language)
    for part in PARTS:
        yield from (
            (part, name, text) for name, text in words[part].items() if (part, name) != _FIXED
        )


def written(text: str) -> str:
    """A sentence as it is kept: on one line.

    >>> written("  A person \\n answers. ")
    'A person answers.'
    """
    return " ".join(text.split())


def wrong_with(text: str, ours: str) -> str:
    """What is wrong with a sentence that is to be said in place of ours; empty: nothing.

    >>> wrong_with("Only {price} for {title}!", "{title} costs {price}.")
    ''
    >>> wrong_with("Only {prise} for {title}!", "{title} costs {price}.")
    'there is no {prise} here; write {title} and {price} where they belong'
    >>> wrong_with("Only {price}!", "{title} costs {price}.")
    '{title} is missing; write it where it belongs'
    >>> wrong_with("A {person answers.", "A person answers.")
    'write it without { and }: nothing is filled in here'
    """
    if len(text) > LONGEST:
        return f"{len(text):,} characters; {LONGEST} at most"
    wanted = places_in(ours) or []
    listed = " and ".join(f"{{{name}}}" for name in wanted)
    given = places_in(text)
    if given is None:
        if not wanted:
            return "write it without { and }: nothing is filled in here"
        return f"write {{ and }} only around what is filled in: {listed}"
    if unknown := [name for name in given if name not in wanted]:
        cure = f"write {listed} where they belong" if len(wanted) > 1 else f"there is {listed}"
        cure = cure if wanted else "nothing is filled in here"
        return f"there is no {{{unknown[0]}}} here; {cure}"
    if missing := [name for name in wanted if name not in given]:
        return f"{{{missing[0]}}} is missing; write it where it belongs"
    return ""


def places_in(text: str) -> list[str] | None:
    """Names of what is filled in, each once; None where the braces make no sense.

    >>> places_in("{title} costs {price}."), places_in("{title!r}"), places_in("}")
    (['title', 'price'], None, None)
    """
    if set(_PLACE.sub("", text)) & set("{}"):
        return None
    return list(dict.fromkeys(_PLACE.findall(text)))
