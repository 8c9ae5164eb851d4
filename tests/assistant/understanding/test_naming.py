"""Names in questions: held against what a person would say they mean."""

from __future__ import annotations

import pytest

from assistant.understanding.naming import Match, Name, NameIndex, meant

NAMES = [
    Name(1, "Alma linen dress", ("ALM-1", "4006381333931")),
    Name(2, "Bella linen dress", ("BEL-1",)),
    Name(3, "Ida wool coat", ("77",)),
    Name(4, "Crème brûlée torch"),
    Name(5, "Nora scarf red", group="nora"),
    Name(6, "Nora scarf blue", group="nora"),
    Name(7, "Dress"),
    Name(8, "Phone case"),
    Name(9, "Gift card"),
]


@pytest.fixture(scope="module")
def index():
    return NameIndex(NAMES)


def products(index, text):
    return [one.products for one in meant(index.matches(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How much is the Alma linen dress?", [(1,)]),
        ("the ALMA dresses", [(1,)]),
        ("is alma still there", [(1,)]),
        ("alna dress", [(1,)]),
        ("do you have (ALM-1)?", [(1,)]),
        ("EAN 4006381333931", [(1,)]),
        ("a creme brulee torch", [(4,)]),
        ("wool coats", [(3,)]),
        ("the nora scarf", [(5, 6)]),
        ("nora scarf in blue", [(6,)]),
        ("the linen dress", [(1,), (2,)]),
        ("a dress", [(7,)]),
        ("Where is my parcel?", []),
        ("Call me at [phone] or write to [email]", []),
        ("I paid by [card] from [account], says [name]", []),
        ("a phone case", [(8,)]),
        ("", []),
    ],
)
def test_what_a_text_means(index, text, wanted):
    assert products(index, text) == wanted


def test_a_whole_name_is_sure_and_half_a_name_is_less(index):
    whole, half = (index.matches(text)[0].confidence for text in ("alma linen dress", "alma"))
    assert whole == pytest.approx(1)
    assert half < 0.8


def test_a_catalog_without_products_means_nothing():
    assert NameIndex([]).matches("Alma dress") == []


def test_confidence_stays_between_0_and_1(index):
    texts = ["alma alma alma linen dress coat", "bella ida nora", "wol cot", "DRESS! dress? 77"]
    found = [match.confidence for text in texts for match in index.matches(text)]
    assert found
    assert 0 < min(found) <= max(found) <= 1 + 1e-9


def test_of_two_that_are_near_both_are_meant():
    assert len(meant([Match((1,), "a", 0.9), Match((2,), "b", 0.83)])) == 2
    assert len(meant([Match((1,), "a", 0.9), Match((2,), "b", 0.81)])) == 1
