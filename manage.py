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

    if needs_services(sys.argv[1:]):
        from config import embedded

        embedded.ensure_running()
        refuse_unreachable()
    execute_from_command_line(sys.argv)


def needs_services(arguments: list[str]) -> bool:
    """Whether a database may be asked; a simulation on a CSV file asks none."""
    if not arguments or arguments[0] in WITHOUT_SERVICES:
        return False
    return not (arguments[0] == "simulate" and any(one.startswith("--csv") for one in arguments))


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
