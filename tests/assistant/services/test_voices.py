"""A shop's own sentences: kept by base and language, said in place of ours, refused by name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.services import conversation_hand_over, conversation_start, message_answer
from assistant.services.voices import own_sentences_change, voice_for
from core.errors import InputRefused
from core.models import AuditEntry
from tests.factories import assistant as make
from tests.factories import catalog as shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def base():
    return make.knowledge_base()


def test_a_sentence_of_the_shop_is_said_in_its_language_and_base_only(base, owner):
    own_sentences_change(base, "de", {"said.waiting": "Gleich ist  jemand da."}, actor=owner)
    other = make.knowledge_base()
    conversation = conversation_start(base, now=NOW)
    told = conversation_hand_over(conversation, now=NOW, page_language="de")
    assert told.text == "Gleich ist jemand da."
    assert voice_for(base, "en").say("waiting") == "A person will answer you here."
    assert voice_for(other, "de").say("waiting") == "Hier antwortet Ihnen ein Mensch."


def test_what_the_catalog_says_is_said_in_the_shops_words(base, owner):
    shop.product(title="Alma dress")
    own_sentences_change(base, "en", {"catalog.price": "{title}: {price} only."}, actor=owner)
    answer = message_answer(
        conversation_start(base, now=NOW), "What does the Alma dress cost?", now=NOW
    )
    assert answer.text == "Alma dress: 79.00 EUR only."


def test_an_empty_sentence_or_one_that_is_ours_takes_the_shops_back(base, owner):
    own = {"said.waiting": "Somebody comes.", "chat.title": "Ask us"}
    own_sentences_change(base, "en", own, actor=owner)
    assert base.own_sentences == {
        "en": {"said": {"waiting": "Somebody comes."}, "chat": {"title": "Ask us"}}
    }
    ours = {"said.waiting": "", "chat.title": "How can we help?"}
    own_sentences_change(base, "en", ours, actor=owner)
    base.refresh_from_db()
    assert base.own_sentences == {"en": {}}


def test_two_people_in_two_languages_keep_each_others(base, owner):
    early = type(base).objects.get(pk=base.pk)
    own_sentences_change(base, "en", {"chat.title": "Ask us"}, actor=owner)
    own_sentences_change(early, "de", {"chat.title": "Fragen Sie"}, actor=owner)
    assert set(early.own_sentences) == {"en", "de"}


def test_a_change_is_audited_by_name_and_nothing_changed_is_not(base, owner):
    for _ in range(2):
        own_sentences_change(base, "en", {"chat.title": "Ask us"}, actor=owner)
    [entry] = AuditEntry.objects.filter(action="own_sentences_change")
    assert entry.detail == {"language": "en", "sentences": ["chat.title"]}


@pytest.mark.parametrize(
    ("language", "said", "field"),
    [
        ("xx", {}, "language"),
        ("en", {"said.nothing": "No."}, "said.nothing"),
        ("en", {"languages.de": "German!"}, "languages.de"),
        ("en", {"catalog.price": "{title} is dear."}, "catalog.price"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(base, owner, language, said, field):
    with pytest.raises(InputRefused, match=field) as refused:
        own_sentences_change(base, language, said, actor=owner)
    assert refused.value.field == field
    base.refresh_from_db()
    assert base.own_sentences == {}
