"""The process that holds streams, as production runs it, and somebody who listens to one."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from assistant.stream_tickets import stream_url
from config import launch
from config.env import BASE_DIR

LIMITED = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
from assistant.streams import Streams
application = Streams(**{limits})
"""


class Listener:
    """A chat that waits."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        self._connection.request("GET", f"{parts.path}?{parts.query}")
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        self.status, self.headers = self._answer.status, self._answer.headers
        if self.status == 200:
            assert self.next() == ": open"

    def __enter__(self) -> Listener:
        assert self.status == 200
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self) -> str:
        said = self._answer.readline().decode()
        assert self._answer.readline() in (b"\n", b"")
        return said.rstrip("\n")

    def silent_for(self, seconds: float) -> bool:
        self._socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self.next()
            return False
        return True

    def until_end(self) -> None:
        while self._answer.readline():
            pass

    def close(self) -> None:
        self._answer.close()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()


def url_of(conversation: str, *, now: datetime | None = None) -> str:
    with override_settings(ASSISTANT_STREAM_URL="http://streams"):
        return stream_url(conversation, now=now or timezone.now())


@contextlib.contextmanager
def serving(
    *, redis_url: str = "", healthy: bool = True, port: int = 0, **limits: float
) -> Iterator[str]:
    """Run it on a port of its own, with other limits where a test says so; its address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    command = launch.streams(port).command
    environment = os.environ | {
        "REDIS_URL": redis_url or settings.REDIS_URL,
        "INSTALLATION_KEY": settings.INSTALLATION_KEY,
        "PYTHONPATH": str(BASE_DIR),
        "HOST": "127.0.0.1",
    }
    if limits:
        entry = f"limited_streams_{port}"
        path = settings.VAR_DIR / f"{entry}.py"
        path.write_text(LIMITED.format(limits=limits))
        environment["PYTHONPATH"] += f":{path.parent}"
        command = [f"{entry}:application" if ":" in part else part for part in command]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_health(address, "streams", status=200 if healthy else 503)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if limits:
            path.unlink()


def wait_for_health(address: str, said: str, *, status: int = 200) -> None:
    last: object = None
    for _ in range(200):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            last = answer.status, answer.read().decode()
            if last[0] == status and said in last[1]:
                return
        time.sleep(0.1)
    raise AssertionError(f"{address}/healthz says {last}, not {status} {said}")
