"""Version 2 of the email prompt."""

from __future__ import annotations

VERSION = "email-2"
TASK = (
    "You write marketing email for the brand named below. Write one variant of the email in "
    "the template."
)
LENGTHS = (
    "Subject: at most 50 characters. Preheader: 40 to 90. Call to action: at most 40. Body: "
    "plain text, at most 2,000."
)
