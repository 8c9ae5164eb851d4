"""What an app above tells the audience, and hears from it: which category a product is of, and
whose profile ended. The catalog knows the one and minds the other, and stands beside the audience.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Lookup = Callable[[Collection[str]], Mapping[str, str]]
# Told of the shop's own ids, in the transaction that ends the profiles.
EndListener = Callable[[Collection[str]], object]

_lookups: list[Lookup] = []
_end_listeners: list[EndListener] = []


def register_categories(lookup: Lookup) -> None:
    """Have the categories of products looked up: `lookup` gives them by the shop's own ids."""
    _lookups[:] = [lookup]


def categories_of_products(ids: Collection[str]) -> Mapping[str, str]:
    """The category of each product by its id, as far as anybody knows."""
    found: dict[str, str] = {}
    for lookup in _lookups:
        found.update(lookup(ids))
    return found


def hear_ended_profiles(listener: EndListener) -> None:
    """Have `listener` told whose profile ended, so that what was made of it ends too."""
    _end_listeners[:] = [listener]


def tell_of_ended_profiles(ids: Collection[str]) -> None:
    for listener in _end_listeners:
        listener(ids)
