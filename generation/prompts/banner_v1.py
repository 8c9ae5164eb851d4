"""Version 1 of the web banner prompt."""

from __future__ import annotations

VERSION = "banner-1"
TASK = (
    "You write web banners for the brand named below. Write one variant of the banner in the "
    "template."
)
LENGTHS = (
    "Headline: at most 40 characters. Text: one sentence of at most 100. Call to action: at "
    "most 25."
)
