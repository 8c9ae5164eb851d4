"""What the process remembers of a test's database must not outlive the test."""

from __future__ import annotations

import pytest

from campaigns import api, live_plans, personalise


@pytest.fixture(autouse=True)
def nothing_remembered():
    live_plans.forget_all()
    personalise.breaker.reset()
    api.forget_keys()
    yield
    live_plans.forget_all()
    personalise.breaker.reset()
    api.forget_keys()
