from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import Offer
from catalog.selectors import margin_of, offer_state, offers_current, price_of, reduced_price
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def on_sale(**given):
    return make.product(
        price=Decimal("79.00"),
        **{"sale_price": Decimal("59.00"), "cost": Decimal("40.00"), **given},
    )


@pytest.mark.parametrize(
    ("starts", "ends", "amount"),
    [
        (None, None, "59.00"),
        (NOW - DAY, NOW + DAY, "59.00"),
        (NOW, None, "59.00"),
        (None, NOW, "79.00"),
        (NOW + DAY, None, "79.00"),
        (NOW - 2 * DAY, NOW - DAY, "79.00"),
    ],
)
def test_the_sale_price_holds_while_the_sale_runs(starts, ends, amount):
    price = price_of(on_sale(sale_starts_at=starts, sale_ends_at=ends), NOW)
    assert price.amount == Decimal(amount)
    assert price.is_sale is (amount == "59.00")
    assert str(price) == f"{amount} EUR"


def test_a_sale_never_makes_a_thing_dearer():
    assert price_of(on_sale(sale_price=Decimal("99.00")), NOW).amount == Decimal("79.00")


def test_without_a_price_there_is_none_to_mention():
    assert price_of(make.product(price=None), NOW) is None


def test_the_margin_is_of_what_it_costs_now():
    assert margin_of(on_sale(), NOW) == Decimal(19) / Decimal(59)
    assert margin_of(make.product(cost=None), NOW) is None
    assert margin_of(make.product(price=Decimal(0), cost=Decimal(1)), NOW) is None


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, "running"),
        ({"is_active": False}, "off"),
        ({"starts_at": NOW + DAY}, "not yet"),
        ({"starts_at": NOW - 2 * DAY, "ends_at": NOW}, "over"),
        ({"budget": Decimal(100), "spent": Decimal(100)}, "budget used up"),
        ({"budget": Decimal(100), "spent": Decimal("99.99")}, "running"),
    ],
)
def test_current_offers_are_those_that_run(given, state):
    offer = make.offer(**{"starts_at": NOW - DAY, **given})
    assert offer_state(offer, NOW) == state
    assert (offer in offers_current(NOW)) is (state == "running")


def percent_off(**given):
    return make.offer(kind=Offer.Kind.PERCENT, percent=Decimal(15), **given)


def test_a_percentage_is_taken_off_to_the_cent():
    price = reduced_price(make.product(price=Decimal("79.99")), percent_off(), NOW)
    assert price.amount == Decimal("67.99")
    assert price.regular == Decimal("79.99")


def test_an_amount_never_takes_more_than_there_is():
    offer = make.offer(kind=Offer.Kind.AMOUNT, amount=Decimal(100))
    assert reduced_price(make.product(), offer, NOW).amount == Decimal(0)


def test_an_offer_holds_for_what_it_names():
    dress, coat = make.product(category="Dresses"), make.product(category="Coats")
    assert reduced_price(coat, percent_off(categories=["Dresses"]), NOW) is None
    assert reduced_price(dress, percent_off(categories=["Dresses"]), NOW) is not None
    named = percent_off()
    named.products.add(coat)
    assert reduced_price(coat, named, NOW) is not None
    assert reduced_price(dress, named, NOW) is None


@pytest.mark.parametrize(("cost", "holds"), [("50.00", True), ("54.00", False), (None, False)])
def test_an_offer_leaves_the_margin_it_has_to(cost, holds):
    """15 % off 79.00 is 67.15; a quarter of that has to be left."""
    product = make.product(cost=cost and Decimal(cost))
    found = reduced_price(product, percent_off(least_margin=Decimal("0.25")), NOW)
    assert (found is not None) is holds


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "percent"},
        {"kind": "percent", "percent": Decimal(0)},
        {"kind": "percent", "percent": Decimal(101)},
        {"kind": "other", "percent": Decimal(10)},
        {"kind": "amount"},
        {"kind": "gift", "amount": Decimal(10)},
        {"least_margin": Decimal(1)},
    ],
)
def test_numbers_that_make_no_offer_are_refused_by_the_database(given):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.offer(**given)


def test_words_may_not_contradict_the_number():
    with pytest.raises(ValidationError, match="The text says 20%, the offer 15%"):
        Offer(name="x", text="20% off", kind="percent", percent=Decimal(15)).full_clean()
    Offer(name="x", text="15% off", kind="percent", percent=Decimal(15), starts_at=NOW).full_clean()
