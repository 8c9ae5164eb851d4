from __future__ import annotations

import pytest

from experiments.stats import (
    ArgumentImpossible,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
    compare_ranks,
)


def test_the_exact_p_is_the_share_of_all_orders():
    # Of the 10 ways to choose 2 of 5 ranks, one puts treatment on top; two sides count twice.
    found = compare_ranks([1, 2, 3], [4, 5], is_corrected=False)
    assert (found.statistic, found.treatment_above) == (6.0, 1.0)
    assert found.p_value == pytest.approx(0.2)
    assert compare_ranks([1, 2, 3], [4, 5], alternative="greater").p_value == pytest.approx(0.1)


def test_ties_count_half():
    assert compare_ranks([1, 2], [2, 3], method="asymptotic").treatment_above == 3.5 / 4


@pytest.mark.parametrize(
    ("arms", "options", "error"),
    [
        (([], [1]), {}, TooFewUnits),
        (([1], [float("inf")]), {}, SampleImpossible),
        (([1, 1], [1]), {}, VarianceIsZero),
        (([1], [2]), {"alternative": "up"}, ArgumentImpossible),
    ],
)
def test_what_has_no_order_is_named(arms, options, error):
    with pytest.raises(error):
        compare_ranks(*arms, **options)
