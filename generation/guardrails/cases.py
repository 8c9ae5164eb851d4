"""A copy under examination: its texts, and how they read for sample contacts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from generation.briefs import Brief, Copy
from generation.guardrails.surroundings import NOWHERE, Surroundings
from generation.liquid import TemplateRefused, merge_tags, render

# Where the message itself stands, whatever the channel.
_MAIN_FIELDS = ("body", "text", "description")
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W_]+)*")
# One for one, so that offsets stay: most copy is ASCII but for these.
_PUNCTUATION = str.maketrans("’‘“”–—…\u00a0", "''\"\"--. ")
_MASKED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# The longest given name a list of ours holds often enough to plan for.
WORST_NAME = "Maximiliane"


@dataclass(frozen=True)
class Rendering:
    """A copy as one sample contact would read it.

    Attributes:
        contact: `typical`, `long values` or `no values`.
        texts: The rendered texts by field; a field that cannot be rendered is missing.
    """

    contact: str
    texts: Mapping[str, str]


class Case:
    """A copy and its brief, with everything the rules share worked out once.

    Attributes:
        copy: What is checked.
        brief: What it was written for.
        around: The company and the other texts around it.
        fields: Its texts by field, in reading order; which they are depends on the channel.
    """

    def __init__(self, copy: Copy, brief: Brief, around: Surroundings = NOWHERE) -> None:
        self.copy = copy
        self.brief = brief
        self.around = around
        self.fields = dict(copy.texts())

    @cached_property
    def main_field(self) -> str:
        """The field that holds the message itself."""
        return next((name for name in _MAIN_FIELDS if name in self.fields), [*self.fields][-1])

    @cached_property
    def searched(self) -> dict[str, str]:
        """The prose with case, accents and typographic apostrophes folded away."""
        return {name: folded(text) for name, text in self.prose.items()}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the copy, folded: most rules see from it alone that they are silent."""
        return words_in("\n".join(self.searched.values()))

    @cached_property
    def raw(self) -> str:
        """All fields as they were written, in one text to look for signs in."""
        return "\n".join(self.fields.values())

    @cached_property
    def raw_lower(self) -> str:
        return self.raw.lower()

    @cached_property
    def prose(self) -> dict[str, str]:
        """The texts with every Liquid construct blanked out, offsets unchanged."""
        return {name: mask_liquid(text) for name, text in self.fields.items()}

    def locate(self, word: str) -> tuple[str, tuple[int, int]]:
        """The field and the span at which a word of the vocabulary stands first."""
        pattern = re.compile(rf"(?<![\w']){re.escape(word)}(?![\w'])")
        for name, searched in self.searched.items():
            found = pattern.search(searched)
            if found:
                return name, span_in(self.fields[name], found.span(), searched)
        return self.main_field, (0, len(self.fields[self.main_field]))

    @cached_property
    def refusals(self) -> dict[str, str]:
        """Why a field cannot be rendered, by field."""
        self.renderings  # noqa: B018 (fills in the refusals)
        return self._refusals

    @cached_property
    def renderings(self) -> list[Rendering]:
        """How the copy reads for a typical contact, one with long values, and one with none."""
        self._refusals: dict[str, str] = {}
        names = tuple(
            sorted({tag.variable for text in self.fields.values() for tag in merge_tags(text)})
        )
        return [
            Rendering(contact, self._render(values))
            for contact, values in _samples(names, self.brief).items()
        ]

    def _render(self, values: Mapping[str, object]) -> dict[str, str]:
        texts = {}
        for name, text in self.fields.items():
            try:
                texts[name] = render(text, values)
            except TemplateRefused as refused:
                self._refusals[name] = str(refused)
        return texts


def mask_liquid(text: str) -> str:
    """Blank out merge tags, keeping every offset.

    >>> mask_liquid("Hi {{ a }}!")
    'Hi        !'
    """
    if "{" not in text:
        return text
    return _MASKED.sub(lambda found: " " * len(found.group()), text)


def folded(text: str) -> str:
    """Case, accents and compatibility forms folded away, for comparing words.

    >>> folded("CAFÉ")
    'cafe'
    """
    plain = text if text.isascii() else text.translate(_PUNCTUATION)
    if plain.isascii():
        return plain.lower()
    decomposed = unicodedata.normalize("NFKD", plain).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_in(folded_text: str) -> frozenset[str]:
    """The words of a folded text, an apostrophe inside counted in.

    >>> sorted(words_in("don't 'shout' _now_"))
    ["don't", 'now', 'shout']
    """
    return frozenset(_WORD.findall(folded_text))


def span_in(text: str, span: tuple[int, int], searched: str) -> tuple[int, int]:
    """The span of a hit; the whole text where folding moved the offsets."""
    return span if len(searched) == len(text) else (0, len(text))


@lru_cache(maxsize=256)
def _samples(names: tuple[str, ...], brief: Brief) -> dict[str, dict[str, object]]:
    shop = _shop_values(brief)
    return {
        "typical": _stand_ins(names, "sample") | {"first_name": "Maya", "last_name": "Ek"} | shop,
        "long values": _stand_ins(names, "a longer sample")
        | {"first_name": WORST_NAME, "last_name": "Featherstonehaugh"}
        | shop,
        "no values": shop,
    }


def _shop_values(brief: Brief) -> dict[str, object]:
    """What the campaign fills in, whoever the reader is."""
    offer = brief.offer
    return {
        "offer": offer.text if offer else "our offer",
        "code": (offer.code if offer else "") or "CODE",
        "terms": offer.terms if offer else "",
        "url": (offer.url if offer else "") or "https://shop.example/page",
        "brand": brief.brand_name,
        "brand_name": brief.brand_name,
        "unsubscribe_url": "https://shop.example/unsubscribe",
    }


# What the shop fills in, so that no contact lacks it.
SHOP_VARIABLES = frozenset(
    {"offer", "code", "terms", "url", "brand", "brand_name", "unsubscribe_url"}
)


def _stand_ins(names: tuple[str, ...], value: str) -> dict[str, object]:
    values: dict[str, Any] = {}
    for path in names:
        first, *rest = path.split(".")
        if rest and isinstance(values.get(first, {}), dict):
            values.setdefault(first, {})[rest[0]] = value
        elif not rest:
            values[first] = value
    return values
