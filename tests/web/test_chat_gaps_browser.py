"""From a thumb down in the chat to the page of what to write next."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assistant import services
from assistant.models import Feedback
from tests.web.pages import ask, open_chat
from web import urls

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "gaps" not in {pattern.name for pattern in urls.urlpatterns},
        reason="there is no page of what to write next yet",
    ),
]
QUESTION = "Can I return a dress?"


def test_what_did_not_help_is_to_be_written_next(visitor, staff, shop_help):
    chat = open_chat(visitor)
    ask(visitor, QUESTION)
    chat.get_by_role("button", name="Not helpful").click()
    with visitor.expect_response(lambda answer: "missing" in (answer.request.post_data or "")):
        chat.get_by_role("button", name="Something is missing").click()
    assert Feedback.objects.get().reason == "missing"

    staff.goto(f"/assistant/{shop_help.pk}/gaps/")
    staff.get_by_role("button", name="Look now").click()
    services.gap_searches_run(now=timezone.now())
    staff.goto(f"/assistant/{shop_help.pk}/gaps/")
    staff.get_by_role("heading", name=QUESTION).wait_for()
