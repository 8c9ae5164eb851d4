from __future__ import annotations

import pytest

from core.errors import DomainError
from inference.generators import ScriptedGenerator, text_generator


def test_an_unknown_generator_is_refused_naming_the_setting():
    with pytest.raises(DomainError, match=r"GENERATOR is 'oracle'.*composer"):
        text_generator("oracle")


@pytest.mark.parametrize(
    "spec",
    [
        "python:",
        "python:nowhere",
        "python:nowhere.at.All",
        "python:tests.generation.backends.Missing",
        "python:tests.generation.backends.not_a_class",
        "python:decimal.Decimal",
    ],
)
def test_an_own_backend_that_is_none_is_refused(spec):
    with pytest.raises(DomainError, match="GENERATOR"):
        text_generator(spec)


def test_a_generator_is_made_once_per_process():
    assert text_generator("composer") is text_generator("composer")


def test_the_scripted_twin_fails_as_told():
    with pytest.raises(OSError, match="gone"):
        list(ScriptedGenerator({}, failure=OSError("gone")).generate([]))
