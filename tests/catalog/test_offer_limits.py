"""Whom an offer is for, and how often it was used, as the log of orders says."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from catalog.models import Offer, Product
from catalog.offer_limits import OfferLimits, limits_in_words, who_may_not
from catalog.selectors import reduced_price
from events.incoming import IncomingEvent
from events.services import events_store
from tests.factories.audience import NOON

TEN = {"name": "Ten", "text": "10% off", "code": "TEN", "kind": "percent", "percent": 10}


def offer(**fields):
    return Offer(**{**TEN, **fields})


def ordered(unit, number, *, coupon=None, source="shop", days_ago=1, **properties):
    said = {**properties, **({"coupon": coupon} if coupon else {})}
    events_store(
        [
            IncomingEvent(
                message_id=f"{unit}-{number}", kind="track", name="Order Completed", unit_id=unit,
                occurred_at=NOON - timedelta(days=days_ago), value=Decimal(20), properties=said,
                context={},
            )
        ],
        source=source,
    )  # fmt: skip


def refused(units=("ann", "ben"), **fields):
    return who_may_not(OfferLimits.of(offer(**fields)), list(units), now=NOON)


def test_an_offer_for_everybody_has_no_limits():
    assert OfferLimits.of(None) is None
    assert OfferLimits.of(offer()) is None
    # Without a code nobody can tell how often it was used.
    assert OfferLimits.of(offer(code="", uses_per_contact=1)) is None


@pytest.mark.django_db
def test_an_audience_is_who_bought_before_or_who_never_did():
    ordered("ann", 1)
    ordered("ben", 1, days_ago=-1)

    assert refused(audience="new") == {"ann": "offer_for_new"}
    assert refused(audience="returning") == {"ben": "offer_for_returning"}


@pytest.mark.django_db
def test_uses_are_orders_with_the_code_each_counted_once():
    ordered("ann", 1, coupon="ten", order_id="o-1")
    # Another tool tells of the same order.
    ordered("ann", 1, coupon="TEN", order_id="o-1", source="till")
    ordered("ann", 2, coupon="OTHER")
    ordered("ben", 1, coupon="TEN")
    ordered("ben", 2, coupon="TEN")

    assert refused(uses_per_contact=1) == {"ann": "offer_used_up", "ben": "offer_used_up"}
    assert refused(uses_per_contact=2) == {"ben": "offer_used_up"}
    assert refused(uses_per_contact=3) == {}


@pytest.mark.django_db(transaction=True)
def test_orders_told_of_at_the_same_moment_are_all_counted_and_none_twice():
    def tell(number):
        try:
            ordered("ann", number, coupon="TEN")
        finally:
            connection.close()

    # Each of four orders is told of by three threads.
    threads = [threading.Thread(target=tell, args=[number % 4]) for number in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)

    assert refused(["ann"], uses_per_contact=4) == {"ann": "offer_used_up"}
    assert refused(["ann"], uses_per_contact=5) == {}


@pytest.mark.django_db
def test_a_product_below_the_minimum_spend_has_no_reduced_price():
    kept = Offer.objects.create(**TEN, minimum_spend=Decimal(50), starts_at=NOON)
    dear, cheap = (
        Product.objects.create(external_id=name, title=name, price=price, currency="EUR")
        for name, price in (("dear", Decimal(50)), ("cheap", Decimal("49.99")))
    )

    assert reduced_price(dear, kept, NOON).amount == Decimal(45)
    assert reduced_price(cheap, kept, NOON) is None


def test_limits_are_said_in_words():
    said = limits_in_words(
        offer(minimum_spend=Decimal("50.00"), audience="new", uses_per_contact=1)
    )

    assert said == "Minimum spend 50. For first orders only. Can be used once per person."
    assert limits_in_words(offer()) == ""
