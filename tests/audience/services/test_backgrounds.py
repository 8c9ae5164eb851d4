from datetime import timedelta
from math import log

import pytest

from audience.erasure import AudienceHolder
from audience.models import PhraseBackground
from audience.phrases import Background, phrases
from audience.selectors import newest_bodies
from audience.services.backgrounds import background_in_force
from tests.factories.audience import NOON, contact, read_text

pytestmark = pytest.mark.django_db

BODIES = ["wool coat", "wool vest", "linen dress", "wool", "silk dress"]


@pytest.fixture
def ann():
    return contact("ann")


def written(count, *, by):
    for number in range(count):
        read_text(BODIES[number % len(BODIES)], by=by)


def test_rarities_are_those_of_all_texts_though_what_one_text_holds_is_not_kept(ann):
    written(5, by=ann)
    everybody = Background.of(phrases(body) for body in newest_bodies())

    found = background_in_force(now=NOON)

    assert PhraseBackground.objects.get().holding == {"wool": 3, "dress": 2}
    assert {phrase: found.rarity(phrase) for phrase in everybody.holding} == {
        phrase: everybody.rarity(phrase) for phrase in everybody.holding
    }


def test_it_is_counted_anew_once_texts_are_a_tenth_more(ann, django_assert_num_queries):
    written(30, by=ann)
    background_in_force(now=NOON)
    written(3, by=ann)

    with django_assert_num_queries(2):
        assert background_in_force(now=NOON).texts == 30

    written(1, by=ann)
    assert background_in_force(now=NOON).texts == 34


def test_it_is_counted_anew_after_a_day(ann):
    written(20, by=ann)
    background_in_force(now=NOON)
    written(1, by=ann)

    assert background_in_force(now=NOON + timedelta(hours=23)).texts == 20
    assert background_in_force(now=NOON + timedelta(hours=25)).texts == 21


def test_a_shop_without_texts_finds_nothing_rare():
    assert background_in_force(now=NOON).rarity("wool") == log(1)


def test_erasing_a_person_has_everybodys_phrases_counted_anew(ann):
    ben = contact("ben")
    written(5, by=ann)
    read_text("orchid orchid", by=ben)
    read_text("orchid", by=ben)
    assert "orchid" in background_in_force(now=NOON).holding

    AudienceHolder().erase(ben.subject_id)

    assert "orchid" not in background_in_force(now=NOON).holding
