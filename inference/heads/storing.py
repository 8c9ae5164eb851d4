"""Weights as bytes: arrays of numbers and a JSON text, never a pickle. Pure."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError

Arrays = Mapping[str, NDArray[Any]]


class HeadUnusable(DomainError):
    """Stored weights are not those of the model that reads them; the message says the cure."""


def pack(kind: str, about: Mapping[str, Any], arrays: Arrays) -> bytes:
    """One compressed .npz: the arrays, and `about` with its kind as JSON."""
    buffer = io.BytesIO()
    text = json.dumps({"kind": kind, **about}, sort_keys=True)
    named: dict[str, Any] = {"about": np.array(text), **arrays}
    np.savez_compressed(buffer, **named)
    return buffer.getvalue()


def unpack(kind: str, stored: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `pack` put in.

    Raises:
        HeadUnusable: The bytes are no such archive, or of another kind.
    """
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            about = json.loads(str(archive["about"]))
            arrays = {name: archive[name] for name in archive.files if name != "about"}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise HeadUnusable(f"these are no weights of a {kind} model: {error}") from error
    if about.get("kind") != kind:
        raise HeadUnusable(f"these weights are of kind {about.get('kind')!r}, not {kind!r}")
    return about, arrays


def read_weights(place: Path) -> bytes:
    """The bytes of a weights file.

    Raises:
        HeadUnusable: There is no such file.
    """
    try:
        return place.read_bytes()
    except OSError as error:
        raise HeadUnusable(f"the weights {place.name} cannot be read: {error}") from error
