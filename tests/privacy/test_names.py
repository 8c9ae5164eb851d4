"""Names are found where they are said as names, and nothing else is taken for one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from privacy.names import names_in, without_names

FOLDER = Path(__file__).parent
LINES = [
    line
    for name in ("names_said.txt", "names_said_later.txt")
    for line in (FOLDER / name).read_text().splitlines()
]
SAID = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
CATALOG = (
    "alma dress", "bella dress", "jack wolfskin", "paul smith", "max mara", "dr. martens",
    "mr porter", "anna field",
)  # fmt: skip


def is_product(words):
    return any(f" {words.lower()} " in f" {name} " for name in CATALOG)


def read(sentence):
    """The plain text, and where its names stand."""
    spans, text = [], ""
    for part in re.split(r"(\[\[.*?\]\])", sentence):
        name = part[2:-2] if part.startswith("[[") else part
        if name != part:
            spans.append((len(text), len(text) + len(name)))
        text += name
    return text, spans


def judged(language=None):
    """Names found, names said, and both."""
    found = said = both = 0
    for own, sentence in SAID:
        if language in (None, own):
            text, spans = read(sentence)
            marked = names_in(text, known=("Zelda", "Okonkwo"), is_product=is_product)
            found, said = found + len(marked), said + len(spans)
            both += len(set(marked) & set(spans))
    return found, said, both


def test_the_set_is_large_enough_and_holds_as_much_that_is_no_name():
    named = sum("[[" in sentence for _, sentence in SAID)
    assert len(SAID) >= 80
    assert 0.4 < named / len(SAID) < 0.6


def test_nearly_all_names_are_found_and_hardly_anything_else():
    found, said, both = judged()
    assert both / found >= 0.97
    assert both / said >= 0.9


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl"])
def test_no_language_is_left_behind(language):
    found, said, both = judged(language)
    assert both / found >= 0.9
    assert both / said >= 0.8


def test_a_known_name_that_is_a_word_too_needs_its_capital():
    assert without_names("Will it fit? Ask Will.", known=["Will"]) == "[name] it fit? Ask [name]."
    assert without_names("it will fit", known=["Will"]) == "it will fit"
    assert without_names("OKONKWO or okonkwo", known=["Okonkwo"]) == "[name] or [name]"
    assert without_names("Al said so", known=["Al", ""]) == "Al said so"


def test_long_texts_of_capitals_take_no_time():
    text = "I am " + "Aa Bb Cc Dd " * 2000 + "my name is " * 2000
    assert len(without_names(text)) > 1000
