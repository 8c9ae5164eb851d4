from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.models import Contact
from audience.rule_queries import contacts_matching
from audience.rules import parse_rule
from audience.shares import in_share
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


@pytest.fixture
def orders():
    for name, days_ago, value, kind in [
        ("ann", 200, 20, "shoes"),
        ("ann", 10, 90, "coats"),
        ("ben", 100, 50, "shoes"),
        ("cid", 5, None, "shoes"),
    ]:
        Contact.objects.get_or_create(external_id=name)
        did(name, "Ordered", days_ago=days_ago)
        Event.objects.filter(pk=Event.objects.latest("pk").pk).update(
            value=value, properties={"kind": kind}
        )


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"total": {"gte": 100}}, {"ann"}),
        ({"total": {"gte": 100}, "within_days": 30}, set()),
        ({"total": {"lt": 60}}, {"ben"}),
        ({"at_most": 1}, {"ben", "cid"}),
        ({"before_days": 90}, {"ann", "ben"}),
        ({"within_days": 150, "before_days": 50}, {"ben"}),
        ({"first": {"within_days": 150}}, {"ben", "cid"}),
        ({"last": {"before_days": 50}}, {"ben"}),
        ({"where": {"kind": "shoes"}}, {"ann", "ben", "cid"}),
        ({"where": {"kind": "shoes"}, "within_days": 30}, {"cid"}),
        ({"where": {"kind": {"in": ["coats", "hats"]}}}, {"ann"}),
    ],
)
def test_events_are_asked_for_how_often_when_what_and_how_much(orders, rule, who):
    assert matching({"did": "Ordered", **rule}) == who


def test_who_did_not_is_everybody_else(orders):
    contact("dot")

    assert matching({"did_not": "Ordered", "within_days": 30}) == {"ben", "dot"}


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"within_days": 30}, {"ann", "ben"}),
        ({"before_days": 30}, {"cid"}),
        ({"in_next_days": 14}, {"ann", "dot"}),
    ],
)
def test_dates_among_the_attributes_are_compared_by_their_day(rule, who):
    days = {"ann": "2024-05-06", "ben": "2024-04-06T23:59:00Z", "cid": "2024-04-05"}
    days |= {"dot": "2024-05-20", "eve": "soon", "fay": 20240506}
    for name, day in days.items():
        contact(name, attributes={"due": day})

    assert matching({"attribute": "due", **rule}) == who


def test_a_list_has_what_one_of_its_elements_is():
    contact("ann", attributes={"sizes": ["M", "L"]})
    contact("ben", attributes={"sizes": ["S"]})

    assert matching({"attribute": "sizes", "in": ["L", "XL"]}) == {"ann"}


def test_shares_are_the_same_for_everyone_who_works_them_out_and_independent_by_salt():
    Contact.objects.bulk_create(Contact(external_id=f"c-{n}") for n in range(2_000))
    everybody = Contact.objects.values_list("external_id", flat=True)

    autumn, spring, twice = (
        matching({"share": share, "salt": salt})
        for share, salt in [(0.2, "autumn"), (0.2, "spring"), (0.4, "autumn")]
    )

    assert autumn == {one for one in everybody if in_share(one, share=0.2, salt="autumn")}
    assert autumn < twice
    # Five standard deviations of a binomial count: 2,000 at 0.2, and at 0.2 times 0.2.
    assert abs(len(autumn) - 400) < 5 * (2_000 * 0.2 * 0.8) ** 0.5
    assert abs(len(autumn & spring) - 80) < 5 * (2_000 * 0.04 * 0.96) ** 0.5


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
