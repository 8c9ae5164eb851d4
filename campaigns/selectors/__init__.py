"""Reads of the campaigns app."""

from campaigns.selectors.exposures import assigned_before
from campaigns.selectors.report import Report, report_for
from campaigns.selectors.review import ReviewBoard, review_board

__all__ = ["Report", "ReviewBoard", "assigned_before", "report_for", "review_board"]
