"""Writes of the assistant."""

from assistant.services.documents import (
    Incoming,
    document_remove,
    documents_save,
)
from assistant.services.reading import document_read, documents_read

__all__ = ["Incoming", "document_read", "document_remove", "documents_read", "documents_save"]
