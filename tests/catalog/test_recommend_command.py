import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import audience
from tests.factories import catalog as make
from tests.factories.events import event

pytestmark = pytest.mark.django_db


def test_the_command_fits_and_shows(capsys, settings):
    settings.IMAGE_ENCODER = ""
    make.product(external_id="scarf", title="Wool scarf")
    make.product(external_id="hat", title="Wool hat")
    for unit in ("a", "b", "c"):
        event(unit_id=unit, properties={"product_id": "scarf"}, occurred_at=timezone.now())
        event(unit_id=unit, properties={"product_id": "hat"}, occurred_at=timezone.now())
    event(unit_id="d", properties={"product_id": "scarf"}, occurred_at=timezone.now())
    call_command("recommend")
    said = capsys.readouterr().out
    assert "products encoded: 2" in said
    assert "fitted on 4 histories" in said
    assert "recommendations for 4 contacts" in said
    assert "no IMAGE_ENCODER is set" in said
    call_command("recommend", unit="d")
    assert "1. Wool hat, 79.00 EUR (because you bought Wool scarf)" in capsys.readouterr().out


def test_of_whom_nothing_is_known_it_says_so(capsys):
    make.product(external_id="scarf", title="Wool scarf")
    event(unit_id="a", properties={"product_id": "scarf"}, occurred_at=timezone.now())
    call_command("recommend")
    capsys.readouterr()
    call_command("recommend", unit="stranger")
    assert "stranger bought and looked at nothing" in capsys.readouterr().out
    audience.profile(audience.contact("writer"))
    call_command("recommend", unit="writer")
    assert "like what they wrote" in capsys.readouterr().out
    with pytest.raises(CommandError, match="'0' is no whole number of 1 or more"):
        call_command("recommend", "--unit", "a", "--limit", "0")
    with pytest.raises(CommandError, match="'-1' is no whole number of 0 or more"):
        call_command("recommend", "--seed", "-1")


def test_the_command_says_what_is_missing():
    with pytest.raises(CommandError, match="import products first"):
        call_command("recommend")
    with pytest.raises(CommandError, match="have not been fitted"):
        call_command("recommend", unit="a")
