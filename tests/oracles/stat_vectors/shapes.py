"""What every answer takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Pairs = Iterable[tuple[float, float]]
Vector = Mapping[str, Any]
