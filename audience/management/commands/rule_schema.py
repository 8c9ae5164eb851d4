"""`manage.py rule_schema`: the rule language of segments as JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from audience.rules import rule_schema


class Command(BaseCommand):
    help = "Print the rule language of segments as JSON Schema (draft 2020-12)."

    def handle(self, *_: Any, **_options: Any) -> None:
        self.stdout.write(json.dumps(rule_schema(), indent=2))
