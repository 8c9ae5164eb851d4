"""What the catalog says of a product, word for word in each language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assistant.understanding.aspects import Aspect
from assistant.understanding.facts import Facts, Offered, sentences_about
from assistant.understanding.speaking import LANGUAGES, Voice

SALE = Facts(
    "Alma",
    Decimal("1180"),
    "EUR",
    regular=Decimal("1290.5"),
    sale_ends_at=datetime(2026, 5, 1, tzinfo=UTC),
    quantity=2,
    options={"size": {"S": True, "M": False, "L": True}, "colour": {"X": True}},
)


def told(facts, *aspects, language):
    # Numbers are grouped by spaces that do not break.
    said = sentences_about(facts, aspects, Voice(language))
    return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in said]


@pytest.mark.parametrize(
    ("language", "sale", "left"),
    [
        ("en", "Alma costs 1,180.00 EUR instead of 1,290.50 EUR, until 1 May 2026.",
         "Alma is in stock: 2 are left."),
        ("de", "Alma kostet 1.180,00 EUR statt 1.290,50 EUR, gültig bis zum 1. Mai 2026.",
         "Alma ist auf Lager: Es sind noch 2 Stück da."),
        ("fr", "Alma coûte 1 180,00 EUR au lieu de 1 290,50 EUR, jusqu’au 1 mai 2026.",
         "Alma est en stock : il en reste 2."),
        ("es", "Alma cuesta 1.180,00 EUR en lugar de 1.290,50 EUR, hasta el 1 de mayo de 2026.",
         "Hay existencias de Alma: quedan 2 unidades."),
        ("it", "Alma costa 1.180,00 EUR invece di 1.290,50 EUR; fine dell’offerta: 1 maggio 2026.",
         "Alma è disponibile: ne restano 2."),
        ("nl", "Alma kost 1.180,00 EUR in plaats van 1.290,50 EUR, tot 1 mei 2026.",
         "Alma is op voorraad: er zijn er nog 2."),
        ("da", "Alma koster 1.180,00 EUR i stedet for 1.290,50 EUR indtil den 1. maj 2026.",
         "Alma er på lager: Der er 2 tilbage."),
        ("no", "Alma koster 1 180,00 EUR i stedet for 1 290,50 EUR, fram til 1. mai 2026.",
         "Alma er på lager: Det er 2 igjen."),
        ("sv", "Alma kostar 1 180,00 EUR i stället för 1 290,50 EUR, fram till den 1 maj 2026.",
         "Alma finns i lager: 2 kvar."),
        ("pl", "Alma kosztuje 1 180,00 EUR zamiast 1 290,50 EUR, do 1 maja 2026.",
         "Produkt Alma jest dostępny: zostały 2 sztuki."),
        ("pt", "Alma custa 1 180,00 EUR em vez de 1 290,50 EUR, até 1 de maio de 2026.",
         "Alma está em stock: restam 2."),
    ],
)  # fmt: skip
def test_a_sale_and_what_is_left(language, sale, left):
    assert told(SALE, Aspect.PRICE, Aspect.STOCK, language=language) == [sale, left]


@pytest.mark.parametrize(
    ("language", "sizes", "colour"),
    [
        ("en", "Alma comes in the sizes S, M (sold out) and L.", "Alma comes in the colour X."),
        ("de", "Alma gibt es in den Größen S, M (ausverkauft) und L.",
         "Alma gibt es in der Farbe X."),
        ("pl", "Produkt Alma występuje w rozmiarach S, M (brak w magazynie) i L.",
         "Produkt Alma występuje w kolorze: X."),
        ("es", "Alma viene en las tallas S, M (sin existencias) y L.", "Alma viene en el color X."),
    ],
)  # fmt: skip
def test_what_it_comes_in(language, sizes, colour):
    assert told(SALE, Aspect.OPTIONS, language=language) == [sizes, colour]


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (Offered("15 % auf Kleider.", Decimal("67.15")), "15 % auf Kleider: Sie zahlen 67,15 EUR."),
        (Offered("15 %", Decimal("67.15"), code="MAI"),
         "15 %: Mit dem Code MAI zahlen Sie 67,15 EUR."),
        (Offered("15 %", Decimal("67.15"), least_spend=Decimal(50), terms="Nur online."),
         "15 %: Sie zahlen 67,15 EUR (ab einem Bestellwert von 50,00 EUR; Nur online)."),
        (Offered("15 %", Decimal("67.15"), code="MAI", terms="nur online"),
         "15 %: Mit dem Code MAI zahlen Sie 67,15 EUR (nur online)."),
    ],
)  # fmt: skip
def test_an_offer_with_what_it_asks_for(offer, said):
    facts = Facts("Alma", Decimal(79), "EUR", offer=offer)
    assert told(facts, Aspect.PRICE, language="de") == ["Alma kostet 79,00 EUR.", said]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_of_a_product_is_said_with_its_name_and_nothing_left_open(language):
    dear = Facts("Alma", Decimal(79), "EUR", up_to=Decimal(99))
    gone = [Facts("Alma", None, in_stock=False, availability=one) for one in LATER_AND_NEVER]
    said = [text for one in (dear, *gone) for text in told(one, *Aspect, language=language)]
    assert len(said) == len(set(said)) + 2  # That there is no price, three times.
    assert all("Alma" in text and "{" not in text for text in said)


LATER_AND_NEVER = ("preorder", "backorder", "")


def test_a_currency_without_cents_has_none():
    assert told(Facts("Alma", Decimal(12900), "JPY"), Aspect.PRICE, language="en") == [
        "Alma costs 12,900 JPY."
    ]
