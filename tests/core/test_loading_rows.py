import csv
import gzip
import json
import threading
import tracemalloc

import pytest
from django.db import connection

from audience.loading import CONTACTS
from audience.models import Contact
from core.errors import InputRefused
from core.loading import readers
from core.loading.refusals import Refusal, RejectsFile
from core.loading.rows import RowRefused, rows_load
from core.models import WebhookEndpoint, WebhookMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def contacts_file(tmp_path):
    def write(*rows, header=("external_id", "first_name", "city"), name="contacts.csv"):
        path = tmp_path / name
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


def counts(summary):
    return {
        name: getattr(summary, name)
        for name in ("read", "inserted", "updated", "unchanged", "repeated", "rejected")
        if getattr(summary, name)
    }


def test_the_same_file_twice_changes_nothing_and_says_so(contacts_file):
    path = contacts_file(("1", "Ann", "Leeds"), ("2", "Bo", ""))
    assert counts(rows_load(CONTACTS, path)) == {"read": 2, "inserted": 2}
    before = list(Contact.objects.order_by("id").values())
    assert counts(rows_load(CONTACTS, path)) == {"read": 2, "unchanged": 2}
    assert list(Contact.objects.order_by("id").values()) == before


def test_reasons_are_told_with_the_commonest_first(contacts_file):
    rows = [("1", "Ann", "Leeds"), ("", "Bo", ""), ("2", "x" * 200, ""), ("", "Cy", "")]
    summary = rows_load(CONTACTS, contacts_file(*rows))
    assert [(one.rows, one.line) for one in summary.reasons] == [(2, 3), (1, 4)]
    assert str(summary.reasons[0]).startswith("2 rows, from line 3 on: external_id")
    assert str(summary.reasons[1]).startswith("1 row, line 4: first_name")


def test_one_reason_is_one_whatever_the_value(contacts_file):
    rows = [(str(number), "x" * (200 + number), "") for number in range(5)]
    (reason,) = rows_load(CONTACTS, contacts_file(*rows)).reasons
    assert str(reason).startswith("5 rows, from line 2 on: first_name is 200 characters long")


def test_reasons_of_which_each_is_another_stay_few(contacts_file, monkeypatch):
    monkeypatch.setattr("core.loading.refusals.REASONS_KEPT", 3)
    refused = RejectsFile(contacts_file().with_name("r.jsonl"))
    for line in range(9):
        refused.add(Refusal(line, "", f"reason {'abcdef'[line % 6]}", {}))
    refused.discard()
    assert [(one.says, one.rows) for one in refused.reasons()] == [
        ("reason a", 2), ("reason b", 2), ("reason c", 2),
    ]  # fmt: skip
    assert refused.count == 9


def test_a_changed_row_is_updated_and_the_others_left_alone(contacts_file):
    rows_load(CONTACTS, contacts_file(("1", "Ann", "Leeds"), ("2", "Bo", "York")))
    summary = rows_load(CONTACTS, contacts_file(("1", "Ann", "Hull"), ("2", "Bo", "York")))
    assert counts(summary) == {"read": 2, "updated": 1, "unchanged": 1}
    assert Contact.objects.get(external_id="1").attributes == {"city": "Hull"}


def test_what_a_file_says_nothing_of_stays(contacts_file):
    rows_load(CONTACTS, contacts_file(("1", "Ann", "Leeds")))
    rows_load(CONTACTS, contacts_file(("1", "", "12"), header=("external_id", "first_name", "age")))
    contact = Contact.objects.get()
    assert contact.first_name == "Ann"
    assert contact.attributes == {"city": "Leeds", "age": 12}


def test_the_last_row_of_a_key_wins_and_the_others_are_counted(contacts_file):
    path = contacts_file(("1", "Ann", "x"), ("2", "Bo", "y"), ("1", "Anna", "z"))
    assert counts(rows_load(CONTACTS, path)) == {"read": 3, "inserted": 2, "repeated": 1}
    assert Contact.objects.get(external_id="1").first_name == "Anna"


def test_a_bad_row_is_kept_with_its_line_and_reason(contacts_file):
    path = contacts_file(("1", "Ann", "Leeds"), ("", "Bo", "York"), ("3", "C" * 101, "Hull"))
    summary = rows_load(CONTACTS, path)
    assert counts(summary) == {"read": 3, "inserted": 1, "rejected": 2}
    assert summary.rejects_path == path.with_name("contacts.csv.rejects.jsonl")
    kept = [json.loads(line) for line in summary.rejects_path.read_text().splitlines()]
    assert kept[0] == {
        "line": 3,
        "field": "external_id",
        "reason": "is missing",
        "row": {"external_id": "", "first_name": "Bo", "city": "York"},
    }
    assert (kept[1]["line"], kept[1]["field"]) == (4, "first_name")


def test_a_good_file_leaves_no_rejects_file(contacts_file):
    path = contacts_file(("1", "Ann", "Leeds"))
    assert rows_load(CONTACTS, path).rejects_path is None
    assert list(path.parent.iterdir()) == [path]


def test_a_strict_import_stops_at_the_first_bad_row_and_changes_nothing(contacts_file):
    path = contacts_file(("1", "Ann", "Leeds"), ("", "Bo", "York"))
    with pytest.raises(RowRefused, match="line 3: external_id is missing; nothing was changed"):
        rows_load(CONTACTS, path, is_strict=True)
    assert not Contact.objects.exists()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_breaks_off_changes_nothing(tmp_path):
    body = "external_id\n" + "".join(f"{number}\n" for number in range(60_000))
    path = tmp_path / "contacts.csv.gz"
    path.write_bytes(gzip.compress(body.encode())[:-50])
    with pytest.raises(InputRefused, match="not whole"):
        rows_load(CONTACTS, path)
    assert not Contact.objects.exists()


def test_a_row_that_is_not_utf8_is_refused_and_the_rest_read(tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_bytes("external_id,city\n1,Zürich\n".encode() + "2,Zürich\n".encode("latin-1"))
    assert counts(rows_load(CONTACTS, path)) == {"read": 2, "inserted": 1, "rejected": 1}
    assert "UTF-8" in path.with_name("contacts.csv.rejects.jsonl").read_text()


@pytest.mark.parametrize(
    "value", ["a\tb", "a\\b", "\\N", "a\nb", 'quo"te', "naïve 🎉", "\\.", "'; --"]
)
def test_odd_signs_arrive_as_they_were(contacts_file, value):
    rows_load(CONTACTS, contacts_file((value, value, value)))
    contact = Contact.objects.get()
    assert [contact.external_id, contact.first_name, contact.attributes] == [
        value,
        value,
        {"city": value},
    ]


def test_rejects_never_replace_the_file_itself(contacts_file):
    path = contacts_file(("", "Ann", "Leeds"))
    with pytest.raises(InputRefused, match="cannot be the file itself"):
        rows_load(CONTACTS, path, rejects_path=path)


def test_a_rejects_file_that_cannot_be_written_is_told_with_the_cure(contacts_file, tmp_path):
    path = contacts_file(("", "Ann", "Leeds"))
    with pytest.raises(InputRefused, match="name another place with --rejects"):
        rows_load(CONTACTS, path, rejects_path=tmp_path / "nowhere" / "rejects.jsonl")


def test_a_key_that_appears_late_in_a_jsonl_file_finds_its_field(tmp_path):
    path = tmp_path / "contacts.jsonl"
    early = [json.dumps({"external_id": number}) for number in range(5_000)]
    late = json.dumps({"external_id": "late", "email": "late@shop.example", "vip": True})
    path.write_text("\n".join([*early, late]))
    assert rows_load(CONTACTS, path).inserted == 5_001
    contact = Contact.objects.get(external_id="late")
    assert (contact.email, contact.attributes) == ("late@shop.example", {"vip": True})


def test_progress_ends_at_the_size_of_the_file(contacts_file):
    path = contacts_file(("1", "Ann", "Leeds"))
    seen = []
    rows_load(CONTACTS, path, progress=seen.append)
    assert seen[-1] == path.stat().st_size


def peak_memory(path):
    tracemalloc.start()
    summary = rows_load(CONTACTS, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return summary, peak


def test_memory_does_not_grow_with_the_file_good_rows_or_bad(contacts_file, monkeypatch):
    monkeypatch.setattr(readers, "BATCH_ROWS", 500)
    pairs = [[(str(number), "Ann", "Leeds"), ("", "Bo", "")] for number in range(5_000)]
    rows = [row for pair in pairs for row in pair]
    small = contacts_file(*rows[:1_500], name="small.csv")
    large = contacts_file(*rows, name="large.csv")
    (_, small_peak), (summary, large_peak) = peak_memory(small), peak_memory(large)
    assert counts(summary) == {
        "read": 10_000,
        "inserted": 4_250,
        "unchanged": 750,
        "rejected": 5_000,
    }
    assert large_peak < 1.3 * small_peak


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_table_at_once_both_end_well(contacts_file):
    rows = [(str(number), "Ann", "Leeds") for number in range(3_000)]
    paths = [contacts_file(*rows, name="a.csv"), contacts_file(*reversed(rows), name="b.csv")]
    summaries = []

    def load(path):
        summaries.append(rows_load(CONTACTS, path))
        connection.close()

    threads = [threading.Thread(target=load, args=[path]) for path in paths]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(summary.inserted for summary in summaries) == [0, 3_000]
    assert Contact.objects.count() == 3_000


def test_an_import_is_told_to_who_wants_to_know_and_one_that_failed_is_not(contacts_file):
    WebhookEndpoint.objects.create(name="CRM", url="https://crm.shop.example/")
    path = contacts_file(("1", "Ann", "Leeds"), ("", "Bo", "York"))
    with pytest.raises(RowRefused):
        rows_load(CONTACTS, path, is_strict=True)
    assert not WebhookMessage.objects.exists()
    rows_load(CONTACTS, path)
    message = WebhookMessage.objects.get()
    assert message.kind == "import.finished"
    assert json.loads(message.body)["data"] == {
        "noun": "contacts",
        "file": "contacts.csv",
        "read": 2,
        "inserted": 1,
        "updated": 0,
        "unchanged": 0,
        "repeated": 0,
        "rejected": 1,
        "gone": None,
    }
