"""From a question nobody could answer to the answer visitors get, in a real browser."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from assistant.models import EvalQuestion, WebPage
from assistant.selectors import passages_for
from assistant.services import gap_searches_run
from assistant.services.evaluating import base_evaluate
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.web.test_browser_journey import log_in, orm_beside_a_browser  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKED = ("Do you wrap gifts?", "Can you wrap it as a gift?", "Is there gift wrapping?")


@pytest.fixture
def page(browser, live_server, owner):
    page = browser.new_page(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    page.set_default_timeout(15_000)
    log_in(page)
    return page


@pytest.fixture
def base():
    now, encoder = timezone.now(), text_encoder()
    base = make.knowledge_base(name="Help centre")
    files = {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING}
    make.read(base, files, now=now, encoder=encoder)
    for days, question in enumerate((*ASKED, "Do you have a shop in Oslo?"), start=1):
        make.asked(base, question, at=now - timedelta(days=days), encoder=encoder)
    return base


def look(page, name):
    """A picture of the page where COPYLIFT_LOOK names a folder, and nothing wider than a phone."""
    folder = os.environ.get("COPYLIFT_LOOK")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})


def test_an_answer_is_written_where_visitors_got_none(page, base):
    page.goto(f"/assistant/{base.pk}/gaps/")
    page.get_by_role("button", name="Look now").click()
    page.get_by_text("The work goes on").wait_for()
    gap_searches_run(now=timezone.now())
    page.goto(f"/assistant/{base.pk}/gaps/")
    card = page.locator("section", has_text="3 visitors, asked 3 times")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    look(page, "gaps")
    card.get_by_label("Answer").fill("Yes: we wrap gifts for 2 euros.")
    card.get_by_role("button", name="Put it into the knowledge base").click()
    page.get_by_text("from now on visitors are answered with it").wait_for()
    found = passages_for(base, "could I have it gift wrapped", now=timezone.now())
    assert found[0].body == "Yes: we wrap gifts for 2 euros."
    page.get_by_role("button", name="Not for us").click()
    page.get_by_text("Nothing is open").wait_for()
    look(page, "gaps-done")


def test_sources_and_quality_fit_a_phone_and_say_what_is_wrong(page, base):
    WebPage.objects.create(
        base=base,
        url="https://shop.example/help/" + "very-long-" * 20,
        status="failed",
        error="https://shop.example answers 404",
        fetched_at=timezone.now(),
    )
    WebPage.objects.create(base=base, url="https://shop.example/about")
    page.goto(f"/assistant/{base.pk}/sources/")
    page.get_by_text("answers 404").wait_for()
    page.get_by_text("1 of 2 web pages to fetch").wait_for()
    look(page, "sources")
    # It would load itself again as soon as it hears that nothing is left to fetch.
    page.goto("about:blank")
    WebPage.objects.all().delete()
    for source, question in (("returns.md", "Can I return it?"), ("faq.csv", "Ship to Norway?")):
        document = base.documents.get(source=source)
        EvalQuestion.objects.create(base=base, question=question, document=document)
        base_evaluate(base, now=timezone.now())
    page.goto(f"/assistant/{base.pk}/quality/")
    assert page.locator("svg .mark-line").count() > 0
    look(page, "quality")
