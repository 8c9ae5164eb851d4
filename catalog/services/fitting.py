"""Fitting the recommenders on the event log and the catalog, and keeping what was learnt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from catalog.fitted import PRODUCTS
from catalog.histories import UnitHistory, all_histories
from catalog.models import Product, RecommenderFit
from catalog.ranking import Content, Histories, Hybrid, Popularity
from catalog.ranking.keeping import packed
from catalog.ranking.shop import shop_hybrid
from core.errors import DomainError

POPULAR_HALF_LIFE_DAYS = 14.0
# Words say what a thing is for, pictures what it looks like; the words of a shop are the safer.
TEXT_WEIGHT, IMAGE_WEIGHT = 1.0, 0.7
FITS_KEPT = 3
ALWAYS = (Popularity.name, Content.name)
LEAST_WEIGHT = 0.01
NO_VECTORS = "no product has a vector yet: what is alike is left out until they are encoded"
NO_PICTURES = "no product has a picture's vector: what is alike is judged by words alone"


class NothingToFit(DomainError):
    """There is no product, so there is nothing to recommend."""


@transaction.atomic
def recommenders_fit(*, now: datetime, rng: np.random.Generator) -> RecommenderFit:
    """Fit anew on everything there is, and make that the fit that counts.

    Raises:
        NothingToFit: The catalog is empty.
    """
    products = np.array(Product.objects.order_by("pk").values_list("pk", flat=True), dtype=np.int64)
    if not len(products):
        raise NothingToFit("there is no product to recommend: import products first")
    histories = _numbered(all_histories(now=now), products, now=now)
    vectors, weights, notes = _vectors(products)
    hybrid = shop_hybrid(
        vectors,
        item_count=len(products),
        half_life_days=POPULAR_HALF_LIFE_DAYS,
        vector_weights=weights,
    )
    hybrid.learn(histories, rng=rng)
    # Who did nothing yet, and what nobody bought yet, must have a score however little it weighs.
    floor = {part.name: LEAST_WEIGHT for part in hybrid.parts if part.name in ALWAYS}
    hybrid.weights = floor | hybrid.weights
    fit = RecommenderFit.objects.create(
        fitted_at=now,
        history_count=len(histories),
        item_count=len(products),
        weights=hybrid.weights,
        figures=_figures(hybrid),
        notes=notes,
        arrays=packed({**hybrid.arrays(), PRODUCTS: products}),
    )
    kept = RecommenderFit.objects.order_by("-pk").values_list("pk", flat=True)[:FITS_KEPT]
    RecommenderFit.objects.exclude(pk__in=list(kept)).delete()
    return fit


def _numbered(
    units: Iterable[UnitHistory], products: NDArray[np.int64], *, now: datetime
) -> Histories:
    number = {int(pk): position for position, pk in enumerate(products)}
    sequences: list[list[int]] = []
    ages: list[list[float]] = []
    for unit in units:
        touches = [touch for touch in unit.touches if touch.product_id in number]
        sequences.append([number[touch.product_id] for touch in touches])
        ages.append([(now - touch.at).total_seconds() / 86_400 for touch in touches])
    return Histories.of(sequences, item_count=len(products), ages=ages)


def _vectors(
    products: NDArray[np.int64],
) -> tuple[list[NDArray[np.float32]], list[float], list[str]]:
    """Vectors by kind with their weights, and what there is to say where some are missing."""
    text = _column("vector", products)
    image = _column("image_vector", products)
    notes = [note for found, note in ((text, NO_VECTORS), (image, NO_PICTURES)) if found is None]
    kinds = [
        (found, weight)
        for found, weight in ((text, TEXT_WEIGHT), (image, IMAGE_WEIGHT))
        if found is not None
    ]
    return [found for found, _ in kinds], [weight for _, weight in kinds], notes


def _column(name: str, products: NDArray[np.int64]) -> NDArray[np.float32] | None:
    """Shape (products, size), zeros where a product has none; None where none has.

    Pictures' vectors of another size, from another encoder, count as none.
    """
    found = dict(
        Product.objects.filter(**{f"{name}__isnull": False}).order_by("pk").values_list("pk", name)
    )
    if not found:
        return None
    sizes = [len(vector) for vector in found.values()]
    size = max(set(sizes), key=sizes.count)
    vectors = np.zeros((len(products), size), dtype=np.float32)
    for position, pk in enumerate(products):
        vector = found.get(int(pk))
        if vector is not None and len(vector) == size:
            vectors[position] = vector
    return vectors


def _figures(hybrid: Hybrid) -> dict[str, float]:
    quality = hybrid.foreseen
    if quality is None:
        return {}
    return {
        "hit_rate_at_10": round(quality.hit_rate, 4),
        "ndcg_at_10": round(quality.ndcg, 4),
        "histories": quality.count,
    }
