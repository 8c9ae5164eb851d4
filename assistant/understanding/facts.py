"""What a product costs, whether there is any, what it comes in: each as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assistant.understanding.aspects import Aspect

# So few that it is worth saying how many.
FEW = 5


@dataclass(frozen=True, slots=True)
class Offered:
    """What an offer makes of a price.

    Attributes:
        text: As a person reads it.
        amount: What the product then costs.
        code: What has to be given; empty: nothing.
        terms: What else has to hold.
    """

    text: str
    amount: Decimal
    code: str = ""
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
        options: Values by name, e.g. “the sizes”.
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
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    offer: Offered | None = None


def sentences_about(facts: Facts, aspects: Iterable[Aspect]) -> list[str]:
    """What is asked of a product, a sentence each.

    >>> dress = Facts("Alma dress", Decimal("79.00"), "EUR", in_stock=True, quantity=2)
    >>> sentences_about(dress, [Aspect.PRICE, Aspect.STOCK])
    ['Alma dress costs 79.00 EUR.', 'Alma dress is in stock: 2 are left.']
    >>> sentences_about(Facts("Alma dress", None, in_stock=False), [Aspect.PRICE])
    ['The shop names no price for Alma dress at the moment.', 'Alma dress is sold out.']
    """
    wanted = set(aspects)
    said: list[str] = []
    if Aspect.PRICE in wanted:
        said += _prices(facts)
    # Who asks what a thing costs wants to know as well that there is none.
    if Aspect.STOCK in wanted or not facts.in_stock:
        said.append(_stock(facts))
    if Aspect.OPTIONS in wanted:
        said += [
            f"{facts.title} comes in {name} {listed(values)}."
            for name, values in facts.options.items()
        ]
    return said


def listed(values: Sequence[str]) -> str:
    """Values as they are read out.

    >>> listed(["S", "M", "L"]), listed(["red"])
    ('S, M and L', 'red')
    """
    return " and ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else list(values))


def money(amount: Decimal, currency: str) -> str:
    """An amount as a person reads it.

    >>> money(Decimal("1290"), "SEK")
    '1,290.00 SEK'
    """
    return f"{amount:,.2f} {currency}".strip()


def _prices(facts: Facts) -> list[str]:
    if facts.amount is None:
        return [f"The shop names no price for {facts.title} at the moment."]
    said = f"{facts.title} costs {money(facts.amount, facts.currency)}"
    if facts.up_to is not None and facts.up_to > facts.amount:
        said += f" to {money(facts.up_to, facts.currency)}, by variant"
    elif facts.regular is not None and facts.amount < facts.regular:
        said += f" instead of {money(facts.regular, facts.currency)}"
        if facts.sale_ends_at:
            said += f", until {facts.sale_ends_at:%-d %B %Y}"
    return [f"{said}.", *([_offer(facts, facts.offer)] if facts.offer else [])]


def _offer(facts: Facts, offer: Offered) -> str:
    code = f" with the code {offer.code}" if offer.code else ""
    terms = f" ({offer.terms.rstrip('.')})" if offer.terms else ""
    return f"{offer.text.rstrip('.')}: it is {money(offer.amount, facts.currency)}{code}{terms}."


def _stock(facts: Facts) -> str:
    if facts.in_stock:
        if facts.quantity is not None and 0 < facts.quantity <= FEW:
            left = "1 is left" if facts.quantity == 1 else f"{facts.quantity} are left"
            return f"{facts.title} is in stock: {left}."
        return f"{facts.title} is in stock."
    later = {
        "preorder": "can be ordered before it comes",
        "backorder": "is sold out for now, and more is on its way",
    }
    return f"{facts.title} {later.get(facts.availability, 'is sold out')}."
