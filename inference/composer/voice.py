"""Brand voice from the brand's own sentences: openers, farewells and calls to action, mined.

A small model cannot be taught a voice by fine-tuning (it misspells what it has not seen), but it
can leave room for the brand's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

_FAREWELL = re.compile(
    r"^(?:yours|warmly|love|cheers|regards|kind|best wishes|sincerely|see you|until|take care|with "
    r"|ahoy|stay |fair winds|happy )[^.!?\d{}]{0,30},?$",
    re.IGNORECASE,
)
_CALL = re.compile(r"^[A-Z][^\W\d_]*(?: [^\W\d_’']+){0,3}$")
_CALL_VERBS = frozenset(
    [
        "shop",
        "see",
        "find",
        "get",
        "discover",
        "explore",
        "take",
        "browse",
        "come",
        "meet",
        "view",
        "join",
        "start",
        "try",
        "look",
        "show",
        "visit",
        "set",
        "climb",
        "step",
        "sail",
        "pick",
        "choose",
        "open",
        "read",
    ]
)
_UNSAFE = re.compile(r"[\d{}<>@%$€£\n]|https?:|www\.")


@dataclass(frozen=True)
class Voice:
    """What a brand says in its own words, by where it can stand."""

    openers: tuple[str, ...] = ()
    farewells: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()

    def speak(self, letter: str, rng: Random) -> str:
        """Put the brand's own opener and farewell into the slot text of a letter.

        An opener that names a topic or a claim stays, and the brand's own goes before it.
        """
        parts = letter.split("\n\n")
        if self.openers and len(parts) > 2:
            own = rng.choice(self.openers)
            parts[1] = f"{own} {parts[1]}" if "{" in parts[1] else own
        if self.farewells:
            _, line, brand = parts[-1].partition("\n")
            own = rng.choice(self.farewells).rstrip(",")
            parts[-1] = f"{own},\n{brand}" if line else own
        return "\n\n".join(parts)


def mine_voice(sentences: Iterable[str]) -> Voice:
    """Sort the sentences that can be used again; figures, tags and addresses disqualify one.

    >>> mine_voice(["Shop the deck", "Fair winds,", "Every knot we tie holds.", "10% off"])
    Voice(openers=('Every knot we tie holds.',), farewells=('Fair winds,',), \
calls=('Shop the deck',))
    """
    usable = [" ".join(text.split()) for text in sentences if not _UNSAFE.search(text.strip())]
    farewells = [text for text in usable if _FAREWELL.match(text)]
    calls = [text for text in usable if _is_call(text) and text not in farewells]
    openers = [text for text in usable if text[-1:] in ".!?" and 5 <= len(text.split()) <= 25]
    return Voice(tuple(openers[:12]), tuple(farewells[:6]), tuple(calls[:8]))


def _is_call(text: str) -> bool:
    is_short = bool(_CALL.match(text)) and len(text) <= 25
    return is_short and text.split()[0].lower() in _CALL_VERBS
