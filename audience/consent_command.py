"""What `import_contacts` and `import_texts` do with what a file says of consent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from audience.consent_columns import answers_in
from audience.services.consent_imports import (
    Noted,
    consent_attributes_clear,
    consents_import,
)
from core.errors import InputRefused
from core.loading.command import LoadCommand
from core.loading.mapping import parse_pairs
from privacy.models import ConsentPurpose


class ConsentLoadCommand(LoadCommand):
    """An import whose rows name contacts, and may say what they agreed to."""

    person: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--consent",
            action="append",
            default=[],
            choices=ConsentPurpose.values,
            help="Everybody in the file agreed to this. Repeat for more. A column "
            "consent_<purpose> (yes or no) says so for each row.",
        )
        parser.add_argument(
            "--consent-source",
            default="",
            metavar="TEXT",
            help='Where they said so, e.g. "sign-up form v3"; kept in the consent ledger.',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["consent"] and not options["consent_source"]:
            raise CommandError("--consent needs --consent-source: say where they agreed")
        super().handle(*args, **options)
        try:
            noted = self._note(options)
        except InputRefused as refused:
            raise CommandError(str(refused)) from None
        if noted != Noted():
            self.stdout.write(_words(noted))

    def _note(self, options: dict[str, Any]) -> Noted:
        path = options["file"]
        answers = answers_in(
            path,
            self.described,
            parse_pairs(options["map"]),
            person=self.person,
            agreed=options["consent"],
        )
        source = options["consent_source"] or f"import of {path.name}"[:200]
        noted = consents_import(answers, source=source, now=timezone.now())
        consent_attributes_clear()
        return noted


def _words(noted: Noted) -> str:
    return (
        f"consent: {noted.noted:,} answers noted, {noted.unchanged:,} said before, "
        f"{noted.unclear:,} neither yes nor no and so not consent, "
        f"{noted.unknown:,} of people not stored"
    )
