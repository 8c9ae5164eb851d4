"""A unit's bucket: a number in [0, 1) from an FNV-1a hash of a salt and the unit's id.

Both are read as UTF-16 code units, as a browser would.

Source: GrowthBook, "Build your own SDK" (hash versions 1 and 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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

# A salt, and the version of the hash it goes into.
Salting = tuple[str, HashVersion]


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
    found: NDArray[np.float64] = buckets_by_salt(units, [(salt, version)])[0]
    return found


def buckets_by_salt(units: Units, salts: Sequence[Salting]) -> NDArray[np.float64]:
    """`buckets` of the same units under several salts: the ids are read and laid out once.

    Args:
        units: As for `buckets`.
        salts: Pairs of a salt and a version of the hash.

    Returns:
        One row a salt, shape (salts, n).

    Raises:
        AssignmentImpossible: As `buckets`.

    >>> buckets_by_salt(["é", "ß"], [("seed", 2), ("seed", 1)]).tolist()
    [[0.8663, 0.2616], [0.137, 0.079]]
    """
    for _, version in salts:
        _check_version(version)
    column = _code_units(units)
    found = np.empty((len(salts), len(column.lengths)), dtype=np.float64)
    for block, codes, lengths in column.blocks():
        for row, (salt, version) in enumerate(salts):
            numbers = _bucket_numbers(codes, lengths, salt, version)
            np.divide(numbers, BUCKETS_BY_VERSION[version], out=found[row, block])
    return found


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


@dataclass(frozen=True, slots=True)
class _CodeUnits:
    """Ids as UTF-16 code units, one after the other: where each begins, and how many it has.

    No matrix of all of them: one id of a thousand characters would make it a thousand wide.
    """

    flat: NDArray[np.uint8] | NDArray[np.uint16]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def blocks(self) -> Iterator[tuple[slice, NDArray[np.uint32], NDArray[np.int64]]]:
        """Where a block stands, its code units, shape (longest, units), and its lengths.

        Past an id's end there stands anything: `_mix_units` does not look there.
        """
        for start in range(0, len(self.lengths), BLOCK):
            block = slice(start, start + BLOCK)
            lengths = self.lengths[block]
            yield block, self._laid_out(self.starts[block], int(lengths.max())), lengths

    def _laid_out(self, starts: NDArray[np.int64], longest: int) -> NDArray[np.uint32]:
        first, count = int(starts[0]), len(starts)
        step = int(starts[-1] - first) // (count - 1) if count > 1 else longest
        end = first + count * step
        is_even = step >= longest and bool((np.diff(starts) == step).all())
        if is_even and end <= len(self.flat):
            rows = self.flat[first:end].reshape(count, step)
            return rows[:, :longest].T.astype(np.uint32, order="C")
        places = starts + np.arange(longest)[:, None]
        return self.flat.take(places, mode="clip").astype(np.uint32)


def _code_units(units: Units) -> _CodeUnits:
    if isinstance(units, np.ndarray) and units.dtype.kind == "S":
        return _from_ascii(units.astype(np.bytes_, copy=False))
    texts = [str(unit) for unit in units] if isinstance(units, np.ndarray) else units
    joined = "".join(texts)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    if joined.isascii():
        flat: NDArray[np.uint8] | NDArray[np.uint16] = np.frombuffer(
            joined.encode("ascii"), np.uint8
        )
    else:
        # "surrogatepass": see `_utf16`.
        flat = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
        if len(flat) > len(joined):
            lengths = lengths + _pairs(joined, lengths)
    return _CodeUnits(flat, np.cumsum(lengths) - lengths, lengths)


def _pairs(joined: str, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of each text's characters take two code units."""
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    before = np.concatenate(([0], np.cumsum(points > 0xFFFF)))
    ends = np.cumsum(lengths)
    pairs: NDArray[np.int64] = before[ends] - before[ends - lengths]
    return pairs


def _from_ascii(units: NDArray[np.bytes_]) -> _CodeUnits:
    width = units.dtype.itemsize
    rows = np.ascontiguousarray(units).view(np.uint8).reshape(len(units), width)
    if rows.size and rows.max() > 127:
        raise AssignmentImpossible("a column of bytes must be ASCII: pass other ids as text")
    # NumPy pads with zero bytes at the end: an id is as long as the place of its last other byte.
    places = np.arange(1, width + 1)
    lengths = ((rows != 0) * places).max(axis=1, initial=0)
    return _CodeUnits(rows.reshape(-1), np.arange(len(units), dtype=np.int64) * width, lengths)


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
        if place < shortest:
            state ^= column
            state *= np.uint32(FNV_PRIME)
        else:
            mixed = (state ^ column) * np.uint32(FNV_PRIME)
            np.copyto(state, mixed, where=lengths > place)
    return state


def _mix_digits(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Hash each number's decimal digits, most significant first, without leading zeros."""
    head = numbers // _TAIL
    state = _heads().take(head)
    rest = numbers - head * _TAIL
    for exponent in range(_TAIL_DIGITS - 1, -1, -1):
        power = np.uint32(10**exponent)
        digit = rest // power
        rest -= digit * power
        # "0" to "9" differ in the four bits that the digit itself has.
        digit |= np.uint32(ord("0"))
        state ^= digit
        state *= np.uint32(FNV_PRIME)
    short = np.flatnonzero(head == 0)
    state[short] = [_fnv1a(str(number)) for number in numbers[short].tolist()]
    return state


_TAIL_DIGITS = 5
_TAIL = np.uint32(10**_TAIL_DIGITS)


@cache
def _heads() -> NDArray[np.uint32]:
    """The state after the digits above the last five, for each number they can make.

    They begin every hash alike, so it is looked up; the table is small enough for a cache.
    """
    heads = range(0xFFFFFFFF // 10**_TAIL_DIGITS + 1)
    return np.array([_fnv1a(str(head)) for head in heads], dtype=np.uint32)
