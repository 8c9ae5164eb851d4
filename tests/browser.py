"""A real headless Chromium for the tests marked `browser`."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "no Chromium here: install one (apt-get install chromium), or name it in COPYLIFT_CHROMIUM, "
    "or leave these tests out with -m 'not browser'"
)


def chromium_path() -> str:
    """The Chromium to drive; installed where there is none and this process may."""
    found = _found()
    if found is None and _may_install():
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, timeout=900)
        found = _found()
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    return found


def _found() -> str | None:
    named = os.environ.get("COPYLIFT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser; every page of it gets cookies of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=OPTIONS)
        yield browser
        browser.close()
