"""Groups through real refits of people shaped like reviewers."""

from datetime import timedelta

import numpy as np
import pytest

from audience.models import ClusterIdentity, Profile, Segment
from audience.services import clustering_fit, segments_from_clustering
from audience.services.groups import group_rewrite
from core.errors import InputRefused
from core.models import AuditEntry
from tests.factories.audience import NOON, clustering, contact, group, profile, read_text

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
WORDS = {
    "Coats": "wool coat with a warm lining",
    "Jeans": "wide leg and a high rise",
    "Dresses": "summer dress for a wedding",
    "Swim": "bikini top at the beach",
}


def people(topic, count, *, seed, towards=None):
    """People who write about a topic, in a direction of their own or leaning to another."""
    rng = np.random.default_rng(seed)
    axis = list(WORDS).index(topic)
    for _ in range(count):
        someone = contact()
        read_text(WORDS[topic], by=someone)
        vector = np.eye(1, 384, axis)[0] + rng.normal(0, 0.01, 384)
        if towards is not None:
            vector += np.eye(1, 384, towards)[0]
        profile(
            someone,
            vector=(vector / np.linalg.norm(vector)).astype(np.float32),
            categories={topic: 1.0},
        )


@pytest.fixture
def shop():
    for seed, topic in enumerate(WORDS):
        people(topic, 12, seed=seed)


def refit(*, count=4, at=NOON, seed=1):
    return clustering_fit(count=count, random_state=seed, now=at)


def by_topic():
    found = Profile.objects.select_related("cluster__identity")
    return {next(iter(one.categories)): one.cluster.identity for one in found}


def test_a_few_more_people_and_another_seed_keep_every_group_and_its_name(shop):
    refit()
    before = by_topic()
    people("Jeans", 3, seed=9)
    people("Swim", 2, seed=10)

    refit(at=LATER, seed=5)

    assert by_topic() == before
    assert {one.name for one in before.values()} == {one.name for one in by_topic().values()}
    assert ClusterIdentity.objects.count() == 4


def test_a_split_makes_a_new_group_and_says_which_it_came_from(shop):
    refit()
    before = by_topic()
    some = Profile.objects.filter(categories__has_key="Jeans").order_by("pk")[:5]
    for one in some:
        vector = np.asarray(one.vector) + 1.5 * np.eye(1, 384, 50)[0]
        one.vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        one.save()

    refit(count=5, at=LATER)

    there = {one.cluster.identity for one in Profile.objects.select_related("cluster__identity")}
    assert set(before.values()) < there
    [new] = there - set(before.values())
    assert new.came_from == before["Jeans"]
    moved = Profile.objects.filter(pk__in=[one.pk for one in some])
    assert {one.cluster.identity for one in moved} == {new}
    stayed = Profile.objects.filter(categories__has_key="Jeans").exclude(cluster__identity=new)
    assert {one.cluster.identity for one in stayed} == {before["Jeans"]}


def test_what_a_person_wrote_survives_refits_and_the_segment_follows(shop, owner):
    segments_from_clustering(refit())
    jeans = by_topic()["Jeans"]
    group_rewrite(jeans, name="Denim people", portrait="They wear jeans.", actor=owner)
    segment = Segment.objects.get(name="Denim people")
    people("Jeans", 4, seed=9)

    fitted = refit(at=LATER, seed=3)
    segments_from_clustering(fitted)

    assert by_topic()["Jeans"].name == "Denim people"
    segment.refresh_from_db()
    assert (segment.name, segment.portrait) == ("Denim people", "They wear jeans.")
    assert segment.cluster == fitted.clusters.get(name="Denim people")
    assert Segment.objects.count() == 4


def test_what_nobody_rewrote_is_told_anew(shop):
    refit()
    before = by_topic()["Jeans"].portrait
    people("Jeans", 6, seed=9)
    refit(at=LATER)

    assert before.count("12 people") == 1
    assert "18 people" in by_topic()["Jeans"].portrait


def test_dense_groups_are_known_again_too_and_strays_are_in_none(shop):
    fitted = clustering_fit(count=None, random_state=1, now=NOON, estimator="hdbscan")
    before = by_topic()
    clustering_fit(count=None, random_state=2, now=LATER, estimator="hdbscan")

    assert fitted.estimator == "hdbscan"
    assert by_topic() == before
    assert all(one.least_cosine for one in fitted.clusters.all())


def test_from_k_means_to_hdbscan_the_groups_stay(shop):
    refit()
    before = by_topic()
    clustering_fit(count=None, random_state=2, now=LATER, estimator="hdbscan")
    assert by_topic() == before


@pytest.mark.parametrize(
    ("name", "portrait", "field"),
    [
        ("", "They wear jeans.", "name"),
        ("x" * 111, "", "name"),
        ("Denim", "x" * 2001, "portrait"),
        ("Expecting mothers", "Pregnant.", "portrait"),
        ("Churchgoers", "", "name"),
        ("Republican voters", "", "name"),
    ],
)
def test_words_that_may_not_be_kept_are_refused(owner, name, portrait, field):
    clustering(0)
    with pytest.raises(InputRefused) as refusal:
        group_rewrite(group(0), name=name, portrait=portrait, actor=owner)
    assert refusal.value.field == field
    assert group(0).name == "Axis 0"


def test_a_rewritten_group_is_in_the_audit_trail(owner):
    clustering(0)
    group_rewrite(group(0), name="Regulars", portrait="They come back.", actor=owner)
    entry = AuditEntry.objects.get(action="group_rewrite")
    assert entry.detail["after"] == ["Regulars", "They come back."]
    assert clustering(1).clusters.get().name == "Axis 1"
