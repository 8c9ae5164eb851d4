"""Reads of the campaigns app."""

from campaigns.selectors.contacts import KnownContact, known_contact
from campaigns.selectors.report import Report, report_for
from campaigns.selectors.review import ReviewBoard, review_board

__all__ = [
    "KnownContact",
    "Report",
    "ReviewBoard",
    "known_contact",
    "report_for",
    "review_board",
]
