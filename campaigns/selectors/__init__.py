"""Reads of the campaigns app."""

from campaigns.selectors.contacts import KnownContact, known_contact
from campaigns.selectors.prospects import Prospects, prospects_of
from campaigns.selectors.report import report_for, report_on
from campaigns.selectors.report_values import Report
from campaigns.selectors.review import ReviewBoard, review_board

__all__ = [
    "KnownContact",
    "Prospects",
    "Report",
    "ReviewBoard",
    "known_contact",
    "prospects_of",
    "report_for",
    "report_on",
    "review_board",
]
