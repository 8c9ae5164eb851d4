"""The OpenAPI 3.1 document of every door, with examples; served at `/v1/openapi.json`.

It is written by hand, door by door, because the answers are: the shapes are promises to programs
that others wrote, not mirrors of our classes. A test asks every door what this document allows.
"""

from __future__ import annotations

from web.openapi.document import openapi_document

__all__ = ["openapi_document"]
