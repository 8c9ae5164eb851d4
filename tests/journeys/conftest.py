"""A web server of its own process, on the test database."""

from __future__ import annotations

import os
import subprocess
from urllib.parse import quote

import pytest
from django.db import connection

from config import embedded, launch
from config.env import BASE_DIR
from tests.waiting import first_port


def address_of_the_test_database() -> str:
    """The address of the database this test runs in, for other processes."""
    given = connection.get_connection_params()
    host = quote(given["host"], safe="")
    return f"postgresql://{given.get('user', '')}@/{given['dbname']}?host={host}"


@pytest.fixture
def web_server(transactional_db, tmp_path):
    """The address of a server started as `make run` starts it."""
    port = launch.free_port(first_port(8800))
    service = launch.web(port)
    environment = os.environ | service.environment
    environment |= {
        "DATABASE_URL": address_of_the_test_database(),
        "REDIS_URL": embedded.redis_url().replace("db=0", "db=7"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
    }
    log = (tmp_path / "web.log").open("ab")
    process = subprocess.Popen(
        service.command, cwd=BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    assert launch._wait_until(lambda: launch._accepts(port), 30), (tmp_path / "web.log").read_text()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)
