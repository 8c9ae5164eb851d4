"""System checks for the settings: wrong or unreachable ones are named, with the cure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import psycopg2
import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

MINIMUM_POSTGRES = 160_000


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Runs where Django runs its database checks (migrate, `check --database default`)."""
    if not databases:
        return []
    try:
        connection = psycopg2.connect(**_connection_arguments())
    except psycopg2.OperationalError as error:
        return [
            Error(
                f"PostgreSQL does not answer: {str(error).strip()}",
                hint="Set DATABASE_URL to a PostgreSQL 16 or newer that is up, "
                "or unset it to use the embedded one.",
                id="copylift.E001",
            )
        ]
    try:
        return _database_findings(connection)
    finally:
        connection.close()


def _connection_arguments() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    given = {
        "dbname": "postgres" if database["NAME"].startswith("test_") else database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return {name: value for name, value in given.items() if value} | database["OPTIONS"]


def _database_findings(connection: Any) -> list[CheckMessage]:
    findings: list[CheckMessage] = []
    if connection.server_version < MINIMUM_POSTGRES:
        findings.append(
            Error(
                f"PostgreSQL {connection.server_version // 10_000} is too old.",
                hint="Copylift needs PostgreSQL 16 or newer; point DATABASE_URL at one.",
                id="copylift.E002",
            )
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if cursor.fetchone() is None:
            findings.append(
                Error(
                    "PostgreSQL has no pgvector extension.",
                    hint="Install pgvector on the database server, e.g. postgresql-17-pgvector.",
                    id="copylift.E003",
                )
            )
    return findings


def _without_password(address: str) -> str:
    return re.sub(r":[^:@/]*@", ":…@", address)


@register(Tags.caches)
def check_redis(**_: Any) -> list[CheckMessage]:
    """The address must at least parse; `check --database default` asks whether it answers."""
    try:
        redis.Redis.from_url(settings.REDIS_URL)
    except ValueError as error:
        return [
            Error(
                f"REDIS_URL {_without_password(settings.REDIS_URL)!r} is not an address: {error}",
                hint="Write it as redis://host:6379/0 or unix:///path/to/redis.sock, or unset it.",
                id="copylift.E004",
            )
        ]
    return []


@register(Tags.database)
def check_redis_answers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    if not databases or check_redis():
        return []
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5).ping()
    except redis.exceptions.RedisError as error:
        return [
            Error(
                f"Redis does not answer at {_without_password(settings.REDIS_URL)}: {error}",
                hint="Set REDIS_URL to a Redis or Valkey that is up, "
                "or unset it to use the embedded one.",
                id="copylift.E005",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_secret_key_is_given(**_: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= 50:
        return []
    return [
        Warning(
            "SECRET_KEY is shorter than 50 characters.",
            hint="Set it to what this prints: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="copylift.W001",
        )
    ]


def unreachable() -> list[CheckMessage]:
    """What does not answer, or is too old, of the database and Redis."""
    everything = ["default"]
    return [
        *check_database(databases=everything),
        *check_redis(),
        *check_redis_answers(databases=everything),
    ]
