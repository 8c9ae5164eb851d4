from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns import services
from campaigns.models import Variant
from generation.briefs import Copy
from tests.factories import campaigns as factory


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def campaign():
    return factory.campaign(angles=["urgency"], offer=factory.offer())


@pytest.fixture
def variant(campaign, teammate):
    segment = campaign.segments.first()
    return services.variant_create(
        campaign, segment, "urgency", factory.human_copy(), actor=teammate
    )


def board(client, campaign, query=""):
    return client.get(reverse("web:review", args=[campaign.pk]) + query).content.decode()


def press(client, name, row, **fields):
    return client.post(reverse(f"web:{name}", args=[row.pk]), fields, follow=True)


def form(**fields):
    return {**factory.human_copy().to_json(), **fields}


def test_the_board_shows_the_email_as_a_member_would_read_it(logged_in, campaign, variant):
    factory.contact(first_name="Grace", segments=[variant.segment])
    assert '<mark class="cl-tag">Grace</mark>, a dress for you' in board(logged_in, campaign)


def test_approving_says_so_and_counts(logged_in, campaign, variant):
    shown = press(logged_in, "variant_approve", variant).content.decode()
    variant.refresh_from_db()
    assert variant.status == Variant.Status.APPROVED
    assert "<b>1 of 3</b>" in shown


def test_rejecting_keeps_the_note(logged_in, variant):
    press(logged_in, "variant_reject", variant, note="Too loud")
    variant.refresh_from_db()
    assert (variant.status, variant.review_note) == ("rejected", "Too loud")


def test_the_best_of_each_cell_is_approved(logged_in, campaign, variant):
    shown = press(logged_in, "approve_best", campaign).content.decode()
    assert "2 texts approved" in shown


def test_only_what_is_open_is_shown_on_request(logged_in, campaign, variant):
    press(logged_in, "variant_approve", variant)
    assert f"variant-{variant.pk}" not in board(logged_in, campaign, "?open=1")


def test_an_edit_is_saved_and_goes_back_to_review(logged_in, variant):
    press(logged_in, "variant_approve", variant)
    press(logged_in, "variant_edit", variant, **form(call_to_action="Look now"))
    variant.refresh_from_db()
    assert (variant.call_to_action, variant.status) == ("Look now", "in_review")


def test_an_edit_the_guardrails_refuse_comes_back_with_their_reason(logged_in, variant):
    answer = press(logged_in, "variant_edit", variant, **form(body="Now 70% off everything"))
    shown = answer.content.decode()
    assert "cannot be approved yet" in shown
    assert "Must change the body" in shown


def test_an_empty_subject_is_refused_at_its_field(logged_in, variant):
    answer = press(logged_in, "variant_edit", variant, **form(subject=" "))
    assert list(answer.context["form"].errors) == ["subject"]


def test_a_subject_too_long_is_refused_at_its_field(logged_in, variant):
    answer = press(logged_in, "variant_edit", variant, **form(subject="x" * 400))
    assert list(answer.context["form"].errors) == ["subject"]


def test_a_text_of_ones_own_enters_its_cell(logged_in, campaign):
    segment = campaign.segments.last()
    url = reverse("web:variant_add", args=[campaign.pk])
    logged_in.post(f"{url}?segment={segment.key}&angle=urgency", form())
    assert campaign.variants.get(segment=segment, angle="urgency").origin == "human"


def test_the_guardrails_read_along(logged_in, campaign):
    url = reverse("web:check", args=[campaign.pk]) + "?angle=urgency"
    found = logged_in.post(url, form(body="Now 70% off everything")).json()
    assert [line["field"] for line in found["findings"] if line["severity"] == "block"] == ["body"]


def test_the_preview_while_writing_is_escaped(logged_in, campaign):
    url = reverse("web:check", args=[campaign.pk])
    found = logged_in.post(url, form(subject="<img src=x onerror=alert(1)>")).json()
    assert "<img" not in found["preview"]


def test_copy_is_never_markup_of_the_page(logged_in, campaign, variant):
    Variant.objects.filter(pk=variant.pk).update(
        subject="<script>alert(1)</script>", body="<p>Hi<script>alert(2)</script></p>"
    )
    shown = board(logged_in, campaign)
    assert "<script>alert" not in shown
    assert 'sandbox title="' in shown


def test_the_copy_of_a_live_campaign_is_frozen(logged_in, owner):
    campaign = factory.live_campaign(owner)
    assert "The copy is frozen" in board(logged_in, campaign)
    assert "data-approve" not in board(logged_in, campaign)


def test_the_teammate_may_edit_but_sees_no_approval(client, teammate, campaign, variant):
    client.force_login(teammate)
    shown = board(client, campaign)
    assert "data-edit" in shown
    assert "data-approve" not in shown


def test_every_field_has_a_label(logged_in, variant):
    shown = logged_in.get(reverse("web:variant_edit", args=[variant.pk])).content.decode()
    labelled = [f'for="id_{name}"' in shown for name in factory.human_copy().to_json()]
    assert labelled == [True] * 4


@pytest.mark.parametrize(
    ("control", "seen"),
    [
        (Copy("Knits: {{ url }}", channel="sms"), "1 segment, "),
        (Copy("New in", "Knits", channel="push"), "cl-push-title"),
        (Copy("New", "In", "Go", channel="ad"), "cl-ad-headline"),
        (Copy("New", "In", "Go", channel="banner"), "cl-banner-headline"),
    ],
)
def test_copy_of_every_channel_has_a_form_and_a_shape(logged_in, owner, control, seen):
    campaign = factory.campaign(template=factory.template_of(control), segments=[])
    variant = services.variant_create(campaign, None, "control", control, actor=owner)
    assert seen in board(logged_in, campaign)
    form = logged_in.get(reverse("web:variant_edit", args=[variant.pk])).content.decode()
    assert [name for name, _ in control.texts() if f'name="{name}"' not in form] == []
    answer = press(
        logged_in, "variant_edit", variant, **dict(control.changed(**new_words(control)).texts())
    )
    variant.refresh_from_db()
    assert answer.status_code == 200
    assert "Winter" in variant.opening


def new_words(copy: Copy) -> dict[str, str]:
    field, text = next(copy.texts())
    return {field: f"Winter {text}"}


def test_a_finding_is_let_pass_with_a_reason_that_the_board_shows(logged_in, campaign, variant):
    press(logged_in, "variant_edit", variant, **form(body="<p>Now 70% off everything</p>"))
    assert "Let it pass, with a reason" in board(logged_in, campaign)
    shown = press(
        logged_in, "variant_override", variant, rule="facts.percent", reason="Cleared by <legal>"
    ).content.decode()
    assert "“Cleared by &lt;legal&gt;”" in shown
    assert "Let it pass, with a reason" not in shown


def test_who_lacks_the_right_is_not_offered_it(client, teammate, campaign, variant):
    client.force_login(teammate)
    press(client, "variant_edit", variant, **form(body="<p>Now 70% off everything</p>"))
    assert "Let it pass" not in board(client, campaign)


def test_what_nobody_may_overrule_is_not_offered(logged_in, campaign, variant):
    press(logged_in, "variant_edit", variant, **form(body="<p>Hi {{ vip }}</p>"))
    assert "Let it pass" not in board(logged_in, campaign)
