"""A real headless Chromium for the tests marked `browser`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
LOCK = Path(tempfile.gettempdir()) / "copylift-chromium.lock"
MISSING = (
    "no Chromium here: install one (apt-get install chromium), or name it in COPYLIFT_CHROMIUM, "
    "or leave these tests out with -m 'not browser'"
)


def chromium_path() -> str:
    """The Chromium to drive; installed where there is none and this process may."""
    found = _found()
    if found is None and _may_install():
        found = _installed()
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    return found


def _installed() -> str | None:
    # The other test process may be installing it at this moment: apt refuses two at a time.
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _found():
            return found
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300)
        install = ["apt-get", "install", "-y", "-qq", "-o", "DPkg::Lock::Timeout=600", "chromium"]
        subprocess.run(install, check=False, timeout=1500)
        return _found()


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
