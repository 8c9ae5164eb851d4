"""Intents learn from conversations, in a real browser: said, learnt, adopted."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assistant import services
from assistant.services.intents import intents_fit_due, intents_suggest
from tests.factories import assistant as make
from tests.web.pages import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_staff_say_a_visitor_meant_is_learnt_and_adopted(page, help_centre):
    intents_suggest(help_centre, actor=None)
    talk = make.heard(
        help_centre, "Oh hullo, nice to be here", None, at=timezone.now(), how="staff"
    )
    services.conversation_hand_over(talk.message.conversation, now=timezone.now())
    page.goto(f"/assistant/inbox/{talk.message.conversation_id}/")
    look(page, "intents-transcript")
    page.get_by_role("link", name="for the documents").click()
    look(page, "intents-meaning")
    page.get_by_label("This was").select_option("Greeting")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Greeting").wait_for()

    page.goto(f"/admin/assistant/knowledgebase/{help_centre.pk}/change/")
    page.get_by_text("Learn the intents now").click()
    page.get_by_role("button", name="Learn them").click()
    page.get_by_text("A worker is learning").wait_for()
    look(page, "intents-learning")
    intents_fit_due(now=timezone.now())
    # The page tells of each stage, and loads itself anew after the last.
    page.locator("[data-working]").wait_for(state="detached")
    page.wait_for_load_state()
    look(page, "intents-learnt")
    assert help_centre.intent_fits.get(is_live=True).learnt_count == 1

    greeting = help_centre.intents.get(name="Greeting")
    page.goto(f"/admin/assistant/intent/{greeting.pk}/change/")
    look(page, "intents-adopting")
    page.locator("select[name$=-state]").first.select_option("adopted")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    greeting.refresh_from_db()
    assert greeting.examples.splitlines()[-1] == "Oh hullo, nice to be here"
    page.goto("/admin/assistant/intentfit/")
    look(page, "intents-heads")
