"""Which arm a unit falls into: deterministic, compatible with GrowthBook's hashing, pure.

A unit's bucket is a number in [0, 1) from an FNV-1a hash of a salt and the unit's id, both read as
UTF-16 code units, as a browser would. Arm i owns [start_i, start_i + coverage * weight_i), start_i
being the sum of the weights before it: raising the coverage never moves a unit to another arm.

Source: GrowthBook, "Build your own SDK" (hash versions 1 and 2, bucket ranges).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

HashVersion = Literal[1, 2]
Range = tuple[float, float]

FNV_OFFSET = 0x811C9DC5
FNV_PRIME = 0x01000193
BUCKETS_BY_VERSION = {1: 1_000, 2: 10_000}
NOT_ENROLLED = -1

# Units hashed at once: the working columns of so many stay in the processor's cache.
BLOCK = 16_384
_WEIGHT_SLACK = 1e-6


class AssignmentImpossible(ValueError):
    """Weights, a coverage or a hash version cannot be used to split traffic."""


def bucket(unit: str, salt: str, *, version: HashVersion = 2) -> float:
    """The unit's bucket in [0, 1): a multiple of 1/10,000 (version 1: of 1/1,000).

    Version 2 hashes the decimal digits of the hash of salt + unit; version 1 hashes unit + salt.

    Raises:
        AssignmentImpossible: The version is neither 1 nor 2.

    >>> bucket("é", "seed"), bucket("😀", "seed")
    (0.8663, 0.4346)
    """
    if version == 1:
        return _fnv1a(unit + salt) % 1_000 / 1_000
    _check_version(version)
    return _fnv1a(str(_fnv1a(salt + unit))) % 10_000 / 10_000


def buckets(
    units: Sequence[str] | NDArray[np.bytes_] | NDArray[np.str_],
    salt: str,
    *,
    version: HashVersion = 2,
) -> NDArray[np.float64]:
    """The buckets of many units, equal to `bucket` of each.

    Args:
        units: Ids; a NumPy column of ASCII bytes (dtype S) is read as it lies and is fastest.
        salt: Goes into the hash: another salt is another split.
        version: Of the hash.

    Returns:
        Column of buckets, shape (n,), in the order given.

    Raises:
        AssignmentImpossible: The version is neither 1 nor 2, or bytes are not ASCII.

    >>> buckets(["é", "ß"], "seed").tolist()
    [0.8663, 0.2616]
    """
    _check_version(version)
    codes, lengths = _code_units(units)
    found = np.empty(len(lengths), dtype=np.float64)
    for start in range(0, len(lengths), BLOCK):
        block = slice(start, start + BLOCK)
        found[block] = _bucket_numbers(codes[:, block], lengths[block], salt, version)
    return found / BUCKETS_BY_VERSION[version]


def bucket_ranges(
    count: int, *, coverage: float = 1.0, weights: Sequence[float] | None = None
) -> list[Range]:
    """Each arm's half-open range, by GrowthBook's lenient rules.

    The coverage is clamped to [0, 1]; weights of another length than `count`, or whose sum is not
    within [0.99, 1.01], give way to equal ones. `arm_for` refuses such weights instead.

    >>> bucket_ranges(2, coverage=0.5)
    [(0.0, 0.25), (0.5, 0.75)]
    """
    coverage = min(1.0, max(0.0, coverage))
    shares = list(weights or [])
    if len(shares) != count or not 0.99 <= sum(shares) <= 1.01:
        shares = [1 / count] * count if count > 0 else []
    ranges, start = [], 0.0
    for share in shares:
        ranges.append((start, start + coverage * share))
        start += share
    return ranges


def arm_for(
    unit: str,
    *,
    salt: str,
    weights: Sequence[float],
    coverage: float = 1.0,
    version: HashVersion = 2,
) -> int | None:
    """The position of the arm the unit falls into, or None outside the coverage.

    Args:
        unit: The unit's id.
        salt: The experiment's salt.
        weights: One weight an arm, none negative, with the sum 1.
        coverage: Share of the units that take part, between 0 and 1.
        version: Of the hash.

    Raises:
        AssignmentImpossible: Weights or coverage cannot be used.

    >>> arm_for("user-1", salt="welcome", weights=[0.5, 0.5])
    0
    """
    place = bucket(unit, salt, version=version)
    for position, (start, end) in enumerate(_ranges(weights, coverage)):
        if start <= place < end:
            return position
    return None


def arms_for(
    units: Sequence[str] | NDArray[np.bytes_] | NDArray[np.str_],
    *,
    salt: str,
    weights: Sequence[float],
    coverage: float = 1.0,
    version: HashVersion = 2,
) -> NDArray[np.int64]:
    """The arms of many units, equal to `arm_for` of each; -1 (`NOT_ENROLLED`) stands for None.

    Raises:
        AssignmentImpossible: Weights or coverage cannot be used.

    >>> arms_for(["user-1", "user-2"], salt="welcome", weights=[0.5, 0.5], coverage=0).tolist()
    [-1, -1]
    """
    places = buckets(units, salt, version=version)
    arms = np.full(len(places), NOT_ENROLLED, dtype=np.int64)
    for position, (start, end) in reversed(list(enumerate(_ranges(weights, coverage)))):
        arms[(places >= start) & (places < end)] = position
    return arms


def _ranges(weights: Sequence[float], coverage: float) -> list[Range]:
    if not weights or min(weights) < 0 or abs(math.fsum(weights) - 1) > _WEIGHT_SLACK:
        raise AssignmentImpossible("weights must be one or more shares with the sum 1")
    if not 0 <= coverage <= 1:
        raise AssignmentImpossible(f"coverage must lie between 0 and 1; it is {coverage}")
    return bucket_ranges(len(weights), coverage=coverage, weights=weights)


def _check_version(version: int) -> None:
    if version not in BUCKETS_BY_VERSION:
        raise AssignmentImpossible(f"the hash version must be 1 or 2; it is {version}")


def _utf16(text: str) -> memoryview:
    # "surrogatepass": half a pair is no character, but JavaScript hashes it, and so must we.
    return memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")


def _fnv1a(text: str, state: int = FNV_OFFSET) -> int:
    codes = text.encode("ascii") if text.isascii() else _utf16(text)
    for code in codes:
        state = ((state ^ code) * FNV_PRIME) & 0xFFFFFFFF
    return state


def _code_units(
    units: Sequence[str] | NDArray[np.bytes_] | NDArray[np.str_],
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """UTF-16 code units, shape (longest, n), and each unit's number of them, shape (n,)."""
    if isinstance(units, np.ndarray) and units.dtype.kind == "S":
        return _from_ascii(units.astype(np.bytes_, copy=False))
    texts = [str(unit) for unit in units]
    joined = "".join(texts)
    if joined.isascii():
        flat, lengths = np.frombuffer(joined.encode("ascii"), np.uint8), [*map(len, texts)]
    else:
        encoded = [text.encode("utf-16-le", "surrogatepass") for text in texts]
        flat = np.frombuffer(b"".join(encoded), np.uint16)
        lengths = [len(text) // 2 for text in encoded]
    return _columns(flat, np.array(lengths, dtype=np.int64))


def _from_ascii(units: NDArray[np.bytes_]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    rows = np.ascontiguousarray(units).view(np.uint8).reshape(len(units), units.dtype.itemsize)
    if rows.size and rows.max() > 127:
        raise AssignmentImpossible("a column of bytes must be ASCII: pass other ids as text")
    # NumPy pads with zero bytes at the end: an id is as long as the place of its last other byte.
    places = np.arange(1, rows.shape[1] + 1)
    lengths = ((rows != 0) * places).max(axis=1, initial=0)
    return np.ascontiguousarray(rows.T).astype(np.uint32), lengths


def _columns(
    flat: NDArray[np.uint8] | NDArray[np.uint16], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    longest = int(lengths.max(initial=0))
    starts = np.cumsum(lengths) - lengths
    columns = np.zeros((longest, len(lengths)), dtype=np.uint32)
    for place in range(longest):
        longer = np.flatnonzero(lengths > place)
        columns[place, longer] = flat[starts[longer] + place]
    return columns, lengths


def _bucket_numbers(
    codes: NDArray[np.uint32], lengths: NDArray[np.int64], salt: str, version: HashVersion
) -> NDArray[np.uint32]:
    if version == 1:
        state = _mix_units(codes, lengths, np.uint32(FNV_OFFSET))
        for code in _utf16(salt):
            state = (state ^ np.uint32(code)) * np.uint32(FNV_PRIME)
        return state % np.uint32(1_000)
    state = _mix_units(codes, lengths, np.uint32(_fnv1a(salt)))
    return _mix_digits(state) % np.uint32(10_000)


def _mix_units(
    codes: NDArray[np.uint32], lengths: NDArray[np.int64], start: np.uint32
) -> NDArray[np.uint32]:
    state = np.full(len(lengths), start, dtype=np.uint32)
    shortest = int(lengths.min())
    for place, column in enumerate(codes):
        mixed = (state ^ column) * np.uint32(FNV_PRIME)
        state = mixed if place < shortest else np.where(lengths > place, mixed, state)
    return state


def _mix_digits(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Hash each number's decimal digits, most significant first, without leading zeros."""
    state = np.full(len(numbers), FNV_OFFSET, dtype=np.uint32)
    rest = numbers
    for exponent in range(9, -1, -1):
        power = np.uint32(10**exponent)
        digit = rest // power
        rest = rest - digit * power
        mixed = (state ^ (digit + np.uint32(ord("0")))) * np.uint32(FNV_PRIME)
        state = np.where(numbers >= power, mixed, state) if exponent else mixed
    return state
