"""Texts a second: our encoder beside transformers used plainly, one text at a time, in one run.

    python -m benchmarks.encode_texts [--texts 256]

Both read the same made-up reviews, of about 20 and about 100 tokens; nothing touches the database.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

VOCABULARY = (
    "the fabric is soft and fit true to size but sleeve runs long on my frame so i returned it "
    "this dress has a lovely print with deep pocket great for summer wedding or casual weekend"
)
LENGTHS = {"20 tokens": 18, "100 tokens": 98}
# One at a time is so much slower that a part of the texts is enough to know its speed.
PLAIN_SHARE = 4


def reviews(count: int, *, words: int, seed: int = 7) -> list[str]:
    """Texts of mixed lengths, from 0.4 to 1.6 times `words`."""
    rng = random.Random(seed)
    lengths = [max(1, round(words * rng.uniform(0.4, 1.6))) for _ in range(count)]
    return [" ".join(rng.choices(VOCABULARY.split(), k=length)) for length in lengths]


def one_at_a_time() -> Callable[[Sequence[str]], np.ndarray]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    from inference.backends.minilm import wheel_folder

    tokenizer = AutoTokenizer.from_pretrained(wheel_folder(), local_files_only=True)
    model = AutoModel.from_pretrained(
        wheel_folder(), local_files_only=True, dtype=torch.float32
    ).eval()

    def encode(texts: Sequence[str]) -> np.ndarray:
        rows = []
        with torch.inference_mode():
            for text in texts:
                tokens = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
                mean = model(**tokens).last_hidden_state[0].mean(0)
                rows.append((mean / mean.norm()).numpy())
        return np.stack(rows)

    return encode


def per_second(
    encode: Callable[[Sequence[str]], np.ndarray], texts: Sequence[str]
) -> tuple[float, np.ndarray]:
    encode(texts[:8])
    started = time.perf_counter()
    vectors = encode(texts)
    return len(texts) / (time.perf_counter() - started), vectors


def run(*, texts: int = 512) -> dict[str, float]:
    from inference.encoders import text_encoder

    encoder, plain = text_encoder(), one_at_a_time()
    figures: dict[str, float] = {}
    for name, words in LENGTHS.items():
        written = reviews(texts, words=words)
        part = written[: max(16, texts // PLAIN_SHARE)]
        ours, vectors = per_second(encoder.encode, written)
        theirs, reference = per_second(plain, part)
        figures |= {
            f"texts/s, {name}": round(ours, 1),
            f"one at a time, fp32, texts/s, {name}": round(theirs, 1),
            f"times as fast, {name}": round(ours / theirs, 2),
            f"mean cosine to fp32, {name}": round(
                float((vectors[: len(part)] * reference).sum(1).mean()), 5
            ),
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=512)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for name, figure in run(texts=parser.parse_args().texts).items():
        print(f"{name:45} {figure:>10,}")


if __name__ == "__main__":
    main()
