"""Groups of questions: beside SciPy's own linkage, and known again from run to run."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from assistant.learning.grouping import Group, grouped, same_as_before


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_groups_are_those_of_average_linkage():
    rng = np.random.default_rng(4)
    centres = rng.standard_normal((6, 16))
    vectors = unit(np.repeat(centres, 10, axis=0) + 0.6 * rng.standard_normal((60, 16)))
    other = AgglomerativeClustering(
        n_clusters=None, distance_threshold=0.5, metric="cosine", linkage="average"
    ).fit(vectors)
    expected = {frozenset(np.flatnonzero(other.labels_ == one)) for one in set(other.labels_)}
    assert {frozenset(group.members) for group in grouped(range(60), vectors)} == expected


def test_one_question_is_a_group_and_none_is_none():
    one = np.eye(1, 4, dtype=np.float32)
    assert [group.members for group in grouped(["a"], one)] == [("a",)]
    assert grouped([], np.empty((0, 4), dtype=np.float32)) == []


def test_the_surest_pair_is_matched_first_and_no_group_twice():
    rng = np.random.default_rng(5)
    centre, far = unit(rng.standard_normal((2, 64)))
    near = unit((centre + 0.5 * far)[np.newaxis])[0]
    before = [Group("g", centre, (1, 2, 3))]
    found = [Group(None, near, (9,)), Group(None, centre, (1, 2, 3, 4))]
    assert same_as_before(found, before) == {1: "g"}


def test_a_group_of_other_questions_elsewhere_is_a_new_one():
    one, other = np.eye(2, 8, dtype=np.float32)
    assert same_as_before([Group(None, one, (1,))], [Group("g", other, (2,))]) == {}
