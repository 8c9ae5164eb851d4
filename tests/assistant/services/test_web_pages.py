"""Web pages as documents, fetched from a real server on this machine."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.models import Chunk, WebPage
from assistant.services import (
    documents_read,
    web_page_remove,
    web_pages_add,
    web_pages_due,
    web_pages_fetch,
    web_pages_refetch,
    web_pages_stop,
)
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


class Site(BaseHTTPRequestHandler):
    """Answers what the test says; by path (type, body)."""

    pages: dict = {}
    asked: list = []

    def do_GET(self):
        self.asked.append((self.path, self.headers.get("If-None-Match")))
        kind, body = self.pages.get(self.path, (None, b""))
        tag = f'"{hash(body)}"'
        is_known = kind and self.headers.get("If-None-Match") == tag
        self.send_response(404 if kind is None else 304 if is_known else 200)
        self.send_header("Content-Type", kind or HTML)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", "0" if is_known else str(len(body)))
        self.end_headers()
        if not is_known:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(port, settings):
    settings.FETCH_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
    Site.pages = {
        "/returns": (HTML, b"<h1>Returns</h1><p>Free within 30 days.</p><p>Bring the bill.</p>"),
        "/film": ("video/mp4", b"\0\0"),
    }
    Site.asked = []
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def base():
    return make.knowledge_base()


@pytest.fixture
def encoder():
    return make.CountingEncoder()


def fetch_and_read(encoder, *, now=NOW):
    count = web_pages_fetch(now=lambda: now)
    documents_read(now=now, encoder=encoder)
    return count


def test_a_page_becomes_a_document_that_is_cited_by_its_address(base, site, encoder):
    added = web_pages_add(base, [f" {site}/returns ", "", f"{site}/returns"], actor=None)
    assert added.new == (f"{site}/returns",)
    assert fetch_and_read(encoder) == 1
    page = WebPage.objects.get()
    assert (page.status, page.error, page.fetched_at) == ("kept", "", NOW)
    assert (page.document.url, page.document.status) == (f"{site}/returns", "ready")
    assert "Free within 30 days." in Chunk.objects.get().body


def test_what_is_no_address_is_refused_and_stops_no_other(base, site):
    added = web_pages_add(
        base, [f"{site}/returns", "ftp://x.example", "http://a:b@c.example"], actor=None
    )
    assert (len(added.new), {*added.refused}) == (1, {"ftp://x.example", "http://a:b@c.example"})


def test_each_page_keeps_its_own_error(base, site, encoder):
    web_pages_add(
        base,
        [f"{site}/gone", f"{site}/film", f"{site}/returns", "http://10.0.0.1/x"],
        actor=None,
    )
    assert fetch_and_read(encoder) == 4
    errors = {one.url: one.error for one in WebPage.objects.all()}
    assert "answers 404" in errors[f"{site}/gone"]
    assert "video/mp4" in errors[f"{site}/film"]
    assert "inside a network" in errors["http://10.0.0.1/x"]
    assert errors[f"{site}/returns"] == ""


def test_a_page_that_did_not_change_is_neither_sent_nor_encoded_again(base, site, encoder):
    web_pages_add(base, [f"{site}/returns"], actor=None)
    fetch_and_read(encoder)
    encoder.encoded.clear()
    web_pages_refetch(base, actor=None)
    fetch_and_read(encoder, now=NOW + timedelta(days=1))
    page = WebPage.objects.get()
    assert (page.changed_at, page.fetched_at) == (NOW, NOW + timedelta(days=1))
    assert [tag is None for _, tag in Site.asked] == [True, False]
    assert encoder.encoded == []


def test_of_a_page_that_changed_only_the_changed_part_is_encoded(base, site, encoder):
    part = b"<h1>Returns</h1><p>Free.</p><h2>Where</h2><p>%s</p>"
    Site.pages["/returns"] = (HTML, part % b"Here.")
    web_pages_add(base, [f"{site}/returns"], actor=None)
    fetch_and_read(encoder)
    encoder.encoded.clear()
    Site.pages["/returns"] = (HTML, part % b"There.")
    web_pages_refetch(base, actor=None)
    fetch_and_read(encoder)
    assert encoder.encoded
    assert all("There." in text for text in encoder.encoded)


def test_what_is_known_stays_known_while_the_page_is_away(base, site, encoder):
    web_pages_add(base, [f"{site}/returns"], actor=None)
    fetch_and_read(encoder)
    del Site.pages["/returns"]
    web_pages_refetch(base, actor=None)
    fetch_and_read(encoder)
    assert WebPage.objects.get().status == "failed"
    assert Chunk.objects.exists()


def test_pages_are_fetched_again_when_their_time_has_come(base, site, encoder):
    web_pages_add(base, [f"{site}/returns"], actor=None)
    fetch_and_read(encoder)
    assert web_pages_due(now=NOW + timedelta(hours=23)) == 0
    assert web_pages_due(now=NOW + timedelta(hours=24)) == 1
    fetch_and_read(encoder, now=NOW + timedelta(hours=24))
    base.refetch_hours = 0
    base.save()
    assert web_pages_due(now=NOW + timedelta(days=9)) == 0


def test_fetching_can_be_stopped_and_taken_up_again(base, site, encoder):
    web_pages_add(base, [f"{site}/returns"], actor=None)
    assert web_pages_stop(base, actor=None) == 1
    assert fetch_and_read(encoder) == 0
    assert web_pages_refetch(base, actor=None) == 1
    assert fetch_and_read(encoder) == 1


def test_a_page_of_a_killed_worker_is_fetched_after_a_while(base, site, encoder):
    web_pages_add(base, [f"{site}/returns"], actor=None)
    WebPage.objects.update(status="fetching", claimed_at=NOW)
    assert fetch_and_read(encoder, now=NOW + timedelta(minutes=1)) == 0
    assert fetch_and_read(encoder, now=NOW + timedelta(minutes=6)) == 1


def test_a_page_goes_with_its_document(base, site, encoder, owner):
    web_pages_add(base, [f"{site}/returns"], actor=owner)
    fetch_and_read(encoder)
    web_page_remove(WebPage.objects.get(), actor=owner)
    assert not WebPage.objects.exists()
    assert not Chunk.objects.exists()
