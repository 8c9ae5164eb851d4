"""`manage.py import_documents --base KEY FILE…`: files become a knowledge base's documents."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assistant.models import Document, KnowledgeBase
from assistant.services import Incoming, documents_read, documents_save


class Command(BaseCommand):
    help = (
        "Keep files (Markdown, HTML, PDF, DOCX, CSV of questions and answers) as the newest "
        "versions of a knowledge base's documents, and read them. Unchanged files cost nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base", metavar="KEY", required=True, help="made when it is new")
        parser.add_argument(
            "--staff", action="store_true", help="only staff may be answered from these"
        )
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *_: Any, base: str, files: list[Path], staff: bool, **options: Any) -> None:
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise CommandError(f"no such file: {', '.join(missing)}")
        into, _is_new = KnowledgeBase.objects.get_or_create(key=base, defaults={"name": base})
        audience = Document.Audience.STAFF if staff else Document.Audience.PUBLIC
        saved = documents_save(into, _incoming(files, audience), actor=None)
        documents_read(now=timezone.now(), progress=lambda name: self.stdout.write(f"read {name}"))
        self.stdout.write(
            f"{len(saved.new)} new, {len(saved.changed)} changed, {len(saved.unchanged)} unchanged"
        )
        failed = into.documents.filter(status=Document.Status.FAILED, source__in=saved.new)
        reasons = saved.refused | dict(failed.values_list("source", "error"))
        for name, reason in reasons.items():
            self.stderr.write(f"{name}: {reason}")
        if reasons:
            raise CommandError(f"{len(reasons)} files could not be taken in; the reasons are above")


def _incoming(files: list[Path], audience: str) -> Iterator[Incoming]:
    for path in files:
        yield Incoming(path.name, path.read_bytes(), audience=audience)
