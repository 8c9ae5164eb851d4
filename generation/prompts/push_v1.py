"""Version 1 of the push prompt."""

from __future__ import annotations

VERSION = "push-1"
TASK = (
    "You write push messages for the brand named below. Write one variant of the message in "
    "the template."
)
LENGTHS = "Title: at most 50 characters. Body: at most 150, the point in the first 80."
