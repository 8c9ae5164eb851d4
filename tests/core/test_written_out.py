import numpy as np
import pytest
from django.db import connection

from assistant.models import Conversation, KnowledgeBase, Message
from assistant.selectors import conversation_of
from audience.models import Contact, Text
from core.written_out import columns, instance, store, width
from tests.factories.audience import contact, read_text

pytestmark = pytest.mark.django_db


def told(model, row):
    return [getattr(row, field.attname) for field in model._meta.concrete_fields]


@pytest.mark.parametrize("model", [Contact, Text])
def test_a_row_is_what_a_queryset_gives(model):
    ann = contact("ann", attributes={"age": 30, "size": ["M", None]})
    read_text("Soft wool", by=ann, rating=None, category="Coats")
    Text.objects.update(opinions={"by": "x", "of": {"fit": 0.5}})
    wanted = model.objects.get()

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns(model, 'it')} FROM {model._meta.db_table} it")
        row = cursor.fetchone()
    found = instance(model, row)

    assert len(row) == width(model)
    assert found == wanted
    assert not found._state.adding
    assert [str(value) for value in told(model, found)] == [
        str(value) for value in told(model, wanted)
    ]
    assert [type(value) for value in told(model, found)] == [
        type(value) for value in told(model, wanted)
    ]


def test_what_is_stored_is_what_save_stores(django_assert_num_queries):
    ann = contact("ann")
    values = {"contact": ann, "title": "Soft", "rating": 4, "opinions": {"by": "x", "of": {}}}
    saved = Text(external_id="saved", **values)
    saved.save()
    stored = Text(external_id="stored", **values)

    with django_assert_num_queries(1):
        store(stored)

    one, other = (Text.objects.get(external_id=name) for name in ("saved", "stored"))
    assert not stored._state.adding
    assert one.status == other.status == "new"
    for field in Text._meta.concrete_fields:
        if field.name not in ("id", "external_id", "occurred_at"):
            assert getattr(one, field.attname) == getattr(other, field.attname), field.name


def test_a_conversation_and_a_message_are_stored_with_their_keys_and_vectors():
    base = KnowledgeBase.objects.create(key="help", name="Help")
    talk = Conversation(base=base, unit_id="ann")
    vector = np.linspace(-1, 1, 384, dtype=np.float32)
    message = Message(
        conversation=talk, role="assistant", text="Hi", sources=[{"number": 1}], vector=vector
    )

    store(talk)
    store(message)

    kept = talk.messages.get()
    assert (kept.pk, kept.sources) == (message.pk, [{"number": 1}])
    assert np.allclose(kept.vector, vector, atol=1e-6)
    assert kept.said_at is not None


def test_a_conversation_comes_with_its_base_in_one_query(django_assert_num_queries):
    base = KnowledgeBase.objects.create(
        key="help", name="Help", allowed_origins=["https://shop.example"], own_sentences={"en": {}}
    )
    talk = Conversation.objects.create(base=base, unit_id="ann")
    wanted = Conversation.objects.select_related("base").get()

    with django_assert_num_queries(1):
        found = conversation_of(talk.pk)
        assert told(Conversation, found) == told(Conversation, wanted)
        assert told(KnowledgeBase, found.base) == told(KnowledgeBase, wanted.base)


def test_a_conversation_that_is_not_there_is_none():
    assert conversation_of("6f1c1f6e-51ba-4b51-8d0b-3e6f8b6a2a55") is None
