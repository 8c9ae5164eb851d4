"""A person's answer in a real browser: at once where a stream is free, soon where none is."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
from django.utils import timezone

from assistant import services
from assistant.models import Conversation
from tests.assistant.stream_server import serving, wait_for_health
from tests.factories import assistant as make
from tests.web.pages import TAG, ask, log_of, open_chat
from tests.web.shop_page import shop_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def base(settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    return make.knowledge_base(key="help", is_published=True)


@pytest.fixture
def visitor(browser, base, live_server):
    """Opens a page that lets the chat listen to `at`; what it asked for is in `page.asked`."""
    with ExitStack() as pages:

        def opens(at):
            page = browser.new_page()
            page.set_default_timeout(20_000)
            page.asked, page.complaints = [], []
            page.on("request", lambda request: page.asked.append(request.url))
            page.on("console", lambda said: page.complaints.append(said.text))
            shop = pages.enter_context(shop_page(live_server.url, TAG, at))
            base.allowed_origins = [*base.allowed_origins, shop]
            base.save()
            page.goto(shop)
            return page

        yield opens


def wants_a_person(page):
    chat = open_chat(page)
    chat.get_by_role("button", name="Talk to a person").click()
    log_of(page).get_by_text("A person will answer you here").wait_for()
    return chat


def reply(owner, text):
    services.conversation_reply(Conversation.objects.get(), text, actor=owner, now=timezone.now())


def looks(page):
    return sum(url.endswith("/v1/assistant/conversations") for url in page.asked)


def streams(page):
    return sum("/v1/assistant/stream" in url for url in page.asked)


def test_an_answer_is_there_within_a_second_and_the_door_is_left_alone(visitor, settings, owner):
    with serving() as address:
        settings.ASSISTANT_STREAM_URL = address
        page = visitor(address)
        wants_a_person(page)
        wait_for_health(address, "1 streams")
        page.wait_for_timeout(500)
        before = looks(page)
        page.wait_for_timeout(4000)
        assert looks(page) == before
        for text in ("Good morning.", "How can I help?"):
            began = time.perf_counter()
            reply(owner, text)
            log_of(page).get_by_text(text).wait_for()
            assert time.perf_counter() - began < 1
        with page.expect_response("**/v1/assistant/messages"):
            ask(page, "My zip broke.")
        log_of(page).get_by_text("My zip broke.").wait_for()
        services.conversation_solve(Conversation.objects.get(), actor=owner)
        log_of(page).get_by_text("marked as solved").wait_for()
        wait_for_health(address, "0 streams")
        assert page.complaints == []


def test_two_looks_at_once_tell_of_the_end_once(visitor, settings, owner):
    with serving() as address:
        settings.ASSISTANT_STREAM_URL = address
        page = visitor(address)
        wants_a_person(page)
        wait_for_health(address, "1 streams")
        held = []

        def together(route):
            held.append(route)
            if len(held) == 2:
                for one in held:
                    one.continue_()

        page.route("**/v1/assistant/conversations", together)
        reply(owner, "Good morning.")
        for _ in range(500):
            if held:
                break
            page.wait_for_timeout(20)
        services.conversation_solve(Conversation.objects.get(), actor=owner)
        log_of(page).get_by_text("marked as solved").first.wait_for()
        page.wait_for_timeout(500)

        assert len(held) == 2
        assert log_of(page).get_by_text("marked as solved").count() == 1
        assert log_of(page).get_by_text("Good morning.").count() == 1


def test_a_hidden_tab_holds_no_stream_and_reads_what_came_when_it_is_seen_again(
    visitor, settings, owner
):
    with serving() as address:
        settings.ASSISTANT_STREAM_URL = address
        page = visitor(address)
        wants_a_person(page)
        wait_for_health(address, "1 streams")
        page.evaluate(HIDE, True)
        wait_for_health(address, "0 streams")
        reply(owner, "Good morning.")
        page.wait_for_timeout(1000)
        assert log_of(page).get_by_text("Good morning.").count() == 0
        page.evaluate(HIDE, False)
        log_of(page).get_by_text("Good morning.").wait_for()
        wait_for_health(address, "1 streams")


def test_where_no_stream_is_free_it_looks_now_and_then_and_tries_again_later(
    visitor, settings, owner
):
    with serving(most=0) as address:
        settings.ASSISTANT_STREAM_URL = address
        page = visitor(address)
        wants_a_person(page)
        page.wait_for_timeout(9000)
        assert 3 <= looks(page) <= 5
        assert 1 <= streams(page) <= 3
        reply(owner, "Good morning.")
        log_of(page).get_by_text("Good morning.").wait_for()


def test_a_stream_that_falls_over_is_looked_past_and_taken_up_again(visitor, settings, owner):
    with serving() as address:
        settings.ASSISTANT_STREAM_URL = address
        page = visitor(address)
        wants_a_person(page)
        wait_for_health(address, "1 streams")
    reply(owner, "Still here.")
    log_of(page).get_by_text("Still here.").wait_for()
    with serving(port=int(address.rpartition(":")[2])) as again:
        assert again == address
        wait_for_health(address, "1 streams")
