"""Questions in other languages, questions that lean on others, and recommendations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.models import Message
from assistant.services import conversation_hand_over, conversation_start, message_answer
from catalog.services import products_encode, recommenders_fit
from events.models import Event
from inference.encoders import text_encoder
from privacy.models import ConsentPurpose
from privacy.services.permissions import consent_record
from tests.factories import assistant as make
from tests.factories import audience as people
from tests.factories import catalog as shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DELIVERY = b"""question,answer
How long does delivery take?,Delivery takes two days at home.
How long does delivery to Norway take?,Parcels to Norway take four days.
How long does delivery to Sweden take?,Parcels to Sweden take three days.
How can I pay?,You can pay by card and by invoice.
Can I pay by instalments?,You can pay in three instalments.
"""


@pytest.fixture
def base():
    base = make.knowledge_base()
    make.read(base, {"faq.csv": DELIVERY}, now=NOW, encoder=text_encoder())
    return base


def talked(base, *texts, unit_id=""):
    conversation = conversation_start(base, now=NOW, unit_id=unit_id)
    return [
        message_answer(conversation, text, now=NOW + timedelta(seconds=at))
        for at, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [
        ("Wie lange dauert der Versand nach Norwegen?", "de", "Was ich weiß"),
        ("Combien de temps prend la livraison en Norvège ?", "fr", "Ce que je sais"),
        ("Hur lång tid tar leveransen till Norge, och vad kostar den?", "sv", "Det jag vet"),
    ],
)
def test_a_question_in_another_language_is_told_so_and_not_answered(base, text, language, begins):
    [answer] = talked(base, text)
    assert (answer.language, answer.outcome) == (language, Message.Outcome.NO_EVIDENCE)
    assert answer.text.startswith(begins)
    assert "What I know is written in English" in answer.text
    assert answer.sources == []


def test_a_question_in_the_language_of_the_documents_is_answered(base):
    [answer] = talked(base, "How many days does a parcel to Norway take until it is here?")
    assert (answer.language, answer.text) == ("en", "Parcels to Norway take four days.")


def test_documents_in_german_answer_german_questions():
    base = make.knowledge_base(language="german")
    lines = "question,answer\nWie lange dauert der Versand?,Der Versand dauert zwei Tage.\n"
    make.read(base, {"faq.csv": lines.encode()}, now=NOW, encoder=text_encoder())
    [own, other] = talked(
        base, "Wie lange dauert der Versand?", "How long will the delivery of my things take?"
    )
    assert own.text == "Der Versand dauert zwei Tage."
    assert "written in German" in other.text


def test_questions_go_on_from_the_one_that_stood_alone(base):
    *_, norway, sweden, pay = talked(
        base,
        "How long does delivery take?",
        "And to Norway?",
        "what about Sweden?",
        "Can I pay by invoice?",
    )
    assert norway.text == "Parcels to Norway take four days."
    assert sweden.looked_for == "How long does delivery take? what about Sweden?"
    assert sweden.text == "Parcels to Sweden take three days."
    assert pay.looked_for == "Can I pay by invoice?"


@pytest.fixture
def shelf():
    """Who bought a tent bought a stove; lamps are what most people bought."""
    products = {
        name: shop.product(title=f"{name} {number}", category=name, description=words)
        for number, (name, words) in enumerate(
            {
                "Tent": "A tent for two for camping in the mountains",
                "Stove": "A gas stove to cook outdoors",
                "Lamp": "A reading lamp for the desk",
                "Scarf": "A warm woollen scarf for winter",
                "Vase": "A glass vase for flowers",
            }.items()
        )
    }
    baskets = [("Tent", "Stove")] * 8 + [("Lamp", "Vase")] * 12 + [("Lamp", "Scarf")] * 4
    for number, basket in enumerate(baskets):
        for day, name in enumerate(basket):
            bought(f"buyer-{number}", products[name], days=9 - day)
    products_encode(encoder=text_encoder())
    recommenders_fit(now=NOW, rng=np.random.default_rng(0))
    return products


def bought(unit, product, *, days):
    Event.objects.create(
        unit_id=unit,
        name="Order Completed",
        occurred_at=NOW - timedelta(days=days),
        source="tests",
        kind=Event.Kind.TRACK,
        message_id=f"{unit}-{product.pk}",
        properties={"products": [{"product_id": product.external_id}]},
    )


def shown(answer):
    return [source["document"] for source in answer.sources]


def test_what_goes_with_a_product_is_what_others_had_with_it(base, shelf):
    [answer] = talked(base, f"What goes with the {shelf['Tent'].title}?")
    assert answer.text.startswith(f"Beside {shelf['Tent'].title} I would show you:")
    assert shown(answer)[0] == shelf["Stove"].title
    assert shelf["Tent"].title not in shown(answer)
    assert {source["kind"] for source in answer.sources} == {"catalog"}


def test_without_anything_to_go_by_it_is_what_is_popular_and_says_so(base, shelf):
    [answer] = talked(base, "What do you recommend?")
    assert answer.text.startswith("I would show you what others like these weeks:")
    assert shown(answer)[0] == shelf["Lamp"].title


def test_what_somebody_asks_for_in_words_is_looked_for_by_meaning(base, shelf):
    [answer] = talked(base, "Can you recommend something warm against the winter cold?")
    assert answer.text.startswith("Going by what you wrote just now")
    assert shown(answer)[0] == shelf["Scarf"].title


@pytest.mark.parametrize(
    ("page", "begins", "reason"),
    [
        ("en", "I would show you what others like", ", popular these weeks."),
        ("de", "Ich würde Ihnen zeigen, was anderen", ", in diesen Wochen beliebt."),
    ],
)
def test_the_reason_is_said_in_the_visitors_language(base, shelf, page, begins, reason):
    conversation = conversation_start(base, now=NOW)
    question = {"en": "What do you recommend?", "de": "Was empfehlen Sie?"}[page]
    answer = message_answer(conversation, question, now=NOW, page_language=page)
    assert answer.text.startswith(begins)
    assert answer.sentences[1]["text"].endswith(reason)


def test_what_somebody_bought_is_the_reason_in_their_language(base, shelf):
    contact = people.contact()
    bought(contact.external_id, shelf["Tent"], days=2)
    for purpose in (ConsentPurpose.PROFILING, ConsentPurpose.ASSISTANT):
        said(contact, purpose, is_given=True)
    conversation = conversation_start(base, now=NOW, unit_id=contact.external_id)
    answer = message_answer(
        conversation, "Was können Sie mir bitte empfehlen?", now=NOW, page_language="de"
    )
    assert answer.sentences[1]["text"].endswith(f", weil Sie {shelf['Tent'].title} gekauft haben.")


def said(contact, purpose, *, is_given, at=NOW):
    consent_record(
        contact.subject_id, purpose=purpose, is_given=is_given, occurred_at=at, source="tests"
    )


def test_what_somebody_bought_counts_only_with_their_consent(base, shelf):
    contact = people.contact()
    bought(contact.external_id, shelf["Tent"], days=2)

    def asked():
        [answer] = talked(base, "What do you recommend?", unit_id=contact.external_id)
        return answer.text.split(":")[0], shown(answer)[0]

    for purpose in (ConsentPurpose.PROFILING, ConsentPurpose.ASSISTANT):
        said(contact, purpose, is_given=True)
    assert asked() == (
        "Going by what you bought and looked at, I would show you",
        shelf["Stove"].title,
    )
    said(contact, ConsentPurpose.PROFILING, is_given=False, at=NOW + timedelta(hours=1))
    assert asked() == ("I would show you what others like these weeks", shelf["Lamp"].title)


def test_a_written_question_that_is_near_is_asked_about_and_answered_once_it_is_meant():
    base = make.knowledge_base()
    lines = (
        "question,answer\nHow do I change my delivery address?,Write to us.\n"
        "How do I reset my password?,Follow the link.\n"
    )
    make.read(base, {"faq.csv": lines.encode()}, now=NOW, encoder=text_encoder())
    asked, chosen = talked(base, "change of address or reset of password", "the password one")
    assert asked.outcome == Message.Outcome.CLARIFY
    assert "How do I reset my password?" in [one["label"] for one in asked.choices]
    assert chosen.text == "Follow the link."


def test_two_answers_to_one_question_do_not_stand_in_each_others_way():
    base = make.knowledge_base()
    lines = (
        "question,answer\nHow do I wash a woollen jumper?,By hand in cold water.\n"
        "How do I wash a woollen jumper?,Lay it flat to dry.\nDo you ship to Norway?,Yes.\n"
    )
    make.read(base, {"faq.csv": lines.encode()}, now=NOW, encoder=text_encoder())
    [answer] = talked(base, "washing my wool sweater")
    assert answer.outcome == Message.Outcome.ANSWERED
    assert answer.sources[0]["heading"] == "How do I wash a woollen jumper?"


def test_what_the_house_says_is_in_the_language_that_was_last_seen():
    base = make.knowledge_base(language="german")
    nothing = "question,answer\nWie lange dauert der Versand?,Der Versand dauert zwei Tage.\n"
    make.read(base, {"faq.csv": nothing.encode()}, now=NOW, encoder=text_encoder())
    german, short = talked(base, "Haben Sie auch Gutscheine für Massagen im Angebot?", "Xyzzy?")
    assert german.text.startswith("Dazu habe ich in dem, was ich weiß, nichts gefunden.")
    assert (short.language, short.text) == ("", german.text)


def test_a_question_too_short_to_tell_is_answered_in_the_language_of_its_page(base):
    def told(text, page):
        conversation = conversation_start(base, now=NOW)
        return message_answer(conversation, text, now=NOW, page_language=page).text

    assert told("Xyzzy?", "fr-CH").startswith("Je n’ai rien trouvé")
    assert told("Xyzzy?", "").startswith("I found nothing")
    assert told("Do you sell vouchers for a massage at home?", "fr").startswith("I found nothing")


def test_a_question_back_and_the_way_to_a_person_are_in_the_visitors_language(base):
    for title in ("Linen shirt A", "Linen shirt B"):
        shop.product(title=title)
    conversation = conversation_start(base, now=NOW)
    asked = message_answer(conversation, "price shirt", now=NOW, page_language="de")
    assert (asked.outcome, asked.text) == (
        Message.Outcome.CLARIFY,
        "Meinen Sie „Linen shirt A“ oder „Linen shirt B“?",
    )
    later = NOW + timedelta(seconds=1)
    waiting = conversation_hand_over(conversation, now=later, page_language="de")
    assert waiting.text == "Hier antwortet Ihnen ein Mensch."
