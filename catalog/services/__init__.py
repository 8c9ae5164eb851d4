"""Writes of the catalog."""

from __future__ import annotations

from catalog.services.feeds import feed_read, feeds_read_due
from catalog.services.fitting import NothingToFit, recommenders_fit
from catalog.services.offers import offers_spent_refresh
from catalog.services.refreshing import recommendations_forget, recommendations_refresh
from catalog.services.seeing import products_see
from catalog.services.vectors import products_encode

__all__ = [
    "NothingToFit",
    "feed_read",
    "feeds_read_due",
    "offers_spent_refresh",
    "products_encode",
    "products_see",
    "recommendations_forget",
    "recommendations_refresh",
    "recommenders_fit",
]
