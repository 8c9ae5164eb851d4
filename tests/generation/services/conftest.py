"""Watches what services wake."""

from __future__ import annotations

import pytest


@pytest.fixture
def woken(monkeypatch):
    """The tasks woken, in order, as (name, arguments): what would go to the broker."""
    sent = []
    monkeypatch.setattr("core.jobs._send", lambda name, kwargs: sent.append((name, kwargs)))
    return sent


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)
