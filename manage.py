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
    "makemigrations",
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
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
