"""Start, watch and stop the processes of one machine: `python -m config.launch run|demo|stop`.

    embedded services -> migrations, static files -> workers and beat -> (the demo) -> web server

Every process is a child in a process group of its own, noted in `var/run/<name>.pid`. A note whose
process is gone (after a `kill -9`, a crash, a reboot) is thrown away; one whose process lives and
is ours is ended first.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config import embedded
from config.env import BASE_DIR, env, var_dir

FIRST_PORT = 8000
PORTS_TRIED = 50
STOP_TIMEOUT_SECONDS = 15
RESTART_PAUSE_SECONDS = 2.0
CELERY = [sys.executable, "-m", "celery", "--app", "config", "--quiet"]
# Two or more torch threads per worker on two cores are many times slower than one.
WORKER_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of process: how to start it, and where its output goes."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def workers() -> list[Service]:
    worker = [*CELERY, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return [
        Service(
            "worker-default",
            [*worker, "-Q", "default,events", "-c", "1", "-n", "default@%h"],
            WORKER_ENVIRONMENT,
        ),
        Service("worker-gpu", [*worker, "-Q", "gpu", "-P", "solo", "-n", "gpu@%h"]),
    ]


def beat() -> Service:
    schedule = str(var_dir() / "celerybeat-schedule")
    options = ["--loglevel", "INFO", "--pidfile", "", "--schedule", schedule]
    return Service("beat", [*CELERY, "beat", *options])


def granian(interface: str, application: str, port: int) -> list[str]:
    return [
        *[sys.executable, "-m", "granian", "--interface", interface, application],
        *["--host", _host(), "--port", str(port), "--no-ws", "--log-level", "warning"],
    ]


def streams(port: int) -> Service:
    """One process bears thousands: each is a task that sleeps."""
    command = granian("asginl", "config.streams:application", port)
    return Service("streams", [*command, "--workers", "1", "--backlog", "4096"])


def stream_url(port: int) -> str:
    """Where browsers reach that process; elsewhere than on this machine only the operator knows."""
    is_here = _host() in ("127.0.0.1", "localhost")
    return env.str("ASSISTANT_STREAM_URL", default=f"http://{_host()}:{port}" if is_here else "")


def web(port: int, streams_at: str = "") -> Service:
    size = [
        "--workers",
        env.str("WEB_WORKERS", default="2"),
        "--blocking-threads",
        "4",
        "--backpressure",
        "64",
        # Else a worker that dies takes the others with it.
        "--respawn-failed-workers",
        "--respawn-interval",
        "0.5",
    ]
    return Service(
        "web",
        [*granian("wsgi", "config.wsgi:application", port), *size],
        {
            "PROMETHEUS_MULTIPROC_DIR": str(_metrics_folder()),
            "OMP_NUM_THREADS": "1",
            "ASSISTANT_STREAM_URL": streams_at,
        },
    )


def _host() -> str:
    return env.str("HOST", default="127.0.0.1")


def free_port(first: int = FIRST_PORT) -> int:
    """The first port from `first` on that nothing listens on."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
            if port == first:
                print(f"Port {port} is taken; taking the next free one.")
    sys.exit(f"No free port from {first} to {first + PORTS_TRIED - 1}: set PORT to one that is.")


def prepare() -> None:
    """Services up, tables as the code wants them, static files collected."""
    embedded.ensure_running()
    manage("migrate", "--verbosity", "0")
    manage("collectstatic", "--noinput", "--verbosity", "0")


def manage(*arguments: str) -> None:
    # For a person at a terminal: progress and tables, no log lines between them.
    quiet = os.environ | {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=BASE_DIR, env=quiet, check=False)
    if done.returncode:
        sys.exit(done.returncode)


class Launcher:
    """The running children, restarted when they fall over and ended when this process is told to
    stop.
    """

    def __init__(self) -> None:
        self._running: dict[str, tuple[Service, subprocess.Popen[bytes]]] = {}
        self._is_stopping = False

    def start(self, service: Service) -> None:
        _stop_noted(service.name)
        log = (_folder("log") / f"{service.name}.log").open("ab")
        process = subprocess.Popen(
            service.command,
            cwd=BASE_DIR,
            env=os.environ | service.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _note(service.name).write_text(str(process.pid))
        self._running[service.name] = (service, process)

    def watch(self) -> None:
        """Return when told to stop; start again what ended on its own, embedded servers too."""
        are_well = True
        while not self._is_stopping:
            time.sleep(0.5)
            are_well = _raise_fallen_servers(were_well=are_well)
            for service, process in list(self._running.values()):
                if process.poll() is not None and not self._is_stopping:
                    self._start_again(service, process)

    def _start_again(self, service: Service, ended: subprocess.Popen[bytes]) -> None:
        print(
            f"{service.name} ended with {ended.returncode}; starting it again "
            f"(its log: {_folder('log') / service.name}.log)"
        )
        with contextlib.suppress(ProcessLookupError):
            # Its children outlive a `kill -9` of their parent, and hold the port or the queue.
            os.killpg(ended.pid, signal.SIGKILL)
        time.sleep(RESTART_PAUSE_SECONDS)
        self.start(service)

    def stop_on_signal(self, *_: int | FrameType | None) -> None:
        self._is_stopping = True

    def stop(self) -> None:
        self._is_stopping = True
        for _, process in self._running.values():
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        for service, process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            _note(service.name).unlink(missing_ok=True)


def _raise_fallen_servers(*, were_well: bool) -> bool:
    """Whether all embedded servers run, after a try where one does not."""
    fallen = embedded.fallen()
    if were_well and not fallen:
        return True
    print(f"{' and '.join(fallen) or 'a server'} ended; starting again")
    try:
        embedded.ensure_running()
    except (embedded.EmbeddedServiceFailed, subprocess.CalledProcessError) as error:
        # A start that fails takes the note along by which a fallen server is known.
        print(f"{error}; trying again")
        return False
    return True


def _folder(name: str) -> Path:
    folder = var_dir() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _metrics_folder() -> Path:
    return _folder("run") / "prometheus"


def _note(name: str) -> Path:
    return _folder("run") / f"{name}.pid"


def _signal_group(pid: int, number: int) -> None:
    """Signal a process with its whole group, where it leads one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def _is_ours(pid: int) -> bool:
    """Whether the process with this id is one of this checkout's: ids are used again."""
    process = Path(f"/proc/{pid}")
    try:
        return (
            process.joinpath("cwd").resolve() == BASE_DIR
            and b"config" in process.joinpath("cmdline").read_bytes()
        )
    except OSError:
        return False


def _stop_noted(name: str) -> bool:
    """End the process an earlier run left, if it lives and is ours."""
    note = _note(name)
    try:
        pid = int(note.read_text())
    except (FileNotFoundError, ValueError):
        return False
    note.unlink(missing_ok=True)
    if not _is_ours(pid):
        return False
    _signal_group(pid, signal.SIGTERM)
    _wait_until(lambda: not _is_ours(pid), STOP_TIMEOUT_SECONDS)
    _signal_group(pid, signal.SIGKILL)
    return True


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(*, is_demo: bool, serve: bool) -> None:
    leaves_services = serve or embedded.is_up()
    prepare()
    launcher = Launcher()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, launcher.stop_on_signal)
    try:
        for service in workers():
            launcher.start(service)
        if is_demo:
            manage("demo")
        if serve:
            _serve(launcher)
    finally:
        launcher.stop()
        if not leaves_services:
            embedded.stop()


def _serve(launcher: Launcher) -> None:
    _stop_noted("web")
    _stop_noted("streams")
    launcher.start(beat())
    shutil.rmtree(_metrics_folder(), ignore_errors=True)
    _metrics_folder().mkdir(parents=True)
    port = free_port(env.int("PORT", default=FIRST_PORT))
    streams_port = free_port(env.int("STREAM_PORT", default=port + 1))
    launcher.start(streams(streams_port))
    launcher.start(web(port, stream_url(streams_port)))
    if not _wait_until(lambda: _accepts(port), 30):
        sys.exit(f"The web server did not start; see {_folder('log') / 'web.log'}")
    (_folder("run") / "port").write_text(str(port))
    print(f"\nCopylift is at http://127.0.0.1:{port}/  (Ctrl-C or `make stop` ends it)")
    login = var_dir() / "demo-login"
    if login.exists():
        print(f"Log in with {login.read_text().strip()}")
    sys.stdout.flush()
    launcher.watch()


def stop() -> None:
    names = [*(service.name for service in workers()), "beat", "streams", "web", "launcher"]
    stopped = [name for name in reversed(names) if _stop_noted(name)]
    stopped += embedded.stop()
    print(f"stopped: {', '.join(stopped) or 'nothing was running'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("action", choices=["run", "demo", "stop"])
    parser.add_argument("--no-serve", action="store_true", help="demo: end after the result table")
    given = parser.parse_args()
    if given.action == "stop":
        stop()
        return
    _stop_noted("launcher")
    _note("launcher").write_text(str(os.getpid()))
    try:
        run(is_demo=given.action == "demo", serve=not given.no_serve)
    except embedded.EmbeddedServiceFailed as error:
        sys.exit(str(error))
    finally:
        _note("launcher").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
