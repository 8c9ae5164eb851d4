"""The page where a shop says the assistant's sentences otherwise."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(client, owner):
    client.force_login(owner)
    return make.knowledge_base(name="Help centre", language="german", is_published=True)


def address(base, language=""):
    where = reverse("web:sentences", args=[base.pk])
    return f"{where}?language={language}" if language else where


def test_it_opens_in_the_language_of_the_documents_with_ours_and_what_it_means(client, base):
    page = client.get(address(base)).content.decode()
    assert "Hier antwortet Ihnen ein Mensch." in page
    assert "A person will answer you here." in page
    assert "Save German" in page


def test_what_is_saved_stands_on_the_page_and_in_the_chat(client, base):
    data = {"chat.title": "Was gibt’s?", "catalog.price": "{title}: {price}"}
    page = client.post(address(base, "de"), data, follow=True).content.decode()
    assert "Was gibt’s?" in page
    assert "1 of your own" in page
    texts = client.get(reverse("assistant:texts", args=["de-at"]), {"base": base.key}).json()
    assert (texts["title"], texts["close"]) == ("Was gibt’s?", "Chat schließen")
    assert client.get(reverse("assistant:texts", args=["de"])).json()["title"] != "Was gibt’s?"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(client, base):
    data = {"chat.title": "Was gibt’s?", "catalog.price": "{title}: {preis}"}
    page = client.post(address(base, "de"), data).content.decode()
    assert "Nothing is saved yet: 1 sentence below needs a change." in page
    assert "There is no {preis} here; write {title} and {price} where they belong." in page
    assert "{title}: {preis}</textarea>" in page
    base.refresh_from_db()
    assert base.own_sentences == {}


def test_a_base_that_is_not_published_tells_nothing_of_its_words(client, base):
    client.post(address(base, "de"), {"chat.title": "Geheim"})
    type(base).objects.update(is_published=False)
    texts = client.get(reverse("assistant:texts", args=["de"]), {"base": base.key}).json()
    assert texts["title"] == "Wie können wir helfen?"
