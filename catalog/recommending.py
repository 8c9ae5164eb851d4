"""What to show a unit now, and why: the fit's scores, then the shop's rules, then words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from catalog.fitted import Fitted, current_fit
from catalog.histories import Touch, UnitHistory, history_of
from catalog.models import Product, RecommendationRules
from catalog.ranking import Content, Histories, Popularity
from catalog.ranking.contract import best
from catalog.ranking.hybrid import PartScores, Reason, one_scale
from catalog.ranking.rules import Candidate, Rules, choose
from catalog.selectors import Price, margin_of, price_of
from catalog.tastes import Interests, Taste, tastes_of
from core.errors import DomainError

LIMIT = 10
# Looked at first; where the rules leave too few of them, more and more.
CANDIDATES = (40, 400, 4_000)
PROFILE = "profile"
# Beside what somebody bought, what they wrote counts a little; for who bought nothing, all.
PROFILE_WEIGHT, PROFILE_ALONE_WEIGHT = 0.3, 1.0
# Below this a text and a product have no more in common than any two texts of a shop.
LEAST_LIKENESS = 0.25
INTERESTS_NAMED = 2
WORD = re.compile(r"[^\W\d_]+")
SHORTEST_WORD = 3
FACTS = (
    "external_id",
    "title",
    "category",
    "brand",
    "item_group",
    "price",
    "currency",
    "sale_price",
    "sale_starts_at",
    "sale_ends_at",
    "cost",
    "in_stock",
    "stock_quantity",
    "url",
    "image_url",
)


class NotFittedYet(DomainError):
    """The recommenders have not been fitted; the message says how."""


class Cause(StrEnum):
    """What a recommendation goes by."""

    BOUGHT = "bought"
    SEEN = "seen"
    WRITTEN = "written"
    POPULAR = "popular"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Why:
    """Why a product is shown, to be said in any language; `str` says it in English.

    Attributes:
        cause: What it goes by.
        title: Of the product that was bought or seen; empty where that is gone.
        interests: What the contact wrote about, in words.

    >>> str(Why(Cause.BOUGHT, "Tent")), str(Why(Cause.WRITTEN, interests=("reading",)))
    ('because you bought Tent', 'like what you wrote about: reading')
    """

    cause: Cause
    title: str = ""
    interests: tuple[str, ...] = ()

    def __str__(self) -> str:
        title = self.title or "something like it"
        about = f": {', '.join(self.interests)}" if self.interests else ""
        return {
            Cause.BOUGHT: f"because you bought {title}",
            Cause.SEEN: f"because you looked at {title}",
            Cause.WRITTEN: f"like what you wrote about{about}",
            Cause.POPULAR: "popular these weeks",
            Cause.CHOSEN: "chosen for you",
        }[self.cause]


@dataclass(frozen=True)
class Recommended:
    """A product to show, what it costs now, and why."""

    product_id: int
    external_id: str
    title: str
    price: Price | None
    url: str
    image_url: str
    score: float
    why: Why

    @property
    def because(self) -> str:
        """Why, in English, as it can stand under a product."""
        return str(self.why)


class Shelf:
    """Products by key, each read once however many units are shown it."""

    def __init__(self) -> None:
        self._held: dict[int, Product] = {}

    def products(self, keys: Iterable[int]) -> dict[int, Product]:
        wanted = set(keys)
        missing = wanted - self._held.keys()
        if missing:
            self._held |= Product.objects.only(*FACTS).in_bulk(missing)
        return {key: self._held[key] for key in wanted if key in self._held}


def recommendations_for(
    unit_id: str,
    *,
    now: datetime,
    limit: int = LIMIT,
    vector: NDArray[np.float32] | None = None,
) -> list[Recommended]:
    """The best products for a unit by its history in the log and what it wrote, best first.

    Args:
        unit_id: The contact's external id; one of which nothing is known gets what is popular.
        now: The moment prices, sales and stock are looked at.
        limit: How many at most.
        vector: What is asked for, in the text encoder's space: counts in place of what the contact
            wrote before.

    Raises:
        NotFittedYet: There is no fit.
    """
    fitted = current_fit()
    if fitted is None:
        raise NotFittedYet("the recommenders have not been fitted yet: run manage.py recommend")
    history = history_of(unit_id, now=now)
    taste = tastes_of([unit_id]).get(unit_id) if vector is None else Taste(vector)
    asked = ask(fitted, [history], [taste])
    chooser = Chooser(fitted, shop_rules(), Shelf(), now=now, limit=limit)
    return chooser.chosen(asked, 0, history)


def shop_rules() -> RecommendationRules:
    """The shop's rules; their defaults where nobody has set any."""
    return RecommendationRules.objects.first() or RecommendationRules()


@dataclass(frozen=True)
class Asked:
    """Scores of several units, each part's and their sum; and what the units wrote, if anything."""

    histories: Histories
    given: PartScores
    total: NDArray[np.float32]
    tastes: Sequence[Taste | None]

    def row(self, number: int) -> PartScores:
        return {name: scores[number : number + 1] for name, scores in self.given.items()}

    def interests(self, number: int) -> Interests:
        taste = self.tastes[number]
        return taste.interests if taste else {}


def ask(fitted: Fitted, units: Sequence[UnitHistory], tastes: Sequence[Taste | None] = ()) -> Asked:
    """The scores of many units at once; a taste for each unit, or none at all."""
    numbers = [
        [fitted.number_of[touch.product_id] for touch in _known(fitted, unit)] for unit in units
    ]
    histories = Histories.of(numbers, item_count=len(fitted.products))
    given = dict(fitted.hybrid.part_scores(histories))
    tastes = tastes or [None] * len(units)
    if fitted.content is not None and any(tastes):
        given[PROFILE] = _likeness(fitted.content, numbers, tastes)
    return Asked(histories, given, fitted.hybrid.total(given), tastes)


def _likeness(
    content: Content, numbers: Sequence[Sequence[int]], tastes: Sequence[Taste | None]
) -> NDArray[np.float32]:
    """How much each product is like what each unit wrote, weighed; zeros for who wrote nothing."""
    wrote = [(row, taste.vector) for row, taste in enumerate(tastes) if taste is not None]
    rows = [row for row, _ in wrote]
    alike = content.like_vectors(np.stack([vector for _, vector in wrote]))
    alike[alike < LEAST_LIKENESS] = 0
    weights = [PROFILE_WEIGHT if numbers[row] else PROFILE_ALONE_WEIGHT for row in rows]
    found = np.zeros((len(tastes), content.item_count), dtype=np.float32)
    found[rows] = np.array(weights, dtype=np.float32)[:, None] * one_scale(alike)
    return found


def _known(fitted: Fitted, unit: UnitHistory) -> list[Touch]:
    return [touch for touch in unit.touches if touch.product_id in fitted.number_of]


class Chooser:
    """Takes scores to recommendations under one set of rules, at one moment."""

    def __init__(
        self,
        fitted: Fitted,
        rules: RecommendationRules,
        shelf: Shelf,
        *,
        now: datetime,
        limit: int,
    ) -> None:
        self._fitted, self._shelf, self._now, self._limit = fitted, shelf, now, limit
        self._owned_days = rules.owned_days
        self._rules = Rules(
            least_margin=rules.least_margin,
            most_of_a_category=rules.most_of_a_category,
            excluded_brands=frozenset(rules.excluded_brands),
            excluded_categories=frozenset(rules.excluded_categories),
        )

    def chosen(self, asked: Asked, row: int, history: UnitHistory) -> list[Recommended]:
        """What to show the unit whose scores are in `row`, with the reasons."""
        scores = asked.total[row]
        owned = history.owned(now=self._now, days=self._owned_days)
        found: list[Candidate] = []
        for width in CANDIDATES:
            items = best(scores, max(width, 4 * self._limit))
            found = self._choose(scores, items, owned)
            if len(found) >= self._limit or len(items) < width:
                break
        reasons = self._reasons(asked, row, history, found)
        return [self._recommended(each, why) for each, why in zip(found, reasons, strict=True)]

    def _choose(
        self, scores: NDArray[np.float32], items: NDArray[np.int64], owned: set[int]
    ) -> list[Candidate]:
        keys = [int(self._fitted.products[item]) for item in items]
        products = self._shelf.products([*keys, *owned])
        candidates = [
            self._candidate(int(item), float(scores[item]), products[key])
            for item, key in zip(items, keys, strict=True)
            if key in products
        ]
        return choose(
            candidates,
            self._rules,
            k=self._limit,
            owned={self._fitted.number_of[key] for key in owned if key in self._fitted.number_of},
            owned_groups={
                products[key].item_group
                for key in owned
                if key in products and products[key].item_group
            },
        )

    def _candidate(self, item: int, score: float, product: Product) -> Candidate:
        return Candidate(
            item=item,
            score=score,
            category=product.category,
            brand=product.brand,
            group=product.item_group,
            in_stock=product.in_stock and product.stock_quantity != 0,
            margin=margin_of(product, self._now),
        )

    def _reasons(
        self,
        asked: Asked,
        row: int,
        history: UnitHistory,
        found: Sequence[Candidate],
    ) -> list[Why]:
        items = np.array([each.item for each in found], dtype=np.int64)
        given = asked.row(row)
        reasons = self._fitted.hybrid.explain(given, asked.histories[row], items)
        touches = _known(self._fitted, history)
        shown = [int(self._fitted.products[each.item]) for each in found]
        products = self._shelf.products(
            [*shown, *(touches[one.place].product_id for one in reasons if one.place is not None)]
        )
        return [
            _why(reason, touches, products, speaking_of(products[key], asked.interests(row)))
            for key, reason in zip(shown, reasons, strict=True)
        ]

    def _recommended(self, candidate: Candidate, why: Why) -> Recommended:
        key = int(self._fitted.products[candidate.item])
        product = self._shelf.products([key])[key]
        return Recommended(
            product_id=key,
            external_id=product.external_id,
            title=product.title,
            price=price_of(product, self._now),
            url=product.url,
            image_url=product.image_url,
            score=round(candidate.score, 4),
            why=why,
        )


def speaking_of(product: Product, interests: Interests) -> tuple[str, ...]:
    """The interests that speak of a product: of its category, or in a word of its name."""
    own = {*words_in(product.title), *words_in(product.category)}
    named = (
        phrase
        for phrase, category in interests.items()
        if (category and category == product.category) or own & set(words_in(phrase))
    )
    return tuple(itertools.islice(named, INTERESTS_NAMED))


def words_in(text: str) -> list[str]:
    return [word for word in WORD.findall(text.lower()) if len(word) >= SHORTEST_WORD]


def _why(
    reason: Reason,
    touches: Sequence[Touch],
    products: Mapping[int, Product],
    interests: tuple[str, ...],
) -> Why:
    if reason.place is not None:
        had = touches[reason.place].product_id
        bought = any(touch.is_purchase for touch in touches if touch.product_id == had)
        title = products[had].title if had in products else ""
        return Why(Cause.BOUGHT if bought else Cause.SEEN, title)
    if reason.part == PROFILE:
        return Why(Cause.WRITTEN, interests=interests)
    return Why(Cause.POPULAR if reason.part == Popularity.name else Cause.CHOSEN)
