import os
import socket
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.db import connection

from config import checks
from config.env import BASE_DIR

EVERY = ["default"]


def ids(findings):
    return [finding.id for finding in findings]


@pytest.fixture
def nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@pytest.mark.django_db
def test_the_services_of_the_tests_pass_every_check():
    assert run_checks(databases=EVERY) == []


def test_an_unreachable_database_is_named_with_the_cure(monkeypatch, nobody_listens):
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(nobody_listens))
    monkeypatch.setattr("django.conf.settings.DATABASES", {"default": connection.settings_dict})
    findings = checks.check_database(databases=EVERY)
    assert ids(findings) == ["copylift.E001"]
    assert "DATABASE_URL" in findings[0].hint


def test_a_redis_address_that_is_none_is_named_with_the_cure(settings):
    settings.REDIS_URL = "localhost:6379"
    findings = checks.check_redis()
    assert ids(findings) == ["copylift.E004"]
    assert "redis://" in findings[0].hint


def test_an_unreachable_redis_is_named_with_the_cure(settings, nobody_listens):
    settings.REDIS_URL = f"redis://127.0.0.1:{nobody_listens}/0"
    findings = checks.check_redis_answers(databases=EVERY)
    assert ids(findings) == ["copylift.E005"]
    assert "REDIS_URL" in findings[0].hint


def test_a_password_is_not_repeated(settings, nobody_listens):
    settings.REDIS_URL = f"redis://:hunter2@127.0.0.1:{nobody_listens}/0"
    assert "hunter2" not in checks.check_redis_answers(databases=EVERY)[0].msg


def test_checks_that_touch_servers_wait_to_be_asked():
    assert checks.check_database(databases=None) == []
    assert checks.check_redis_answers(databases=None) == []


def test_a_short_secret_key_is_warned_of(settings):
    settings.SECRET_KEY = "short"
    assert ids(checks.check_secret_key_is_given()) == ["copylift.W001"]


def test_a_command_with_an_unreachable_database_ends_with_a_sentence(nobody_listens, tmp_path):
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://me@127.0.0.1:{nobody_listens}/shop",
        "REDIS_URL": f"redis://127.0.0.1:{nobody_listens}/0",
        "COPYLIFT_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("copylift")]
    assert (done.returncode, said) == (1, ["copylift.E001", "copylift.E005"])
    assert not (tmp_path / "postgres").exists()
