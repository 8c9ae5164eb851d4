"""What nobody has is told while the rule is written, with the name that was meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audience.rule_hints import rule_hints
from audience.selectors.vocabulary import Vocabulary
from tests.factories import audience as factory
from tests.factories.audience import NOON
from tests.factories.events import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    for number in range(10):
        region = "north" if number % 2 else "south"
        attributes = {"region": region, "code": f"k{number}", "points": number}
        factory.contact(f"p-{number}", attributes=attributes)
    one = factory.contact("q", attributes={"region": "north", "rare": True})
    factory.profile(
        one,
        interests=[{"phrase": "wool coat", "weight": 1.0}],
        categories={"Knitwear": 1.0},
        aspects={"fit": {"sentiment": 0.5}},
        habits={"channel": {"value": "email"}},
    )
    event(name="Order Completed")


def hints(rule):
    return rule_hints(rule, now=NOON)


def test_what_people_have_needs_no_hint(people):
    rules = [
        {"attribute": "region", "in": ["north", "south"]},
        {"attribute": "points", "gte": 100},
        {"attribute": "code", "is": "k3"},
        {"interest": "wool coat"},
        {"category": "Knitwear"},
        {"aspect": "fit", "lt": 0},
        {"habit": "channel", "is": "shop"},
        {"did": "Order Completed", "within_days": 1},
        {"about": "winter running"},
    ]
    assert hints({"all": rules}) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"did": "Order completed"},
         "No event is called “Order completed”. Did you mean “Order Completed”?"),
        ({"did_not": "Faxed"}, "No event is called “Faxed”. There is: “Order Completed”."),
        ({"attribute": "regoin", "is": "north"},
         "No contact has the attribute “regoin”. Did you mean “region”?"),
        ({"attribute": "region", "is": "North"},
         "Nobody’s region is “North”. Did you mean “north”?"),
        ({"attribute": "region", "in": ["north", "moon"]},
         "Nobody’s region is “moon”. There are: “north”, “south”."),
        ({"interest": "wool coats and hats"},
         "No profile has the interest “wool coats and hats”. There is: “wool coat”."),
        ({"category": "knitware"},
         "No profile has the category “knitware”. Did you mean “Knitwear”?"),
        ({"aspect": "price", "lt": 0}, "No profile has an opinion on “price”. There is: “fit”."),
        ({"habit": "chanel", "is": "shop"},
         "No profile has the habit “chanel”. Did you mean “channel”?"),
        ({"group": 10**9}, "The newest fit has no group 1000000000. There are none yet."),
    ],
)  # fmt: skip
def test_what_nobody_has_is_told_with_what_there_is(people, rule, said):
    assert hints({"any": [{"everyone": True}, {"not": rule}]}) == [said]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"did": "Order Completed", "at_least": 5, "at_most": 2}, "At least 5 times and at most 2"),
        ({"did": "Order Completed", "at_most": 2}, ""),
        ({"did": "Order Completed", "within_days": 3, "before_days": 30}, "no time is between"),
        ({"did": "Order Completed", "within_days": 30, "before_days": 3}, ""),
        ({"wrote": {"within_days": 30, "before_days": 30}}, "no time is between"),
        ({"did": "Order Completed", "last": {"within_days": 1, "before_days": 2}}, "no time is"),
        ({"sentiment": {"gte": 0.9, "lt": 0.1}}, "No number is above 0.9 and below 0.1"),
        ({"sentiment": {"gte": 0.5, "lte": 0.5}}, ""),
        ({"sentiment": {"gt": 0.5, "lte": 0.5}}, "No number is above 0.5"),
        ({"did": "Order Completed", "total": {"gt": 10, "lt": 5}}, "No number is above 10"),
        ({"aspect": "fit", "gt": 0.2, "lt": 0.1}, "No number is above 0.2"),
    ],
)
def test_bounds_that_nothing_lies_between_are_told(people, rule, said):
    found = hints(rule)
    assert [said in one for one in found] == ([True] if said else [])


def test_a_cluster_of_an_earlier_fit_is_told(db):
    old = factory.clustering(0, 1).clusters.first()
    new = factory.clustering(0, 1, at=NOON + timedelta(days=1)).clusters.first()

    assert hints({"cluster": new.pk}) == []
    assert hints({"group": new.identity_id}) == []
    assert "Ask for its group" in hints({"cluster": old.pk})[0]


def test_an_attribute_of_a_few_is_looked_for_beyond_the_sample(people, monkeypatch):
    monkeypatch.setattr("audience.selectors.vocabulary.SAMPLE", 1)

    assert hints({"attribute": "rare", "is": True}) == []
    assert hints({"attribute": "rarer", "is": True}) != []


def test_asking_for_what_nobody_has_by_its_absence_is_no_slip(people):
    assert hints({"attribute": "region_of_birth", "exists": False}) == []


def test_values_of_single_people_are_not_told(people):
    assert set(Vocabulary().values) == {"region", "rare", "points", "code"}
    assert Vocabulary().values["code"] == []
    assert hints({"attribute": "code", "is": "k33"}) == []
