"""Aspects, order numbers, money, and what leans on what was said."""

from __future__ import annotations

import pytest

from assistant.answering.followups import leans, rewritten
from assistant.understanding.aspects import Aspect, aspects_of
from assistant.understanding.describing import described
from assistant.understanding.examples import is_kept, read_examples
from assistant.understanding.orders import check_pattern, order_numbers, states_money
from core.errors import InputRefused

PRICE, STOCK, OPTIONS, RECOMMEND = Aspect


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What does the Alma dress cost?", {PRICE}),
        ("how much for the coat", {PRICE}),
        ("Is the coat sold out?", {STOCK}),
        ("Do you still have the Alma?", {STOCK}),
        ("Do you have it in M?", {STOCK, OPTIONS}),
        ("Which colours are there?", {OPTIONS}),
        ("what would go with the Alma dress", {RECOMMEND}),
        ("Can you recommend a gift for my mother?", {RECOMMEND}),
        ("How much is delivery?", set()),
        ("What does it cost to return a coat?", set()),
        ("Do you have a size chart?", set()),
        ("Where are you?", set()),
        ("Was kostet das Alma-Kleid?", {PRICE}),
        ("Wie viel kostet der Versand?", set()),
        ("Ist der Mantel noch lieferbar?", {STOCK}),
        ("In welchen Größen gibt es das Kleid?", {OPTIONS}),
        ("Was passt gut zum Alma-Kleid?", {RECOMMEND}),
        ("Können Sie mir ein Geschenk empfehlen?", {RECOMMEND}),
        ("Combien coûte la robe Alma ?", {PRICE}),
        ("Combien de temps prend la livraison ?", set()),
        ("La robe Alma est-elle encore disponible ?", {STOCK}),
        ("¿Cuánto cuesta el vestido Alma?", {PRICE}),
        ("¿Cuánto tarda el envío?", set()),
        ("¿Qué tallas hay?", {OPTIONS}),
        ("Quanto costa il vestito Alma?", {PRICE}),
        ("Avete ancora il cappotto Ida?", {STOCK}),
        ("Wat kost de jurk Alma?", {PRICE}),
        ("Wat kost verzending?", set()),
        ("Hvad koster Alma-kjolen?", {PRICE}),
        ("Er kjolen på lager?", {STOCK}),
        ("Hva koster kjolen, og hvilke farger finnes?", {PRICE, OPTIONS}),
        ("Vad kostar klänningen?", {PRICE}),
        ("Finns klänningen i lager?", {STOCK}),
        ("Ile kosztuje sukienka Alma?", {PRICE}),
        ("Ile kosztuje dostawa?", set()),
        ("Quanto custa o vestido Alma?", {PRICE}),
        ("O vestido está esgotado?", {STOCK}),
        ("I was told about the environment and custard", set()),
    ],
)
def test_what_of_a_product_is_asked(text, wanted):
    assert aspects_of(text) == wanted


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Where is order 10023?", ["10023"]),
        ("my order number is SE-44710", ["SE-44710"]),
        ("#4471 and #4472, and #4471 again", ["4471", "4472"]),
        ("I ordered 2 dresses", []),
        ("In 2024 I paid 100000", []),
    ],
)
def test_order_numbers(text, numbers):
    assert order_numbers(text) == numbers


def test_a_pattern_of_the_shops_own_gives_its_group_or_all_of_it():
    assert order_numbers("it is AB-123/X", r"AB-(\d{3})/X") == ["123"]
    assert order_numbers("it is ab-123", r"AB-\d{3}") == ["ab-123"]


def test_a_pattern_that_takes_for_ever_finds_nothing():
    assert order_numbers("a" * 900 + "!", r"(a|aa)+$") == []


@pytest.mark.parametrize("pattern", ["(", "[a", r"\d*"])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(InputRefused):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("sentence", "is_money"),
    [
        ("It costs €49.", True),
        ("It costs 49,90 EUR.", True),
        ("Now 1 290 kronor.", True),
        ("USD 12 a month", True),
        ("It takes 4 days.", False),
        ("Size 38 fits best.", False),
    ],
)
def test_an_amount_of_money_is_seen(sentence, is_money):
    assert states_money(sentence) is is_money


@pytest.mark.parametrize(
    ("text", "is_leaning"),
    [
        ("and in red?", True),
        ("What about the ones that you send with the express courier?", True),
        ("is it washable?", True),
        ("without the belt?", True),
        ("why?", True),
        ("Und nach Norwegen?", True),
        ("et pour la Norvège ?", True),
        ("Eine Jacke in Rot bitte", False),
        (
            "And what do I have to do if I ordered the wrong size and cut off the label already?",
            False,
        ),
        ("How long does delivery take?", False),
        ("Where can I see my invoices?", False),
        ("Is it possible to pay by invoice?", False),
    ],
)
def test_what_leans(text, is_leaning):
    assert leans(text) is is_leaning


def test_a_topic_does_not_grow_with_every_question():
    looked_for = "How long does delivery take?"
    for question in ("And to Norway?", "and Sweden?", "what about express?", "why?"):
        looked_for = rewritten(question, looked_for)
    assert looked_for == "How long does delivery take? why?"


def test_examples_are_read_once_and_refused_where_they_are_no_questions():
    assert read_examples(" thanks \r\n\r\nthanks\nthank  you") == ["thanks", "thank you"]
    for written in ("x" * 301, "\n".join(map(str, range(2_001)))):
        with pytest.raises(InputRefused):
            read_examples(written)


def test_a_fifth_of_examples_is_kept_whatever_their_case():
    texts = [f"example {number}" for number in range(2_000)]
    assert 340 < sum(map(is_kept, texts)) < 460
    assert [is_kept(text.upper()) for text in texts] == [is_kept(text) for text in texts]


def test_a_product_is_described_without_what_passes():
    text = described(
        "Alma",
        description="Wide. Was $99, now $49! Lined.",
        attributes={"stock_level": 3, "care": "wash cold", "unit_cost": "5", "empty": ""},
    )
    assert text == "# Alma\n\nWide. Lined.\n\n## Details\n\n- Care: wash cold\n"


def test_a_name_alone_is_a_document():
    assert described("Alma") == "# Alma\n\nAlma.\n"
