from __future__ import annotations

import json

import pytest

from core.errors import InputRefused
from generation.briefs import Brief, Copy, OfferTerms, seed_for
from tests.factories.generation import brief


def test_a_brief_survives_json():
    asked = brief()
    assert Brief.from_json(json.loads(json.dumps(asked.to_json()))) == asked


def test_a_brief_without_an_offer_survives_json():
    asked = brief(offer=None)
    assert Brief.from_json(asked.to_json()) == asked


def test_lists_become_tuples_so_that_a_brief_can_be_hashed():
    assert hash(brief(interests=["a", "b"])) == hash(brief(interests=("a", "b")))


@pytest.mark.parametrize(
    ("field", "value"),
    [("angle", 7), ("interests", "petite"), ("banned_terms", [1]), ("template", "x"), ("offer", 3)],
)
def test_a_broken_brief_is_refused_naming_the_field(field, value):
    with pytest.raises(InputRefused) as refused:
        Brief.from_json(brief().to_json() | {field: value})
    assert refused.value.field == field


def test_a_copy_with_a_field_missing_is_refused():
    with pytest.raises(InputRefused, match="body"):
        Copy.from_json({"subject": "a", "preheader": "b", "call_to_action": "c"})


def test_an_offer_may_be_text_alone():
    assert OfferTerms.from_json({"text": "x"}) == OfferTerms("x", "", "", "")


def test_seeds_are_the_same_on_every_machine():
    # Fixed by the definition, first eight bytes of SHA-256 of "7\x1fa\x1f0", halved:
    # printf '7\x1fa\x1f0' | sha256sum
    assert seed_for(7, "a", 0) == int("bc0bb8cc34190c8b", 16) >> 1
    assert seed_for(7, "a", 0) != seed_for(7, "a", 1)
