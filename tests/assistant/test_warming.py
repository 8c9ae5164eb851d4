"""A web process that has loaded what answers need before anybody asks."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from assistant import warming
from assistant.models import Conversation, Message
from inference import encoders
from tests.factories import assistant as make


@pytest.fixture
def loaded(monkeypatch):
    """Which encoders were asked for."""
    asked = []

    def load(model):
        asked.append(model)
        return real(model)

    real = encoders._load
    monkeypatch.setattr(encoders, "_load", load)
    return asked


@pytest.mark.django_db(transaction=True)
def test_a_published_base_is_asked_once_and_nothing_is_kept(loaded):
    make.knowledge_base(key="help", is_published=True)

    with capture_logs() as said:
        warming.warm_up().join(120)

    assert loaded
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()
    assert said == []


@pytest.mark.django_db(transaction=True)
def test_without_a_published_base_no_encoder_is_loaded(loaded):
    make.knowledge_base(key="draft", is_published=False)

    warming.warm_up().join(120)

    assert loaded == []


def test_what_goes_wrong_is_logged_and_stops_no_server():
    with capture_logs() as said:
        # The database is out of bounds for a test that does not ask for it.
        warming.warm_up().join(120)

    assert [one["event"] for one in said] == ["not_warmed_up"]
