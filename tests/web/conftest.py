from __future__ import annotations

import pytest

from tests.browser import chromium


@pytest.fixture(scope="module")
def started_browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(started_browser):
    """The module's browser, with no page, cookie or worker of the test before."""
    yield started_browser
    for context in started_browser.contexts:
        context.close()
