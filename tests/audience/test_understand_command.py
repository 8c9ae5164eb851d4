from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audience.models import Text
from audience.services import texts
from inference.encoders import ScriptedEncoder
from tests.factories.audience import contact, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scripted_encoder(monkeypatch):
    monkeypatch.setattr(texts, "text_encoder", ScriptedEncoder)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def reviews():
    for number in range(24):
        topic = ["wool coat", "wide leg"][number % 2]
        text(f"{topic} number{number}", by=contact(), category=topic.title())
    text("")


def understand(*options):
    out = StringIO()
    call_command("understand", *options, stdout=out)
    return out.getvalue()


def test_prints_what_was_done_and_a_table_of_segments(reviews):
    out = understand("--clusters", "2")

    assert "24 texts read, 24 profiles made, 2 clusters of 24 profiles" in out
    assert "1 empty" in out
    assert "Wool Coat: " in out
    assert "Wide Leg: " in out


def test_limit_is_kept(reviews):
    understand("--limit", "5")

    assert Text.objects.filter(status=Text.Status.READ).count() == 5


def test_nothing_new_keeps_the_clusters(reviews):
    understand("--clusters", "2")

    assert "0 texts read, 0 profiles made, clusters kept" in understand()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--estimator", "hdbscan", "--clusters", "3"], "leave the count empty"),
        (["--clusters", "1"], "from 2 to 50"),
        (["--limit", "0"], "'0' is no whole number of 1 or more"),
        (["--limit", "-5"], "'-5' is no whole number of 1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(reviews, options, said):
    with pytest.raises(CommandError, match=said):
        understand(*options)
    assert Text.objects.filter(status=Text.Status.NEW).count() == 25


def test_what_cannot_be_done_ends_the_command_with_a_sentence():
    with pytest.raises(CommandError, match="too few to form clusters"):
        understand("--clusters", "3")
