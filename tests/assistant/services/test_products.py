"""Products in questions: what they cost and whether there are any is said live, by no chunk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assistant.models import Chunk, Message
from assistant.services import conversation_start, documents_read, message_answer
from assistant.services.answering import answer
from assistant.services.from_catalog import without_prices
from assistant.services.product_documents import catalog_learn
from assistant.services.understanding import question_understand
from catalog.models import Product
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.factories import catalog as shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PRICES = b"""question,answer
What does the Alma linen dress cost?,"The Alma linen dress costs 99.00 EUR. It is sewn in Porto."
Do you ship to Norway?,"Yes: parcels to Norway take four days and cost 9 EUR."
"""


@pytest.fixture
def products():
    return {
        "alma": shop.product(
            external_id="ALM-1",
            title="Alma linen dress",
            url="https://shop.example/alma",
            stock_quantity=2,
            description="A wide linen dress with pockets and buttons of mother-of-pearl.",
            attributes={"sizes": ["S", "M", "L"], "colour": "white"},
        ),
        "bella": shop.product(external_id="BEL-1", title="Bella linen dress", price=Decimal(89)),
        "ida": shop.product(
            external_id="IDA-1",
            title="Ida wool coat",
            category="Coats",
            price=Decimal("220.00"),
            sale_price=Decimal("180.00"),
            sale_ends_at=NOW + timedelta(days=10),
            in_stock=False,
            availability="backorder",
        ),
    }


@pytest.fixture
def base(products):
    base = make.knowledge_base()
    make.read(
        base, {"faq.csv": PRICES, "returns.md": make.RETURNS}, now=NOW, encoder=text_encoder()
    )
    catalog_learn()
    documents_read(now=NOW, encoder=text_encoder())
    base.refresh_from_db()
    return base


@pytest.fixture
def talk(base):
    conversation = conversation_start(base, now=NOW)
    moments = (NOW + timedelta(seconds=second) for second in range(100))

    def said(text) -> Message:
        return message_answer(conversation, text, now=next(moments))

    return said


def test_a_price_is_said_live_with_the_product_as_its_source(talk):
    answer = talk("How much is the Alma linen dress?")
    assert answer.text == "Alma linen dress costs 79.00 EUR."
    assert answer.sentences == [{"text": answer.text, "sources": [1]}]
    [source] = answer.sources
    assert (source["kind"], source["product"]) == ("catalog", "ALM-1")
    assert source["url"] == "https://shop.example/alma"
    assert datetime.fromisoformat(source["as_of"]) >= NOW


def test_a_price_that_changed_is_said_at_once(talk, products):
    Product.objects.filter(pk=products["alma"].pk).update(price=Decimal("65.50"), in_stock=False)
    answer = talk("What does the Alma dress cost?")
    assert answer.text == "Alma linen dress costs 65.50 EUR. Alma linen dress is sold out."


def test_a_sale_is_said_with_its_end(talk):
    answer = talk("price of the Ida coat please")
    assert answer.text == (
        "Ida wool coat costs 180.00 EUR instead of 220.00 EUR, until 11 May 2026. "
        "Ida wool coat is sold out for now, and more is on its way."
    )


def test_an_offer_for_everybody_is_said_with_its_code(talk, products):
    shop.offer(text="15% off dresses", code="MAY", kind="percent", percent=15)
    answer = talk("How much is the Alma linen dress?")
    assert answer.sentences[1]["text"] == ("15% off dresses: it is 67.15 EUR with the code MAY.")


def test_an_offer_for_some_only_is_not_told_to_everybody(talk):
    shop.offer(kind="percent", percent=15, audience="new")
    assert talk("How much is the Alma linen dress?").text == "Alma linen dress costs 79.00 EUR."


@pytest.mark.parametrize(
    "text", ["How much is the Alna dress?", "is ALM-1 in stock?", "Alma dress, what does it cost?"]
)
def test_a_product_is_known_by_its_code_and_by_a_word_misspelt(talk, products, text):
    answer = talk(text)
    assert answer.entities["products"] == [products["alma"].pk]
    assert {source["kind"] for source in answer.sources} == {"catalog"}


def test_stock_and_sizes_are_said_live(talk):
    assert talk("Is the Alma dress in stock?").text == "Alma linen dress is in stock: 2 are left."
    sizes = talk("What sizes does the Alma dress come in?")
    assert sizes.text == "Alma linen dress comes in the sizes S, M and L."
    assert talk("And in M?").text == sizes.text


def test_what_was_masked_names_no_product(talk):
    shop.product(external_id="CASE", title="Phone case", price=Decimal(15))
    catalog_learn()
    answer = talk("What does it cost when I call +46 70 123 45 67?")
    assert "products" not in answer.entities
    assert talk("And the phone case, what does it cost?").text == "Phone case costs 15.00 EUR."


def test_attributes_and_what_is_asked_of_them_may_be_in_the_shops_language(talk):
    shop.product(title="Mütze Nora", attributes={"Größen": ["S", "M"], "Farbe": "rot"})
    catalog_learn()
    said = talk("In welchen Größen gibt es die Mütze Nora?").text
    assert said == "Mütze Nora gibt es in den Größen S und M."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Was kostet das Alma linen dress?", "Alma linen dress kostet 79,00 EUR."),
        ("Quel est le prix de la robe Alma linen dress ?", "Alma linen dress coûte 79,00 EUR."),
        ("Ile kosztuje sukienka Alma linen dress?", "Alma linen dress kosztuje 79,00 EUR."),
    ],
)
def test_the_catalog_answers_in_the_visitors_language(talk, text, said):
    assert talk(text).text == said


def test_a_size_is_sold_out_only_where_every_variant_with_it_is(base, talk):
    for colour, size, stock in (("red", "S", 0), ("blue", "S", 4), ("red", "M", 0)):
        shop.product(
            title="Nora scarf",
            item_group="nora",
            stock_quantity=stock,
            attributes={"size": size, "colour": colour},
        )
    catalog_learn()
    assert talk("Which sizes does the Nora scarf come in?").text == (
        "Nora scarf comes in the sizes S and M (sold out)."
    )


def test_two_products_about_as_likely_are_asked_about(talk):
    asked = talk("How much is the linen dress?")
    assert asked.outcome == Message.Outcome.CLARIFY
    assert asked.text == "Do you mean “Alma linen dress” or “Bella linen dress”?"
    assert [one["label"] for one in asked.choices] == ["Alma linen dress", "Bella linen dress"]
    first, second = (one["confidence"] for one in asked.entities["candidates"])
    assert 0.5 < second <= first < 1
    assert asked.sources == []


@pytest.mark.parametrize("choice", ["2", "the second one", "Bella", "the Bella one please"])
def test_a_choice_is_taken_by_number_and_by_words(talk, choice):
    talk("How much is the linen dress?")
    assert talk(choice).text == "Bella linen dress costs 89.00 EUR."


def test_nobody_is_asked_back_twice_in_a_row(talk):
    talk("How much is the linen dress?")
    again = talk("the linen dress, how much is it?")
    assert again.outcome == Message.Outcome.ANSWERED
    assert again.text == "Alma linen dress costs 79.00 EUR. Bella linen dress costs 89.00 EUR."


def test_who_asks_something_else_instead_of_choosing_is_answered(talk):
    talk("How much is the linen dress?")
    answer = talk("Do you ship to Norway?")
    assert answer.text.startswith("Yes: parcels to Norway")


def test_it_is_the_product_that_was_talked_about(talk):
    talk("How much is the Alma dress?")
    assert talk("Is it still available?").text == "Alma linen dress is in stock: 2 are left."
    assert talk("Do you ship to Norway?").text.startswith("Yes: parcels to Norway")
    late = talk("and can you tell me whether it is still in stock at the moment?")
    assert late.text == "Alma linen dress is in stock: 2 are left."


def test_another_product_is_asked_the_same(talk):
    talk("How much is the Alma dress?")
    assert talk("and the Bella one?").text == "Bella linen dress costs 89.00 EUR."


def test_in_white_is_the_same_dress_and_no_other_that_is_called_white(base, talk):
    shop.product(title="White shirt", price=20)
    catalog_learn()
    base.refresh_from_db()
    talk("How much is the Alma dress?")
    assert talk("and in white?").text == "Alma linen dress costs 79.00 EUR."
    assert talk("and the Bella linen dress?").text == "Bella linen dress costs 89.00 EUR."


def test_in_red_is_the_variant_in_red(base, talk):
    for colour, price in (("red", 50), ("blue", 55)):
        shop.product(
            title=f"Nora silk scarf {colour}",
            item_group="nora",
            price=Decimal(price),
            attributes={"colour": colour},
        )
    catalog_learn()
    both = talk("How much is the Nora scarf?")
    assert both.text == "Nora silk scarf red costs 50.00 EUR to 55.00 EUR, by variant."
    assert talk("and in blue?").text == "Nora silk scarf blue costs 55.00 EUR."
    assert talk("and in red?").text == "Nora silk scarf red costs 50.00 EUR."


def test_a_price_in_a_document_gives_way_to_the_catalogs(talk):
    """The written answer says 99 EUR; the rest of what it says stays."""
    answer = talk("Where is the Alma linen dress sewn?")
    assert "99" not in answer.text
    assert "It is sewn in Porto." in answer.text
    assert "Alma linen dress costs 79.00 EUR." in answer.text
    assert [source["kind"] for source in answer.sources] == ["catalog", "document"]


def test_a_language_model_is_not_shown_a_price_of_a_product(base):
    asked = question_understand(
        base, "Where is the Alma linen dress sewn?", now=NOW, encoder=text_encoder()
    )
    said = answer(base, asked.said, now=NOW)
    assert any("99.00" in one.body for one in said.passages)
    [shown] = without_prices(asked, said)
    assert shown.body == "It is sewn in Porto."


def test_a_price_that_is_no_products_stays(talk):
    assert "cost 9 EUR" in talk("How much is a parcel to Norway?").text


def test_what_the_shop_says_of_a_product_is_found_without_prices(base, talk, products):
    answer = talk("Which dress has buttons of mother-of-pearl?")
    assert "mother-of-pearl" in answer.text
    assert answer.sources[0]["document"] == "Alma linen dress"
    bodies = " ".join(
        Chunk.objects.filter(document__product=products["alma"]).values_list("body", flat=True)
    )
    assert "79" not in bodies


def test_products_are_learnt_again_only_where_their_words_changed(base, products):
    assert catalog_learn() == 0
    Product.objects.filter(pk=products["alma"].pk).update(price=Decimal(1), in_stock=False)
    assert catalog_learn() == 0
    Product.objects.filter(pk=products["alma"].pk).update(title="Alma cotton dress")
    assert catalog_learn() == 1
    assert base.documents.get(product=products["alma"]).status == "waiting"


def test_more_products_take_no_more_queries(django_assert_max_num_queries):
    make.knowledge_base()
    for number in range(60):
        shop.product(title=f"Dress {number}")
    with django_assert_max_num_queries(25):
        assert catalog_learn() == 60
    with django_assert_max_num_queries(4):
        assert catalog_learn() == 0


def test_a_product_that_is_gone_is_gone_from_the_base(base, talk, products):
    products["ida"].delete()
    assert not base.documents.filter(title="Ida wool coat").exists()
    answer = talk("Is the Ida coat in stock?")
    assert "Ida" not in answer.text
    assert "catalog" not in [source["kind"] for source in answer.sources]


def test_a_base_without_the_catalog_answers_from_documents_alone(products):
    base = make.knowledge_base(answers_from_catalog=False)
    make.read(base, {"faq.csv": PRICES}, now=NOW, encoder=text_encoder())
    assert catalog_learn() == 0
    answer = message_answer(
        conversation_start(base, now=NOW), "What does the Alma linen dress cost?", now=NOW
    )
    assert "99.00 EUR" in answer.text


def test_a_product_that_is_described_and_not_named_is_guessed_aloud(base, talk):
    from catalog.services import products_encode

    shop.product(
        title="Swift 3", category="Shoes", description="Light shoes for marathon and trail"
    )
    products_encode(encoder=text_encoder())
    asked = talk("do you have anything for jogging in stock?")
    assert (asked.outcome, asked.text) == (Message.Outcome.CLARIFY, "Do you mean “Swift 3”?")
    assert talk("yes").text == "Swift 3 is in stock."


def test_order_numbers_are_kept_as_the_shop_writes_them(base, talk):
    assert talk("Where is my order 10023?").entities["orders"] == ["10023"]
    base.order_pattern = r"SE-\d{4}"
    base.save()
    other = message_answer(conversation_start(base, now=NOW), "what about SE-4711?", now=NOW)
    assert other.entities["orders"] == ["SE-4711"]
