"""A file of expected numbers, each with its own tolerance, against the statistics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.stats import StatsError
from experiments.vectors.answers import ANSWERS, NotCovered, Vector
from experiments.vectors.disputes import DISPUTES, Dispute
from experiments.vectors.report import Miss, Report

# Where a vector names no absolute tolerance, zero must be zero but for rounding.
SMALLEST_TOLERANCE = 1e-15
# Numbers that a peer found by drawing, or by a search that stops early, with what they are good for
# (by the beginning of the id and the number's name): ours is what they are near to.
SEARCHED: Mapping[tuple[str, str], float] = {
    ("gb.bandit.", "gbstats_weights"): 0.015,
    ("gb.seq.onesided.", "p_value"): 5e-4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One vector's result: how many numbers were compared, which missed, which were left out."""

    compared: int
    misses: tuple[Miss, ...]
    left_out: tuple[str, ...]


def check_vectors(file: Mapping[str, Any]) -> Report:
    """Compare every vector that has an answer.

    A vector counts once: passed if all its numbers that we compute are within its tolerance. Where
    an expectation is disputed, ours is held against the corrected one and the dispute is told.

    Args:
        file: `vectors`, a list; each has `id`, `inputs`, `expected`, `rel_tol`, maybe `abs_tol`.

    >>> vector = {"id": "gb.srm.x", "inputs": {"users": [5, 5], "weights": [0.5, 0.5]}}
    >>> check_vectors({"vectors": [vector | {"expected": {"p_value": 1.0}, "rel_tol": 1e-9}]})
    Report(passed=1, failed=0, misses=(), not_covered=(), remarks=())
    """
    passed, failed = 0, 0
    misses: list[Miss] = []
    not_covered: list[str] = []
    for vector in file["vectors"]:
        try:
            checked = check_vector(vector)
        except NotCovered as reason:
            not_covered.append(f"{vector['id']} ({reason})")
            continue
        misses += checked.misses
        not_covered += [f"{vector['id']}: {path}" for path in checked.left_out]
        passed, failed = passed + (not checked.misses), failed + bool(checked.misses)
    return Report(
        passed=passed,
        failed=failed,
        misses=tuple(misses),
        not_covered=tuple(not_covered),
        remarks=tuple(_remarks(file["vectors"])),
    )


def check_vector(vector: Vector) -> Checked:
    """Compare one vector's numbers with ours.

    Raises:
        NotCovered: We have no answer, or none of its numbers.
    """
    dispute = DISPUTES.get(vector["id"], Dispute(reason=""))
    vector = dispute.corrected(vector)
    prefix = max(
        (start for start in ANSWERS if vector["id"].startswith(start)), key=len, default=""
    )
    if not prefix:
        raise NotCovered("no such statistic")
    try:
        ours = ANSWERS[prefix](vector)
    except (StatsError, KeyError, TypeError, ValueError) as error:
        if type(error).__name__ == dispute.error:
            return Checked(compared=1, misses=(), left_out=())
        reason = f"{type(error).__name__}: {error}"
        miss = Miss(name=vector["id"], expected=vector["expected"], got=reason)
        return Checked(compared=1, misses=(miss,), left_out=())
    checked = _compare(vector, ours)
    if not checked.compared:
        raise NotCovered("none of its numbers")
    return checked


def _remarks(vectors: list[Vector]) -> Iterator[str]:
    for vector in vectors:
        if vector["id"] in DISPUTES:
            yield f"{vector['id']}: {DISPUTES[vector['id']].reason}"


def _compare(vector: Vector, ours: Mapping[str, Any]) -> Checked:
    compared, misses, left_out = 0, [], []
    for path, expected, got in _leaves("", vector["expected"], ours):
        if got is _MISSING:
            left_out.append(path)
            continue
        compared += 1
        if not _is_within(expected, got, vector, _searched(vector["id"], path)):
            misses.append(Miss(name=f"{vector['id']} {path}", expected=expected, got=got))
    return Checked(compared=compared, misses=tuple(misses), left_out=tuple(left_out))


_MISSING = object()


def _leaves(path: str, expected: Any, got: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each expected number with ours; what the peer could not compute (nan) is passed over."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for key, value in expected.items():
            yield from _leaves(f"{path}.{key}".lstrip("."), value, got.get(key, _MISSING))
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for place, pair in enumerate(zip(expected, got, strict=True)):
            yield from _leaves(f"{path}[{place}]", *pair)
    elif expected != "nan":
        yield path, expected, got


def _searched(name: str, path: str) -> float:
    return next(
        (
            tolerance
            for (family, number), tolerance in SEARCHED.items()
            if name.startswith(family) and path.startswith(number)
        ),
        0.0,
    )


def _is_within(expected: Any, got: Any, vector: Vector, searched: float) -> bool:
    if expected in ("inf", "-inf"):
        expected = float(expected)
    if not (isinstance(expected, int | float) and isinstance(got, int | float)):
        return bool(expected == got)
    return math.isclose(
        got,
        expected,
        rel_tol=vector["rel_tol"],
        abs_tol=max(vector.get("abs_tol", SMALLEST_TOLERANCE), searched),
    )
