"""What tests in a browser do on our pages and in the chat."""

from __future__ import annotations

import os
from pathlib import Path

TAG = '<script src="{server}/assistant/widget.js" data-base="help" async></script>'


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


def ask(page, text):
    box = page.get_by_role("textbox", name="Your question")
    box.fill(text)
    box.press("Enter")


def log_of(page):
    return page.get_by_role("log", name="Conversation")


def open_chat(page):
    page.get_by_role("button", name="Open chat").click()
    return page.get_by_role("dialog", name="How can we help?")
