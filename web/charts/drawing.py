"""From a Vega-Lite specification to SVG, once per specification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

KEEP_SECONDS = 24 * 3600
VEGA_LITE = "6.4"

# Colours and type that read on white and on dark; text takes the page's own colour (copylift.css).
STYLE: Mapping[str, Any] = {
    "background": None,
    "font": "Inter, system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "#6b7280",
        "titleColor": "#6b7280",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#9ca3af",
        "gridOpacity": 0.25,
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": "#6b7280",
        "symbolType": "circle",
    },
}


def draw(specification: Mapping[str, Any]) -> str:
    """The SVG of a specification; drawn once, then taken from the cache."""
    text = json.dumps({**specification, "config": STYLE}, sort_keys=True)
    key = f"chart:{VEGA_LITE}:{hashlib.sha256(text.encode()).hexdigest()}"
    drawn = cache.get(key)
    if drawn is None:
        drawn = _render(text)
        cache.set(key, drawn, KEEP_SECONDS)
    return drawn


def _render(text: str) -> str:
    # Starts a JavaScript engine: only when something is drawn.
    import vl_convert

    return vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE, allowed_base_urls=[])
