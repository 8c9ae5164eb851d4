from datetime import timedelta

import psycopg2
import pytest
from django.db import connection

from audience.models import Clustering, Segment
from audience.services import Stage, audience_understand, texts
from audience.services.clusterings import NothingToCluster
from audience.services.understanding import LOCK, AlreadyRunning
from inference.encoders import ScriptedEncoder
from tests.factories.audience import NOON, contact, rule_segment, text

LATER = NOON + timedelta(days=1)
TOPICS = ["wool coat", "wide leg", "summer dress", "bikini top"]


@pytest.fixture(autouse=True)
def scripted_encoder(monkeypatch):
    monkeypatch.setattr(texts, "text_encoder", ScriptedEncoder)


def write(count, *, start=0):
    for number in range(start, start + count):
        topic = TOPICS[number % 4]
        text(f"{topic} {topic} number{number}", by=contact(), category=topic.title())


@pytest.fixture
def another_session(db):
    """A second connection to the same database, as another worker has."""
    parameters = connection.get_connection_params()
    session = psycopg2.connect(
        **{
            name: parameters[name]
            for name in ("dbname", "user", "password", "host", "port")
            if parameters.get(name)
        }
    )
    yield session
    session.close()


@pytest.mark.django_db
def test_new_texts_become_segments_with_members():
    write(40)

    done = audience_understand(now=NOON)

    assert (done.texts.read, done.profiles, done.clustering.cluster_count) == (40, 40, 4)
    assert [one.size for one in done.segments] == [10, 10, 10, 10]
    assert {one.name.split(":")[0] for one in done.segments} == {topic.title() for topic in TOPICS}


@pytest.mark.django_db
def test_nothing_new_leaves_the_clusters_alone():
    write(40)
    audience_understand(now=NOON)

    done = audience_understand(now=LATER)

    assert (done.texts.seen, done.profiles, done.clustering) == (0, 0, None)
    assert Clustering.objects.count() == 1


@pytest.mark.django_db
def test_segments_are_built_again_after_a_quarter_of_an_hour_even_without_news():
    segment = rule_segment({"everyone": True})
    audience_understand(now=NOON)

    soon = audience_understand(now=NOON + timedelta(minutes=14))
    later = audience_understand(now=NOON + timedelta(minutes=15))

    assert (soon.segments, later.segments) == ([], [segment])


@pytest.mark.django_db
def test_a_beat_without_new_texts_loads_no_encoder(monkeypatch):
    monkeypatch.delattr(texts, "text_encoder")

    assert audience_understand(now=NOON).texts.seen == 0


@pytest.mark.django_db
def test_a_few_new_texts_join_the_clusters_there_are():
    write(40)
    audience_understand(now=NOON)
    write(4, start=40)

    done = audience_understand(now=LATER)

    assert done.clustering is None
    assert [one.size for one in done.segments] == [11, 11, 11, 11]


@pytest.mark.django_db
def test_many_new_texts_find_the_clusters_again_and_keep_the_segments():
    write(40)
    audience_understand(now=NOON)
    keys = set(Segment.objects.values_list("key", flat=True))
    write(20, start=40)

    done = audience_understand(now=LATER)

    assert done.clustering.profile_count == 60
    assert set(Segment.objects.values_list("key", flat=True)) == keys
    assert [one.size for one in done.segments] == [15, 15, 15, 15]


@pytest.mark.django_db
def test_another_number_of_clusters_may_be_asked_for():
    write(40)
    audience_understand(now=NOON)

    done = audience_understand(now=LATER, count=2)

    assert done.clustering.cluster_count == 2


@pytest.mark.django_db
def test_rule_segments_are_rebuilt_too():
    write(40)
    segment = rule_segment({"category": "Wide Leg"})

    audience_understand(now=NOON)

    segment.refresh_from_db()
    assert (segment.size, segment.built_at) == (10, NOON)


@pytest.mark.django_db
def test_progress_hears_of_both_stages():
    write(40)
    heard = {Stage.TEXTS: 0, Stage.PROFILES: 0}

    def add(stage, done):
        heard[stage] += done

    audience_understand(now=NOON, progress=add)

    assert heard == {Stage.TEXTS: 40, Stage.PROFILES: 40}


def test_a_second_run_is_told_that_one_is_running(another_session):
    another_session.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])

    with pytest.raises(AlreadyRunning, match="another run"):
        audience_understand(now=NOON)


def test_the_lock_is_free_again_after_a_run_that_failed(another_session):
    write(3)
    with pytest.raises(NothingToCluster, match="too few"):
        audience_understand(now=NOON, count=4)

    cursor = another_session.cursor()
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    assert cursor.fetchone() == (True,)


@pytest.mark.django_db
def test_too_few_to_cluster_still_have_profiles_and_rule_segments():
    write(3)
    rule_segment({"everyone": True})

    done = audience_understand(now=NOON)

    assert (done.profiles, done.clustering) == (3, None)
    assert [one.size for one in done.segments] == [3]
