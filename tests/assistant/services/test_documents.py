"""Documents come in, are read once, and only what changed is encoded again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.models import Chunk, Document, Posting
from assistant.services import Incoming, document_remove, documents_read, documents_save
from core.models import AuditEntry
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def encoder():
    return make.CountingEncoder()


@pytest.fixture
def base():
    return make.knowledge_base()


def bodies(base):
    return list(base.documents.get().chunks.values_list("body", flat=True))


def test_a_document_becomes_chunks_with_their_headings(base, encoder):
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    document = base.documents.get()
    assert (document.status, document.title, document.chunk_count) == ("ready", "Returns", 2)
    assert list(document.chunks.values_list("heading", "body")) == [
        ("Returns", "You can return a dress within 30 days."),
        ("Returns › Cost", "Returns are free."),
    ]


def test_an_unchanged_file_is_neither_kept_nor_encoded_again(base, encoder):
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    encoder.encoded.clear()
    again = make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    assert (again.unchanged, encoder.encoded) == (("returns.md",), [])
    assert base.documents.get().versions.count() == 1


def test_of_a_changed_file_only_the_changed_part_is_encoded(base, encoder):
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    kept = set(Chunk.objects.values_list("pk", flat=True))
    encoder.encoded.clear()
    changed = make.RETURNS.replace(b"Returns are free.", b"Returns cost 3 euros.")
    make.read(base, {"returns.md": changed}, now=NOW, encoder=encoder)
    assert encoder.encoded == [
        "Returns › Cost. Returns cost 3 euros.",
        "Cost: Returns cost 3 euros.",
    ]
    assert bodies(base) == ["You can return a dress within 30 days.", "Returns cost 3 euros."]
    assert len(kept & set(Chunk.objects.values_list("pk", flat=True))) == 1
    assert [version.number for version in base.documents.get().versions.all()] == [2, 1]


def test_parts_that_changed_places_are_not_encoded_again(base, encoder):
    make.read(base, {"a.csv": b"question,answer\nA?,One.\nB?,Two.\n"}, now=NOW, encoder=encoder)
    encoder.encoded.clear()
    make.read(base, {"a.csv": b"question,answer\nB?,Two.\nA?,One.\n"}, now=NOW, encoder=encoder)
    assert (encoder.encoded, bodies(base)) == ([], ["Two.", "One."])


def test_a_file_that_cannot_be_kept_stops_no_other(base, encoder):
    saved = make.read(
        base, {"photo.jpg": b"x", "empty.md": b"", "returns.md": make.RETURNS}, now=NOW,
        encoder=encoder,
    )  # fmt: skip
    assert saved.new == ("returns.md",)
    assert set(saved.refused) == {"photo.jpg", "empty.md"}


def test_a_file_that_cannot_be_read_says_why_and_what_was_known_stays(base, encoder):
    make.read(base, {"faq.csv": make.SHIPPING}, now=NOW, encoder=encoder)
    make.read(base, {"faq.csv": b"nothing,here\n1,2\n"}, now=NOW, encoder=encoder)
    document = base.documents.get()
    assert document.status == "failed"
    assert "no column “question”" in document.error
    assert bodies(base) == ["Yes: parcels to Norway take four days."]


def test_a_document_of_a_killed_worker_is_read_after_a_while(base, encoder):
    documents_save(base, [Incoming("returns.md", make.RETURNS)], actor=None)
    Document.objects.update(status="reading", claimed_at=NOW)
    assert documents_read(now=NOW + timedelta(minutes=1), encoder=encoder) == 0
    assert documents_read(now=NOW + timedelta(minutes=11), encoder=encoder) == 1


def test_a_version_that_came_while_reading_is_read_next(base, encoder):
    class Interrupted(make.CountingEncoder):
        def encode(self, texts, *, progress=None):
            if not self.encoded:
                documents_save(base, [Incoming("returns.md", b"# New\n\nText.\n")], actor=None)
            return super().encode(texts, progress=progress)

    documents_save(base, [Incoming("returns.md", make.RETURNS)], actor=None)
    assert documents_read(now=NOW, encoder=Interrupted()) == 2
    assert bodies(base) == ["Text."]


def test_what_is_removed_is_gone_with_all_that_pointed_to_it(base, encoder, owner):
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    document_remove(base.documents.get(), actor=owner)
    base.refresh_from_db()
    assert (base.chunk_count, base.word_count) == (0, 0)
    assert not Posting.objects.exists()
    assert AuditEntry.objects.filter(action="document_remove", actor=owner).exists()


def test_chunks_and_words_are_counted(base, encoder):
    make.read(base, {"faq.csv": make.SHIPPING}, now=NOW, encoder=encoder)
    # ship, norway (twice), yes, parcel, take, four, day: stems that count, heading included.
    assert (base.chunk_count, base.word_count) == (1, 8)
