import numpy as np
import pytest

from audience.models import Cluster, Profile
from audience.services import clustering_fit
from core.errors import DomainError
from tests.factories.audience import NOON, contact, profile, read_text

pytestmark = pytest.mark.django_db

TOPICS = {
    "Coats": "wool coat with a warm lining",
    "Jeans": "wide leg and a high rise",
    "Dresses": "summer dress for a wedding",
    "Swim": "bikini top at the beach",
}


@pytest.fixture
def people():
    """Four groups of ten who write about four things."""
    rng = np.random.default_rng(1)
    for axis, (category, body) in enumerate(TOPICS.items()):
        for _ in range(10):
            someone = contact()
            read_text(body, by=someone)
            vector = np.eye(1, 384, axis)[0] + rng.normal(0, 0.01, 384)
            profile(
                someone,
                vector=vector / np.linalg.norm(vector),
                categories={category: 1.0},
                sentiment=axis / 4,
            )


def test_every_profile_gets_the_cluster_of_its_like(people):
    fitted = clustering_fit(count=None, random_state=1, now=NOON)

    assert (fitted.cluster_count, fitted.profile_count, fitted.finished_at) == (4, 40, NOON)
    named = {
        (next(iter(one.categories)), one.cluster.name.split(":")[0])
        for one in Profile.objects.select_related("cluster")
    }
    assert named == {(category, category) for category in TOPICS}


def test_clusters_say_what_sets_them_apart(people):
    clustering_fit(count=4, random_state=1, now=NOON)

    jeans = Cluster.objects.get(name__startswith="Jeans")
    assert jeans.name == "Jeans: high rise and wide leg"
    assert jeans.traits == {
        "phrases": ["high rise", "wide leg"],
        "phrase_shares": {"high rise": 1.0, "wide leg": 1.0},
        # All of ten texts here, none of thirty elsewhere: 1 / (0.5 / 31).
        "phrase_lifts": {"high rise": 62.0, "wide leg": 62.0},
        "categories": {"Jeans": 1.0},
        "sentiment": 0.25,
        "share": 0.25,
    }
    assert "“high rise” and “wide leg”" in jeans.portrait
    assert jeans.size == 10


def test_quality_of_the_fit_is_kept(people):
    fitted = clustering_fit(count=4, random_state=1, now=NOON)

    assert fitted.silhouette > 0.8
    assert fitted.stability == pytest.approx(1)


def test_the_same_random_state_gives_the_same_clusters(people):
    def found():
        clustering_fit(count=3, random_state=7, now=NOON)
        return list(Profile.objects.order_by("pk").values_list("cluster__position", flat=True))

    assert found() == found()


def test_too_few_profiles_are_refused_with_the_cure():
    profile()

    with pytest.raises(DomainError, match="import more texts"):
        clustering_fit(count=None, random_state=1, now=NOON)


def test_no_profiles_are_refused_too():
    with pytest.raises(DomainError, match="0 different profiles"):
        clustering_fit(count=None, random_state=1, now=NOON)


@pytest.mark.parametrize("count", [1, 51, -1])
def test_an_impossible_count_is_refused(count):
    with pytest.raises(DomainError, match="from 2 to 50"):
        clustering_fit(count=count, random_state=1, now=NOON)
