"""Who will buy again, on a real shop's invoices, beside logits of RFM. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.features import recency_frequency_money
from audience.behaviour.orders import Floats, Orders
from audience.behaviour.purchase import PurchaseModel, folds
from audience.behaviour.rfm import rfm
from audience.evaluation.measures import auc, calibration_slope, resampled
from audience.evaluation.reading import (
    Purchases,
    has,
    months_after,
    read_baskets,
    read_purchases,
)
from audience.evaluation.sentiment import FOLDS, SEED
from core.evaluation import Figure, Section

MARGIN = 0.015
FORTNIGHT = 14.0


@dataclass(frozen=True)
class Question:
    """Who of the people with orders before `at` bought within `days` after it."""

    orders: Orders
    bought: NDArray[np.bool_]
    at: float
    days: float


def purchase_section(train: Path, test: Path | None) -> Section:
    """Nine months foretell three; with a second year in `test`, the first foretells it."""
    is_two_years = test is not None and has(test, "online_retail")
    asked = two_years(train, test) if is_two_years and test else nine_months(train)
    what = "The first year foretells the second" if is_two_years else "Nine months foretell three"
    how = (
        f"{what}, for {asked.orders.units:,} customers of whom {asked.bought.mean():.1%} bought; "
        f"{FOLDS}-fold cross-validation over customers."
    )
    figures = list(_figures(asked))
    return Section("Purchase intent (online_retail)", how, figures)


def elsewhere_section(train: Path) -> Section:
    """The same model on questions that none of its settings was chosen on."""
    questions = elsewhere(train)
    figures = [figure for name, asked in questions.items() for figure in _beside(name, asked)]
    how = (
        "Features, penalties and trees were chosen on earlier cuts of the same shops: four months "
        "foretell two or five, five foretell three or five, six and seven foretell three, eight "
        "foretell four, and weeks of the grocer's. On these nothing was chosen, though people and "
        f"months are partly the same; {FOLDS}-fold cross-validation over customers."
    )
    return Section("Purchase intent, where nothing was chosen", how, figures)


def elsewhere(train: Path) -> dict[str, Question]:
    """Other months of the shop, and another shop where its data is there."""
    questions = {"six months foretell six (online_retail)": months(read_purchases(train), 6, 12)}
    if has(train, "completejourney"):
        households = read_baskets(train)
        at = months_after(float(households.at.min()), 9)
        questions["nine months foretell a fortnight (completejourney, a grocer's)"] = asked_at(
            households, at, at + FORTNIGHT
        )
    return questions


def nine_months(train: Path) -> Question:
    return months(read_purchases(train), 9, 12)


def months(purchases: Purchases, until: int, end: int) -> Question:
    """The first `until` months of a shop's year, asked about those up to the `end`-th."""
    first = float(purchases.at.min())
    return asked_at(purchases, months_after(first, until), months_after(first, end))


def asked_at(purchases: Purchases, at: float, end: float) -> Question:
    orders, who = purchases.before(at)
    return Question(orders, np.isin(who, purchases.buyers_between(at, end)), at, end - at)


def two_years(train: Path, test: Path) -> Question:
    purchases, later = read_purchases(train), read_purchases(test)
    at = float(np.floor(purchases.at.max()) + 1)
    end = float(later.at.max()) + 1
    orders, who = purchases.before(at)
    return Question(orders, np.isin(who, later.buyers_between(at, end)), at, end - at)


@dataclass(frozen=True)
class Judged:
    """Chances of each customer by models that had not seen them.

    Attributes:
        ours: Of the purchase model.
        rivals: Of logits of recency, frequency and money, by how these are put.
    """

    ours: Floats
    rivals: dict[str, Floats]


def out_of_fold(asked: Question) -> Judged:
    logged = recency_frequency_money(asked.orders, at=asked.at)
    bare = np.column_stack(rfm(asked.orders, at=asked.at))
    ours = np.zeros(asked.orders.units)
    rivals = {"on a log scale": np.zeros(len(ours)), "as bare numbers": np.zeros(len(ours))}
    for held_out in folds(asked.orders.units, count=FOLDS, seed=SEED):
        known, others = asked.orders.of_units(~held_out), asked.orders.of_units(held_out)
        bought = asked.bought[~held_out]
        model = PurchaseModel.fit(known, bought, at=asked.at, days=asked.days, seed=SEED)
        ours[held_out] = model.probabilities(others, at=asked.at)
        for rival, columns in zip(rivals.values(), (logged, bare), strict=True):
            rival[held_out] = _logit(columns[~held_out], bought, columns[held_out])
    return Judged(ours, rivals)


def _logit(known: Floats, bought: NDArray[np.bool_], others: Floats) -> Floats:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression())
    return np.asarray(model.fit(known, bought).predict_proba(others)[:, 1])


def _figures(asked: Question) -> Iterator[Figure]:
    judged, bought = out_of_fold(asked), asked.bought
    ours = judged.ours
    rng = np.random.default_rng(SEED)
    low, high = resampled(lambda own: auc(bought[own], ours[own]), len(bought), rng=rng)
    yield Figure("AUC", auc(bought, ours), low, high)
    for put, theirs in judged.rivals.items():
        note = "recency, frequency, money; known for year two: .783"
        yield Figure(f"AUC, logit of RFM {put}", auc(bought, theirs), note=note)
    yield from _above(judged, bought, least=MARGIN)
    yield Figure("calibration slope", calibration_slope(bought, ours), least=0.9, most=1.1)
    excess = float(ours.mean() - bought.mean())
    yield Figure("mean chance less share who bought", excess)


def _beside(name: str, asked: Question) -> Iterator[Figure]:
    """How far above the logits of RFM, and how calibrated, on one question."""
    judged, bought = out_of_fold(asked), asked.bought
    note = f"{asked.orders.units:,} people of whom {bought.mean():.1%} bought"
    yield Figure(f"AUC, {name}", auc(bought, judged.ours), note=note)
    yield from _above(judged, bought, indent="  ")
    slope = calibration_slope(bought, judged.ours)
    yield Figure("  calibration slope", slope, least=0.9, most=1.1)


def _above(
    judged: Judged, bought: NDArray[np.bool_], *, least: float | None = None, indent: str = ""
) -> Iterator[Figure]:
    """The gain above each rival; what is asked of it is asked beside the stronger one."""
    reached = {put: auc(bought, theirs) for put, theirs in judged.rivals.items()}
    stronger = max(reached, key=reached.__getitem__)
    for put, theirs in judged.rivals.items():

        def gain(own: NDArray[np.intp], theirs: Floats = theirs) -> float:
            return auc(bought[own], judged.ours[own]) - auc(bought[own], theirs[own])

        rng = np.random.default_rng(SEED)
        low, high = resampled(gain, len(bought), rng=rng)
        asked = least if put == stronger else None
        value = gain(np.arange(len(bought)))
        note = "the stronger rival" if put == stronger else ""
        name = f"{indent}above the logit of RFM {put}"
        yield Figure(name, value, low, high, least=asked, note=note)
