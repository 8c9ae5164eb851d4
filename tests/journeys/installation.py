"""A whole installation of its own, as `make run` starts it: what the tests of faults pull down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from config import launch
from config.env import BASE_DIR
from tests.waiting import first_port

START_SECONDS = 120
SERVER_NOTES = {"postgres": "postgres/postmaster.pid", "redis": "redis/redis.pid"}
PREPARE = """
import django; django.setup()
import json
from benchmarks.decide_campaign import prepare
from core.api_keys import api_key_create
print(json.dumps([prepare({contacts}), api_key_create("faults", ["decide", "events"])[1]]))
"""


def wait_for(what: str, condition: Callable[[], Any], seconds: float) -> Any:
    """What the condition says once it is true; an error that names it after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds: {what}")


class Installation:
    """The launcher with web, workers, beat, PostgreSQL and Redis, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = launch.free_port(first_port(8900))
        self.address = f"http://127.0.0.1:{self._port}"
        outside = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
        self._environment = outside | {
            "COPYLIFT_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "GENERATOR": "composer",
            "LOG_LEVEL": "WARNING",
            "OMP_NUM_THREADS": "1",
            "PORT": str(self._port),
        }
        self._launcher: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "launcher.log").open("ab") as log:
            self._launcher = subprocess.Popen(
                [sys.executable, "-m", "config.launch", "run"],
                cwd=BASE_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for("the web server answers", self._answers, START_SECONDS)

    def stop(self) -> None:
        if self._launcher is not None:
            self._launcher.send_signal(signal.SIGCONT)
            self._launcher.terminate()
            self._launcher.wait(timeout=60)
        command = [sys.executable, "-m", "config.launch", "stop"]
        subprocess.run(command, cwd=BASE_DIR, env=self._environment, check=True, timeout=60)

    def run(self, code: str) -> Any:
        """What the code prints as JSON, run against this installation's database."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=BASE_DIR,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2_000:]
        return json.loads(done.stdout.splitlines()[-1])

    def prepare(self, contacts: int) -> tuple[list[str], str]:
        """A live campaign's contacts, and a key that may ask and tell."""
        ids, key = self.run(PREPARE.format(contacts=contacts))
        return ids, key

    def process_of(self, name: str) -> int:
        """The id of a server, of a service of the launcher, or of one web worker."""
        if name == "web worker":
            return self._web_worker()
        note = self._folder / SERVER_NOTES.get(name, f"run/{name}.pid")
        return int(note.read_text().split()[0])

    def kill(self, name: str) -> None:
        os.kill(self.process_of(name), signal.SIGKILL)

    def is_back(self, name: str, killed: int) -> bool:
        """Whether another process does the work of the killed one."""
        try:
            return self.process_of(name) not in (killed, 0)
        except (FileNotFoundError, IndexError, ValueError):
            return False

    def hold_launcher(self) -> None:
        """Nobody raises what falls until `let_launcher_go`."""
        assert self._launcher is not None
        self._launcher.send_signal(signal.SIGSTOP)

    def let_launcher_go(self) -> None:
        assert self._launcher is not None
        self._launcher.send_signal(signal.SIGCONT)

    def _web_worker(self) -> int:
        web = self.process_of("web")
        children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
        workers = [int(child) for child in children if _has_threads(int(child))]
        return max(workers, default=0)

    def _answers(self) -> bool:
        assert self._launcher is not None
        said = self._folder / "launcher.log"
        assert self._launcher.poll() is None, said.read_text()[-2_000:]
        try:
            return httpx.get(f"{self.address}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def _has_threads(pid: int) -> bool:
    """A worker has several; multiprocessing's resource tracker, its sibling, has one."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False
