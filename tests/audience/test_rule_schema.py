import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from audience.models import Segment
from audience.rules import forms, parse_rule, rule_schema
from audience.rules.kinds import COMPARISONS, MOMENTS
from core.errors import InputRefused
from privacy.models import ConsentPurpose, Suppression
from tests.audience.test_rule_oracle import RULES
from tests.audience.test_rules import ACCEPTED, REFUSED

SCHEMA = Draft202012Validator(rule_schema())
# How many rules there are in all no schema can say; and NaN is no JSON.
BEYOND = [rule for rule, place in REFUSED if place == "all[199]" or "nan" in str(rule)]


def is_parsed(rule) -> bool:
    try:
        parse_rule(rule)
    except InputRefused:
        return False
    return True


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(rule_schema())
    assert json.loads(json.dumps(rule_schema())) == rule_schema()


@pytest.mark.parametrize("form", forms.FORMS, ids=lambda form: form.key)
def test_every_kind_of_rule_has_an_example_that_both_take(form):
    assert is_parsed(form.example)
    assert SCHEMA.is_valid(form.example)
    assert form.key in form.example


@pytest.mark.parametrize("rule", ACCEPTED, ids=str)
def test_the_schema_takes_what_the_parser_takes(rule):
    assert SCHEMA.is_valid(rule)


@pytest.mark.parametrize("rule", [it for it, _ in REFUSED if it not in BEYOND], ids=str)
def test_the_schema_refuses_what_the_parser_refuses(rule):
    assert not SCHEMA.is_valid(rule)


KEYS = sorted(
    {"all", "any", "not", "x", *MOMENTS, *COMPARISONS}
    | {key for form in forms.FORMS for key in form.keys}
)
PLAIN = st.sampled_from(
    [True, False, None, 0, 1, -1, 0.5, 3.0, 2.5, 1e15, 1e16, 3650, 3651, "", " ", "wool", "a\0b",
     "email", "given", "x" * 200, "x" * 201]
)  # fmt: skip
JSON = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(RULES)
def test_both_take_rules_that_mean_something(rule):
    assert is_parsed(rule)
    assert SCHEMA.is_valid(rule)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(forms.FORMS), JSON, st.sampled_from(KEYS), JSON)
def test_both_judge_a_rule_with_something_changed_alike(form, value, key, other):
    for rule in ({**form.example, form.key: value}, {**form.example, key: other}, value):
        assert SCHEMA.is_valid(rule) == is_parsed(rule), rule


def test_words_that_other_rooms_own_are_theirs():
    assert tuple(ConsentPurpose.values) == forms.PURPOSES
    assert tuple(Suppression.Channel.values) == forms.CHANNELS


def test_a_segment_may_be_named_by_any_key_it_can_have():
    assert Segment._meta.get_field("key").max_length <= 200
