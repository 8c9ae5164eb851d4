"""A marketer's way from brief to results in a real browser, with every real part below."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from campaigns import services, tasks
from campaigns.models import Campaign
from core.api_keys import api_key_create
from generation.services import job_work
from tests.factories import campaigns as factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PEOPLE = 40


@pytest.fixture
def shop(owner):
    """What is there before a marketer starts: people, a template, a voice, an offer."""
    segment = factory.segment("knits", name="Knit lovers")
    for number in range(PEOPLE):
        factory.contact(f"c-{number}", first_name="Grace", segments=[segment])
    factory.template(name="Spring dresses")
    factory.brand_voice(name="House voice")
    factory.offer(name="Spring offer")
    return segment


def log_in(page):
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label("Username").fill("olivia")
    page.get_by_label("Password").fill("pw")
    page.get_by_role("button", name="Log in").click()


def write_brief(page, segment):
    page.get_by_role("link", name="New campaign").first.click()
    page.locator("#id_name").press_sequentially("Spring knits")
    page.get_by_label("Template").select_option(label="Spring dresses")
    page.get_by_label("Brand voice").select_option(label="House voice")
    page.get_by_label("Curiosity").check()
    page.locator(".select2-selection").first.click()
    page.locator(".select2-results__option", has_text=segment.name).click()
    page.get_by_role("button", name="Save", exact=True).click()


def work_as_a_worker_would():
    campaign = Campaign.objects.get()
    job_work(campaign.job_id, worker="test")
    tasks.variants_collect(job_id=campaign.job_id, then_id=campaign.pk)


def edit_first_candidate(page):
    page.get_by_role("link", name="Edit").nth(1).click()
    page.get_by_label("Button").fill("70% off now")
    page.get_by_text("Must change").first.wait_for()
    page.get_by_label("Button").fill("See what is new")
    page.get_by_text("See what is new").first.wait_for()
    page.get_by_role("button", name="Save").click()


def decide_for_everyone(campaign):
    """The email tool asks for everybody's copy; whoever got the variant orders."""
    secret = api_key_create("mail tool", ["decide", "events"])[1]
    tool = Client(headers={"Authorization": f"Bearer {secret}"})
    for number in range(PEOPLE):
        ask = {"campaign": campaign.key, "contact": f"c-{number}"}
        tool.post("/v1/decide", json.dumps(ask), content_type="application/json")


def test_a_marketer_gets_from_brief_to_results_without_a_terminal(page, shop, owner):
    log_in(page)
    write_brief(page, shop)
    page.get_by_role("button", name="Write copy").click()
    page.get_by_text("Copy is being written").first.wait_for()
    work_as_a_worker_would()
    page.get_by_role("link", name="Review copy").click()
    edit_first_candidate(page)
    page.get_by_text("It is in review again").wait_for()
    page.get_by_role("button", name="Approve best of each cell").click()
    page.get_by_role("link", name="Go to launch").click()
    page.get_by_role("button", name="Launch").click()
    page.get_by_text("is live").first.wait_for()
    decide_for_everyone(Campaign.objects.get())
    page.get_by_role("link", name="See results").first.click()
    page.get_by_role("heading", name="Too early to tell").wait_for()
    assert page.get_by_text("40", exact=True).first.is_visible()


def test_our_pages_run_under_their_content_policy(page, owner, live_server):
    campaign = factory.live_campaign(owner)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page)
    for path in ("", "review/", "results/", "setup/"):
        page.goto(f"/campaigns/{campaign.pk}/{path}")
        page.wait_for_load_state("networkidle")
    assert [text for text in complaints if "Content Security Policy" in text] == []


@pytest.mark.parametrize("path", ["", "review/", "results/", "setup/"])
def test_no_page_is_wider_than_a_phone(page, owner, path):
    campaign = factory.live_campaign(owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/campaigns/{campaign.pk}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_choosing_how_to_look_shows_its_price_at_once(page, owner):
    campaign = factory.reviewed_campaign(owner)
    page.goto(f"/campaigns/{campaign.pk}/")
    assert page.get_by_label("Number of looks").is_hidden()
    page.get_by_label("How may one look?").select_option("group_sequential")
    page.get_by_text("Planned looks (5, O’Brien-Fleming)").wait_for()
    assert page.get_by_label("Number of looks").is_visible()
    page.get_by_label("Control’s rate").fill("5")
    page.get_by_role("button", name="Plan for").click()
    assert int(page.get_by_label("Planned sample").input_value()) > 50_000


def test_a_refused_launch_keeps_what_was_typed(page, owner):
    campaign = factory.reviewed_campaign(owner)
    page.goto(f"/campaigns/{campaign.pk}/")
    page.get_by_label("How may one look?").select_option("group_sequential")
    page.get_by_label("Smallest lift worth finding").fill("7")
    page.get_by_role("button", name="Launch").click()
    page.get_by_text("Planned looks need a planned sample").first.wait_for()
    assert page.get_by_label("Smallest lift worth finding").input_value() == "7"


def test_the_launch_form_fits_a_phone(page, owner):
    campaign = factory.reviewed_campaign(owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/campaigns/{campaign.pk}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_board_is_usable_by_keyboard(page, owner):
    campaign = factory.campaign(angles=["urgency"], segments=[])
    for words in ("a dress for you", "another dress"):
        services.variant_create(campaign, None, "urgency", factory.human_copy(words), actor=owner)
    page.goto(f"/campaigns/{campaign.pk}/review/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_text("Approved for everyone").wait_for()
    assert campaign.variants.filter(status="approved").count() == 1


def test_a_finding_is_let_pass_with_a_reason_on_the_board(page, owner):
    campaign = factory.campaign(angles=["urgency"], segments=[factory.segment("knits")])
    body = "<p>Now 90% off, it is guaranteed. Click here!</p><p>We thought of you.</p>"
    services.variant_create(
        campaign,
        campaign.segments.first(),
        "urgency",
        factory.human_copy(body=body),
        actor=owner,
    )
    page.goto(f"/campaigns/{campaign.pk}/review/")
    page.get_by_text("Let it pass, with a reason").click()
    form = page.locator(".cl-override form").first
    form.get_by_label("Why may it go out?").fill("Legal has cleared it, ticket 812")
    form.get_by_role("button", name="Let it pass").click()
    page.locator(".cl-finding-passed").get_by_text("Legal has cleared it").wait_for()
    assert page.locator(".cl-finding-block").count() == 1
