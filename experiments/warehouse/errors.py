"""What can go wrong on the way to a company's warehouse.

WarehouseError
|- WarehouseUnavailable   it is not there, cannot be reached, or lacks a table or column
`- DeclarationInvalid     the declaration file says something that cannot be
"""

from __future__ import annotations


class WarehouseError(Exception):
    """Any of them; the message says what to do."""


class WarehouseUnavailable(WarehouseError):
    pass


class DeclarationInvalid(WarehouseError):
    pass
