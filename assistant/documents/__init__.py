"""Files of a shop's knowledge into chunks that can be found and cited. Pure: no Django, no rows."""

from assistant.documents.chunking import Chunk, chunks_of
from assistant.documents.reading import Kind, kind_of, read_document
from assistant.documents.sections import Page, Section

__all__ = ["Chunk", "Kind", "Page", "Section", "chunks_of", "kind_of", "read_document"]
