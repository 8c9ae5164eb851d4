from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audience.rules import (
    MAX_DEPTH,
    About,
    AllOf,
    AnyOf,
    Attribute,
    Category,
    Consented,
    Did,
    Everyone,
    InCluster,
    InGroup,
    InSegment,
    Intent,
    Interest,
    Not,
    Rule,
    Sentiment,
    Share,
    Suppressed,
    Trait,
    When,
    Wrote,
    parse_rule,
    places,
)
from core.errors import InputRefused


def nested(depth):
    rule = {"everyone": True}
    for _ in range(depth - 1):
        rule = {"not": rule}
    return rule


PARSED = [
    ({"everyone": True}, Everyone()),
    ({"interest": "Petite  Fits"}, Interest("petite fit")),
    ({"category": "Dresses"}, Category("Dresses", 0.0)),
    ({"category": "Dresses", "at_least": 0.5}, Category("Dresses", 0.5)),
    ({"sentiment": {"gte": 0.3, "lt": 1}}, Sentiment((("gte", 0.3), ("lt", 1.0)))),
    ({"cluster": 7}, InCluster(7)),
    ({"did": "Order Completed"}, Did("Order Completed", 1, None)),
    ({"did": "Viewed", "at_least": 3, "within_days": 30}, Did("Viewed", 3, 30)),
    ({"attribute": "zip", "is": "Rural"}, Attribute("zip", (("is", "Rural"),))),
    ({"attribute": "age", "lt": 40, "gte": 30}, Attribute("age", (("gte", 30), ("lt", 40)))),
    ({"attribute": "city", "in": ["Ulm", 3]}, Attribute("city", (("in", ("Ulm", 3)),))),
    ({"attribute": "city", "exists": False}, Attribute("city", (("exists", False),))),
    ({"all": [{"cluster": 1}]}, AllOf((InCluster(1),))),
    ({"any": [{"cluster": 1}, {"cluster": 2}]}, AnyOf((InCluster(1), InCluster(2)))),
    ({"not": {"cluster": 1}}, Not(InCluster(1))),
    ({"group": 3.0}, InGroup(3)),
    ({"purchase_intent": {"gte": 0.6}}, Intent((("gte", 0.6),))),
    ({"aspect": "fit", "lt": 0}, Trait("aspects", "fit", (("lt", 0.0),), "sentiment")),
    ({"rfm": "orders", "gte": 3}, Trait("rfm", "orders", (("gte", 3),))),
    ({"habit": "hour", "in": [8, 9]}, Trait("habits", "hour", (("in", (8, 9)),), "value")),
    ({"wrote": {"within_days": 30}}, Wrote(When(30, None))),
    ({"about": "running"}, About("running", 0.35, None)),
    ({"about": "running", "at_least": 0.5}, About("running", 0.5, None)),
    ({"about": "running", "closest": 50}, About("running", None, 50)),
    ({"consent": "email"}, Consented("email", "given")),
    ({"consent": "email", "is": "unknown"}, Consented("email", "unknown")),
    ({"suppressed": "sms"}, Suppressed("sms")),
    ({"share": 0.1, "salt": "x"}, Share(0.1, "x")),
    ({"segment": "loyal"}, InSegment("loyal")),
    ({"attribute": "due", "in_next_days": 7}, Attribute("due", (("in_next_days", 7),))),
    (
        {
            "did": "Ordered",
            "at_most": 3,
            "where": {"kind": "shoes", "price": {"gte": 50}},
            "total": {"gte": 100},
            "first": {"before_days": 90},
            "last": {"within_days": 9},
        },
        Did(
            "Ordered",
            at_most=3,
            total=(("gte", 100.0),),
            first=When(None, 90),
            last=When(9, None),
            where=(("kind", (("is", "shoes"),)), ("price", (("gte", 50),))),
        ),
    ),
    ({"did_not": "Ordered", "within_days": 90}, Not(Did("Ordered", within_days=90))),
]
ACCEPTED = [rule for rule, _ in PARSED]


@pytest.mark.parametrize(("rule", "parsed"), PARSED)
def test_every_kind_of_rule_is_parsed(rule, parsed):
    assert parse_rule(rule) == parsed


REFUSED = [
    ("everyone", ""),
    ([], ""),
    ({}, ""),
    ({"cluster": 1, "interest": "wool"}, ""),
    ({"everyone": False}, "everyone"),
    ({"everyone": True, "colour": 1}, "colour"),
    ({"all": []}, "all"),
    ({"all": {"cluster": 1}}, "all"),
    ({"all": [{"cluster": 1}, {"attribute": "", "is": 1}]}, "all[1].attribute"),
    ({"any": [{"not": {"did": 5}}]}, "any[0].not.did"),
    ({"attribute": "age"}, ""),
    ({"attribute": "age", "is": None}, "is"),
    ({"attribute": "age", "is": float("nan")}, "is"),
    ({"attribute": "age", "is": "x" * 201}, "is"),
    ({"attribute": "age", "in": []}, "in"),
    ({"attribute": "age", "in": [1, {}]}, "in[1]"),
    ({"attribute": "age", "gte": True}, "gte"),
    ({"attribute": "age", "exists": "yes"}, "exists"),
    ({"attribute": "a\0b", "is": 1}, "attribute"),
    ({"category": "Dresses", "at_least": 1.5}, "at_least"),
    ({"sentiment": 0.3}, "sentiment"),
    ({"sentiment": {"above": 0.3}}, "sentiment.above"),
    ({"sentiment": {"gte": 3}}, "sentiment.gte"),
    ({"cluster": True}, "cluster"),
    ({"cluster": 0}, "cluster"),
    ({"did": "Viewed", "at_least": 0}, "at_least"),
    ({"did": "Viewed", "within_days": 3651}, "within_days"),
    ({"all": [{"cluster": 1}] * 201}, "all[199]"),
    ({"all": [{"about": " "}]}, "all[0].about"),
    ({"about": "running", "at_least": 0.5, "closest": 5}, "closest"),
    ({"about": "running", "closest": 2.5}, "closest"),
    ({"consent": "everything"}, "consent"),
    ({"consent": "email", "is": "perhaps"}, "is"),
    ({"suppressed": "pigeon"}, "suppressed"),
    ({"share": 1.5}, "share"),
    ({"share": 0.5, "salt": 3}, "salt"),
    ({"segment": ""}, "segment"),
    ({"aspect": "fit"}, ""),
    ({"aspect": "fit", "gte": 2}, "gte"),
    ({"purchase_intent": {}}, "purchase_intent"),
    ({"rfm": "shoe size", "gte": 40}, "rfm"),
    ({"wrote": {"within_days": 0}}, "wrote.within_days"),
    ({"did": "Ordered", "where": {}}, "where"),
    ({"did": "Ordered", "where": {"price": {"over": 5}}}, "where.price.over"),
    ({"did": "Ordered", "where": {"": 5}}, "where"),
    ({"did": "Ordered", "total": {"gte": "much"}}, "total.gte"),
    ({"did": "Ordered", "first": {"days": 3}}, "first.days"),
    ({"did_not": "Ordered", "at_least": 2}, "at_least"),
    ({"attribute": "due", "within_days": "7"}, "within_days"),
]


@pytest.mark.parametrize(("rule", "place"), REFUSED)
def test_what_is_no_rule_is_refused_with_its_place(rule, place):
    with pytest.raises(InputRefused) as refused:
        parse_rule(rule)

    assert refused.value.field == place


def test_message_names_the_place_and_the_cure():
    with pytest.raises(InputRefused, match=r"all\[0\].at_least must be a number from 0 to 1"):
        parse_rule({"all": [{"category": "Dresses", "at_least": -1}]})


def test_rules_may_be_nested_to_the_limit_and_no_further():
    parse_rule(nested(MAX_DEPTH))

    with pytest.raises(InputRefused, match="deeper than 8 levels"):
        parse_rule(nested(MAX_DEPTH + 1))


def test_a_bottomless_rule_is_refused_before_it_is_walked():
    with pytest.raises(InputRefused):
        parse_rule(nested(900))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "attribute", "is", "in", "did", "cluster", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_json_is_parsed_or_refused(rule):
    with suppress(InputRefused):
        assert isinstance(parse_rule(rule), Rule)


def test_every_place_of_a_kind_of_rule_is_found():
    rule = {"all": [{"segment": "a"}, {"any": [{"not": {"segment": "b"}}, {"cluster": 1}]}]}

    assert list(places(rule, "segment")) == [
        ("all[0].segment", "a"),
        ("all[1].any[0].not.segment", "b"),
    ]
