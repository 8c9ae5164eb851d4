"""Documents come in, are read once, and only what changed is encoded again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def queries_of(step):
    with CaptureQueriesContext(connection) as asked:
        step()
    return len(asked)


def test_more_files_take_hardly_more_queries(base, encoder):
    def keep_and_read(count, word):
        files = [
            Incoming(f"page-{number}.md", f"# Page {number}\n\n{word} {number}.\n".encode())
            for number in range(count)
        ]
        return queries_of(lambda: documents_save(base, files, actor=None)), queries_of(
            lambda: documents_read(now=NOW, encoder=encoder)
        )

    few, many = keep_and_read(5, "Old"), keep_and_read(60, "New")
    assert all(after <= before + 3 for before, after in zip(few, many, strict=True))
    assert max(many) < 40
    assert Chunk.objects.filter(base=base).count() == 60
    encoder.encoded.clear()
    same = keep_and_read(60, "New")
    assert encoder.encoded == []
    assert same < many


def test_a_source_that_comes_twice_is_kept_twice_and_said_once_each(base, encoder):
    files = [Incoming("a.md", b"# A\n\nOne.\n"), Incoming("a.md", b"# A\n\nTwo.\n")]
    saved = documents_save(base, files, actor=None)
    assert (saved.new, saved.changed) == (("a.md",), ("a.md",))
    documents_read(now=NOW, encoder=encoder)
    assert (bodies(base), base.documents.get().version) == (["Two."], 2)


def test_one_of_many_that_cannot_be_read_stops_no_other(base, encoder):
    files = {"a.md": b"# A\n\nOne.\n", "b.csv": b"nothing,here\n1,2\n", "c.md": b"# C\n\nTwo.\n"}
    make.read(base, files, now=NOW, encoder=encoder)
    found = Chunk.objects.filter(base=base).values_list("body", flat=True)
    assert sorted(found) == ["One.", "Two."]
    assert base.documents.get(status="failed").source == "b.csv"


def test_what_a_worker_died_over_is_read_alone(base, encoder):
    files = [Incoming(f"{name}.md", b"# A\n\nOne.\n") for name in "abc"]
    documents_save(base, files, actor=None)
    Document.objects.update(status="reading", claimed_at=NOW)
    said = []

    class Dying(make.CountingEncoder):
        def encode(self, texts, *, progress=None):
            said.append(Document.objects.filter(claimed_at__gt=NOW).count())
            return super().encode(texts, progress=progress)

    documents_read(now=NOW + timedelta(minutes=11), encoder=Dying())
    assert said == [1, 1, 2, 2, 3, 3]


def test_documents_of_several_bases_are_counted_apart(base, encoder):
    other = make.knowledge_base()
    for one in (base, other, base):
        name = f"{one.pk}-{one.documents.count()}.md"
        documents_save(one, [Incoming(name, b"# A\n\nOne word.\n")], actor=None)
    assert documents_read(now=NOW, encoder=encoder) == 3
    for one, count in ((base, 2), (other, 1)):
        one.refresh_from_db()
        assert one.chunk_count == count
