"""Products that questions are about, and what the catalog says of them at this moment."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from assistant.models import KnowledgeBase
from assistant.services.answers import Live
from assistant.understanding.aspect_words import OPTION_NAMES
from assistant.understanding.aspects import Aspect
from assistant.understanding.facts import Facts, Offered, sentences_about
from assistant.understanding.naming import LEAST, Match, Name, NameIndex
from assistant.understanding.speaking import Voice
from assistant.understanding.words import telling_words, words_of
from catalog.models import Offer, Product
from catalog.selectors import offers_current, price_of, reduced_price

UNWANTED = ("vector", "image_vector")
OFFERS_LOOKED_AT = 20

_lock = threading.Lock()
_held: dict[int, tuple[int, NameIndex]] = {}


def name_index(base: KnowledgeBase) -> NameIndex:
    """The catalog's names, read once per process and version of the catalog in this base."""
    with _lock:
        held = _held.get(base.pk)
        if held is None or held[0] != base.catalog_version:
            rows = Product.objects.order_by("pk").values_list(
                "pk", "title", "external_id", "gtin", "item_group"
            )
            names = (Name(pk, title, (own, gtin), group) for pk, title, own, gtin, group in rows)
            held = _held[base.pk] = base.catalog_version, NameIndex(names)
    return held[1]


def matches_in(base: KnowledgeBase, text: str) -> list[Match]:
    """Products that a text may name, the likeliest first; none where the base knows no products."""
    return name_index(base).matches(text) if base.answers_from_catalog else []


def names_product(base: KnowledgeBase, words: str) -> bool:
    """Whether some words are what a product is called, in whole or in part, or a brand."""
    return base.answers_from_catalog and (
        name_index(base).holds(words) or Product.objects.filter(brand__iexact=words).exists()
    )


def variant_named(products: Sequence[int], text: str) -> Match | None:
    """The variants of these products that a text picks by a word: “and in red?”.

    Of a product without variants, that product, where the text says nothing that is not of it.
    """
    own = list(_rows(products))
    groups = {row.item_group for row in own if row.item_group}
    others = Product.objects.defer(*UNWANTED).filter(item_group__in=groups)
    family = [*own, *others.exclude(pk__in=products).order_by("pk")]
    # A size may be a letter, which is no telling word.
    asked = set(telling_words(text)) | {word for word in words_of(text) if len(word) <= 2}
    if len(family) > 1:
        common = set.intersection(*map(_said_of, family))
        named = [row for row in family if asked & (_said_of(row) - common)]
    else:
        told = set(telling_words(text))
        named = [row for row in family if told and told <= _said_of(row)]
    return Match(tuple(row.pk for row in named), named[0].title, 1.0) if named else None


def _said_of(product: Product) -> set[str]:
    values = (word for given in product.attributes.values() for word in words_of(str(given)))
    return {*words_of(product.title), *values}


def live_about(
    match: Match, aspects: Iterable[Aspect], text: str, *, now: datetime, voice: Voice
) -> tuple[Live, ...]:
    """What is asked of a product, a sentence each, as the catalog has it now."""
    rows = _narrowed(list(_rows(match.products)), text)
    if not rows:
        return ()
    first = rows[0]
    return tuple(
        live(sentence, first, now=now)
        for sentence in sentences_about(facts_of(rows, now=now, text=text), aspects, voice)
    )


def live(sentence: str, product: Product, *, now: datetime) -> Live:
    return Live(sentence, product.pk, product.external_id, product.title, product.url, now)


def facts_of(rows: Sequence[Product], *, now: datetime, text: str = "") -> Facts:
    """Variants of one product as one: from the cheapest up, in stock where any of them is.

    Of what it comes in, what the text asks for: sizes, colours; all where it names none.
    """
    priced = [(price, row) for row in rows if (price := price_of(row, now)) is not None]
    is_one = len(rows) == 1
    can_be_bought = any(_is_in_stock(row) for row in rows)
    if not priced:
        return Facts(rows[0].title, None, in_stock=can_be_bought, options=_options(rows, text))
    cheapest, row = min(priced, key=lambda one: one[0].amount)
    return Facts(
        title=rows[0].title,
        amount=cheapest.amount,
        currency=cheapest.currency,
        up_to=max(price.amount for price, _ in priced),
        regular=cheapest.regular,
        sale_ends_at=row.sale_ends_at if cheapest.is_sale else None,
        in_stock=can_be_bought,
        availability=row.availability,
        quantity=row.stock_quantity if is_one else None,
        options=_options(rows, text),
        offer=_best_offer(row, cheapest.amount, now=now) if is_one else None,
    )


def priced_product(base: KnowledgeBase, sentence: str, heading: str) -> Match | None:
    """The product a sentence about money is about: the one it names, else its heading does."""
    for text in (sentence, heading):
        # Half a name may be a word like any other: “cotton” is no product yet.
        found = [one for one in matches_in(base, text) if _is_whole_name(one, text)]
        if found:
            return found[0]
    return None


def _is_whole_name(match: Match, text: str) -> bool:
    own = telling_words(match.title)
    return match.confidence >= LEAST and bool(own) and set(own) <= set(telling_words(text))


def _rows(keys: Iterable[int]) -> Iterable[Product]:
    found = Product.objects.defer(*UNWANTED).in_bulk(list(keys))
    return (found[key] for key in keys if key in found)


def _narrowed(rows: list[Product], text: str) -> list[Product]:
    """Of several variants those whose values the text names; all where it names none."""
    if len(rows) < 2:
        return rows
    asked = set(words_of(text))
    values = [
        {word for given in row.attributes.values() for word in words_of(str(given))} for row in rows
    ]
    shared = set.intersection(*values)
    named = [row for row, own in zip(rows, values, strict=True) if asked & (own - shared)]
    return named or rows


def _is_in_stock(product: Product) -> bool:
    return product.in_stock and product.stock_quantity != 0


def _options(rows: Sequence[Product], text: str) -> dict[str, dict[str, bool]]:
    """What the rows come in; a value can be bought where any row with it can."""
    found: dict[str, dict[str, bool]] = {}
    for row in rows:
        # Of one product alone it is said as a whole that it is sold out.
        can_be_bought = len(rows) == 1 or _is_in_stock(row)
        for name, values in _own_options(row):
            own = found.setdefault(name, {})
            for value in values:
                own[value] = own.get(value, False) or can_be_bought
    said = set(words_of(text))
    asked = {OPTION_NAMES.get(word, "") for word in said} & found.keys()
    # “And in M?” asks for sizes as well.
    asked |= {name for name, values in found.items() if said.intersection(map(str.lower, values))}
    return {name: values for name, values in found.items() if name in (asked or found)}


def _own_options(product: Product) -> Iterator[tuple[str, list[str]]]:
    for name, given in product.attributes.items():
        option = OPTION_NAMES.get(" ".join(words_of(name)))
        values = given if isinstance(given, list) else str(given).split(",")
        written = [text for value in values if (text := str(value).strip())]
        if option and given and written:
            yield option, written


def _best_offer(product: Product, amount: Decimal, *, now: datetime) -> Offered | None:
    """The offer for everybody that makes the product cheapest; None where none does."""
    held = offers_current(now).filter(audience=Offer.Audience.EVERYONE).order_by("pk")
    found = [
        (price.amount, offer)
        for offer in held[:OFFERS_LOOKED_AT]
        if (price := reduced_price(product, offer, now)) is not None and price.amount < amount
    ]
    if not found:
        return None
    best, offer = min(found, key=lambda one: one[0])
    return Offered(offer.text, best, offer.code, offer.minimum_spend, offer.terms)
