"""Splitting without asking: the payload of flags, evaluated by GrowthBook's SDK."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from copylift.answers import Flag


class LocalFlags:
    """The flags as they were when fetched. Nobody is in a test by this: call `Copylift.flag` for
    those who were really shown something.

    What a payload cannot know: who was given another arm before the weights changed, and who
    unsubscribed. `value` is Liquid and not filled in.
    """

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._features: Mapping[str, Any] = payload["features"]

    @property
    def keys(self) -> list[str]:
        return sorted(self._features)

    def flag(self, key: str, contact: str, segments: Iterable[str] = ()) -> Flag | None:
        """The arm the server would give a contact in these segments; None: no such flag.

        Raises:
            ImportError: The extra `local` is not installed.
        """
        from growthbook import GrowthBook  # noqa: PLC0415 (an extra)

        if key not in self._features:
            return None
        attributes = {"id": contact, "segments": list(segments)}
        book = GrowthBook(attributes=attributes, features={key: self._features[key]})
        found = book.eval_feature(key)
        value = found.value or {}
        metadata = {"segment": value.get("segment", ""), "in_test": found.source == "experiment"}
        return Flag(key, value.get("arm", ""), value.get("content", {}), found.source, metadata)
