import threading
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, connections

from audience.models import Contact, Text
from audience.services import ReadSummary, texts, texts_read
from core.errors import DomainError
from inference.encoders import ScriptedEncoder
from tests.factories.audience import NOON, contact, read_text, text

ENCODER = ScriptedEncoder()


def read(**options):
    return texts_read(now=NOON, **{"encoder": ENCODER, **options})


def statuses():
    return list(Text.objects.order_by("pk").values_list("status", "drop_reason"))


@pytest.mark.django_db
def test_a_new_text_is_cleaned_and_encoded():
    text("<b>Soft</b> wool, mail ann@shop.example", title="Lovely")

    summary = read()

    row = Text.objects.get()
    expected = ENCODER.encode(["Lovely. Soft wool, mail [email]"])[0]
    assert summary == ReadSummary(1, {})
    assert (row.status, row.clean_body) == ("read", "Lovely. Soft wool, mail [email]")
    assert row.vector == pytest.approx(expected, abs=1e-6)
    assert row.read_at == NOON


@pytest.mark.django_db
def test_what_a_person_wrote_is_kept_as_written():
    text("<b>Soft</b>", title="Lovely")

    read()

    assert Text.objects.values_list("title", "body").get() == ("Lovely", "<b>Soft</b>")


@pytest.mark.django_db
def test_every_dropped_text_is_counted_with_its_reason():
    for body in ("", "https://a.example", "ok", "zzzzzzzzzzzzz", "", "Soft wool"):
        text(body)

    summary = read()

    assert summary.read == 1
    assert summary.dropped == {
        "empty": 2,
        "only_links": 1,
        "too_short": 1,
        "repeated_characters": 1,
    }


@pytest.mark.django_db
def test_a_text_the_encoder_cannot_read_is_dropped_with_its_reason_and_language():
    text("Das Kleid ist leider viel zu groß ausgefallen")
    text("The dress runs a little large on me")
    english_only = ScriptedEncoder(languages=frozenset({"en"}))

    summary = read(encoder=english_only)

    assert (summary.read, summary.dropped) == (1, {"other_language": 1})
    found = Text.objects.order_by("pk").values_list("language", "status")
    assert list(found) == [("de", "dropped"), ("en", "read")]


@pytest.mark.django_db
def test_an_encoder_of_many_languages_reads_them_all():
    text("Das Kleid ist leider viel zu groß ausgefallen")

    assert read().read == 1
    assert Text.objects.get().language == "de"


@pytest.mark.django_db
def test_a_contacts_repeated_text_is_read_once():
    ann = contact()
    read_text("Soft wool", by=ann)
    text("Soft wool", by=ann)
    text("Linen", by=ann)
    text("<i>Linen</i>", by=ann)

    assert read() == ReadSummary(1, {"duplicate": 2})


@pytest.mark.django_db
def test_two_contacts_may_write_the_same():
    text("Soft wool")
    text("Soft wool")

    assert read().read == 2


@pytest.mark.django_db
def test_reading_again_finds_nothing_to_do():
    text("Soft wool")
    read()

    assert read().seen == 0


@pytest.mark.django_db
def test_limit_is_kept(monkeypatch):
    monkeypatch.setattr(texts, "TEXTS_PER_BATCH", 2)
    for number in range(5):
        text(f"wool {number}")

    assert read(limit=3).seen == 3
    assert Text.objects.filter(status=Text.Status.NEW).count() == 2


@pytest.mark.django_db
def test_progress_adds_up_to_the_texts_seen():
    for body in ("", "Soft wool", "Linen"):
        text(body)
    heard = []

    read(progress=heard.append)

    assert sum(heard) == 3


@pytest.mark.django_db
def test_contacts_whose_texts_changed_are_due_for_a_profile():
    text("Soft wool", by=contact("ann"))
    contact("ben")

    read()

    due = Contact.objects.filter(is_profile_due=True)
    assert list(due.values_list("external_id", flat=True)) == ["ann"]


@pytest.mark.django_db
def test_an_encoder_of_another_size_is_refused_before_anything_is_read():
    text("Soft wool")

    with pytest.raises(DomainError, match="vectors of 32 numbers and the database holds 384"):
        read(encoder=ScriptedEncoder(32))

    assert statuses() == [("new", "")]


class PausingEncoder(ScriptedEncoder):
    """Stops in the middle of its first batch until it is told to go on."""

    def __init__(self):
        super().__init__()
        self.is_at_work = threading.Event()
        self.may_go_on = threading.Event()

    def encode(self, texts, *, progress=None):
        self.is_at_work.set()
        assert self.may_go_on.wait(20)
        return super().encode(texts, progress=progress)


class DyingEncoder(ScriptedEncoder):
    """Loses the database in the middle of a batch, as a killed worker does."""

    def encode(self, texts, *, progress=None):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return super().encode(texts, progress=progress)


def in_thread(work):
    def run():
        with suppress(OperationalError):
            work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_texts_and_keep_a_contacts_together(monkeypatch):
    monkeypatch.setattr(texts, "TEXTS_PER_BATCH", 2)
    ann, ben = contact(), contact()
    for body in ("wool", "linen", "wool"):
        text(body, by=ann)
    text("silk", by=ben)
    encoder, heard = PausingEncoder(), []
    slow = in_thread(lambda: heard.append(read(encoder=encoder)))
    assert encoder.is_at_work.wait(20)

    fast = read()
    encoder.may_go_on.set()
    slow.join(20)

    assert (fast, heard) == (ReadSummary(1, {}), [ReadSummary(2, {"duplicate": 1})])


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_loses_and_doubles_nothing():
    for body in ("wool", "", "linen"):
        text(body)

    in_thread(lambda: read(encoder=DyingEncoder())).join(20)

    assert statuses() == [("new", "")] * 3
    assert read() == ReadSummary(2, {"empty": 1})
