"""A receiver on this machine that answers as it is told and keeps what it got."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.webhooks.kinds import register


class Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.drip_seconds = 0.0
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                status, headers, answer = (
                    receiver.answers.pop(0) if receiver.answers else (200, {}, b"ok")
                )
                if receiver.drip_seconds:
                    self.drip()
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def drip(self):
                ends = time.monotonic() + receiver.drip_seconds
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while time.monotonic() < ends:
                        self.wfile.write(b"X-Wait: yes\r\n")
                        self.wfile.flush()
                        time.sleep(0.05)
                except OSError:
                    return

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        """The answer to the next post that has none yet."""
        self.answers.append((status, headers or {}, body))


@pytest.fixture
def receiver(settings):
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def kinds():
    register("lamp.lit", "A lamp was lit.")
    register("lamp.out", "A lamp went out.")
