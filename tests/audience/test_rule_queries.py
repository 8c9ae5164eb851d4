from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.models import Contact
from audience.rule_queries import contacts_matching
from audience.rules import parse_rule
from events.models import Event
from tests.factories.audience import NOON, clustering, contact, profile

pytestmark = pytest.mark.django_db


def matching(rule):
    found = contacts_matching(parse_rule(rule), now=NOON)
    return set(found.values_list("external_id", flat=True))


def did(unit_id, name="Viewed", *, days_ago=1):
    Event.objects.create(
        source="test",
        message_id=f"{unit_id}-{name}-{Event.objects.count()}",
        kind="track",
        name=name,
        unit_id=unit_id,
        occurred_at=NOON - timedelta(days=days_ago),
    )


def test_what_a_program_did_is_not_what_a_contact_did():
    contact("ann")
    contact("ben")
    did("ann", "Email Opened")
    did("ben", "Email Opened")
    Event.objects.filter(unit_id="ben").update(bot_reasons=["apple_mpp"])
    assert matching({"did": "Email Opened"}) == {"ann"}


@pytest.fixture
def people():
    contact("ann", attributes={"age": 34, "city": "Ulm", "vip": True})
    contact("ben", attributes={"age": "52", "city": "Bonn", "vip": "False"})
    contact("cid", attributes={"age": "unknown", "city": 7})
    contact("dot", attributes={})


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"everyone": True}, {"ann", "ben", "cid", "dot"}),
        ({"attribute": "city", "is": "Ulm"}, {"ann"}),
        ({"attribute": "city", "is": "7"}, {"cid"}),
        ({"attribute": "city", "is": 7}, {"cid"}),
        ({"attribute": "city", "in": ["Ulm", "Bonn"]}, {"ann", "ben"}),
        ({"attribute": "age", "gte": 34}, {"ann", "ben"}),
        ({"attribute": "age", "gt": 34}, {"ben"}),
        ({"attribute": "age", "lt": 52}, {"ann"}),
        ({"attribute": "age", "gte": 30, "lte": 40}, {"ann"}),
        ({"attribute": "age", "is": 52.0}, {"ben"}),
        ({"attribute": "city", "gte": "C"}, {"ann"}),
        ({"attribute": "vip", "is": True}, {"ann"}),
        ({"attribute": "vip", "is": False}, {"ben"}),
        ({"attribute": "city", "exists": True}, {"ann", "ben", "cid"}),
        ({"attribute": "city", "exists": False}, {"dot"}),
        ({"not": {"attribute": "age", "gte": 34}}, {"cid", "dot"}),
        ({"not": {"attribute": "city", "is": "Ulm"}}, {"ben", "cid", "dot"}),
        ({"not": {"attribute": "city", "in": ["Ulm"]}}, {"ben", "cid", "dot"}),
        ({"all": [{"attribute": "age", "gt": 1}, {"attribute": "city", "is": "Ulm"}]}, {"ann"}),
        ({"any": [{"attribute": "age", "is": 52}, {"attribute": "city", "is": 7}]}, {"ben", "cid"}),
    ],
)
def test_attribute_rules_find_who_they_describe(people, rule, who):
    assert matching(rule) == who


@pytest.mark.parametrize("name", ["city__contains", "a' OR 1=1 --", "%s", "{}", '"', "a.b"])
def test_an_attribute_name_is_never_code(people, name):
    assert matching({"attribute": name, "is": "Ulm"}) == set()


def test_a_strange_attribute_name_is_found_as_it_is_written():
    contact("eve", attributes={'a\' OR "1"=%s': "x"})

    assert matching({"attribute": 'a\' OR "1"=%s', "is": "x"}) == {"eve"}


def test_a_number_too_long_for_a_number_matches_nothing():
    contact("eve", attributes={"age": "9" * 5_000})

    assert matching({"attribute": "age", "gte": 0}) == set()


@pytest.fixture
def profiles():
    fitted = clustering(0, 1)
    first, second = fitted.clusters.all()
    profile(
        contact("ann"),
        interests=[{"phrase": "petite fit", "weight": 2.0}],
        categories={"Dresses": 0.75, "Knits": 0.25},
        sentiment=0.8,
        cluster=first,
    )
    profile(contact("ben"), categories={"Knits": 1.0}, sentiment=-0.5, cluster=second)
    contact("cid")
    return fitted


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"interest": "petite fits"}, {"ann"}),
        ({"not": {"interest": "petite fit"}}, {"ben", "cid"}),
        ({"category": "Knits"}, {"ann", "ben"}),
        ({"category": "Knits", "at_least": 0.5}, {"ben"}),
        ({"not": {"category": "Knits", "at_least": 0.5}}, {"ann", "cid"}),
        ({"sentiment": {"gte": 0.3}}, {"ann"}),
        ({"sentiment": {"gt": -1, "lt": 0}}, {"ben"}),
        ({"not": {"sentiment": {"gte": 0.3}}}, {"ben", "cid"}),
    ],
)
def test_profile_rules_find_who_they_describe(profiles, rule, who):
    assert matching(rule) == who


def test_a_cluster_rule_finds_its_people(profiles):
    assert matching({"cluster": profiles.clusters.last().pk}) == {"ben"}


@pytest.fixture
def deeds(people):
    for unit, name, days_ago in [
        ("ann", "Viewed", 1),
        ("ann", "Viewed", 40),
        ("ann", "Ordered", 2),
        ("ben", "Viewed", 100),
        ("nobody", "Viewed", 1),
    ]:
        did(unit, name, days_ago=days_ago)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"did": "Viewed"}, {"ann", "ben"}),
        ({"did": "Viewed", "at_least": 2}, {"ann"}),
        ({"did": "Viewed", "within_days": 30}, {"ann"}),
        ({"did": "Viewed", "at_least": 2, "within_days": 30}, set()),
        ({"not": {"did": "Viewed"}}, {"cid", "dot"}),
        ({"all": [{"did": "Viewed"}, {"not": {"did": "Ordered"}}]}, {"ben"}),
    ],
)
def test_event_rules_find_who_did_it(deeds, rule, who):
    assert matching(rule) == who


LEAVES = st.sampled_from(
    [
        {"attribute": "age", "gte": 34},
        {"attribute": "city", "is": "Ulm"},
        {"attribute": "vip", "exists": True},
        {"did": "Viewed"},
        {"interest": "wool"},
        {"everyone": True},
    ]
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda rule: {"not": rule}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules}),
    ),
    max_leaves=6,
)


def test_a_rule_and_its_negation_part_the_contacts(deeds):
    everybody = set(Contact.objects.values_list("external_id", flat=True))

    @settings(max_examples=40, deadline=None)
    @given(RULES)
    def parts(rule):
        inside, outside = matching(rule), matching({"not": rule})
        assert inside | outside == everybody
        assert not inside & outside

    parts()
