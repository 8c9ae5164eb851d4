"""The pages of groups: what they show, and ordering a refit."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audience import tasks
from audience.models import ClusterIdentity, ClusteringJob, Segment
from audience.services import segments_from_clustering
from tests.factories import audience as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def fitted():
    fitted = factory.clustering(0, 1)
    knits = fitted.clusters.get(position=0)
    knits.traits = {
        "phrases": ["wool coat", "church dress"],
        "phrase_shares": {"wool coat": 0.4, "church dress": 0.3},
        "phrase_lifts": {"wool coat": 12.5, "church dress": 9.0},
        "categories": {"Coats": 0.8, "Maternity": 0.1},
        "sentiment": 0.5,
    }
    knits.save()
    ada = factory.contact("ada", first_name="Ada", last_name="Byron")
    factory.read_text("Ada here: a wool coat as BYRON likes it", by=ada, axis=0)
    factory.read_text("I wear this wool coat to church", by=ada, axis=0)
    factory.profile(ada, cluster=knits)
    return fitted


def of(fitted, position):
    return fitted.clusters.get(position=position).identity


def shown(client, name, *args):
    return client.get(reverse(f"web:{name}", args=args)).content.decode()


def test_the_groups_are_listed_with_size_share_and_how_steady_they_are(logged_in, fitted):
    page = shown(logged_in, "groups")
    assert "Axis 0" in page
    assert "50.0%" in page
    assert "Another try finds much the same groups" in page


def test_an_unsteady_fit_says_so(logged_in, fitted):
    fitted.stability = 0.4
    fitted.save()
    assert "not steady" in shown(logged_in, "groups")


def test_people_in_no_group_are_shown_as_such(logged_in, fitted):
    fitted.loose_count = 7
    fitted.save()
    assert "No group" in shown(logged_in, "groups")


def test_a_groups_page_shows_words_people_and_history(logged_in, fitted):
    page = shown(logged_in, "group", of(fitted, 0).pk)
    assert "12.5 times as often" in page
    assert "40.0%" in page
    assert "Coats, inferred" in page
    assert reverse("web:portrait", args=[factory.Contact.objects.get().pk]) in page


def test_examples_leave_names_out_and_say_nothing_sensitive(logged_in, fitted):
    page = shown(logged_in, "group", of(fitted, 0).pk)
    assert "… here: a " in page
    assert "as … likes it" in page
    assert "to church" not in page
    assert "church dress" not in page
    assert "Maternity" not in page


def test_a_group_the_newest_fit_did_not_find_says_so(logged_in, fitted):
    gone = of(fitted, 1)
    factory.clustering(0)
    assert "did not find this group" in shown(logged_in, "group", gone.pk)


def test_rewriting_by_the_page_renames_group_and_segment(logged_in, fitted):
    segments_from_clustering(fitted)
    group = of(fitted, 0)
    logged_in.post(
        reverse("web:group_rewrite", args=[group.pk]),
        {"name": "Coat lovers", "portrait": "They love coats."},
    )
    assert ClusterIdentity.objects.get(pk=group.pk).name == "Coat lovers"
    assert Segment.objects.filter(name="Coat lovers").exists()
    assert "Coat lovers" in shown(logged_in, "groups")


def test_a_sensitive_name_is_refused_with_the_reason(logged_in, fitted):
    answer = logged_in.post(
        reverse("web:group_rewrite", args=[of(fitted, 0).pk]),
        {"name": "Expecting", "portrait": "Pregnant women"},
        follow=True,
    )
    assert "never kept about people here" in answer.content.decode()
    assert of(fitted, 0).name == "Axis 0"


def test_a_refit_is_ordered_shown_and_stopped(logged_in, fitted, owner):
    logged_in.post(reverse("web:refit"), {"estimator": "kmeans", "count": "4"})
    job = ClusteringJob.objects.get()
    assert (job.requested_by, job.count) == (owner, 4)

    page = shown(logged_in, "groups")
    assert "data-refit" in page
    assert "Asked for by olivia" in page
    ClusteringJob.objects.update(status="running", stage="finding groups", done=40)
    state = logged_in.get(reverse("web:refit_progress")).json()
    assert state == {"is_open": True, "status": "running", "stage": "finding groups", "done": 40}

    logged_in.post(reverse("web:refit_cancel", args=[job.pk]))
    assert logged_in.get(reverse("web:refit_progress")).json()["is_open"] is False
    assert "data-refit" not in shown(logged_in, "groups")


def test_why_a_refit_failed_is_said(logged_in):
    logged_in.post(reverse("web:refit"), {"estimator": "kmeans", "count": ""})
    tasks.clustering_run(ClusteringJob.objects.get().pk)
    assert "import more texts and read them first" in shown(logged_in, "groups")


def test_a_count_for_hdbscan_is_refused_on_the_page(logged_in):
    answer = logged_in.post(
        reverse("web:refit"), {"estimator": "hdbscan", "count": "4"}, follow=True
    )
    assert "leave the count empty" in answer.content.decode()
    assert not ClusteringJob.objects.exists()


def test_before_the_first_fit_there_is_a_page(logged_in):
    assert "No groups yet" in shown(logged_in, "groups")
    assert logged_in.get(reverse("web:refit_progress")).json() == {"is_open": False}


def test_all_members_of_a_group_are_listed_by_its_link(logged_in, fitted):
    factory.contact("ben", first_name="Ben")
    page = shown(logged_in, "group", of(fitted, 0).pk)
    link = f"?group={fitted.clusters.get(position=0).pk}"
    assert link in page
    listed = logged_in.get(reverse("admin:audience_contact_changelist") + link).content.decode()
    assert "Ada Byron" in listed
    assert "Ben" not in listed


def test_what_hardly_anybody_else_brings_up_is_told_in_words(logged_in, fitted):
    knits = fitted.clusters.get(position=0)
    knits.traits |= {"phrase_lifts": {"wool coat": 1466.2}}
    knits.save()
    shown = logged_in.get(reverse("web:group", args=[knits.identity_id])).content.decode()
    assert "hardly anybody else" in shown
    assert "1466" not in shown
