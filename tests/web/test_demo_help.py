"""The demonstration's help pages answer what they should, and own up to what they lack."""

from __future__ import annotations

import pytest

from assistant.models import EvalRun
from tests.factories.audience import NOON
from web.demo import helping

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(db):
    return helping.knowledge_ensure(now=NOON)


def test_each_question_finds_the_page_that_answers_it(base):
    figures = EvalRun.objects.get(base=base).figures
    assert figures["both"]["hit_rate"] >= 0.9, figures
