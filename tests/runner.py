"""`manage.py test` runs pytest: unittest's own loader would find none of these tests and call that
a success.
"""

from __future__ import annotations

from typing import Any


class PytestRunner:
    def __init__(
        self, *, verbosity: int = 1, failfast: bool = False, keepdb: bool = False, **_: Any
    ) -> None:
        self.arguments = ["-q"] if verbosity < 1 else []
        self.arguments += ["--exitfirst"] if failfast else []
        self.arguments += ["--reuse-db"] if keepdb else []

    @classmethod
    def add_arguments(cls, parser: Any) -> None:
        parser.add_argument(
            "--keepdb", action="store_true", help="Keep the test database between runs."
        )

    def run_tests(self, test_labels: list[str], **_: Any) -> int:
        import pytest

        return int(pytest.main([*self.arguments, *test_labels]))
