"""Test databases: copied from one that was migrated once, and emptied of the rows there are.

Migrating takes half a minute. Django's `flush`, which makes every table's file and every permission
anew, takes longer than most tests.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Count, Max
from django.test import TransactionTestCase

from config import embedded

PREFIX = "template_copylift_"
# What `flush` leaves filled.
KEPT = (ContentType, Permission)
_flush = TransactionTestCase._fixture_teardown


def template() -> str:
    """The name of a migrated database to copy; made where it is not there yet."""
    name = PREFIX + _digest()
    with (Path(settings.VAR_DIR) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = _templates()
        if name not in there:
            _make(name)
            # On a server of somebody's own, another checkout may be copying them.
            _drop(there if embedded.uses_embedded_postgres() else [])
    return name


def _digest() -> str:
    """Of everything that what `migrate` makes depends on."""
    digest = hashlib.sha256(repr(django.VERSION).encode())
    for config in apps.get_app_configs():
        models = sorted(model.__name__ for model in config.get_models())
        digest.update(repr((config.label, models)).encode())
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _templates() -> list[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return [name for (name,) in cursor.fetchall()]


def _make(name: str) -> None:
    # Renamed when it is whole: nobody may copy one that is half migrated.
    half = f"half_{name}"
    own, its_test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = half
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
    connection.settings_dict["TEST"]["NAME"] = its_test
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')


def _drop(names: Iterable[str]) -> None:
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def commit_without_disk() -> None:
    """The test database need not outlive a power cut: a commit is thirty times as quick so."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit TO off")
    # What is set of a database holds for sessions that begin later.
    connection.close()


class Emptying:
    """What stands in for `flush` after each test that commits."""

    def __init__(self) -> None:
        kept = {model._meta.db_table for model in KEPT}
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self._tables = [connection.ops.quote_name(name) for name in names if name not in kept]
        self._kept = _counts()
        with connection.cursor() as cursor:
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            self._may_skip_triggers = cursor.fetchone()[0]

    def after(self, case: TransactionTestCase) -> None:
        if case.available_apps is None and self._may_skip_triggers and self._kept == _counts():
            self._delete_rows()
        else:
            _flush(case)
            self._kept = _counts()

    @transaction.atomic
    def _delete_rows(self) -> None:
        filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self._tables
        )
        with connection.cursor() as cursor:
            # As flush does, wait for what another thread has not committed yet.
            cursor.execute(f"LOCK TABLE {', '.join(self._tables)} IN EXCLUSIVE MODE")
            cursor.execute(filled)
            tables = [table for (table,) in cursor.fetchall()]
            if tables:
                # Whatever references what, all of it goes.
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))


def _counts() -> list[dict[str, int]]:
    return [model.objects.aggregate(Count("pk"), Max("pk")) for model in KEPT]
