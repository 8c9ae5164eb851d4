"""Errors a person may read.

CopyliftError
├── DomainError        a rule of the house forbids it; the message says which, and the cure
├── InputRefused       what came through a door is not usable; names the field
└── ServiceUnavailable a part this needs does not answer; trying again may help
"""

from __future__ import annotations


class CopyliftError(Exception):
    """The root of every error this project raises on purpose."""


class DomainError(CopyliftError):
    """A rule forbids the action in the present state."""


class InputRefused(CopyliftError):
    """Input from outside was refused: `field` is where, the message is why and what to do."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ServiceUnavailable(CopyliftError):
    """A database, broker, model or other part did not answer."""
