"""The embedded services of a private folder: started, killed, started again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = (
    "from config import embedded; embedded.ensure_running(); "
    "print(embedded.database_url()); print(embedded.redis_url())"
)

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded")]


def in_folder(folder, code):
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment | {"COPYLIFT_VAR": str(folder)},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installation") / "a folder with spaces"
    folder.mkdir()
    yield folder
    in_folder(folder, "from config import embedded; embedded.stop()")


def write_something(database, cache):
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        cursor.execute("INSERT INTO kept VALUES (1)")
    redis.Redis.from_url(cache).set("kept", "yes")


def rows_kept(database):
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        return cursor.fetchone()[0]


def kill_servers(folder):
    for note in (folder / "postgres" / "postmaster.pid", folder / "redis" / "redis.pid"):
        os.kill(int(note.read_text().split()[0]), signal.SIGKILL)


def test_what_was_committed_survives_a_kill_of_both_servers(folder):
    database, cache = in_folder(folder, REPORT)
    write_something(database, cache)
    before = rows_kept(database)
    kill_servers(folder)
    database, _ = in_folder(folder, REPORT)
    assert rows_kept(database) == before


def test_a_killed_server_has_fallen_and_a_stopped_one_has_not(folder):
    fallen = "from config import embedded; print(*embedded.fallen())"
    in_folder(folder, REPORT)
    assert in_folder(folder, fallen) == []
    kill_servers(folder)
    assert in_folder(folder, fallen) == ["PostgreSQL", "Redis"]
    in_folder(folder, REPORT)
    in_folder(folder, "from config import embedded; embedded.stop()")
    assert in_folder(folder, fallen) == []


def test_a_stale_note_of_a_process_that_is_someone_else_now_does_not_hinder_the_start(folder):
    write_something(*in_folder(folder, REPORT))
    in_folder(folder, "from config import embedded; embedded.stop()")
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n")
    database, _ = in_folder(folder, REPORT)
    assert rows_kept(database) >= 1


def test_starting_twice_at_once_starts_one_server(folder):
    command = [sys.executable, "-c", REPORT]
    environment = os.environ | {"COPYLIFT_VAR": str(folder)}
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = {process.communicate(timeout=120)[0] for process in both}
    assert len(said) == 1


def test_with_addresses_given_nothing_embedded_is_used(monkeypatch):
    from config import embedded

    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/copylift")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    assert not embedded.uses_embedded_postgres()
    assert not embedded.uses_embedded_redis()


def test_a_long_path_moves_the_socket_where_it_fits(monkeypatch, tmp_path):
    from config import env

    monkeypatch.setenv("COPYLIFT_VAR", str(tmp_path / ("long" * 30)))
    assert len(str(env.socket_path("redis.sock")).encode()) < 100
