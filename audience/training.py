"""Learns the weights that ship: from public data, with their quality on what was held out. Pure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from audience.behaviour.orders import Orders
from audience.behaviour.purchase import PurchaseModel
from audience.evaluation.measures import auc, calibration_slope
from audience.evaluation.purchase import Question, nine_months
from audience.evaluation.purchase import out_of_fold as purchases_out_of_fold
from audience.evaluation.reading import read_reviews
from audience.evaluation.sentiment import Encode
from audience.evaluation.sentiment import out_of_fold as reviews_out_of_fold
from inference.heads.sentiment import SentimentHead

COMMAND = "manage.py train_heads"


def train_sentiment(folder: Path, encode: Encode, *, encoder: str) -> SentimentHead:
    """From women's clothing reviews: does the writer recommend it?"""
    reviews = read_reviews(folder)
    vectors = encode(reviews.texts)
    part = "words and vectors"
    scores = reviews_out_of_fold(reviews, vectors, parts=[part])[part]
    about = {
        "command": COMMAND,
        "source": "Women's E-Commerce Clothing Reviews, CC0",
        "encoder": encoder,
        "texts": len(reviews.texts),
        "quality": {"auc": round(auc(reviews.recommends, scores), 4)},
    }
    return SentimentHead.fit(reviews.texts, vectors, reviews.recommends, about=about)


def train_purchase(folder: Path) -> PurchaseModel:
    """From a shop's orders alone: what its products are called means nothing to another shop."""
    asked = without_words(nine_months(folder))
    chances = purchases_out_of_fold(asked).ours
    about = {
        "command": COMMAND,
        "source": "Online Retail II (UCI), CC BY 4.0",
        "people": asked.orders.units,
        "quality": {
            "auc": round(auc(asked.bought, chances), 4),
            "slope": round(calibration_slope(asked.bought, chances), 3),
        },
    }
    return PurchaseModel.fit(
        asked.orders, asked.bought, at=asked.at, days=asked.days, seed=0, about=about
    )


def without_words(asked: Question) -> Question:
    """The same orders of nameless products."""
    own = asked.orders
    nameless = Orders(own.unit, own.at, own.value, own.lines, [""] * len(own.at), own.units)
    return replace(asked, orders=nameless)
