"""What the process remembers of a test's database must not outlive the test."""

from __future__ import annotations

import pytest

from campaigns import known_contacts, live_plans, personalise
from core import key_checks


@pytest.fixture(autouse=True)
def nothing_remembered():
    live_plans.forget_all()
    personalise.breaker.reset()
    known_contacts.forget_all()
    key_checks.forget_keys()
    yield
    live_plans.forget_all()
    personalise.breaker.reset()
    known_contacts.forget_all()
    key_checks.forget_keys()
