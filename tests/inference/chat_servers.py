"""A scripted HTTP server that speaks chat completions, or whatever its script makes it say."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SMS = json.dumps({"text": "Two for one, today only"})


@dataclass
class Reply:
    """One answer: `choices` becomes a proper completion unless `raw` says otherwise."""

    choices: tuple[str, ...] = (SMS,)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    seconds: float = 0.0
    usage: dict[str, int] | None = field(
        default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 20}
    )

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        choices = [
            {"index": n, "message": {"content": text}} for n, text in enumerate(self.choices)
        ]
        return json.dumps({"choices": choices, "usage": self.usage}).encode()


class ChatServer:
    """Answers with its replies in turn, the last one for good; keeps what it was asked."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies) or [Reply()]
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self.url = ""

    def reply_to(self, body: dict[str, Any], headers: dict[str, str]) -> Reply:
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        reply = reply(body) if callable(reply) else reply
        time.sleep(reply.seconds)
        with self._lock:
            self._now -= 1
        return reply


@contextlib.contextmanager
def serving(*replies: Any, models: tuple[str, ...] = ("tiny",)):
    server = ChatServer(*replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self._send(Reply(raw=json.dumps({"data": [{"id": one} for one in models]}).encode()))

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(server.reply_to(body, headers))

        def _send(self, reply):
            body = reply.body()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(reply.status)
                for name, value in (reply.headers | {"content-length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        try:
            yield server
        finally:
            http.shutdown()
