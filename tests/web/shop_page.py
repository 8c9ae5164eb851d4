"""A page of a shop at an origin of its own, under the strictest policy that lets a chat in."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>Knitwear</h1><p><a href="#wool">Wool</a></p>{chat}</body></html>"""


def policy_for(chat_origin: str, *listened_to: str) -> str:
    connected = " ".join((chat_origin, *listened_to))
    return (
        f"default-src 'none'; script-src {chat_origin}; connect-src {connected}; "
        "style-src 'none'; img-src 'none'; font-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


@contextlib.contextmanager
def shop_page(chat_origin: str, chat: str, *listened_to: str) -> Iterator[str]:
    """Serve it; the address. `{server}` in `chat` is where the chat comes from."""
    body = PAGE.format(chat=chat.replace("{server}", chat_origin)).encode()

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy_for(chat_origin, *listened_to))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
