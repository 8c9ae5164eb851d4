"""The page of sources: files with an error each, web pages, and how far it is."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistant.models import WebPage
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(client, owner):
    client.force_login(owner)
    return make.knowledge_base()


def post(client, base, name, data):
    return client.post(reverse(f"web:{name}", args=[base.pk]), data, follow=True).content.decode()


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(client, base):
    files = [
        SimpleUploadedFile("returns.md", make.RETURNS),
        SimpleUploadedFile("film.mp4", b"x"),
        SimpleUploadedFile("empty.md", b""),
    ]
    page = post(client, base, "sources_upload", {"files": files})
    assert "film.mp4: file: “film.mp4” cannot be read" in page
    assert "empty.md" in page
    assert "1 new, 0 changed, 0 as they were." in page
    assert "1 of 1 documents to read" in page
    state = client.get(reverse("web:sources_progress", args=[base.pk])).json()
    assert (state["is_working"], state["done"]) == (True, 0)


def test_addresses_come_in_one_a_line(client, base):
    page = post(client, base, "sources_pages", {"addresses": "https://a.example/x\n\nnonsense\n"})
    assert "nonsense: an address starts with http" in page
    assert "https://a.example/x" in page
    assert "Stop fetching" in page
    post(client, base, "sources_stop", {})
    assert WebPage.objects.get().status == "stopped"


def test_an_error_stands_beside_its_address(client, base):
    WebPage.objects.create(
        base=base, url="https://a.example/<b>", status="failed", error="it answers 404"
    )
    page = client.get(reverse("web:sources", args=[base.pk])).content.decode()
    assert "https://a.example/&lt;b&gt;" in page
    assert "it answers 404" in page
