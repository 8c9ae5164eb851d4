"""The cases of a GrowthBook SDK's `cases.json`, run on our assignment.

The file maps a section's name to a list of cases, each a list: the inputs, then what is expected.
Of the sections, these are ours; the others are named as not covered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.assignment import bucket_ranges, choose_range, equal_weights
from experiments.assignment.growthbook import hash_or_none, is_in_namespace, run_experiment
from experiments.vectors.report import Miss, Report

# The files print shares with eight decimals or fewer; a bucket is 1/10,000 wide.
TOLERANCE = 1e-6

Checked = tuple[str, Any, Any]


def _hash(case: Sequence[Any]) -> Checked:
    seed, unit, version, expected = case
    return f"{seed} {unit} v{version}", expected, hash_or_none(unit, seed, version)


def _bucket_range(case: Sequence[Any]) -> Checked:
    name, (count, coverage, weights), expected = case
    found = bucket_ranges(count, coverage=coverage, weights=weights)
    return name, expected, [list(ends) for ends in found]


def _choose_variation(case: Sequence[Any]) -> Checked:
    name, place, ranges, expected = case
    return name, expected, choose_range(place, ranges)


def _equal_weights(case: Sequence[Any]) -> Checked:
    count, expected = case
    return str(count), expected, equal_weights(count)


def _namespace(case: Sequence[Any]) -> Checked:
    name, unit, namespace, expected = case
    return name, expected, is_in_namespace(unit, namespace)


def _run(case: Sequence[Any]) -> Checked:
    # Files of older versions end before the last flag.
    name, context, experiment, *expected = case
    found = run_experiment(experiment, context)
    value = experiment["variations"][found.variation]
    return name, expected, [value, found.is_enrolled, found.is_hashed][: len(expected)]


SECTIONS: Mapping[str, Callable[[Sequence[Any]], Checked]] = {
    "hash": _hash,
    "getBucketRange": _bucket_range,
    "chooseVariation": _choose_variation,
    "getEqualWeights": _equal_weights,
    "inNamespace": _namespace,
    "run": _run,
}


def check_bucketing(cases: Mapping[str, Any]) -> Report:
    """Run every case of the sections that are ours.

    A case that cannot be run, for its shape or for targeting we do not evaluate, is a miss.

    Args:
        cases: The file's content.

    >>> check_bucketing({"hash": [["seed", "é", 2, 0.8663]], "decrypt": []})
    Report(passed=1, failed=0, misses=(), not_covered=('decrypt',), remarks=())
    """
    run = [
        _miss(section, number, case)
        for section in SECTIONS
        for number, case in enumerate(cases.get(section, []), start=1)
    ]
    misses = tuple(miss for miss in run if miss)
    others = [name for name, value in cases.items() if name not in SECTIONS and _is_section(value)]
    return Report(
        passed=len(run) - len(misses),
        failed=len(misses),
        misses=misses,
        not_covered=tuple(others),
    )


def _is_section(value: Any) -> bool:
    # Beside the sections the file has its version, a text.
    return isinstance(value, list | dict)


def _miss(section: str, number: int, case: Sequence[Any]) -> Miss | None:
    try:
        name, expected, got = SECTIONS[section](case)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        label = case[0] if isinstance(case, list) and case else ""
        reason = f"{type(error).__name__}: {error}"
        return Miss(name=f"{section} {number} ({label})", expected="a result", got=reason)
    if is_close(expected, got):
        return None
    return Miss(name=f"{section} {number} ({name})", expected=expected, got=got)


def is_close(expected: Any, got: Any) -> bool:
    """Whether two JSON values are the same, numbers within `TOLERANCE`.

    >>> is_close([0.33333333, "a"], [1 / 3, "a"]), is_close(1, True)
    (True, False)
    """
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(is_close, expected, got))
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return abs(expected - got) <= TOLERANCE
    return bool(expected == got)
