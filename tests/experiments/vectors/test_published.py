"""Published numbers of the shared vectors' families that the shared file does not hold."""

from __future__ import annotations

import pytest

from experiments.vectors import check_vectors


def found(*vectors):
    return check_vectors({"vectors": vectors})


# Numbers as printed in their sources, of which the shared file holds others of the same families.
PUBLISHED = [
    # confseq's own tests, "from a reference implementation in R".
    (
        "howard.gamma_exponential",
        {"s": 10, "v": 100, "v_opt": 100, "c": 2, "alpha": 0.05, "alpha_opt": 0.05},
        {"log_mixture": -0.2490165, "bound": 33.02017},
        1e-6,
    ),
    (
        "howard.poly_stitching",
        {"v": 100, "v_min": 10, "c": 3, "s": 1.4, "eta": 2, "alpha": 0.05},
        {"bound": 64.48755},
        1e-6,
    ),
    # Jennison and Turnbull's table 2.1, and Lan and DeMets' Pocock type.
    (
        "groupseq.classic.K2",
        {"looks": 2, "alpha": 0.05, "sides": 2},
        {"pocock_constant": 2.178, "obrien_fleming_constant": 1.977},
        5e-4,
    ),
    (
        "groupseq.landemets.pocock.K5",
        {
            "information": [0.2, 0.4, 0.6, 0.8, 1.0],
            "alpha": 0.05,
            "sides": 2,
            "spending": "per side alpha_side*log(1+(e-1)*t)",
        },
        {"z_bounds": [2.4380, 2.4268, 2.4102, 2.3967, 2.3860]},
        1e-4,
    ),
    # Armitage, McPherson and Rowe (1969).
    (
        "armitage1969.peeking",
        {"looks": [2, 3, 4, 5, 10, 20], "alpha": 0.05},
        {"false_positive_rate": [0.083, 0.107, 0.126, 0.142, 0.193, 0.248]},
        7e-3,
    ),
    ("groupseq.peeking", {"looks": 5, "alpha": 0.05}, {"error": 0.142}, 7e-3),
    # evanmiller.org's calculator.
    (
        "evanmiller.samplesize",
        {"baseline": 0.2, "absolute_mde": 0.05, "alpha": 0.05, "power": 0.8},
        {"n": 1030},
        1e-9,
    ),
    ("evanmiller.samplesize", {"baseline": 0.2, "relative_mde": 0.25}, {"n": 1030}, 1e-9),
    ("evanmiller.samplesize", {"p1": 0.2, "p2": 0.25}, {"n": 1030}, 1e-9),
    # R's help pages.
    ("r.power.t.test", {"delta": 1, "sd": 1, "power": 0.9}, {"n": 22.02110}, 1e-6),
    ("r.power.t.test", {"n": 20, "delta": 1, "sd": 1}, {"power": 0.8689528}, 1e-7),
    ("r.power.prop.test", {"p1": 0.5, "p2": 0.75, "power": 0.9}, {"n": 76.7}, 1e-3),
    ("r.power.prop.test", {"p1": 0.5, "p2": 0.75, "n": 76.7}, {"power": 0.9}, 1e-3),
    (
        "r.fisher.tea",
        {"table": [[3, 1], [1, 3]], "alternative": "greater"},
        {"p_value": 0.2429},
        2e-4,
    ),
    # R: prop.test(c(15, 25), c(50, 50)) prints X-squared = 3.375, p-value = 0.06619.
    (
        "r.prop.test.two",
        {"successes": [15, 25], "totals": [50, 50]},
        {"chi2": 3.375, "p_value": 0.06619},
        1e-4,
    ),
    # G*Power's, by Spotify's own tests.
    (
        "spotify.samplesize.continuous",
        {"kind": "continuous", "average_absolute_mde": 0.3, "baseline_variance": 100},
        {"total_n_gpower": 39_906},
        5e-3,
    ),
    (
        "spotify.samplesize.binomial.630710",
        {"baseline_proportion": 0.34, "absolute_percentage_mde": 0.003, "alpha": 0.14},
        {"total_n_gpower": 630_710},
        5e-3,
    ),
    # Benjamini and Hochberg (1995), section 3.1: 15 p-values.
    (
        "bh1995.thrombolysis",
        {
            "pvalues": [
                0.0001,
                0.0004,
                0.0019,
                0.0095,
                0.0201,
                0.0278,
                0.0298,
                0.0344,
                0.0459,
                0.3240,
                0.4262,
                0.5719,
                0.6528,
                0.7590,
                1.0,
            ],
            "alpha": 0.05,
        },
        {"bh_rejected": 4, "bonferroni_rejected": 3},
        0,
    ),
    ("bh.list", {"pvalues": [0.01, 0.04]}, {"bh": [0.02, 0.04]}, 1e-9),
    # Dunnett's table for infinite degrees, two-sided 5 %.
    (
        "dunnett.two_sided",
        {"treatments": [2, 3, 4, 5], "alpha": 0.05},
        {"critical": [2.21, 2.35, 2.44, 2.51]},
        3e-3,
    ),
    ("dunnett.one", {"k": 2, "alpha": 0.05, "dof": "inf"}, {"critical": 2.21}, 3e-3),
    # tea-tasting's documentation of its Benjamini-Hochberg.
    (
        "tt.multiplicity.benjamini_hochberg",
        {"pvalues": {"a": 0.118, "b": 0.0211, "c": 0.0213, "d": 0.00218}, "alpha": 0.05},
        {
            "a": {"pvalue_adj": 0.118, "alpha_adj": 0.05, "null_rejected": 0},
            "b": {"pvalue_adj": 0.0284, "alpha_adj": 0.0375, "null_rejected": 1},
            "d": {"pvalue_adj": 0.00872, "alpha_adj": 0.0375},
        },
        1e-9,
    ),
    # PostHog's own test of a mean, on the sums that it gives.
    (
        "posthog.bayes.mean",
        {
            "control": {"type": "SampleMeanStatistic", "n": 100, "sum": 500.0, "sum_squares": 3000},
            "treatment": {
                "type": "SampleMeanStatistic",
                "n": 100,
                "sum": 500.0,
                "sum_squares": 3000,
            },
            "difference": "relative",
        },
        {"chance_to_win": 0.5},
        1e-9,
    ),
    # By hand: Welch's z of equal moments.
    (
        "gb.quantile.flat",
        {
            "control": {
                "type": "QuantileStatistic",
                "n": 1000,
                "n_star": 1000,
                "nu": 0.5,
                "quantile_hat": 5.0,
                "quantile_lower": 4.0,
                "quantile_upper": 6.0,
            },
            "treatment": {
                "type": "QuantileStatistic",
                "n": 1000,
                "n_star": 1000,
                "nu": 0.5,
                "quantile_hat": 5.0,
                "quantile_lower": 4.0,
                "quantile_upper": 6.0,
            },
            "difference": "absolute",
            "test": "TwoSidedTTest",
        },
        {"effect": 0.0, "p_value": 1.0},
        1e-9,
    ),
    (
        "ssrm.looks",
        {"counts": [[5200, 4800], [5000, 5000]], "weights": [0.5, 0.5], "concentration_k": 100},
        {"sequential_p": [0.003647864278679712, 0.003647864278679712]},
        1e-6,
    ),
]


# The moments of gb.cuped.mean.realistic, of which the peers are known to report two lifts.
REALISTIC = {
    "control": {
        "n": 400,
        "post": (1867.90703724182, 12681.451712164637),
        "pre": (2506.537107678073, 22163.225550368094),
        "cross": 15483.752204060853,
    },
    "treatment": {
        "n": 400,
        "post": (2003.436220253745, 14409.950245564982),
        "pre": (2352.296470231579, 21575.917813278804),
        "cross": 16412.184876085346,
    },
}


def as_growthbook(arm):
    single = {
        name: {
            "type": "SampleMeanStatistic",
            "n": 400,
            "sum": arm[name][0],
            "sum_squares": arm[name][1],
        }
        for name in ("post", "pre")
    }
    return {
        "type": "RegressionAdjustedStatistic",
        "n": 400,
        "post_statistic": single["post"],
        "pre_statistic": single["pre"],
        "post_pre_sum_of_products": arm["cross"],
    }


def as_tea(arm):
    (post, posts), (pre, pres) = arm["post"], arm["pre"]
    return {
        "n": 400,
        "mean": {"x": pre / 400, "y": post / 400},
        "var": {"x": (pres - pre**2 / 400) / 399, "y": (posts - post**2 / 400) / 399},
        "cov": {"x|y": (arm["cross"] - post * pre / 400) / 399},
    }


def test_two_peers_divide_an_adjusted_lift_by_two_controls():
    # As told in the shared file: .121207 of the unadjusted control, .124229 of the adjusted.
    growthbook = {
        "id": "gb.cuped.mean.realistic.relative",
        "inputs": {
            **{name: as_growthbook(arm) for name, arm in REALISTIC.items()},
            "test": "TwoSidedTTest",
            "difference": "relative",
            "alpha": 0.05,
        },
        "expected": {"effect": 0.121207},
        "rel_tol": 1e-5,
    }
    tea = {
        "id": "tt.mean.cuped",
        "inputs": {
            **{name: as_tea(arm) for name, arm in REALISTIC.items()},
            "metric": {"type": "Mean", "covariate": "x"},
        },
        "expected": {"rel_effect_size": 0.124229},
        "rel_tol": 1e-5,
    }
    unnamed = {**tea, "inputs": {**tea["inputs"], "metric": {"type": "Mean", "equal_var": False}}}
    plain = {**unnamed, "id": "tt.mean.normal", "expected": {"statistic": 2.0}, "rel_tol": 1}
    assert found(growthbook, tea, unnamed, plain).misses == ()


@pytest.mark.parametrize(("name", "inputs", "expected", "tolerance"), PUBLISHED)
def test_published_numbers_of_the_same_families_are_met(name, inputs, expected, tolerance):
    vector = {"id": name, "inputs": inputs, "expected": expected, "rel_tol": tolerance}
    report = found(vector)
    assert report.misses == ()
    assert report.not_covered == ()
    assert report.passed == 1
