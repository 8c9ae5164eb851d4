import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from audience.models import Contact

pytestmark = pytest.mark.django_db

HEADER = "customer_id,E-mail,First Name,Last Name,zip,spent,vip\n"
MAPPED = ["--map", "E-mail=email"]


@pytest.fixture
def load(tmp_path, capsys):
    def run(content, *options, name="contacts.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("import_contacts", str(path), *options)
        return capsys.readouterr().out

    return run


def test_a_shops_customer_table_becomes_contacts(load):
    load(HEADER + "c1,ann@shop.example,Ann,O'Hara,02134,99.50,yes\n", *MAPPED)
    contact = Contact.objects.get()
    assert contact.external_id == "c1"
    assert contact.email == "ann@shop.example"
    assert (contact.first_name, contact.last_name) == ("Ann", "O'Hara")
    assert contact.subject_id is not None


def test_what_looks_like_a_number_is_one_in_rules_and_what_does_not_stays_text(load):
    load(HEADER + "c1,,,,02134,99.50,yes\n", *MAPPED)
    assert Contact.objects.get().attributes == {"zip": "02134", "spent": 99.5, "vip": "yes"}
    assert Contact.objects.filter(attributes__spent__gt=99).exists()


def test_typed_attributes_stay_typed(load, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"external_id": ["c1"], "zip": ["12345"], "orders": [3], "vip": [True]})
    parquet.write_table(table, tmp_path / "contacts.parquet")
    call_command("import_contacts", str(tmp_path / "contacts.parquet"))
    assert Contact.objects.get().attributes == {"zip": "12345", "orders": 3, "vip": True}


def test_attributes_may_also_come_as_an_object(load):
    row = {"external_id": "c1", "attributes": {"zip": "12345", "size": "M"}, "size": "L"}
    load(json.dumps(row), name="contacts.jsonl")
    assert Contact.objects.get().attributes == {"zip": "12345", "size": "L"}


def test_new_attributes_join_those_already_known(load):
    load("external_id,size\nc1,M\n")
    load("external_id,colour\nc1,green\n")
    assert Contact.objects.get().attributes == {"size": "M", "colour": "green"}


def test_a_contact_keeps_its_subject_through_updates(load):
    load("external_id,first_name\nc1,Ann\n")
    before = Contact.objects.get()
    load("external_id,first_name\nc1,Anna\n")
    after = Contact.objects.get()
    assert (after.pk, after.subject_id) == (before.pk, before.subject_id)
    assert after.updated_at > before.updated_at


@pytest.mark.parametrize("email", ["nobody", "a b@shop.example", "@", "ann@"])
def test_an_address_that_is_none_is_rejected(load, email):
    assert "1 rejected" in load(f"external_id,email\nc1,{email}\n")


def test_a_packed_file_is_read_as_it_is(load):
    load(gzip.compress(b"external_id\nc1\n"), name="contacts.csv.gz")
    assert Contact.objects.get().external_id == "c1"


def test_an_unknown_column_in_map_lists_the_files_columns(load):
    with pytest.raises(CommandError, match="its columns are a, b"):
        load("a,b\n1,2\n", "--map", "id=external_id")


def test_a_column_without_a_name_is_left_out(load):
    load(",external_id\n0,c1\n")
    assert Contact.objects.get().attributes == {}


def test_a_file_with_a_header_only_imports_nothing(load):
    assert "contacts: 0 read, 0 inserted" in load("external_id,email\n")
