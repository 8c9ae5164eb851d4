"""A browser, Olivia's page in it, and a shop's page with the chat on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from inference.encoders import text_encoder
from tests.browser import chromium
from tests.factories import assistant as make
from tests.web.pages import TAG
from tests.web.shop_page import shop_page

GIFTS = ("Do you wrap gifts?", "Can you wrap it as a gift?", "Is there gift wrapping?")


def pytest_itemcollected(item):
    """A module's tests in a browser run in one process, which starts one browser for them."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def started_browser():
    with pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread, where Django would refuse its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with chromium() as browser:
            yield browser


@pytest.fixture
def browser(started_browser):
    """The module's browser, with no page, cookie or worker of the test before."""
    yield started_browser
    for context in started_browser.contexts:
        context.close()


@pytest.fixture
def page(browser, live_server, owner):
    """Of Olivia, logged in."""
    return _page_of(owner, browser, live_server, width=1440)


@pytest.fixture
def staff(browser, live_server, owner):
    """Olivia's page beside a visitor's."""
    return _page_of(owner, browser, live_server, width=1280)


def _page_of(user, browser, live_server, *, width):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}
    )
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


@pytest.fixture
def help_centre(transactional_db):
    """Documents, and questions that they answer not."""
    now, encoder = timezone.now(), text_encoder()
    base = make.knowledge_base(name="Help centre")
    make.read(
        base, {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING}, now=now, encoder=encoder
    )
    for days, question in enumerate((*GIFTS, "Do you have a shop in Oslo?"), start=1):
        make.asked(base, question, at=now - timedelta(days=days), encoder=encoder)
    return base


@pytest.fixture
def shop_help(transactional_db, settings):
    """Documents that a shop's chat answers from."""
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    base = make.knowledge_base(key="help", name="Shop help", is_published=True)
    make.read(
        base,
        {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING},
        now=timezone.now(),
        encoder=text_encoder(),
        url="https://shop.example/help",
    )
    return base


@pytest.fixture
def chat_shop(shop_help, live_server):
    """The address of a shop's page with the chat on it."""
    with shop_page(live_server.url, TAG) as address:
        shop_help.allowed_origins = [address]
        shop_help.save()
        yield address


@pytest.fixture
def visitor(browser, chat_shop):
    """A visitor's tab, which must not see a single complaint."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(20_000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(chat_shop)
    return page
