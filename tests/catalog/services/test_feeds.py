"""Feeds fetched from a real server."""

from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from catalog.models import Feed, Product
from catalog.services import feed_read, feeds_read_due

pytestmark = pytest.mark.django_db


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def shop(tmp_path, settings):
    """A folder that is served; what is written there can be fetched."""
    folder = tmp_path / "shop"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.FETCH_ALLOWED_HOSTS = [f"127.0.0.1:{server.server_address[1]}"]
    settings.VAR_DIR = tmp_path / "var"
    folder.joinpath("port").write_text(str(server.server_address[1]))
    yield folder
    server.shutdown()
    server.server_close()


def feed(shop, content, name="feed", **given):
    (shop / name).write_text(content)
    port = (shop / "port").read_text()
    return Feed.objects.create(
        name=f"feed {Feed.objects.count()}", url=f"http://127.0.0.1:{port}/{name}", **given
    )


CSV = "id,title,price\np1,Scarf,10.00 EUR\np2,Hat,20.00 EUR\n"


def test_a_feed_becomes_products_and_says_so(shop):
    stored = feed(shop, CSV)
    feed_read(stored, now=timezone.now())
    stored.refresh_from_db()
    assert Product.objects.count() == 2
    assert (stored.outcome["inserted"], stored.problem) == (2, "")
    assert stored.checked_at is not None


def test_rows_that_cannot_be_used_are_told_with_the_reason(shop):
    stored = feed(shop, "id,title,price\np1,Scarf,10.00 EUR\np2,,1\np3,Hat,cheap\np4,,2\n")
    feed_read(stored, now=timezone.now())
    stored.refresh_from_db()
    assert (stored.outcome["read"], stored.outcome["rejected"]) == (4, 3)
    first, second = stored.outcome["reasons"]
    assert first.startswith("2 rows, from line 3 on: title")
    assert second.startswith("1 row, line 4: price")


def test_the_same_bytes_are_not_read_again(shop):
    stored = feed(shop, CSV)
    feed_read(stored, now=timezone.now())
    Product.objects.filter(external_id="p1").update(title="Changed here")
    stored.refresh_from_db()
    assert feed_read(stored, now=timezone.now()) is None
    assert Product.objects.get(external_id="p1").title == "Changed here"


def test_a_changed_feed_changes_what_it_changes(shop):
    stored = feed(shop, CSV, is_full=True)
    feed_read(stored, now=timezone.now())
    (shop / "feed").write_text("id,title,price\np1,Scarf,12.00 EUR\n")
    stored.refresh_from_db()
    summary = feed_read(stored, now=timezone.now())
    assert (summary.updated, summary.gone) == (1, 1)
    assert Product.objects.get(external_id="p2").in_stock is False


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "p1", "title": "Scarf"}\n',
        "<rss><channel><item><id>p1</id><title>Scarf</title></item></channel></rss>",
        "\ufeffid;title\np1;Scarf\n",
        "id\ttitle\np1\tScarf\n",
    ],
)
def test_what_a_feed_is_written_in_is_found_out(shop, content):
    feed_read(feed(shop, content), now=timezone.now())
    assert Product.objects.get().title == "Scarf"


def test_what_is_wrong_stands_on_the_feed(shop):
    stored = feed(shop, "<rss><channel>")
    feed_read(stored, now=timezone.now())
    stored.refresh_from_db()
    assert "not well-formed" in stored.problem
    (shop / "feed").write_text(CSV)
    feed_read(stored, now=timezone.now())
    stored.refresh_from_db()
    assert stored.problem == ""


def test_an_address_inside_the_network_is_not_fetched(shop, settings):
    stored = feed(shop, CSV)
    settings.FETCH_ALLOWED_HOSTS = []
    feed_read(stored, now=timezone.now())
    stored.refresh_from_db()
    assert "inside a network" in stored.problem
    assert not Product.objects.exists()


def test_a_feed_is_read_when_its_time_comes(shop):
    now = timezone.now()
    feed(shop, CSV, due_at=now, every_hours=2)
    feed(shop, CSV, due_at=now + timedelta(hours=1))
    feed(shop, CSV, due_at=now, is_active=False)
    assert feeds_read_due(now=now) == 1
    assert feeds_read_due(now=now) == 0
    assert feeds_read_due(now=now + timedelta(hours=2)) == 2


def test_one_feed_that_fails_keeps_none_waiting(shop):
    now = timezone.now()
    feed(shop, "no feed\x00", name="bad", due_at=now - timedelta(hours=1))
    feed(shop, CSV, due_at=now)
    assert feeds_read_due(now=now) == 2
    assert Product.objects.count() == 2
