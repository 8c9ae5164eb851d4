"""Portraits and groups in a real browser, by keyboard alone."""

from __future__ import annotations

import pytest

from audience.models import ClusteringJob, Correction
from audience.services import profiles_refresh
from tests.factories import audience as factory
from tests.factories.audience import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ann():
    ann = factory.contact("ann", first_name="Ann")
    for number in range(2):
        factory.read_text(f"A wool coat with a warm lining, {number}", by=ann, rating=5)
    profiles_refresh(now=NOON)
    return ann


def test_a_trait_is_confirmed_and_another_changed_by_keyboard(page, ann):
    page.goto(f"/contacts/{ann.pk}/portrait/")
    page.get_by_role("button", name="That’s right (wool coat)").focus()
    page.keyboard.press("Enter")
    page.get_by_text("confirmed by olivia").wait_for()

    page.locator("summary", has_text="Change to… warm lining").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("quilted lining")
    page.keyboard.press("Tab")
    page.keyboard.type("She said so")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="quilted lining").wait_for()

    said = Correction.objects.get(name="warm lining")
    assert (said.action, said.value, said.reason) == ("set", "quilted lining", "She said so")


def test_evidence_opens_by_keyboard_and_shows_the_text(page, ann):
    page.goto(f"/contacts/{ann.pk}/portrait/")
    page.locator("summary", has_text="for wool coat").focus()
    page.keyboard.press("Enter")
    assert page.locator("mark:visible", has_text="wool coat").count() == 2


def test_the_progress_of_a_refit_is_shown_until_it_is_over(page):
    factory.clustering(0, 1)
    job = ClusteringJob.objects.create(
        status="running", stage="finding groups", done=10, random_state=1
    )
    page.goto("/groups/")
    page.get_by_text("10%: finding groups").wait_for()

    ClusteringJob.objects.filter(pk=job.pk).update(stage="wording", done=80)
    page.get_by_text("80%: wording").wait_for()
    assert page.get_by_role("progressbar").get_attribute("value") == "80"

    ClusteringJob.objects.filter(pk=job.pk).update(status="done", finished_at=NOON, done=100)
    page.get_by_role("button", name="Find groups").wait_for()
