"""Version 1 of the SMS prompt."""

from __future__ import annotations

VERSION = "sms-1"
TASK = (
    "You write marketing text messages for the brand named below. Write one variant of the "
    "message in the template."
)
LENGTHS = (
    "Text: at most 160 characters with the merge tags filled in. Plain letters, straight "
    "quotes, no emoji: one of those makes the message cost twice as much. Keep the words on "
    "how to stop messages."
)
