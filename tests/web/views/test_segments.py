from __future__ import annotations

import json

import pytest
from django.urls import reverse

from audience import services
from audience.models import SegmentBuild
from audience.rules import rule_schema
from privacy.services import suppression_add
from tests.factories import audience as factory


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def people():
    ada = factory.contact(
        "a-1", first_name="Ada", last_name="Byron", email="ada@shop.example", attributes={"age": 50}
    )
    factory.contact("secret-7", email="", attributes={"age": 60})
    gone = factory.contact("a-3", email="x@shop.example", attributes={"age": 70})
    suppression_add(gone.subject_id, reason="unsubscribed")
    factory.contact("a-4", attributes={"age": 20})
    return ada


OLD = {"attribute": "age", "gt": 40}


def ask(client, page, rule, **fields):
    return client.post(reverse(f"web:{page}"), {"rule": json.dumps(rule), **fields})


def test_the_live_count_counts(logged_in, people):
    assert ask(logged_in, "segment_count", OLD).json() == {"count": 3}


def test_the_live_count_says_what_is_wrong(logged_in):
    assert "al" in ask(logged_in, "segment_count", {"al": []}).json()["error"]
    answer = logged_in.post(reverse("web:segment_count"), {"rule": "{"})
    assert answer.json()["error"].startswith("This is not JSON yet")


def test_the_live_count_refuses_a_circle(logged_in):
    factory.rule_segment({"segment": "mine"}, "other")

    answer = ask(logged_in, "segment_count", {"segment": "other"}, key="mine").json()

    assert answer["error"] == "segment “mine” leads back to itself: mine → other → mine"


def test_a_look_says_who_may_be_written_to_and_hides_who_they_are(logged_in, people):
    shown = ask(logged_in, "segment_look", OLD).content.decode()

    assert (
        "<b>1</b> of 3 may be written to by email; left out: 1 suppressed, 1 without an address"
        in shown
    )
    assert "A. B. …@shop.example" in shown
    assert "se… no address" in shown
    assert not [word for word in ("Ada", "ada@", "Byron", "secret-7") if word in shown]


def test_a_look_tells_what_nobody_has(logged_in, people):
    shown = ask(logged_in, "segment_look", {"attribute": "agee", "gt": 40}).content.decode()

    assert "No contact has the attribute “agee”. Did you mean “age”?" in shown
    assert "may be written to" not in shown


def test_examples_are_of_the_shop_s_own_names(logged_in, people):
    shown = logged_in.get(reverse("web:segment_examples")).content.decode()

    assert "{&quot;attribute&quot;: &quot;age&quot;, &quot;exists&quot;: true}" in shown


def test_a_look_at_no_rule_says_why(logged_in):
    assert "cl-error" in ask(logged_in, "segment_look", {"al": []}).content.decode()


def test_the_schema_is_published(logged_in):
    answer = logged_in.get(reverse("web:segment_schema"))

    assert answer["Content-Type"] == "application/schema+json"
    assert json.loads(answer.content) == rule_schema()


def panel(client, segment):
    return client.get(reverse("web:segment_panel", args=[segment.pk])).content.decode()


def test_the_panel_of_a_segment_that_was_never_built_says_so(logged_in):
    shown = panel(logged_in, factory.rule_segment(OLD))

    assert "It was never built" in shown
    assert "Build again" in shown


def test_the_panel_shows_members_reach_and_history(logged_in, people):
    segment = factory.rule_segment(OLD)
    services.segment_build(segment, now=factory.NOON)
    people.delete()
    services.segment_build(segment, now=factory.NOON.replace(day=8))

    shown = panel(logged_in, segment)

    assert "2 contacts, as of" in shown
    assert "<b>0</b> of 2 may be written to" in shown
    assert shown.count("<svg") == 1
    assert "data-again" not in shown


def test_a_build_is_ordered_watched_and_cancelled(logged_in, people):
    segment = factory.rule_segment(OLD)

    logged_in.post(reverse("web:segment_build", args=[segment.pk]))
    SegmentBuild.objects.update(status="running", total=4, done=3)
    shown = panel(logged_in, segment)
    logged_in.post(reverse("web:segment_build_cancel", args=[segment.pk]))

    assert 'data-again="1500"' in shown
    assert "3 of 4 contacts looked at" in shown
    assert SegmentBuild.objects.get().status == "cancelled"
    assert "cancelled" in panel(logged_in, segment)


def test_cancelling_nothing_says_so(logged_in):
    segment = factory.rule_segment(OLD)

    answer = logged_in.post(reverse("web:segment_build_cancel", args=[segment.pk]), follow=True)

    assert "nothing to cancel" in answer.content.decode()


def test_why_a_build_failed_is_on_the_page(logged_in):
    segment = factory.rule_segment({"everyone": True})
    build = services.build_order(segment, now=factory.NOON)
    segment.rule = {"segment": "<b>gone</b>"}
    segment.save()
    services.build_run(build.pk)

    assert "“&lt;b&gt;gone&lt;/b&gt;” is not the key of a segment" in panel(logged_in, segment)
