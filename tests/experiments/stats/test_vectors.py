"""The numbers of published tables and of the peers' own code: one test for each vector."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from experiments.vectors.numbers import check_vector

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.realdata


def shared_vectors():
    """The vectors beside the data sets; without them one test that says so is skipped."""
    folder = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))
    file = folder.parent / "vectors" / "stat_vectors.json"
    if not file.exists():
        return [pytest.param(None, id="no-vectors", marks=pytest.mark.skip("no vectors here"))]
    return [pytest.param(each, id=each["id"]) for each in json.loads(file.read_text())["vectors"]]


@pytest.mark.parametrize("vector", shared_vectors())
def test_a_vector_is_met_within_its_own_tolerance(vector):
    checked = check_vector(vector)
    assert checked.misses == ()
    assert checked.left_out == ()
    assert checked.compared > 0
