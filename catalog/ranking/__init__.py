"""Recommenders behind one contract: histories in, a score for every item out. Pure: no Django.

A recommender is fitted on histories and then scores others. Items are numbers from 0; what they are
in the catalog is the caller's affair. All of them are made of arrays, so that a fit can be kept
without pickle and read by any process.
"""

from __future__ import annotations

from catalog.ranking.content import Content
from catalog.ranking.contract import NotFitted, Recommender, recommend
from catalog.ranking.histories import Histories
from catalog.ranking.hybrid import Hybrid
from catalog.ranking.item_to_item import CoPurchase, Ease, ItemToItem, Transitions
from catalog.ranking.measuring import Quality, measure
from catalog.ranking.popularity import Popularity

__all__ = [
    "CoPurchase",
    "Content",
    "Ease",
    "Histories",
    "Hybrid",
    "ItemToItem",
    "NotFitted",
    "Popularity",
    "Quality",
    "Recommender",
    "Transitions",
    "measure",
    "recommend",
]
