from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.assignment import (
    BLOCK,
    NOT_ENROLLED,
    AssignmentImpossible,
    arm_for,
    arms_for,
    bucket,
    bucket_ranges,
    buckets,
    buckets_by_salt,
)

# Half surrogate pairs too: no character, but a string in JavaScript and in Python.
ids = st.text(st.characters(codec=None), max_size=40) | st.text("abc0189-_", max_size=15)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("é", 0.8663), ("ß", 0.2616), ("日本", 0.9652), ("😀", 0.4346), ("user-ñ-1", 0.3237)],
)
def test_ids_outside_ascii_hash_as_in_both_growthbook_sdks(unit, expected):
    assert bucket(unit, "seed") == expected


# Computed with the official SDK: growthbook 4.0.0 from PyPI, `growthbook.core.gbhash`.
@pytest.mark.parametrize(
    ("version", "seed", "unit", "expected"),
    [
        (1, "seed", "", 0.564),
        (1, "seed", "user-42", 0.982),
        (1, "seed", "é", 0.137),
        (1, "exp-2", "😀 x", 0.02),
        (1, "exp-2", "abcdefghij0123456789", 0.087),
        (2, "seed", "", 0.4286),
        (2, "seed", "user-42", 0.945),
        (2, "seed", "abcdefghij0123456789", 0.3252),
        (2, "exp-2", "é", 0.5426),
        (2, "exp-2", "😀 x", 0.5739),
    ],
)
def test_buckets_are_those_of_the_official_sdk(version, seed, unit, expected):
    assert bucket(unit, seed, version=version) == expected
    assert buckets([unit], seed, version=version)[0] == expected


@given(st.lists(ids, max_size=12), ids, st.sampled_from([1, 2]))
@settings(max_examples=150, deadline=None)
def test_the_column_agrees_with_the_scalar_on_every_id(units, salt, version):
    expected = [bucket(unit, salt, version=version) for unit in units]
    assert buckets(units, salt, version=version).tolist() == expected


@given(st.lists(ids, max_size=12), st.lists(st.tuples(ids, st.sampled_from([1, 2])), max_size=4))
@settings(max_examples=80, deadline=None)
def test_several_salts_at_once_are_each_salt_by_itself(units, salts):
    found = buckets_by_salt(units, salts)
    assert found.shape == (len(salts), len(units))
    assert found.tolist() == [
        [bucket(unit, salt, version=version) for unit in units] for salt, version in salts
    ]


# Their first hash is below 100,000, which one id in 43,000 has.
@pytest.mark.parametrize("number", [15064, 60949, 169038, 186760, 316216])
def test_a_first_hash_of_few_digits_is_hashed_without_leading_zeros(number):
    units = ["ann", f"user-{number}"]
    assert buckets(units, "seed").tolist() == [bucket(unit, "seed") for unit in units]


def test_one_very_long_id_is_no_burden_to_the_others():
    units = [*(f"u{number}" for number in range(BLOCK)), "é" * 5_000, "u1"]
    assert buckets(units, "s")[-2:].tolist() == [bucket(unit, "s") for unit in units[-2:]]


@given(st.lists(st.text("abc0189-_ ~", min_size=1, max_size=15), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_a_column_of_bytes_agrees_with_the_scalar(units):
    column = np.array([unit.encode() for unit in units])
    assert buckets(column, "salt").tolist() == [bucket(unit, "salt") for unit in units]


def test_a_column_of_text_is_read_too():
    assert buckets(np.array(["é", "user-ñ-1"]), "seed").tolist() == [0.8663, 0.3237]


def test_blocks_do_not_show():
    units = [f"u{number}" for number in range(BLOCK + 3)]
    found = buckets(units, "salt")
    assert found[-3:].tolist() == [bucket(unit, "salt") for unit in units[-3:]]


def test_bytes_that_are_not_ascii_are_refused():
    with pytest.raises(AssignmentImpossible, match="ASCII"):
        buckets(np.array(["é".encode()]), "salt")


@pytest.mark.parametrize("hashing", [bucket, lambda unit, *a, **k: buckets([unit], *a, **k)])
def test_an_unknown_version_is_refused(hashing):
    with pytest.raises(AssignmentImpossible, match="version"):
        hashing("ann", "salt", version=3)


weights = st.lists(st.integers(0, 10), min_size=1, max_size=5).filter(sum)


@given(st.lists(ids, max_size=20), weights, st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_arms_of_a_column_are_the_arms_of_its_units(units, parts, coverage):
    shares = [part / sum(parts) for part in parts]
    expected = [arm_for(unit, salt="s", weights=shares, coverage=coverage) for unit in units]
    found = arms_for(units, salt="s", weights=shares, coverage=coverage)
    assert [None if arm == NOT_ENROLLED else arm for arm in found] == expected


@given(st.lists(ids, max_size=30), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_ramping_up_moves_nobody(units, first, second):
    low, high = sorted([first, second])
    before = arms_for(units, salt="s", weights=[0.3, 0.7], coverage=low)
    after = arms_for(units, salt="s", weights=[0.3, 0.7], coverage=high)
    enrolled = before != NOT_ENROLLED
    assert (before[enrolled] == after[enrolled]).all()


def test_arms_get_their_shares():
    arms = arms_for([f"u{n}" for n in range(100_000)], salt="s", weights=[0.5, 0.3, 0.2])
    assert np.bincount(arms) / 100_000 == pytest.approx([0.5, 0.3, 0.2], abs=0.006)


def test_another_salt_is_an_independent_split():
    units = [f"u{n}" for n in range(100_000)]
    first, second = (arms_for(units, salt=salt, weights=[0.5, 0.5]) for salt in ("a", "b"))
    assert np.mean(first == second) == pytest.approx(0.5, abs=0.006)


def test_every_bucket_belongs_to_an_arm_when_all_take_part():
    found = arms_for([f"u{n}" for n in range(50_000)], salt="s", weights=[1 / 3] * 3)
    assert NOT_ENROLLED not in found


@pytest.mark.parametrize("shares", [[], [0.5, 0.4], [1.5, -0.5]])
def test_weights_that_split_nothing_are_refused(shares):
    with pytest.raises(AssignmentImpossible, match="weights"):
        arm_for("ann", salt="s", weights=shares)


def test_a_coverage_out_of_range_is_refused():
    with pytest.raises(AssignmentImpossible, match="coverage"):
        arm_for("ann", salt="s", weights=[0.5, 0.5], coverage=1.1)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"count": 2, "coverage": 1}, [(0, 0.5), (0.5, 1)]),
        ({"count": 2, "coverage": -0.2}, [(0, 0), (0.5, 0.5)]),
        ({"count": 2, "coverage": 1.5}, [(0, 0.5), (0.5, 1)]),
        ({"count": 2, "coverage": 0.5, "weights": [0.4, 0.6]}, [(0, 0.2), (0.4, 0.7)]),
        ({"count": 2, "weights": [0.4, 0.3]}, [(0, 0.5), (0.5, 1)]),
        ({"count": 2, "weights": [1.0]}, [(0, 0.5), (0.5, 1)]),
        ({"count": 2, "weights": [0.4, 0.599]}, [(0, 0.4), (0.4, 0.999)]),
        ({"count": 0}, []),
    ],
)
def test_ranges_follow_growthbooks_lenient_rules(options, expected):
    assert bucket_ranges(**options) == [pytest.approx(pair) for pair in expected]
