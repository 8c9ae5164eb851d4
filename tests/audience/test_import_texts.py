import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from audience.models import Contact, Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return Contact.objects.create(external_id="ann")


@pytest.fixture
def load(tmp_path, capsys):
    def run(content, *options):
        path = tmp_path / "texts.csv"
        path.write_text(content)
        call_command("import_texts", str(path), *options)
        return capsys.readouterr().out

    return run


def test_a_review_is_stored_under_its_contact(load, ann):
    load(
        "review_id,contact,title,body,rating,category,occurred_at\n"
        'r1,ann,Lovely,"Fits, and\nfeels ""right""",5,Dresses,2025-03-01\n'
    )
    text = Text.objects.get()
    assert (text.external_id, text.contact, text.kind) == ("r1", ann, "review")
    assert (text.title, text.body) == ("Lovely", 'Fits, and\nfeels "right"')
    assert (text.rating, text.category, text.status) == (5, "Dresses", "new")
    assert text.occurred_at == datetime(2025, 3, 1, tzinfo=UTC)


def test_the_first_text_of_an_id_stays(load, ann):
    shown = load("external_id,contact,body\nr1,ann,first\nr1,ann,second\n")
    assert "1 inserted" in shown
    assert "1 repeated" in shown
    load("external_id,contact,body\nr1,ann,third\n")
    assert Text.objects.get().body == "first"


def test_a_text_without_an_id_is_known_by_its_content(load, ann):
    content = "contact,body\nann,Lovely\nann,Lovely too\n"
    load(content)
    assert "2 unchanged" in load(content)
    assert Text.objects.count() == 2


def test_a_text_of_an_unknown_contact_is_rejected_with_the_cure(load, ann, tmp_path):
    shown = load("external_id,contact,body\nr1,ann,a\nr2,bob,b\nr3,bob,c\n")
    assert "1 inserted" in shown
    assert "2 rejected" in shown
    kept = [json.loads(line) for line in (tmp_path / "texts.csv.rejects.jsonl").open()]
    assert [each["line"] for each in kept] == [3, 4]
    assert kept[0]["field"] == "contact"
    assert (
        "'bob' is unknown: import the contact first, or use --create-contacts" in kept[0]["reason"]
    )
    assert kept[0]["row"]["body"] == "b"


def test_missing_contacts_are_made_when_asked(load, ann):
    shown = load("external_id,contact,body\nr1,ann,a\nr2,bob,b\nr3,bob,c\n", "--create-contacts")
    assert "3 inserted" in shown
    assert "made: 1" in shown
    assert sorted(Contact.objects.values_list("external_id", flat=True)) == ["ann", "bob"]
    assert Text.objects.filter(contact__external_id="bob").count() == 2


def test_strict_refuses_an_unknown_contact_and_stores_nothing(load, ann):
    with pytest.raises(CommandError, match="line 3: contact 'bob' is unknown"):
        load("external_id,contact,body\nr1,ann,a\nr2,bob,b\n", "--strict")
    assert not Text.objects.exists()


def test_columns_no_field_asks_for_are_said_to_be_ignored(load, ann):
    assert "ignored columns: Age, Division" in load("contact,body,Age,Division\nann,a,33,General\n")


@pytest.mark.parametrize("row", ["ann,a,6,", "ann,a,,poem", "ann,a,4.5,", ",a,,"])
def test_what_no_text_can_be_is_rejected(load, ann, row):
    assert "1 rejected" in load(f"contact,body,rating,kind\n{row}\n")


@pytest.mark.realdata
def test_the_reviews_of_a_real_shop_are_imported_whole(data_folder, capsys):
    import pandas

    path = data_folder / "womens_reviews" / "womens_clothing_reviews.csv.gz"
    reviews = pandas.read_csv(path, keep_default_na=False)
    options = ["--map", "Unnamed: 0=contact", "--map", "Review Text=body", "--create-contacts"]
    options += ["--map", "Department Name=category"]
    rejects = ["--rejects", "rejects.jsonl", "--quiet", "--strict"]
    call_command("import_texts", str(path), *options, *rejects)
    assert f"{len(reviews):,} inserted" in capsys.readouterr().out
    stored = Text.objects.order_by("id").values_list("body", "title", "rating", "category")
    expected = reviews[["Review Text", "Title", "Rating", "Department Name"]]
    expected = expected.map(lambda cell: cell.strip() if isinstance(cell, str) else cell)
    assert list(stored) == list(expected.itertuples(index=False, name=None))
