from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from experiments.vectors import Miss, check_vectors
from experiments.vectors.disputes import DISPUTES


def sizes(expected, **more):
    inputs = {"users": [50, 50], "weights": [0.5, 0.5]}
    return {"id": "gb.srm.own", "inputs": inputs, "expected": expected, "rel_tol": 1e-9, **more}


def found(*vectors):
    return check_vectors({"vectors": vectors})


@pytest.fixture(scope="module")
def shared(data_folder):
    return data_folder.parent / "vectors" / "stat_vectors.json"


@pytest.mark.realdata
def test_all_shared_vectors_are_covered_and_pass(shared):
    report = check_vectors(json.loads(shared.read_text()))
    assert report.misses == ()
    assert report.not_covered == ()
    assert report.passed == 95


@pytest.mark.realdata
def test_every_dispute_is_about_one_of_the_shared_vectors(shared):
    ids = [vector["id"] for vector in json.loads(shared.read_text())["vectors"]]
    assert set(DISPUTES) <= set(ids)


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


def test_holm_is_answered_in_the_shape_of_tea_tasting():
    # By hand: three times the smallest, then what is left over.
    vector = {
        "id": "tt.multiplicity.holm_bonferroni",
        "inputs": {"pvalues": {"a": 0.118, "b": 0.0211, "c": 0.0213}, "alpha": 0.05},
        "expected": {"a": {"pvalue_adj": 0.118}, "b": {"pvalue_adj": 0.0633}},
        "rel_tol": 1e-9,
    }
    assert found(vector).passed == 1


def test_a_miss_says_what_was_expected_and_what_came():
    report = found(sizes({"p_value": 0.5}))
    assert (report.passed, report.failed) == (0, 1)
    assert report.misses == (Miss(name="gb.srm.own p_value", expected=0.5, got=1.0),)


@pytest.mark.parametrize(
    ("expected", "more", "failed"),
    [
        ({"p_value": 1 + 1e-10}, {}, 0),
        ({"p_value": 1 + 1e-8}, {}, 1),
        ({"p_value": 0.9}, {"abs_tol": 0.2}, 0),
        ({"p_value": [1.0]}, {}, 1),
        ({"p_value": "inf"}, {}, 1),
        ({"p_value": "nan", "other": 1}, {}, 0),
    ],
)
def test_each_number_has_its_own_tolerance(expected, more, failed):
    assert found(sizes(expected, **more)).failed == failed


def test_numbers_we_do_not_have_are_named_and_do_not_count():
    assert found(sizes({"p_value": 1.0, "df": 1})).not_covered == ("gb.srm.own: df",)
    assert found(sizes({"df": 1})).not_covered == ("gb.srm.own (none of its numbers)",)
    assert found(sizes({}) | {"id": "nobody.knows"}).not_covered == (
        "nobody.knows (no such statistic)",
    )


def test_an_answer_that_fails_is_a_miss_and_never_a_pass():
    report = found(sizes({"p_value": 1.0}) | {"inputs": {"users": [1, 2], "weights": [1]}})
    assert report.failed == 1
    assert "ArgumentImpossible" in report.misses[0].got


ARM = {"type": "SampleMeanStatistic", "n": 30, "sum": 30.0, "sum_squares": 60.0}
T_TEST = {"control": ARM, "treatment": ARM, "test": "TwoSidedTTest", "alpha": 0.05}
ONE_SIDED = {"difference": "absolute", "test": "OneSidedTreatmentLesserTTest"}


def test_the_open_end_of_a_one_sided_interval_is_infinite():
    expected = {"ci_low": "-inf", "p_value": 0.5}
    vector = {"id": "gb.ttest.own", "inputs": T_TEST | ONE_SIDED, "expected": expected}
    assert found(vector | {"rel_tol": 1e-9}).passed == 1


@pytest.mark.parametrize(
    ("name", "inputs", "reason"),
    [
        ("gb.ttest.own", T_TEST | {"difference": "scaled"}, "a scaled difference"),
        ("gb.ttest.own", T_TEST | {"difference": "absolute", "test": "Sign"}, "the test Sign"),
        (
            "gb.ttest.own",
            T_TEST | {"difference": "absolute", "control": {"type": "MedianStatistic"}},
            "a MedianStatistic",
        ),
        ("gb.poststrat.own", {"strata": [{"control": {"type": "x"}}]}, "a x"),
        ("beta.own", {"prior": "Gamma(2,2)"}, "Gamma(2,2)"),
        (
            "spotify.seqbounds.own",
            {
                "spending": "all at once",
                "alpha": 0.05,
                "information": [1.0],
            },
            "spending as all at once",
        ),
        ("spotify.samplesize.own", {"treatments": 3}, "several arms"),
        ("tt.multiplicity.scheffe", {"pvalues": {}}, "the correction scheffe"),
        ("savvi.linear", {}, "none of t, t_stat"),
    ],
)
def test_a_variety_that_is_not_ours_is_not_covered_and_says_why(name, inputs, reason):
    report = found({"id": name, "inputs": inputs, "expected": {"p": 1}, "rel_tol": 1e-9})
    assert (report.passed, report.failed) == (0, 0)
    assert reason in report.not_covered[0]


def test_one_number_is_not_given_two_names():
    vector = {"id": "r.power.t.test", "inputs": {"delta": 1, "n": 20}, "rel_tol": 1}
    report = found(vector | {"expected": {"power": 1, "n": 20}})
    assert "power, n are asked for" in report.not_covered[0]


def test_a_named_error_meets_a_vector_that_wants_a_number_where_there_is_none():
    vector = {"id": "gb.srm.0_0", "inputs": {"users": [0, 0], "weights": [0.5, 0.5]}}
    report = found(vector | {"expected": {"p_value": 1}, "rel_tol": 1e-9})
    assert (report.passed, report.failed) == (1, 0)
    assert "named error" in report.remarks[0]


@pytest.mark.realdata
def test_the_command_prints_the_count_and_the_disputes(shared):
    out = StringIO()
    call_command("check_vectors", shared, stdout=out)
    assert "disputed: beta.1000_10000.1130_10000" in out.getvalue()
    assert out.getvalue().endswith("passed, 0 failed\n")


def test_the_command_ends_with_one_on_a_miss(tmp_path):
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps({"vectors": [sizes({"p_value": 0.5})]}))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_vectors", file, stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().splitlines() == [
        "miss: gb.srm.own p_value: expected 0.5, got 1.0",
        "0 passed, 1 failed",
    ]


@pytest.mark.parametrize("content", ["{", "[]", "{}", None])
def test_a_file_that_is_none_is_refused(tmp_path, content):
    file = tmp_path / "vectors.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match="no file of vectors"):
        call_command("check_vectors", file)
