"""A unit's bucket: a number in [0, 1) from an FNV-1a hash of a salt and the unit's id.

Both are read as UTF-16 code units, as a browser would.

Source: GrowthBook, "Build your own SDK" (hash versions 1 and 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

HashVersion = Literal[1, 2]
Units = Sequence[str] | NDArray[np.bytes_] | NDArray[np.str_]

FNV_OFFSET = 0x811C9DC5
FNV_PRIME = 0x01000193
BUCKETS_BY_VERSION = {1: 1_000, 2: 10_000}

# Units hashed at once: the working columns of so many stay in the processor's cache.
BLOCK = 16_384


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
    units: Units,
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
    units: Units,
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
