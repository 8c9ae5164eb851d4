"""Texts a second: our encoder beside `sentence-transformers.encode`, same weights, same run.

Both take the same made-up reviews of about 20 and about 100 tokens, in turns; the best of three of
each counts. `make bench-audience` puts the peer's one wheel into a folder of its own
(`.venv-encoder-peer`, or `ENCODER_PEER`), over our torch and transformers; without it only our own
figures are shown. Where the CPU multiplies no bf16, both work in float32, whose matrix products are
four fifths of the peer's time: there the lead is what is saved around them, and said to be.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.encode_texts import LENGTHS, reviews

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTS = 512
REPEATS = 3
LEAST_TIMES, LEAST_COSINE = 1.8, 0.9999

Encode = Callable[[Sequence[str]], np.ndarray]


def peer() -> Encode | None:
    """`encode` as its users call it; None where it is not installed."""
    folder = os.environ.get("ENCODER_PEER", str(ROOT / ".venv-encoder-peer"))
    if folder not in sys.path:
        sys.path.append(folder)
    if importlib.util.find_spec("sentence_transformers") is None:
        return None
    from sentence_transformers import SentenceTransformer

    from inference.backends.minilm import wheel_folder

    model = SentenceTransformer(str(wheel_folder()), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


def seconds(encode: Encode, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encode(texts)
    return time.perf_counter() - started


def best_in_turns(encoders: Sequence[Encode], texts: Sequence[str]) -> list[float]:
    """The best time of each; in turns, so that a busy machine disturbs all alike."""
    for encode in encoders:
        encode(texts[:16])
    rounds = [[seconds(encode, texts) for encode in encoders] for _ in range(REPEATS)]
    return [min(own) for own in zip(*rounds, strict=True)]


def run() -> dict[str, float]:
    from inference.backends.loading import has_bf16
    from inference.encoders import text_encoder

    ours, theirs = text_encoder().encode, peer()
    if not has_bf16():
        print("this CPU multiplies no bf16: ours works in float32, as the peer does")
    if theirs is None:
        print("sentence-transformers is not installed: no peer to compare with")
    figures: dict[str, float] = {}
    for name, words in LENGTHS.items():
        texts = reviews(TEXTS, words=words)
        if theirs is None:
            figures[f"texts/s, {name}"] = TEXTS / best_in_turns([ours], texts)[0]
            continue
        own, peers = best_in_turns([ours, theirs], texts)
        cosine = float((ours(texts) * theirs(texts)).sum(1).mean())
        figures |= {
            f"texts/s, {name}": TEXTS / own,
            f"sentence-transformers, texts/s, {name}": TEXTS / peers,
            f"times as fast, {name} (at least {LEAST_TIMES})": peers / own,
            f"1 - mean cosine, {name} (at most {1 - LEAST_COSINE:.4f})": 1 - cosine,
        }
    return figures
