"""Choosing from what one was asked, as people do."""

from __future__ import annotations

import pytest

from assistant.understanding.choices import picked

LABELS = ["Alma linen dress", "Bella linen dress", "Ida wool coat"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("1", 0),
        ("2.", 1),
        ("number 3", 2),
        ("option 2 please", 1),
        ("the first one", 0),
        ("I mean the second", 1),
        ("the last one please", 2),
        ("Alma", 0),
        ("the Bella one, please", 1),
        ("wool coat", 2),
        ("Ida wool coat", 2),
        ("4", None),
        ("the fourth", None),
        ("linen dress", None),
        ("neither", None),
        ("How long does it take to send a coat to my sister in the north of Norway?", None),
        ("Do you ship to Norway?", None),
        ("", None),
    ],
)
def test_what_is_picked(said, place):
    assert picked(said, LABELS) == place


@pytest.mark.parametrize("said", ["yes", "Yes please", "exactly", "that one"])
def test_of_one_choice_yes_picks_it(said):
    assert picked(said, LABELS[:1]) == 0
    assert picked(said, LABELS) is None


def test_without_choices_nothing_is_picked():
    assert picked("1", []) is None
