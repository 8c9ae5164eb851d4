import threading
from datetime import timedelta

import pytest
from django.db import connections

from audience.models import Contact, Membership, Segment
from audience.selectors import segment_members
from audience.services import segment_build, segments_from_clustering, segments_rebuild
from core.errors import InputRefused
from tests.factories.audience import NOON, clustering, contact, profile, rule_segment

LATER = NOON + timedelta(days=1)


def member_ids(segment):
    return list(segment_members(segment).values_list("external_id", flat=True))


@pytest.mark.django_db
def test_a_rule_segment_holds_who_the_rule_describes():
    contact("ann", attributes={"age": 30})
    contact("ben", attributes={"age": 60})
    segment = rule_segment({"attribute": "age", "lt": 40})

    assert segment_build(segment, now=NOON) == 1

    assert member_ids(segment) == ["ann"]
    segment.refresh_from_db()
    assert (segment.size, segment.built_at) == (1, NOON)


@pytest.mark.django_db
def test_a_rebuild_lets_leavers_go_and_joiners_in_and_leaves_the_rest_alone():
    for name, age in (("stays", 30), ("leaves", 30), ("joins", 60)):
        contact(name, attributes={"age": age})
    segment = rule_segment({"attribute": "age", "lt": 40})
    segment_build(segment, now=NOON)
    kept = Membership.objects.get(contact__external_id="stays").pk
    Contact.objects.filter(external_id="leaves").update(attributes={})
    Contact.objects.filter(external_id="joins").update(attributes={"age": 20})

    assert segment_build(segment, now=LATER) == 2

    assert set(member_ids(segment)) == {"stays", "joins"}
    assert Membership.objects.get(contact__external_id="stays").pk == kept


@pytest.mark.django_db
def test_building_twice_changes_nothing():
    contact("ann")
    segment = rule_segment({"everyone": True})
    segment_build(segment, now=NOON)
    before = list(Membership.objects.values_list("pk", flat=True))

    segment_build(segment, now=NOON)

    assert list(Membership.objects.values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_building_one_segment_leaves_another_alone():
    contact("ann")
    other, segment = rule_segment({"everyone": True}, "o"), rule_segment({"cluster": 9}, "s")
    segment_build(other, now=NOON)

    assert segment_build(segment, now=NOON) == 0

    assert member_ids(other) == ["ann"]


@pytest.mark.django_db
def test_percent_signs_and_braces_in_a_rule_are_only_text():
    contact("ann", attributes={"100%": "{wool}"})
    segment = rule_segment({"attribute": "100%", "is": "{wool}"})

    assert segment_build(segment, now=NOON) == 1


@pytest.mark.django_db
def test_a_rule_that_is_none_is_refused_and_the_members_stay():
    contact("ann")
    segment = rule_segment({"everyone": True})
    segment_build(segment, now=NOON)
    Segment.objects.update(rule={"everyone": 1})

    with pytest.raises(InputRefused):
        segment_build(segment, now=LATER)

    assert member_ids(segment) == ["ann"]


@pytest.mark.django_db(transaction=True)
def test_two_builds_at_once_end_with_each_member_once():
    Contact.objects.bulk_create(Contact(external_id=f"c{n}") for n in range(300))
    segment = rule_segment({"everyone": True})
    together, sizes = threading.Barrier(3), []

    def build():
        together.wait(10)
        sizes.append(segment_build(Segment.objects.get(), now=NOON))
        connections.close_all()

    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sizes == [300, 300, 300]
    assert Membership.objects.filter(segment=segment).count() == 300


@pytest.mark.django_db
def test_each_cluster_becomes_a_segment_with_its_portrait_and_traits():
    fitted = clustering(0, 1)
    profile(contact("ann"), cluster=fitted.clusters.get(position=1))

    segments = segments_from_clustering(fitted)

    assert [one.key for one in segments] == ["axis-0", "axis-1"]
    second = segments[1]
    assert (second.name, second.portrait) == ("Axis 1", "They write about axis 1.")
    assert second.traits == {"phrases": ["axis 1"]}
    assert segment_build(second, now=NOON) == 1
    assert member_ids(second) == ["ann"]


@pytest.mark.django_db
def test_asking_twice_for_a_clusterings_segments_makes_them_once():
    fitted = clustering(0, 1)

    assert segments_from_clustering(fitted) == segments_from_clustering(fitted)

    assert Segment.objects.count() == 2


@pytest.mark.django_db
def test_a_taken_key_gets_a_number():
    rule_segment({"everyone": True}, "axis-0")
    rule_segment({"everyone": True}, "axis-0-2")

    [segment] = segments_from_clustering(clustering(0))

    assert segment.key == "axis-0-3"


@pytest.mark.django_db
def test_a_segment_moves_along_to_the_new_cluster_of_its_people():
    [old, _] = segments_from_clustering(clustering(0, 1))
    refit = clustering(5, 0, at=LATER)

    segments = segments_from_clustering(refit)

    old.refresh_from_db()
    assert old.cluster == refit.clusters.get(position=1)
    assert [one.key for one in segments] == ["axis-5", "axis-0"]


@pytest.mark.django_db
def test_words_a_person_rewrote_survive_a_refit():
    [segment] = segments_from_clustering(clustering(0))
    segment.name, segment.portrait = "Our regulars", "They come back."
    segment.save()

    [again] = segments_from_clustering(clustering(0, at=LATER))

    assert (again.pk, again.name, again.portrait) == (
        segment.pk,
        "Our regulars",
        "They come back.",
    )


@pytest.mark.django_db
def test_a_segment_whose_people_are_no_cluster_any_more_stays_as_built():
    earlier = clustering(0)
    ann = profile(contact("ann"), cluster=earlier.clusters.get())
    [segment] = segments_from_clustering(earlier)
    segment_build(segment, now=NOON)
    refit = clustering(1, at=LATER)
    ann.cluster = refit.clusters.get()
    ann.save()
    segments_from_clustering(refit)

    rebuilt = segments_rebuild(now=LATER)

    assert [one.key for one in rebuilt] == ["axis-1"]
    assert member_ids(segment) == ["ann"]
