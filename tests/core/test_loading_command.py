import pytest
from django.core.management import CommandError, call_command, load_command_class

from audience.models import Contact

COMMANDS = [
    ("audience", "import_contacts"),
    ("audience", "import_texts"),
    ("catalog", "import_products"),
    ("events", "import_events"),
]


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_help_lists_every_field_with_what_it_takes(app, name):
    command = load_command_class(app, name)
    shown = command.create_parser("manage.py", name).format_help()
    for field in command.described.fields:
        assert f"\n  {field.name}" in shown
        assert field.kind.wanted in shown
    assert f"manage.py {name}" in shown


def test_a_wrong_file_is_told_without_a_traceback(tmp_path):
    with pytest.raises(CommandError, match=r"customers\.csv cannot be read"):
        call_command("import_contacts", str(tmp_path / "customers.csv"))


@pytest.mark.django_db
def test_the_summary_counts_rows_and_names_the_rejects_file(tmp_path, capsys):
    path = tmp_path / "customers.csv"
    path.write_text("No,first_name\n1,Ann\n,Bo\n")
    rejects = tmp_path / "bad.jsonl"
    call_command("import_contacts", str(path), "--map", "No=external_id", "--rejects", str(rejects))
    shown = capsys.readouterr().out
    assert (
        "contacts: 2 read, 1 inserted, 0 updated, 0 unchanged, 0 repeated in the file, 1 rejected"
        in shown
    )
    assert "  1 row, line 3: external_id" in shown
    assert str(rejects) in shown
    assert Contact.objects.get().external_id == "1"


@pytest.mark.django_db
def test_a_second_import_says_that_nothing_changed(tmp_path, capsys):
    path = tmp_path / "customers.csv"
    path.write_text("external_id\n1\n")
    call_command("import_contacts", str(path))
    assert "nothing changed" not in capsys.readouterr().out
    call_command("import_contacts", str(path))
    assert "nothing changed: every row was stored already" in capsys.readouterr().out


@pytest.mark.django_db
def test_strict_fails_and_leaves_the_table_as_it_was(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("external_id\n1\n2,3\n")
    with pytest.raises(CommandError, match="line 3: has 2 cells; the header has 1"):
        call_command("import_contacts", str(path), "--strict")
    assert not Contact.objects.exists()
