"""The heads that count: the shop's own where there are any, else those that ship."""

from __future__ import annotations

import contextlib

from audience.behaviour.purchase import PurchaseModel, shipped_purchase
from audience.models import FittedHead
from audience.sentiment import HeadSentiment, LexiconSentiment, SentimentModel
from inference.heads.sentiment import SentimentHead, shipped_sentiment
from inference.heads.storing import HeadUnusable

Kind = FittedHead.Kind


def newest_head(kind: str) -> FittedHead | None:
    return FittedHead.objects.filter(kind=kind).order_by("-fitted_at", "-pk").first()


def sentiment_in_force(encoder: str) -> SentimentModel:
    """The shop's own head, the shipped one, or, for vectors of other encoders, a word list."""
    own = newest_head(Kind.SENTIMENT)
    if own and own.encoder == encoder:
        head = SentimentHead.unpack(bytes(own.weights))
        return HeadSentiment(head, name="fitted on the shop's ratings")
    if shipped_sentiment().about.get("encoder") == encoder:
        return HeadSentiment(shipped_sentiment(), name="shipped")
    return LexiconSentiment()


def purchase_in_force() -> PurchaseModel:
    """The shop's own fit, or the shipped one where there is none that this version reads."""
    own = newest_head(Kind.PURCHASE)
    with contextlib.suppress(HeadUnusable):
        if own:
            return PurchaseModel.unpack(bytes(own.weights))
    return shipped_purchase()
