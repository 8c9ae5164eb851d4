"""Fetching, against a real server on this machine."""

import gzip
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.fetching import AddressRefused, FetchFailed, Limits, fetch, fetch_into, judge

SEEN = []


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        SEEN.append((self.path, dict(self.headers)))
        getattr(self, f"answer_{self.path.strip('/').partition('?')[0]}")()

    def send(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_feed(self):
        self.send(200, [("Content-Type", "text/csv; charset=utf-8")], b"id,title\n1,Scarf\n")

    def answer_known(self):
        if self.headers.get("If-None-Match") == '"v1"':
            return self.send(304)
        return self.send(200, [("ETag", '"v1"')], b"text")

    def answer_nothing_new(self):
        self.send(304)

    def answer_missing(self):
        self.send(404)

    def answer_packed(self):
        self.send(200, [("Content-Encoding", "gzip")], gzip.compress(b"x" * 5_000_000))

    def answer_moved(self):
        self.send(302, [("Location", "/feed")])

    def answer_inward(self):
        self.send(302, [("Location", "http://169.254.169.254/latest/meta-data/")])

    def answer_local(self):
        self.send(302, [("Location", "file:///etc/passwd")])

    def answer_circle(self):
        self.send(302, [("Location", "/circle")])

    def answer_drip(self):
        self.send_response(200)
        self.end_headers()
        self.drip(b"x")

    def answer_slow(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.drip(b"X-Wait: yes\r\n")

    def drip(self, piece):
        try:
            for _ in range(100):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def port():
    with serving() as port:
        yield port


@pytest.fixture
def site(port, settings):
    settings.FETCH_ALLOWED_HOSTS = [f"localhost:{port}"]
    SEEN.clear()
    return f"http://localhost:{port}"


def test_a_page_arrives_with_its_type(site):
    found = fetch(f"{site}/feed?all=1")
    assert (found.status, found.content_type) == (200, "text/csv")
    assert found.body == b"id,title\n1,Scarf\n"


def test_the_server_hears_the_name_and_nothing_of_who_asks(site):
    fetch(f"{site}/feed")
    (_, headers) = SEEN[0]
    assert headers["Host"] == site.removeprefix("http://")
    assert "Cookie" not in headers
    assert "Authorization" not in headers


def test_a_server_may_say_that_nothing_changed_to_who_asks_so(site):
    first = fetch(f"{site}/known")
    assert (first.status, first.body) == (200, b"text")
    again = fetch(f"{site}/known", etag=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    with pytest.raises(FetchFailed, match="answers 304"):
        fetch(f"{site}/nothing_new")


def test_a_body_can_go_to_a_file(site, tmp_path):
    with (tmp_path / "feed").open("wb") as file:
        found = fetch_into(file, f"{site}/feed", limits=Limits())
    assert (tmp_path / "feed").read_bytes() == b"id,title\n1,Scarf\n"
    assert found.body == b""


def test_what_is_inside_a_network_is_refused_before_anything_is_sent(port, settings):
    settings.FETCH_ALLOWED_HOSTS = []
    SEEN.clear()
    with pytest.raises(AddressRefused, match="inside a network"):
        fetch(f"http://localhost:{port}/feed")
    assert SEEN == []


def test_another_port_of_an_allowed_host_stays_refused(site):
    with pytest.raises(AddressRefused):
        fetch("http://localhost:1/feed")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://192.168.1.1:8080/",
        "http://172.16.9.9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
    ],
)
def test_every_way_to_write_an_inner_address_is_refused(url, settings):
    settings.FETCH_ALLOWED_HOSTS = []
    with pytest.raises(AddressRefused, match="inside a network"):
        fetch(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://shop.example/feed",
        "gopher://shop.example/",
        "//shop.example/feed",
        "shop.example/feed",
        "http://",
        "http://user:secret@shop.example/",
        "http://shop.example/\r\nHost: other",
        "http://shop.example:99999/",
        "http://shop.example/" + "a" * 3000,
        "http://[::1/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(AddressRefused):
        fetch(url)


def test_one_inner_address_among_public_ones_is_enough_to_refuse(settings):
    settings.FETCH_ALLOWED_HOSTS = []
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        judge("http://shop.example/", resolve=lambda host, port: ["93.184.216.34", "10.0.0.7"])


def test_the_connection_goes_to_the_address_that_was_judged(site, port, monkeypatch):
    """A name that means something else by the time of the connection gains nothing."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    monkeypatch.setattr("core.fetching._resolved", lambda host, port: next(answers))
    assert fetch(f"{site}/feed").status == 200
    assert next(answers) == ["169.254.169.254"]


def test_a_redirect_inside_the_allowed_host_is_followed(site):
    assert fetch(f"{site}/moved").url == f"{site}/feed"


def test_a_redirect_inward_is_refused(site):
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
        fetch(f"{site}/inward")


def test_a_redirect_to_a_file_is_refused(site):
    with pytest.raises(AddressRefused):
        fetch(f"{site}/local")


def test_a_circle_of_redirects_ends(site):
    with pytest.raises(FetchFailed, match="redirects more than 3 times"):
        fetch(f"{site}/circle")
    assert len(SEEN) == 4


def test_an_error_of_the_server_is_said(site):
    with pytest.raises(FetchFailed, match="answers 404"):
        fetch(f"{site}/missing")


def test_a_body_that_unpacks_to_too_much_is_cut_off(site):
    with pytest.raises(FetchFailed, match="more than 1,000,000 bytes"):
        fetch(f"{site}/packed", limits=Limits(bytes=1_000_000))


@pytest.mark.parametrize("page", ["drip", "slow"])
def test_a_server_that_drips_is_given_up(site, page):
    with pytest.raises(FetchFailed, match=r"longer than 0\.3 seconds"):
        fetch(f"{site}/{page}", limits=Limits(seconds=0.3))


def test_a_port_where_nobody_listens_is_said(settings):
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    with serving() as port:
        pass
    with pytest.raises(FetchFailed, match="does not answer"):
        fetch(f"http://127.0.0.1:{port}/")
