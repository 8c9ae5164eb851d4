"""What a product costs, whether there is any, what it comes in: each as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assistant.understanding.aspects import Aspect
from assistant.understanding.speaking import Voice

# So few that it is worth saying how many.
FEW = 5
# Why a product that cannot be had now may be had later.
LATER = frozenset({"preorder", "backorder"})


@dataclass(frozen=True, slots=True)
class Offered:
    """What an offer makes of a price.

    Attributes:
        text: As a person reads it.
        amount: What the product then costs.
        code: What has to be given; empty: nothing.
        least_spend: What an order has to come to; None: anything.
        terms: What else has to hold.
    """

    text: str
    amount: Decimal
    code: str = ""
    least_spend: Decimal | None = None
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A product at a moment.

    Attributes:
        title: Its name.
        amount: What it costs now; None where the shop names no price.
        currency: Three letters.
        up_to: What the dearest of several variants costs.
        regular: What it costs without a sale.
        sale_ends_at: When a sale that runs is over.
        in_stock: Whether it can be bought.
        availability: In the words of `Product.Availability`; empty: not said.
        quantity: How many there are; None: not known.
        options: By name (`size`, `colour`, `material`, `length`) its values, and whether each can
            be bought.
        offer: The best offer that holds for everybody.
    """

    title: str
    amount: Decimal | None
    currency: str = ""
    up_to: Decimal | None = None
    regular: Decimal | None = None
    sale_ends_at: datetime | None = None
    in_stock: bool = True
    availability: str = ""
    quantity: int | None = None
    options: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    offer: Offered | None = None


def sentences_about(facts: Facts, aspects: Iterable[Aspect], voice: Voice) -> list[str]:
    """What is asked of a product, a sentence each.

    >>> dress = Facts("Alma dress", Decimal("79.00"), "EUR", in_stock=True, quantity=2)
    >>> sentences_about(dress, [Aspect.PRICE, Aspect.STOCK], Voice())
    ['Alma dress costs 79.00 EUR.', 'Alma dress is in stock: 2 are left.']
    >>> sentences_about(Facts("Alma dress", None, in_stock=False), [Aspect.PRICE], Voice("de"))
    ['Für Alma dress nennt der Shop zurzeit keinen Preis.', 'Alma dress ist ausverkauft.']
    """
    wanted = set(aspects)
    said: list[str] = []
    if Aspect.PRICE in wanted:
        said += _prices(facts, voice)
    # Who asks what a thing costs wants to know as well that there is none.
    if Aspect.STOCK in wanted or not facts.in_stock:
        said.append(_stock(facts, voice))
    if Aspect.OPTIONS in wanted:
        said += [_option(facts.title, *option, voice) for option in facts.options.items()]
    return said


def _prices(facts: Facts, voice: Voice) -> list[str]:
    amount = facts.amount
    if amount is None:
        return [voice.say_of_product("no_price", title=facts.title)]
    said = {"title": facts.title, "price": voice.money(amount, facts.currency)}
    if facts.up_to is not None and facts.up_to > amount:
        name, said["most"] = "price_by_variant", voice.money(facts.up_to, facts.currency)
    elif facts.regular is not None and amount < facts.regular:
        name, said["regular"] = "price_sale", voice.money(facts.regular, facts.currency)
        if facts.sale_ends_at:
            name, said["date"] = "price_sale_until", voice.date(facts.sale_ends_at)
    else:
        name = "price"
    price = voice.say_of_product(name, **said)
    return [price, _offer(facts, facts.offer, voice)] if facts.offer else [price]


def _offer(facts: Facts, offer: Offered, voice: Voice) -> str:
    terms = [offer.terms.rstrip(".")] if offer.terms else []
    if offer.least_spend:
        amount = voice.money(offer.least_spend, facts.currency)
        terms.insert(0, voice.say_of_product("offer_spend", amount=amount))
    said = {
        "offer": offer.text.rstrip("."),
        "price": voice.money(offer.amount, facts.currency),
        "code": offer.code,
        "terms": "; ".join(terms),
    }
    name = "_".join(["offer", *(part for part in ("code", "terms") if said[part])])
    return voice.say_of_product(name, **said)


def _stock(facts: Facts, voice: Voice) -> str:
    if not facts.in_stock:
        later = facts.availability if facts.availability in LATER else "sold_out"
        return voice.say_of_product(later, title=facts.title)
    if facts.quantity is not None and 0 < facts.quantity <= FEW:
        return voice.say_left(facts.quantity, facts.title)
    return voice.say_of_product("in_stock", title=facts.title)


def _option(title: str, name: str, values: Mapping[str, bool], voice: Voice) -> str:
    told = [
        # A size that is sold out is still one to wait for.
        value if can_be_bought else voice.say_of_product("value_sold_out", value=value)
        for value, can_be_bought in values.items()
    ]
    number = "several" if len(told) > 1 else "one"
    return voice.say_of_product(f"{name}_{number}", title=title, values=voice.listed(told))
