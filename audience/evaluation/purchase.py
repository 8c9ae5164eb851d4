"""Who will buy again, on a real shop's invoices, beside a logit of RFM. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.features import recency_frequency_money
from audience.behaviour.orders import Floats, Orders
from audience.behaviour.purchase import PurchaseModel, folds
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
    chances, by_rfm = out_of_fold(asked)
    what = "The first year foretells the second" if is_two_years else "Nine months foretell three"
    how = (
        f"{what}, for {asked.orders.units:,} customers of whom {asked.bought.mean():.1%} bought; "
        f"{FOLDS}-fold cross-validation over customers."
    )
    figures = list(_figures(asked, chances, by_rfm))
    return Section("Purchase intent (online_retail)", how, figures)


def elsewhere_section(train: Path) -> Section:
    """The same model on questions that none of its settings was chosen on."""
    questions = elsewhere(train)
    figures = [figure for name, asked in questions.items() for figure in _beside(name, asked)]
    how = (
        "Penalties, trees and features were chosen on the nine months that foretell three. Here "
        f"nothing was chosen; {FOLDS}-fold cross-validation over customers."
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


def out_of_fold(asked: Question) -> tuple[Floats, Floats]:
    """Chances of each customer by models that had not seen them: ours, and a logit of RFM."""
    ours, theirs = np.zeros(asked.orders.units), np.zeros(asked.orders.units)
    for held_out in folds(asked.orders.units, count=FOLDS, seed=SEED):
        known, others = asked.orders.of_units(~held_out), asked.orders.of_units(held_out)
        bought = asked.bought[~held_out]
        model = PurchaseModel.fit(known, bought, at=asked.at, days=asked.days, seed=SEED)
        ours[held_out] = model.probabilities(others, at=asked.at)
        theirs[held_out] = _rfm_logit(known, bought, others, at=asked.at)
    return ours, theirs


def _rfm_logit(known: Orders, bought: NDArray[np.bool_], others: Orders, *, at: float) -> Floats:
    """Recency, frequency and money on a log scale: a stronger rival than the bare numbers."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(recency_frequency_money(known, at=at), bought)
    return np.asarray(model.predict_proba(recency_frequency_money(others, at=at))[:, 1])


def _figures(asked: Question, ours: Floats, theirs: Floats) -> Iterator[Figure]:
    rng = np.random.default_rng(SEED)
    bought, rows = asked.bought, len(asked.bought)
    low, high = resampled(lambda own: auc(bought[own], ours[own]), rows, rng=rng)
    yield Figure("AUC", auc(bought, ours), low, high)
    note = "recency, frequency, money; known for year two: .783"
    yield Figure("AUC, RFM logit", auc(bought, theirs), note=note)

    def gain(own: NDArray[np.intp]) -> float:
        return auc(bought[own], ours[own]) - auc(bought[own], theirs[own])

    low, high = resampled(gain, rows, rng=rng)
    yield Figure("AUC above the RFM logit", gain(np.arange(rows)), low, high, least=MARGIN)
    yield Figure("calibration slope", calibration_slope(bought, ours), least=0.9, most=1.1)
    excess = float(ours.mean() - bought.mean())
    yield Figure("mean chance less share who bought", excess)


def _beside(name: str, asked: Question) -> Iterator[Figure]:
    """How far above the RFM logit, and how calibrated, on one question."""
    rng = np.random.default_rng(SEED)
    ours, theirs = out_of_fold(asked)
    bought = asked.bought

    def gain(own: NDArray[np.intp]) -> float:
        return auc(bought[own], ours[own]) - auc(bought[own], theirs[own])

    note = f"{asked.orders.units:,} people of whom {bought.mean():.1%} bought"
    yield Figure(f"AUC, {name}", auc(bought, ours), note=note)
    low, high = resampled(gain, len(bought), rng=rng)
    yield Figure("  above the RFM logit", gain(np.arange(len(bought))), low, high)
    yield Figure("  calibration slope", calibration_slope(bought, ours), least=0.9, most=1.1)
