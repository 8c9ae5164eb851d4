from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import campaigns as factory
from tests.generation.test_voices import LETTERS


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def voice(db):
    return factory.brand_voice(banned_terms=["must-have"])


def test_a_proposal_shows_the_sentences_it_rests_on_and_saves_nothing(logged_in, voice):
    answer = logged_in.post(reverse("web:voice_draft", args=[voice.pk]), {"texts": LETTERS})
    shown = answer.content.decode()
    assert "Thank you for being with us." in shown
    assert answer.context["proposal"].initial["banned_terms"].startswith("must-have, ")
    assert voice.versions.count() == 0


def test_what_a_person_made_of_it_becomes_the_next_version(logged_in, voice):
    form = {"apply": "1", "tone": "warm", "descriptors": "kind", "banned_terms": "cheap, ,cheap",
            "examples": "Made slowly, worn often.\r\n"}  # fmt: skip
    answer = logged_in.post(reverse("web:voice_draft", args=[voice.pk]), form)
    voice.refresh_from_db()
    assert answer["Location"] == reverse("web:voice_try", args=[voice.pk])
    assert (voice.banned_terms, voice.examples) == (["cheap"], "Made slowly, worn often.")
    assert voice.versions.get().content["descriptors"] == "kind"


def test_a_paste_without_a_sentence_is_refused(logged_in, voice):
    answer = logged_in.post(reverse("web:voice_draft", args=[voice.pk]), {"texts": "… !"})
    assert "There is not a sentence in it." in answer.content.decode()


def test_three_texts_are_shown_in_the_shape_of_their_channel(logged_in, voice):
    url, template = reverse("web:voice_try", args=[voice.pk]), factory.template()
    shown = logged_in.post(url, {"template": template.pk, "angle": "curiosity"}).content.decode()
    assert "3 texts by composer in " in shown
    assert shown.count('class="cl-mail"') == 3


def test_a_generator_that_is_not_there_is_said_on_the_page(logged_in, voice, settings):
    settings.GENERATOR = "nobody"
    url, template = reverse("web:voice_try", args=[voice.pk]), factory.template()
    answer = logged_in.post(url, {"template": template.pk, "angle": "curiosity"})
    assert "Nothing could be written" in answer.content.decode()


def test_saving_in_the_admin_makes_a_version_that_says_by_whom(logged_in, voice):
    url = reverse("admin:campaigns_brandvoice_change", args=[voice.pk])
    form = {
        "name": voice.name,
        "brand_name": "Fern",
        "tone": "plain",
        "dos": "Speaks to one person",
    }
    logged_in.post(url, form)
    assert voice.versions.get().saved_by.get_username() == "olivia"
    assert "Version 1, " in logged_in.get(url).content.decode()
