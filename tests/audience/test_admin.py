from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audience import admin
from audience.models import Segment, SegmentBuild
from tests.factories import audience as factory
from tests.factories.audience import NOON


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


def segment_form(rule):
    text = rule if isinstance(rule, str) else json.dumps(rule)
    return {"name": "Over 40", "key": "over-40", "kind": "rule", "rule": text, "portrait": ""}


def test_a_rule_that_is_none_is_refused_at_its_field(logged_in):
    answer = logged_in.post(reverse("admin:audience_segment_add"), segment_form({"age": 40}))
    assert list(answer.context["adminform"].form.errors) == ["rule"]


def test_a_segment_is_built_when_it_is_saved(logged_in):
    factory.contact(attributes={"age": 50})
    factory.contact(attributes={"age": 20})
    logged_in.post(
        reverse("admin:audience_segment_add"), segment_form({"attribute": "age", "gt": 40})
    )
    assert Segment.objects.get().size == 1


def test_a_rule_segment_needs_a_rule(logged_in):
    answer = logged_in.post(reverse("admin:audience_segment_add"), segment_form(""))
    assert "Write the rule" in answer.content.decode()


def test_a_contacts_page_shows_what_was_understood_and_escapes_their_words(logged_in):
    contact = factory.contact(first_name="Ada")
    factory.read_text("Lovely <script>alert(1)</script>", by=contact)
    factory.profile(contact, interests=[{"phrase": "petite fit", "weight": 1}], sentiment=0.5)
    page = logged_in.get(reverse("admin:audience_contact_change", args=[contact.pk]))
    shown = page.content.decode()
    assert "petite fit" in shown
    assert "Lovely &lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert(1)" not in shown


def test_a_contact_without_texts_has_a_page(logged_in):
    contact = factory.contact()
    page = logged_in.get(reverse("admin:audience_contact_change", args=[contact.pk]))
    assert "They wrote nothing that was read yet" in page.content.decode()


@pytest.fixture
def over_40(logged_in):
    logged_in.post(
        reverse("admin:audience_segment_add"), segment_form({"attribute": "age", "gt": 40})
    )
    return Segment.objects.get()


def change(logged_in, segment, **fields):
    form = segment_form(segment.rule) | {"key": segment.key} | fields
    return logged_in.post(reverse("admin:audience_segment_change", args=[segment.pk]), form)


def test_a_segment_others_name_keeps_its_key_and_stays(logged_in, over_40):
    factory.rule_segment({"not": {"segment": "over-40"}}, "young")

    answer = change(logged_in, over_40, key="older")
    delete = logged_in.post(
        reverse("admin:audience_segment_delete", args=[over_40.pk]), {"post": "yes"}
    )

    assert "“Young” name it “over-40”" in answer.content.decode()
    assert "the rule of Young" in delete.content.decode()
    assert Segment.objects.filter(key="over-40").exists()


def test_a_rule_that_would_lead_in_a_circle_is_refused(logged_in, over_40):
    factory.rule_segment({"segment": "over-40"}, "young")

    answer = change(logged_in, over_40, rule=json.dumps({"segment": "young"}))

    assert "over-40 → young → over-40" in answer.content.decode()


def test_where_there_are_many_contacts_saving_orders_a_build(logged_in, over_40, monkeypatch):
    monkeypatch.setattr(admin, "BUILT_AT_ONCE", 0)
    factory.contact(attributes={"age": 50})

    change(logged_in, over_40)
    first = SegmentBuild.objects.get(status="queued")
    change(logged_in, over_40)

    first.refresh_from_db()
    assert first.status == "cancelled"
    assert SegmentBuild.objects.get(status="queued").requested_by.username == "olivia"


@pytest.fixture
def fits():
    """The same group in an earlier fit, and with another in the newest."""
    return [factory.clustering(0), factory.clustering(0, 1, at=NOON + timedelta(days=1))]


def test_a_group_is_chosen_from_the_newest_fit_alone(logged_in, fits):
    old, new = (list(fit.clusters.order_by("position")) for fit in fits)
    answer = logged_in.get(reverse("admin:audience_segment_add"))
    assert set(answer.context["adminform"].form.fields["cluster"].queryset) == set(new)

    kept = Segment.objects.create(key="k", name="K", kind="cluster", cluster=old[0])
    answer = logged_in.get(reverse("admin:audience_segment_change", args=[kept.pk]))
    assert set(answer.context["adminform"].form.fields["cluster"].queryset) == {*new, old[0]}


def test_contacts_are_filtered_by_the_groups_of_the_newest_fit(logged_in, fits):
    old, new = fits[0].clusters.get(), fits[1].clusters.first()
    factory.profile(factory.contact("in-old"), cluster=old)
    factory.profile(factory.contact("in-new"), cluster=new)
    url = reverse("admin:audience_contact_changelist")
    asked = "group"

    page = logged_in.get(url).content.decode()
    assert f"{asked}={new.pk}" in page
    assert f"{asked}={old.pk}" not in page
    page = logged_in.get(url, {asked: new.pk}).content.decode()
    assert ("in-new" in page, "in-old" in page) == (True, False)
    page = logged_in.get(url, {asked: old.pk}).content.decode()
    assert ("in-new" in page, "in-old" in page) == (False, True)
    assert "in-old" in logged_in.get(url, {asked: "²"}).content.decode()


def test_a_new_rule_is_empty_and_a_kept_one_laid_out(logged_in, over_40):
    page = logged_in.get(reverse("admin:audience_segment_add"))
    assert page.context["adminform"].form["rule"].value() == ""
    page = logged_in.get(reverse("admin:audience_segment_change", args=[over_40.pk]))
    assert page.context["adminform"].form["rule"].value() == json.dumps(over_40.rule, indent=2)


def test_what_was_typed_comes_back_as_it_was(logged_in):
    typed = '{"all": ['
    answer = logged_in.post(reverse("admin:audience_segment_add"), segment_form(typed))
    assert typed.replace('"', "&quot;") in answer.content.decode()


def test_the_list_says_how_many_may_be_written_to(logged_in, over_40):
    for number, sendable in enumerate([7, 1234]):
        SegmentBuild.objects.create(
            segment=over_40, status="done", size=2000, finished_at=NOON,
            sendable=sendable, as_of=timezone.now() + timedelta(days=1 + number),
        )  # fmt: skip
    over_40.portrait = "They love " + "wool " * 100
    over_40.save()
    page = logged_in.get(reverse("admin:audience_segment_changelist")).content.decode()
    assert "1,234" in page
    assert "wool " * 50 not in page


def test_a_segment_of_a_cluster_has_no_rule_to_count(logged_in, fits):
    kept = Segment.objects.create(
        key="k", name="K", kind="cluster", cluster=fits[1].clusters.first()
    )
    page = logged_in.get(reverse("admin:audience_segment_change", args=[kept.pk])).content.decode()
    assert "Write a rule" not in page
    assert reverse("web:segment_panel", args=[kept.pk]) in page


def test_dropped_texts_are_counted_by_their_reason_and_found_by_it(logged_in):
    for number, reason in enumerate(("spam", "spam", "empty")):
        factory.text(f"text {number}", status="dropped", drop_reason=reason)
    factory.text("kept one")
    address = reverse("admin:audience_text_changelist")
    page = logged_in.get(address).content.decode()
    assert "spam (2)" in page
    assert "empty (1)" in page
    found = logged_in.get(address, {"dropped": "spam"}).content.decode()
    assert "text 0" in found
    assert "text 1" in found
    assert "text 2" not in found
    assert "kept one" not in found
