"""Cases of our own in the shape of a GrowthBook SDK's `cases.json`.

The inputs are ours; what is expected was computed with the official SDK, growthbook 4.0.0 from PyPI
(`gbhash`, `getBucketRanges`, `chooseVariation`, `getEqualWeights`, `inNamespace`,
`run_experiment` of `growthbook.core`).
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experiments.vectors import Miss, Report, check_bucketing

FILE = Path(__file__).parent / "bucketing_cases.json"
PLAIN = {"key": "spring", "variations": ["a", "b"]}
ANN = {"attributes": {"id": "ann"}}


def test_our_assignment_is_that_of_the_official_sdk():
    report = check_bucketing(json.loads(FILE.read_text()))
    assert report == Report(passed=report.passed, failed=0)
    assert report.passed > 100


@pytest.mark.parametrize(
    ("section", "case", "name", "expected", "got"),
    [
        ("hash", ["s", "u", 3, 0.5], "s u v3", 0.5, None),
        ("getEqualWeights", [2, [1.0]], "2", [1.0], [0.5, 0.5]),
        ("getBucketRange", ["n", [1, 1, None], [[0, 0]]], "n", [[0, 0]], [[0.0, 1.0]]),
        ("chooseVariation", ["n", 0.5, [[0, 1]], 1], "n", 1, 0),
        ("inNamespace", ["n", "u", ["k", 0, 0], True], "n", True, False),
        ("run", ["n", {}, PLAIN, "b", True], "n", ["b", True], ["a", False]),
    ],
)
def test_a_miss_says_what_was_expected_and_what_came(section, case, name, expected, got):
    miss = Miss(name=f"{section} 1 ({name})", expected=expected, got=got)
    assert check_bucketing({section: [case]}) == Report(passed=0, failed=1, misses=(miss,))


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ([], "ValueError"),
        (["n", ANN], "ValueError"),
        (["n", ANN, {}, 0], "KeyError"),
        (["n", ANN, {**PLAIN, "condition": {"id": {"$regex": "a"}}}, "a", True, True], "$regex"),
        (["n", ANN, {**PLAIN, "urlPatterns": [{}]}, "a", True, True], "urlPatterns"),
        (
            [
                "n",
                {**ANN, "features": {"f": {"rules": [{"force": 1}]}}},
                {**PLAIN, "parentConditions": [{"id": "f", "condition": {"value": 1}}]},
                "a",
                True,
                True,
            ],
            "rules",
        ),
    ],
)
def test_a_case_that_cannot_be_run_is_a_miss_and_never_a_pass(case, says):
    report = check_bucketing({"run": [case]})
    assert report.failed == 1
    assert says in report.misses[0].got


@pytest.mark.parametrize(
    ("unit", "name"), [(True, "true"), (17.0, "17"), (1.5, "1.5"), (["x"], "['x']")]
)
def test_an_id_that_is_no_text_is_hashed_as_its_text(unit, name):
    found = [
        check_bucketing({"run": [["n", {"attributes": {"id": one}}, PLAIN, "a", True, True]]})
        for one in (unit, name)
    ]
    assert found[0] == found[1]


def test_true_is_not_one():
    case = ["n", {"attributes": {"id": "u", "on": True}}, {**PLAIN, "condition": {"on": 1}}]
    assert check_bucketing({"run": [[*case, "a", False]]}).failed == 0


@pytest.mark.parametrize("condition", [{"id": {"$in": "ann"}}, {"id": {"$nin": "ann"}}])
def test_a_list_that_is_none_is_never_met(condition):
    case = ["n", ANN, {**PLAIN, "condition": condition}, "a", False, False]
    assert check_bucketing({"run": [case]}).failed == 0


def test_the_command_prints_the_count(capsys):
    out = StringIO()
    call_command("check_bucketing", FILE, stdout=out)
    assert out.getvalue().endswith("passed, 0 failed\n")


def test_the_command_ends_with_one_on_a_miss_and_names_what_is_not_covered(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text('{"specVersion": "1", "feature": [[]], "hash": [["s", "u", 3, 0.5]]}')
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_bucketing", file, stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().splitlines() == [
        "miss: hash 1 (s u v3): expected 0.5, got None",
        "not covered: feature",
        "0 passed, 1 failed",
    ]


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_a_file_that_is_none_is_refused(tmp_path, content):
    file = tmp_path / "cases.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match="cases"):
        call_command("check_bucketing", file)
