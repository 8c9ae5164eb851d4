#!/usr/bin/env python
"""Copylift's command line: every command starts the embedded services it needs."""

import os
import sys

WITHOUT_SERVICES = {
    "check",
    "help",
    "version",
    "--help",
    "-h",
    "--version",
    "services",
    "collectstatic",
    "check_bucketing",
    "check_vectors",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVICES:
        from config import embedded

        embedded.ensure_running()
        refuse_unreachable()
    execute_from_command_line(sys.argv)


def refuse_unreachable() -> None:
    """End with a sentence where a given address does not answer: Django itself would crash."""
    from config import embedded

    if embedded.uses_embedded_postgres() and embedded.uses_embedded_redis():
        return
    from config.checks import unreachable

    findings = unreachable()
    if findings:
        sys.exit("\n".join(f"{found.id}: {found.msg}\n  {found.hint}" for found in findings))


if __name__ == "__main__":
    main()
