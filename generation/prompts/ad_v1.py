"""Version 1 of the ad prompt."""

from __future__ import annotations

VERSION = "ad-1"
TASK = "You write ads for the brand named below. Write one variant of the ad in the template."
LENGTHS = "Headline: at most 30 characters. Description: at most 90. Call to action: at most 25."
