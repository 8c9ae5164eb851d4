import pytest
from django.core.management import CommandError, call_command

from audience.models import Contact
from privacy.models import Consent, ConsentEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, capsys):
    def run(content, *options, command="import_contacts"):
        path = tmp_path / "people.csv"
        path.write_text(content)
        call_command(command, str(path), *options)
        return capsys.readouterr().out

    return run


def said():
    people = dict(Contact.objects.values_list("subject_id", "external_id"))
    return {(people[one.subject_id], one.purpose): one.is_given for one in Consent.objects.all()}


COLUMNS = "external_id,Consent Profiling,consent_email\nann,yes,no\nben,No,\ncleo,maybe,TRUE\n"


def test_columns_say_what_each_person_agreed_to(load):
    printed = load(COLUMNS, "--consent-source", "sign-up form v3")

    assert said() == {
        ("ann", "profiling"): True,
        ("ann", "email"): False,
        ("ben", "profiling"): False,
        ("cleo", "email"): True,
    }
    assert "4 answers noted" in printed
    assert "1 neither yes nor no and so not consent" in printed
    assert set(ConsentEntry.objects.values_list("source", flat=True)) == {"sign-up form v3"}


def test_answers_do_not_stay_behind_as_attributes(load):
    load("external_id,consent_profiling,city\nann,yes,Ghent\n")
    assert Contact.objects.get().attributes == {"city": "Ghent"}


def test_the_same_file_again_adds_nothing(load):
    load(COLUMNS)
    printed = load(COLUMNS)
    assert ConsentEntry.objects.count() == 4
    assert "0 answers noted, 4 said before" in printed


def test_a_changed_mind_is_a_new_entry(load):
    load("external_id,consent_profiling\nann,yes\n")
    load("external_id,consent_profiling\nann,no\n")
    assert said() == {("ann", "profiling"): False}
    assert ConsentEntry.objects.count() == 2


def test_an_option_speaks_for_everybody_whose_column_does_not(load):
    load(
        "external_id,consent_profiling\nann,no\nben,\n",
        "--consent=profiling",
        "--consent-source=paper form",
    )
    assert said() == {("ann", "profiling"): False, ("ben", "profiling"): True}


def test_texts_may_say_it_too(load):
    load(
        "contact,body\nann,Soft wool\n",
        "--create-contacts",
        "--consent=profiling",
        "--consent-source=review form",
        command="import_texts",
    )
    assert said() == {("ann", "profiling"): True}


def test_without_an_answer_nothing_is_noted(load):
    printed = load("external_id,city\nann,Ghent\n")
    assert said() == {}
    assert "consent" not in printed


def test_consent_for_all_needs_to_say_where_it_was_given(load):
    with pytest.raises(CommandError, match="say where they agreed"):
        load("external_id\nann\n", "--consent=profiling")
    assert not Contact.objects.exists()
