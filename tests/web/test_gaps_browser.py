"""From a question nobody could answer to the answer visitors get, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assistant.models import EvalQuestion, WebPage
from assistant.selectors import passages_for
from assistant.services import gap_searches_run
from assistant.services.evaluating import base_evaluate
from tests.web.pages import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_answer_is_written_where_visitors_got_none(page, help_centre):
    page.goto(f"/assistant/{help_centre.pk}/gaps/")
    page.get_by_role("button", name="Look now").click()
    page.get_by_text("The work goes on").wait_for()
    gap_searches_run(now=timezone.now())
    page.goto(f"/assistant/{help_centre.pk}/gaps/")
    card = page.locator("section", has_text="3 visitors, asked 3 times")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    look(page, "gaps")
    card.get_by_label("Answer").fill("Yes: we wrap gifts for 2 euros.")
    card.get_by_role("button", name="Put it into the knowledge base").click()
    page.get_by_text("from now on visitors are answered with it").wait_for()
    found = passages_for(help_centre, "could I have it gift wrapped", now=timezone.now())
    assert found[0].body == "Yes: we wrap gifts for 2 euros."
    page.get_by_role("button", name="Not for us").click()
    page.get_by_text("Nothing is open").wait_for()
    look(page, "gaps-done")


def test_sources_and_quality_fit_a_phone_and_say_what_is_wrong(page, help_centre):
    WebPage.objects.create(
        base=help_centre,
        url="https://shop.example/help/" + "very-long-" * 20,
        status="failed",
        error="https://shop.example answers 404",
        fetched_at=timezone.now(),
    )
    WebPage.objects.create(base=help_centre, url="https://shop.example/about")
    page.goto(f"/assistant/{help_centre.pk}/sources/")
    page.get_by_text("answers 404").wait_for()
    page.get_by_text("1 of 2 web pages to fetch").wait_for()
    look(page, "sources")
    # It would load itself again as soon as it hears that nothing is left to fetch.
    page.goto("about:blank")
    WebPage.objects.all().delete()
    for source, question in (("returns.md", "Can I return it?"), ("faq.csv", "Ship to Norway?")):
        document = help_centre.documents.get(source=source)
        EvalQuestion.objects.create(base=help_centre, question=question, document=document)
        base_evaluate(help_centre, now=timezone.now())
    page.goto(f"/assistant/{help_centre.pk}/quality/")
    assert page.locator("svg .mark-line").count() > 0
    look(page, "quality")
