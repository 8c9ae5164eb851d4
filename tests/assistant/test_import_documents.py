"""Files named on the command line become documents, and each that cannot says why."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assistant.models import KnowledgeBase
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command(
            "import_documents", "--base", "help", *map(str, arguments), stdout=out, stderr=err
        )
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def test_files_are_read_and_unchanged_ones_left_alone(tmp_path):
    (tmp_path / "returns.md").write_bytes(make.RETURNS)
    out, err = run(tmp_path / "returns.md")
    assert (out.splitlines()[-1], err) == ("1 new, 0 changed, 0 unchanged", "")
    assert KnowledgeBase.objects.get(key="help").chunk_count == 2
    assert run(tmp_path / "returns.md")[0].splitlines() == ["0 new, 0 changed, 1 unchanged"]


def test_a_file_that_cannot_be_taken_in_says_why_and_stops_no_other(tmp_path):
    (tmp_path / "returns.md").write_bytes(make.RETURNS)
    (tmp_path / "photo.jpg").write_bytes(b"x")
    (tmp_path / "faq.csv").write_bytes(b"a,b\n1,2\n")
    out, err = run(*(tmp_path / name for name in ("photo.jpg", "faq.csv", "returns.md")))
    assert "read returns.md" in out
    assert "photo.jpg: file: “photo.jpg” cannot be read" in err
    assert "faq.csv: file: no column “question”" in err


def test_a_missing_file_is_named(tmp_path):
    assert "nowhere.md" in run(tmp_path / "nowhere.md")[1]
    assert not KnowledgeBase.objects.exists()
