"""The numbers of published tables and of the peers' own code, as far as we have the statistic."""

from __future__ import annotations

import json

import pytest

from tests.oracles.stat_vectors import ANSWERED


@pytest.fixture(scope="module")
def vectors(data_folder):
    file = data_folder.parent / "vectors" / "stat_vectors.json"
    return {vector["id"]: vector for vector in json.loads(file.read_text())["vectors"]}


@pytest.mark.realdata
@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_a_vector_is_met_within_its_own_tolerance(name, vectors):
    vector = vectors[name]
    pairs = list(ANSWERED[name](vector))
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert ours == pytest.approx(theirs, rel=vector["rel_tol"], abs=vector.get("abs_tol", 1e-15))
