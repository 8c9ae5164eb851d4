"""Any rule finds in the database whom a second reading of it, in plain Python, finds in memory."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audience import likeness
from audience.models import Contact, Segment
from audience.rule_queries import contacts_matching
from audience.rules import parse_rule
from audience.rules.forms import FORMS
from events.models import Event
from privacy.models import Consent, Suppression
from tests.audience import rule_oracle
from tests.audience.rule_oracle import Deed, Person, World
from tests.factories.audience import NOON, clustering, contact, profile, rule_segment

pytestmark = pytest.mark.django_db

VALUES = [
    34, "52", " 7 ", "unknown", True, False, "False", "true", None, 7, 7.5, -3, "1e2", "Ulm", "7",
    "2024-05-01", "2024-05-06T23:00:00", "2024-05-20", "2023-01-01", "2024-04-31 or so", "",
    ["Ulm", "Bonn"], [5, 70], ["7"], {"deep": 1}, "ß", "é",
]  # fmt: skip
TEXTS = ["winter running shoes", "silk dress for the evening", "a cheap office lamp", "wool coat"]
SEGMENTS = {
    "adults": {"attribute": "age", "gte": 18},
    "ulm": {"any": [{"attribute": "city", "is": "Ulm"}, {"segment": "adults"}]},
}
# Segments of a cluster, by its number.
OF_CLUSTERS = {"second": 2}
# A fit with one cluster and a later one with two; one group is in both.
GROUPS = {1: 1, 2: 1, 3: 2}
NAMES = ["age", "city", "since", "tag"]
DEEDS = ["Ordered", "Viewed"]


def people(count: int = 40) -> list[Person]:
    """The same ones every time."""
    rng = random.Random(11)
    return [person(f"p-{number}", rng) for number in range(count)]


def person(external_id: str, rng: random.Random) -> Person:
    return Person(
        external_id,
        attributes={name: rng.choice(VALUES) for name in NAMES if rng.random() < 0.8},
        profile=a_profile(rng) if rng.random() < 0.7 else None,
        deeds=[deed(rng) for _ in range(rng.choice([0, 1, 2, 5]))],
        consents={
            name: rng.random() < 0.6 for name in ("email", "profiling") if rng.random() < 0.6
        },
        suppressed=tuple(name for name in ("all", "email", "sms") if rng.random() < 0.15),
    )


def a_profile(rng: random.Random) -> dict:
    return {
        "text": rng.choice(TEXTS),
        "interests": rng.sample(["wool", "petite fit", "silk"], k=rng.choice([0, 1, 2])),
        "categories": {"Knits": rng.choice([0.25, 0.5, 1.0])} if rng.random() < 0.6 else {},
        "sentiment": rng.choice([-0.5, 0.0, 0.3, 0.9]),
        "purchase_intent": rng.choice([None, 0.1, 0.6, 0.9]),
        "aspects": rng.choice([{}, {"fit": {"sentiment": -0.8}}, {"fit": 0.2}, {"fit": {"of": 3}}]),
        "rfm": rng.choice([{}, {"orders": 7, "group": "Ulm"}, {"orders": 52, "group": "new"}]),
        "habits": rng.choice([{}, {"channel": {"value": "M"}}, {"channel": "Ulm"}]),
        "last_text_at": NOON - timedelta(days=rng.choice([1, 20, 200])),
        "cluster": rng.choice([None, 1, 2, 2, 3]),
    }


def deed(rng: random.Random) -> Deed:
    return Deed(
        rng.choice(DEEDS),
        NOON - timedelta(days=rng.choice([-3, 0, 1, 9, 30, 31, 100]), hours=rng.choice([0, 5])),
        rng.choice([None, 5, 20.5, 80]),
        {"category": rng.choice(["shoes", "coats", 7]), "price": rng.choice([10, "49.9", 80])},
        is_by_a_program=rng.random() < 0.2,
    )


@pytest.fixture(scope="module")
def encode():
    return lambda text: likeness.text_vector(text)


@pytest.fixture
def clusters():
    """As rows, by their numbers."""
    fits = clustering(0), clustering(0, 1, at=NOON + timedelta(days=1))
    rows = [one for fit in fits for one in fit.clusters.order_by("position")]
    return dict(enumerate(rows, start=1))


@pytest.fixture
def world(encode, clusters):
    of_clusters = {key: {"cluster": number} for key, number in OF_CLUSTERS.items()}
    made = World(people(), NOON, SEGMENTS | of_clusters, GROUPS, encode)
    for one in made.people:
        store(one, encode, clusters)
    for key, rule in SEGMENTS.items():
        rule_segment(rule, key)
    for key, number in OF_CLUSTERS.items():
        Segment.objects.create(key=key, name=key, kind="cluster", cluster=clusters[number])
    return made


def store(one: Person, encode, clusters) -> None:
    row = contact(one.id, attributes=one.attributes)
    if one.profile is not None:
        # A nudge of their own, so that no two people are equally like anything.
        nudge = np.random.default_rng(row.pk).normal(0, 0.005, 384)
        vector = encode(one.profile["text"]) + nudge
        # Likeness is read off half precision.
        one.profile["vector"] = (vector / np.linalg.norm(vector)).astype(np.float16).astype("f4")
        kept = {key: it for key, it in one.profile.items() if key != "text"}
        number = kept.pop("cluster")
        kept["cluster"] = None if number is None else clusters[number]
        kept["interests"] = [{"phrase": phrase, "weight": 1.0} for phrase in kept["interests"]]
        profile(row, **kept)
    for number, done in enumerate(one.deeds):
        Event.objects.create(
            source="test",
            message_id=f"{one.id}-{number}",
            kind="track",
            name=done.name,
            unit_id=one.id,
            occurred_at=done.at,
            value=done.value,
            properties=done.properties,
            bot_reasons=["bot_name"] if done.is_by_a_program else [],
        )
    for purpose, is_given in one.consents.items():
        Consent.objects.create(
            subject_id=row.subject_id, purpose=purpose, is_given=is_given, since=NOON
        )
    for channel in one.suppressed:
        Suppression.objects.create(subject_id=row.subject_id, channel=channel, reason="manual")


SCALARS = st.sampled_from([7, 34, 52, -3, 7.5, 100, True, False, "Ulm", "7", "true", "M", "7.5"])
ORDERED = st.sampled_from([7, 34, 52.0, 18, -10, "M", "2024", ""])
DAYS = st.sampled_from([1, 5, 14, 30, 60, 3650])
ORDERINGS = dict.fromkeys(("gt", "gte", "lt", "lte"), ORDERED)
COMPARED = {
    "is": SCALARS,
    "in": st.lists(SCALARS, min_size=1, max_size=3),
    **ORDERINGS,
    "exists": st.booleans(),
    "within_days": DAYS,
    "before_days": DAYS,
    "in_next_days": DAYS,
}


def some_of(keys: dict, *, least: int = 0, most: int = 2):
    """An object with a few of these keys."""
    chosen = st.lists(st.sampled_from(sorted(keys)), unique=True, min_size=least, max_size=most)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: keys[name] for name in names}))


def having(first: dict, more) -> st.SearchStrategy:
    return st.builds(lambda a, b: {**a, **b}, st.fixed_dictionaries(first), more)


def bounds(*numbers: float):
    return some_of(dict.fromkeys(ORDERINGS, st.sampled_from(numbers)), least=1)


MOMENT = some_of({"within_days": DAYS, "before_days": DAYS}, least=1)
PROPERTY = st.one_of(SCALARS, some_of(COMPARED, least=1))
WHERE = st.fixed_dictionaries(
    {}, optional={"category": st.sampled_from(["shoes", "7", 7]) | PROPERTY, "price": PROPERTY}
).filter(bool)
WINDOW = {"within_days": DAYS, "before_days": DAYS, "where": WHERE}
DID = {
    **WINDOW,
    "at_least": st.integers(1, 3),
    "at_most": st.integers(1, 3),
    "total": bounds(0, 20, 100),
    "first": MOMENT,
    "last": MOMENT,
}
ATTRIBUTES = having({"attribute": st.sampled_from([*NAMES, "no such"])}, some_of(COMPARED, least=1))
DEEDS_DONE = having({"did": st.sampled_from(DEEDS)}, some_of(DID, most=4))
LEAVES = st.one_of(
    st.just({"everyone": True}),
    ATTRIBUTES,
    st.fixed_dictionaries({"interest": st.sampled_from(["wool", "petite fit", "tents"])}),
    having(
        {"category": st.sampled_from(["Knits", "Dresses"])},
        some_of({"at_least": st.sampled_from([0.0, 0.5, 1.0])}),
    ),
    st.fixed_dictionaries({"sentiment": bounds(-0.5, 0.0, 0.3)}),
    st.fixed_dictionaries({"purchase_intent": bounds(0.1, 0.6)}),
    having({"aspect": st.sampled_from(["fit", "price"])}, bounds(-1, 0, 0.2)),
    having({"rfm": st.sampled_from(["orders", "group"])}, some_of(COMPARED, least=1)),
    having({"habit": st.just("channel")}, some_of(COMPARED, least=1)),
    st.fixed_dictionaries({"wrote": MOMENT}),
    having(
        {"about": st.sampled_from(["winter running", "an elegant dress"])},
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"at_least": st.sampled_from([-1.0, 0.2, 0.55])}),
            st.fixed_dictionaries({"closest": st.integers(1, 30)}),
        ),
    ),
    having(
        {"consent": st.sampled_from(["email", "profiling", "sms"])},
        some_of({"is": st.sampled_from(["given", "withdrawn", "unknown"])}),
    ),
    st.fixed_dictionaries({"suppressed": st.sampled_from(["all", "email", "push"])}),
    having(
        {"share": st.sampled_from([0, 0.1, 0.5, 1])},
        some_of({"salt": st.sampled_from(["", "a", "b"])}),
    ),
    st.fixed_dictionaries({"segment": st.sampled_from(sorted([*SEGMENTS, *OF_CLUSTERS]))}),
    st.fixed_dictionaries({"cluster": st.integers(1, 4)}),
    st.fixed_dictionaries({"group": st.integers(1, 3)}),
    DEEDS_DONE,
    having({"did_not": st.sampled_from(DEEDS)}, some_of(WINDOW, most=3)),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda rule: {"not": rule}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules}),
    ),
    max_leaves=5,
)


def stored(rule, clusters):
    """The rule with the ids of rows for the numbers of clusters and groups."""
    ids = {number: one.pk for number, one in clusters.items()}
    groups = {GROUPS[number]: one.identity_id for number, one in clusters.items()}
    if isinstance(rule, list):
        return [stored(one, clusters) for one in rule]
    if not isinstance(rule, dict):
        return rule
    if "cluster" in rule:
        return {"cluster": ids.get(rule["cluster"], 10**9)}
    if "group" in rule:
        return {"group": groups.get(rule["group"], 10**9)}
    return {
        key: stored(it, clusters) if key in ("all", "any", "not") else it
        for key, it in rule.items()
    }


def found(rule, clusters) -> set[str]:
    matching = contacts_matching(parse_rule(stored(rule, clusters)), now=NOON)
    return set(matching.values_list("external_id", flat=True))


@pytest.mark.parametrize("rules", [RULES, ATTRIBUTES, DEEDS_DONE], ids=["all", "one", "did"])
def test_any_rule_finds_in_the_database_whom_its_meaning_describes(world, clusters, rules):
    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rules)
    def agrees(rule):
        assert found(rule, clusters) == rule_oracle.matching(rule, world)

    agrees()


def test_every_kind_of_rule_is_held_against_its_meaning():
    """A kind that is new in the language has to be new here too."""
    seen = set()

    @settings(max_examples=600, deadline=None, database=None)
    @given(LEAVES)
    def look(rule):
        seen.update(rule.keys() & {form.key for form in FORMS})

    look()
    assert seen == {form.key for form in FORMS}


def test_the_oracle_is_not_always_of_one_mind(world):
    """Were everybody or nobody meant every time, the test above would show nothing."""
    share = len(rule_oracle.matching({"attribute": "age", "gte": 7}, world)) / len(world.people)

    assert 0.1 < share < 0.9
    assert Contact.objects.count() == len(world.people)
