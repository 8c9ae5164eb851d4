"""What happens in conversations is counted by the metrics of any experiment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from assistant.models import Conversation
from assistant.services.happenings import Happening, happened, unit_of
from events.models import Event
from experiments.services import MetricSpec, analysis_refresh
from tests.factories import assistant as make
from tests.factories import experiments

pytestmark = pytest.mark.django_db

NOW = experiments.LATER
RESOLVED = MetricSpec(
    key="resolved",
    name="Resolved",
    kind="conversion",
    role="goal",
    event_name=Happening.RESOLVED.value,
)
HELPFUL = MetricSpec(
    key="helpful", name="Helpful thumbs", kind="sum", event_name=Happening.FEEDBACK.value
)


@pytest.fixture
def base(db):
    return make.knowledge_base(key="help")


def conversation(base, unit_id=""):
    return Conversation.objects.create(base=base, unit_id=unit_id)


def test_it_is_an_event_of_the_contact_or_else_of_the_conversation(base):
    known, unknown = conversation(base, "c-1"), conversation(base)
    assert happened(known, Happening.RESOLVED, now=NOW)
    assert happened(unknown, Happening.RESOLVED, now=NOW, properties={"outcome": "answered"})
    events = {event.unit_id: event for event in Event.objects.all()}
    assert set(events) == {"c-1", str(unknown.pk)} == {unit_of(known), unit_of(unknown)}
    event = events[str(unknown.pk)]
    assert (event.source, event.kind, event.name) == ("assistant", "track", "assistant_resolved")
    assert event.occurred_at == NOW
    assert event.properties == {
        "base": "help",
        "conversation": str(unknown.pk),
        "outcome": "answered",
    }


def test_the_same_is_written_down_once_however_often_it_is_told(base):
    one = conversation(base)
    told = [
        happened(one, Happening.SOURCE_CLICKED, now=NOW, key=key) for key in ("a:1", "a:1", "a:2")
    ]
    assert told == [True, False, True]
    assert happened(conversation(base), Happening.SOURCE_CLICKED, now=NOW, key="a:1")
    assert Event.objects.count() == 3


def test_an_experiments_metrics_count_them_like_any_other_event(base):
    test = experiments.running(metrics=[RESOLVED, HELPFUL])
    talks = [conversation(base) for _ in range(10)]
    for place, one in enumerate(talks):
        arm = ("control", "urgency")[place % 2]
        experiments.expose(test, arm, unit_of(one), at=NOW - timedelta(days=2))
    for one in talks[1::2]:
        happened(one, Happening.RESOLVED, now=NOW - timedelta(days=1))
    for one in talks:
        up = Decimal(int(one is talks[0]))
        happened(one, Happening.FEEDBACK, now=NOW - timedelta(days=1), key="m", value=up)
    found = analysis_refresh(test, now=NOW).results["metrics"]
    means = [
        [metric["overall"]["arms"][key]["mean"] for key in ("control", "urgency")]
        for metric in found
    ]
    # Five conversations an arm: all of one arm's resolved, one thumb up in the other.
    assert means == [[0.0, 1.0], [0.2, 0.0]]
