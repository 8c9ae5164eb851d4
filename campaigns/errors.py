"""Refusals of the campaigns app.

DomainError
├── NotPermitted    the actor lacks the right; Django answers it with 403 where nobody catches it
├── CampaignClosed  the campaign's state does not allow it now
├── CopyBlocked     guardrails found what must not go out
├── PlanClosed      the plan's state, or its unfairness, does not allow it now
├── CellsMissing    a segment has no approved text for an angle
└── OfferOver       the copy promises what the shop no longer gives
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from core.errors import DomainError


class NotPermitted(DomainError, PermissionDenied):
    """The actor may not do this."""


class CampaignClosed(DomainError):
    """The campaign is in a state that does not allow it."""


class PlanClosed(DomainError):
    """The plan is in a state that does not allow it."""


class CopyBlocked(DomainError):
    """The guardrails refuse this copy; `findings` says why, one sentence each."""

    def __init__(self, message: str, findings: Sequence[str]) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class OfferOver(DomainError):
    """The campaign's offer is over, switched off, or has no budget left."""


class CellsMissing(DomainError):
    """Cells without approved copy; `cells` names them as segment and angle."""

    def __init__(self, message: str, cells: Sequence[str]) -> None:
        super().__init__(message)
        self.cells = tuple(cells)
