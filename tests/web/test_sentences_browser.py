"""A shop's own sentence, from the page where it is written to the chat that says it."""

from __future__ import annotations

import pytest

from assistant.models import KnowledgeBase
from tests.factories import assistant as make
from tests.web.pages import TAG, look
from tests.web.shop_page import shop_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sentence_is_written_beside_ours_and_the_chat_says_it(page, live_server):
    base = make.knowledge_base(key="help", name="Help centre", is_published=True)
    page.goto(f"/admin/assistant/knowledgebase/{base.pk}/change/")
    page.get_by_role("link", name="Sentences").click()
    page.get_by_role("heading", name="What the catalog says").click()
    price = page.get_by_label("{title} costs {price}.", exact=True)
    price.fill("{title} for {prise}")
    page.get_by_role("heading", name="The chat’s window").click()
    page.get_by_label("How can we help?").fill("Ask the harbour")
    page.get_by_role("button", name="Save English").click()
    page.get_by_text("There is no {prise} here").wait_for()
    look(page, "sentences-wrong")
    price.fill("{title} for {price}")
    page.get_by_role("button", name="Save English").click()
    page.get_by_text("Saved.").wait_for()
    look(page, "sentences")

    with shop_page(live_server.url, TAG) as address:
        KnowledgeBase.objects.update(allowed_origins=[address])
        page.goto(address)
        page.get_by_role("button", name="Open chat").click()
        page.get_by_role("dialog", name="Ask the harbour").wait_for()
