import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audience.clustering.identity import FoundCluster, Kinship, KnownGroup, kinships

AXES = np.eye(6, dtype=np.float32)


def known(key, axis, *members):
    return KnownGroup(key, AXES[axis], frozenset(members))


def found(axis, *members):
    return FoundCluster(AXES[axis], frozenset(members))


def keys(results):
    return [one.same_as for one in results]


def test_the_same_people_writing_the_same_are_the_same_group_in_whatever_order():
    before = [known(1, 0, 10, 11, 12), known(2, 1, 20, 21, 22), known(3, 2, 30, 31)]
    now = [found(2, 30, 31), found(0, 10, 11, 12), found(1, 20, 21, 22)]
    assert keys(kinships(now, before)) == [3, 1, 2]


def test_newcomers_and_leavers_do_not_change_who_a_group_is():
    before = [known(1, 0, *range(100)), known(2, 1, *range(100, 200))]
    now = [found(0, *range(50, 100), *range(1000, 1400)), found(1, *range(150, 200))]
    assert keys(kinships(now, before)) == [1, 2]


def test_a_split_leaves_the_name_with_the_larger_part_and_says_where_the_other_came_from():
    before = [known(1, 0, *range(100)), known(2, 1, *range(100, 150))]
    now = [found(0, *range(60)), found(2, *range(60, 100)), found(1, *range(100, 150))]
    assert kinships(now, before) == [Kinship(1, None), Kinship(None, 1), Kinship(2, None)]


def test_a_merger_keeps_the_identity_of_the_larger():
    before = [known(1, 0, *range(60)), known(2, 1, *range(60, 90)), known(3, 3, *range(90, 150))]
    now = [found(0, *range(90)), found(3, *range(90, 150))]
    assert keys(kinships(now, before)) == [1, 3]


def test_other_people_who_write_of_something_else_are_a_new_group_from_nowhere():
    before = [known(1, 0, 1, 2, 3), known(2, 1, 4, 5)]
    now = [found(0, 1, 2, 3), found(4, 90, 91)]
    assert kinships(now, before) == [Kinship(1, None), Kinship(None, None)]


def test_people_scattered_to_the_winds_are_no_heirs():
    before = [known(1, 0, *range(40)), known(2, 1, *range(40, 80))]
    mixed = [found(2, *range(0, 80, 2)), found(3, *range(1, 80, 2))]
    assert keys(kinships(mixed, before)) == [None, None]


def test_a_group_nobody_of_which_is_left_comes_back_only_for_nearly_the_same_words():
    gone, there = known(1, 0), known(2, 1, 5, 6)
    assert keys(kinships([found(0, 90, 91), found(1, 5, 6)], [gone, there])) == [1, 2]
    tilted = FoundCluster((AXES[0] + AXES[2]) / np.sqrt(np.float32(2)), frozenset({90, 91}))
    assert keys(kinships([tilted, found(1, 5, 6)], [gone, there])) == [None, 2]


def test_the_first_fit_has_only_new_groups():
    assert kinships([found(0, 1)], []) == [Kinship(None, None)]
    assert kinships([], [known(1, 0, 1)]) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_no_group_is_given_to_two_clusters(seed, new, old):
    rng = np.random.default_rng(seed)
    labels, earlier = rng.integers(0, new, 60), rng.integers(0, old, 60)
    now = [found(k, *np.flatnonzero(labels == k).tolist()) for k in range(new)]
    before = [known(k, k, *np.flatnonzero(earlier == k).tolist()) for k in range(old)]
    same = [key for key in keys(kinships(now, before)) if key is not None]
    assert len(same) == len(set(same))
