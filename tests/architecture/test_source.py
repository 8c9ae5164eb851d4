"""House rules that a reader would otherwise have to check by eye."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent
FORBIDDEN_NAMES = re.compile(
    r"(^|_)(utils?|helpers?|common|manager|data|info)(_|$)|^(handle|process)_"
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def source_files() -> list[Path]:
    return [
        path for path in tracked("*.py") if "migrations" not in path.parts and path.stat().st_size
    ]


@cache
def function_lengths(path: Path) -> list[tuple[str, int]]:
    return [
        (node.name, body_length(node))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def body_length(function) -> int:
    docstring = 1 if ast.get_docstring(function) else 0
    statements = function.body[docstring:]
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


@pytest.mark.django_db
def test_every_model_change_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_file_grows_past_reading():
    long = {
        path.name for path in source_files() if len(path.read_text().splitlines()) > LONGEST_FILE
    }
    assert long == set()


def test_no_function_grows_past_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{name}"
        for path in source_files()
        for name, length in function_lengths(path)
        if length > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_median_function_fits_in_twelve_lines():
    ours = [
        path
        for path in source_files()
        if path.relative_to(ROOT).parts[0] not in ("tests", "benchmarks")
    ]
    lengths = sorted(length for path in ours for _, length in function_lengths(path))
    assert lengths[len(lengths) // 2] < 12


def test_no_module_has_a_name_that_says_nothing():
    assert [path.name for path in source_files() if FORBIDDEN_NAMES.search(path.stem)] == []


def test_secrets_are_compared_in_constant_time():
    comparing = re.compile(r"(secret|digest|signature|token)\w*\s*(==|!=)\s*(?!None)")
    ours = [path for path in source_files() if path.relative_to(ROOT).parts[0] != "tests"]
    assert [path.name for path in ours if comparing.search(path.read_text())] == []


def test_no_file_names_a_place_of_one_machine():
    place = re.compile(r"(?<![\w.])/(work|farm|root|opt/wheels)/|pythonhosted\.|registry\.npmjs")
    texts = [
        *tracked("*.py"),
        *tracked("*.md"),
        *tracked("*.lock"),
        *tracked("*.toml"),
        *tracked("Makefile"),
    ]
    here = Path(__file__)
    assert [path.name for path in texts if path != here and place.search(path.read_text())] == []
