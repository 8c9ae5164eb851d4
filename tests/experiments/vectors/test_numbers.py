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
