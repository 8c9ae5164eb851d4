"""The examples beside a rule are rules, and of the shop's own names."""

from __future__ import annotations

import pytest

from audience.rule_checks import rule_check
from audience.rule_examples import rule_examples
from audience.rule_hints import rule_hints
from audience.rules.forms import FORMS
from tests.factories import audience as factory
from tests.factories.audience import NOON
from tests.factories.events import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    for number in range(10):
        factory.contact(attributes={"id": f"k{number}", "region": "north" if number % 2 else "b"})
    factory.profile(
        interests=[{"phrase": "wool coat", "weight": 1.0}],
        categories={"Knitwear": 1.0},
        aspects={"fit": {"sentiment": 0.5}},
        habits={"channel": {"value": "email"}},
        cluster=factory.clustering(0).clusters.get(),
    )
    event(name="Bought")
    factory.rule_segment({"everyone": True}, "loyal-ones")


def test_every_kind_has_an_example_that_may_be_used_as_it_is(shop):
    examples = rule_examples()

    assert len(examples) == len(FORMS) - 1
    for example in examples:
        rule_check(example.rule, now=NOON)
        assert rule_hints(example.rule, now=NOON) == []


def test_an_empty_shop_has_the_language_s_own_examples(db):
    shown = {next(iter(example.rule)): example.rule for example in rule_examples()}

    assert shown["attribute"] == {"attribute": "age", "gte": 30, "lt": 40}
    assert shown["did"]["did"] == "Order Completed"
    assert shown["segment"] == {"segment": "loyal"}
