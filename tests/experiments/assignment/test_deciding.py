from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.assignment import (
    NOT_ENROLLED,
    AssignmentImpossible,
    Decision,
    Holdout,
    Layer,
    Reason,
    Split,
    are_held_out,
    arm_for,
    decide_arm,
    decide_arms,
    in_namespace,
    in_namespaces,
    is_held_out,
)

ids = st.text(st.characters(codec=None), max_size=20) | st.text("abc0189-_", max_size=10)
shares = st.floats(0, 1)
layers = st.tuples(ids, shares, shares).map(
    lambda parts: Layer(key=parts[0], start=min(parts[1:]), end=max(parts[1:]))
)
holdouts = st.builds(Holdout, key=ids, share=shares)
splits = st.builds(
    Split,
    salt=ids,
    weights=st.sampled_from([(1.0,), (0.5, 0.5), (0.2, 0.3, 0.5)]),
    coverage=shares,
    version=st.sampled_from([1, 2]),
    layer=st.none() | layers,
    holdout=st.none() | holdouts,
    global_holdout=st.none() | holdouts,
)
everything = st.builds(
    Split,
    salt=ids,
    weights=st.sampled_from([(0.5, 0.5), (0.2, 0.3, 0.5)]),
    coverage=st.floats(0.3, 1),
    version=st.sampled_from([1, 2]),
    layer=st.builds(Layer, key=ids, start=st.floats(0, 0.2), end=st.floats(0.6, 1)),
    holdout=st.builds(Holdout, key=ids, share=st.floats(0, 0.3)),
    global_holdout=st.builds(Holdout, key=ids, share=st.floats(0, 0.3)),
)
MANY = [f"u{number}" for number in range(50_000)]
HALVES = Split(salt="s", weights=(0.5, 0.5))


@given(st.lists(st.tuples(ids, st.sampled_from([-1, 0])), max_size=12), splits, st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_column_agrees_with_the_scalar_on_every_step(rows, split, is_forced):
    units, sticky = [unit for unit, _ in rows], [arm for _, arm in rows]
    forced = dict.fromkeys(units[:2] * is_forced, 0)
    expected = [
        decide_arm(unit, split, forced=forced, sticky=None if arm == NOT_ENROLLED else arm)
        for unit, arm in rows
    ]
    found = decide_arms(units, split, forced=forced, sticky=sticky)
    assert [None if arm == NOT_ENROLLED else arm for arm in found.arms] == [
        decision.arm for decision in expected
    ]
    assert found.reasons.tolist() == [decision.reason for decision in expected]


@given(st.lists(st.tuples(ids, st.sampled_from([-1, 0, 1])), min_size=1, max_size=20), everything)
@settings(max_examples=200, deadline=None)
def test_the_column_agrees_with_the_scalar_when_everything_is_set(rows, split):
    units, sticky = [unit for unit, _ in rows], [arm for _, arm in rows]
    forced = {units[-1]: 1}
    found = decide_arms(units, split, forced=forced, sticky=sticky)
    expected = [
        decide_arm(unit, split, forced=forced, sticky=None if arm == NOT_ENROLLED else arm)
        for unit, arm in rows
    ]
    assert found.reasons.tolist() == [decision.reason for decision in expected]
    assert found.arms.tolist() == [
        NOT_ENROLLED if decision.arm is None else decision.arm for decision in expected
    ]


@given(st.lists(ids, max_size=30), everything, shares)
@settings(max_examples=50, deadline=None)
def test_raising_the_coverage_keeps_everybody_who_took_part(units, split, share):
    before = decide_arms(units, replace(split, coverage=share * split.coverage)).arms
    after = decide_arms(units, split).arms
    took_part = before != NOT_ENROLLED
    assert (before[took_part] == after[took_part]).all()


def test_those_left_out_of_a_ramp_come_in_with_the_chances_of_later_weights():
    ramp = decide_arms(MANY, Split(salt="s", weights=(0.5, 0.5), coverage=0.5)).arms
    later = decide_arms(MANY, Split(salt="s", weights=(0.9, 0.1))).arms
    assert later[ramp == NOT_ENROLLED].mean() == pytest.approx(0.1, abs=0.005)


def test_a_coverage_out_of_range_is_refused():
    with pytest.raises(AssignmentImpossible, match="coverage"):
        decide_arm("ann", replace(HALVES, coverage=1.1))


def test_a_column_of_bytes_can_be_forced_too():
    found = decide_arms(np.array([b"ann", b"bob"]), HALVES, forced={"bob": 1})
    assert (found.arms[1], found.reasons[1]) == (1, Reason.FORCED)


@given(ids, layers, holdouts)
@settings(max_examples=80, deadline=None)
def test_layers_and_holdouts_of_a_column_are_those_of_its_units(unit, layer, holdout):
    assert in_namespaces([unit], layer).tolist() == [in_namespace(unit, layer)]
    assert are_held_out([unit], holdout).tolist() == [is_held_out(unit, holdout)]


# Computed with the official SDK: growthbook 4.0.0 from PyPI, `growthbook.core.inNamespace`.
@pytest.mark.parametrize(
    ("unit", "expected"), [("ann", True), ("é", False), ("😀", False), ("user-3", False)]
)
def test_namespaces_are_those_of_the_official_sdk(unit, expected):
    assert in_namespace(unit, Layer(key="checkout", start=0.0, end=0.5)) is expected
    assert in_namespace(unit, Layer(key="checkout", start=0.5, end=1.0)) is not expected


def test_experiments_of_one_layer_share_no_unit():
    first, second = Layer(key="l", start=0.0, end=0.3), Layer(key="l", start=0.3, end=1.0)
    one, other = in_namespaces(MANY, first), in_namespaces(MANY, second)
    assert (one ^ other).all()
    assert one.mean() == pytest.approx(0.3, abs=0.01)


def test_a_larger_holdout_keeps_those_it_held():
    small, large = (are_held_out(MANY, Holdout(key="h", share=s)) for s in (0.05, 0.2))
    assert (large[small]).all()
    assert large.mean() == pytest.approx(0.2, abs=0.01)


def test_a_holdout_is_independent_of_the_arms():
    split = Split(salt="s", weights=(0.5, 0.5), global_holdout=Holdout(key="h", share=0.5))
    free, held = decide_arms(MANY, HALVES).arms, decide_arms(MANY, split).arms
    kept = held != NOT_ENROLLED
    assert (free[kept] == held[kept]).all()
    assert free[~kept].mean() == pytest.approx(0.5, abs=0.01)


EVERYBODY_OUT = Split(
    salt="s",
    weights=(0.5, 0.5),
    coverage=0.0,
    layer=Layer(key="l", start=0.0, end=0.0),
    holdout=Holdout(key="h", share=1.0),
    global_holdout=Holdout(key="g", share=1.0),
)


@pytest.mark.parametrize(
    ("split", "options", "arm", "reason"),
    [
        (EVERYBODY_OUT, {"forced": {"ann": 1}, "sticky": 0}, 1, Reason.FORCED),
        (EVERYBODY_OUT, {"forced": {"bob": 1}, "sticky": 0}, 0, Reason.STICKY),
        (EVERYBODY_OUT, {}, None, Reason.GLOBAL_HOLDOUT),
        (
            Split(
                salt="s",
                weights=(1.0,),
                holdout=Holdout(key="h", share=1.0),
                layer=Layer(key="l", start=0.0, end=0.0),
            ),
            {},
            None,
            Reason.HOLDOUT,
        ),
        (
            Split(salt="s", weights=(1.0,), coverage=0.0, layer=Layer(key="l", start=0.0, end=0.0)),
            {},
            None,
            Reason.OUTSIDE_LAYER,
        ),
        (Split(salt="s", weights=(1.0,), coverage=0.0), {}, None, Reason.OUTSIDE_COVERAGE),
        (HALVES, {}, arm_for("ann", salt="s", weights=[0.5, 0.5]), Reason.ASSIGNED),
    ],
)
def test_the_first_step_that_applies_ends_the_matter(split, options, arm, reason):
    assert decide_arm("ann", split, **options) == Decision(arm=arm, reason=reason)


@pytest.mark.parametrize("options", [{"forced": {"ann": 2}}, {"sticky": -1}])
def test_an_arm_that_does_not_exist_is_refused(options):
    with pytest.raises(AssignmentImpossible, match="below 2"):
        decide_arm("ann", HALVES, **options)


def test_a_column_with_an_arm_that_does_not_exist_is_refused():
    with pytest.raises(AssignmentImpossible, match="below 2"):
        decide_arms(["ann"], HALVES, sticky=[2])


@pytest.mark.parametrize(("start", "end"), [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.1)])
def test_a_slice_outside_its_layer_is_refused(start, end):
    with pytest.raises(AssignmentImpossible, match="slice"):
        Layer(key="l", start=start, end=end)


def test_a_holdout_of_more_than_everybody_is_refused():
    with pytest.raises(AssignmentImpossible, match="share"):
        Holdout(key="h", share=1.5)
