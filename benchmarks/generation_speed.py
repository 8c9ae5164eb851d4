"""Useful tokens a second on a CPU, in one run: one prompt at a time, one batched `generate`, ours.

    python -m benchmarks.generation_speed [--shape 6m|124m] [--briefs 32] [--texts 4] [--threads 1]

All three write with the same random weights of a Llama shape, for the same prompts: a beginning
that all share, and a part of each. Texts end at random, as texts do: a token counts as useful up to
the end of its text, and steps spent on padding behind it count for nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from inference.backends.sampling import Budget, sample, suits_engine
from inference.backends.sampling.attention import register

SHAPES = {
    "6m": {"hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 8, "wide": 688},
    "124m": {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "wide": 2048},
    "tiny": {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "wide": 96},
}
VOCABULARY = {"6m": 2533, "124m": 50257, "tiny": 400}
SHARED, OWN, LONGEST, MEAN = 100, 40, 80, 27
# One prompt at a time is so slow that a part of them is enough to know its speed.
NAIVE_TEXTS = 6


@dataclass(frozen=True)
class Work:
    """Prompts, texts of each, and the tokens that end a text."""

    prompts: list[list[int]]
    texts: int
    stops: list[int]


def made_model(shape: str, dtype: torch.dtype) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    sizes = dict(SHAPES[shape])
    config = LlamaConfig(
        vocab_size=VOCABULARY[shape],
        intermediate_size=sizes.pop("wide"),
        num_key_value_heads=sizes["num_attention_heads"] // 2,
        max_position_embeddings=2048,
        **sizes,
    )
    return LlamaForCausalLM(config).to(dtype).eval()


def made_work(shape: str, *, briefs: int, texts: int) -> Work:
    """Random weights choose evenly, so a share 1 / MEAN of the vocabulary ends a text."""
    chance = torch.Generator().manual_seed(3)
    size = VOCABULARY[shape]

    def draw(count: int) -> list[int]:
        tokens: list[int] = torch.randint(size, (count,), generator=chance).tolist()
        return tokens

    lengths = torch.randint(OWN // 2, OWN * 3 // 2, (briefs,), generator=chance).tolist()
    common = draw(SHARED)
    return Work([common + draw(length) for length in lengths], texts, draw(size // MEAN))


def generated(model: Any, prompts: list[list[int]], work: Work, **options: Any) -> int:
    """Useful tokens of one call of `generate`, prompts padded on the left."""
    longest = max(map(len, prompts))
    rows = [[0] * (longest - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    output = model.generate(
        input_ids=torch.tensor(rows),
        attention_mask=torch.tensor(mask),
        do_sample=True,
        max_new_tokens=LONGEST,
        eos_token_id=work.stops,
        pad_token_id=0,
        **options,
    )
    stops = set(work.stops)
    return sum(
        next((n for n, token in enumerate(row) if token in stops), LONGEST - 1) + 1
        for row in output[:, longest:].tolist()
    )


def naive(model: Any, work: Work) -> int:
    """One prompt at a time, beams: the way a tutorial does it."""
    prompts = work.prompts[:NAIVE_TEXTS]
    return sum(
        generated(model, [prompt], work, num_beams=2, top_k=50, top_p=0.95) for prompt in prompts
    )


def batched(model: Any, work: Work) -> int:
    prompts = [prompt for prompt in work.prompts for _ in range(work.texts)]
    return generated(model, prompts, work, top_k=50, top_p=0.95)


def ours(model: Any, work: Work) -> int:
    count = len(work.prompts)
    texts = sample(
        model,
        work.prompts,
        counts=[work.texts] * count,
        seeds=range(count),
        max_new_tokens=LONGEST,
        stop_ids=work.stops,
        top_k=50,
        top_p=0.95,
        temperature=1.0,
        shared=[SHARED] * count,
        budget=Budget(tokens=10**6, rows=128),
    )
    return sum(len(text.tokens) + text.is_complete for text in texts)


def run(
    shape: str = "6m", *, briefs: int = 32, texts: int = 4, repeats: int = 3
) -> dict[str, float]:
    """Figures of one shape; the best of the repeats of each way, taken in turn."""
    register()
    dtype = _dtype()
    model, work = made_model(shape, dtype), made_work(shape, briefs=briefs, texts=texts)
    plain = model.config._attn_implementation
    ways: dict[str, Callable[[Any, Work], int]] = {
        "naive": naive,
        "batched": batched,
        "ours": ours,
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            model.set_attn_implementation(plain)
            if name == "ours" and not suits_engine(model):
                raise SystemExit("the model does not suit the engine")
            speeds[name].append(_per_second(way, model, work))
    best = {name: max(found) for name, found in speeds.items()}
    return dict(_figures(best, speeds, shape, str(dtype).removeprefix("torch.")))


def _per_second(way: Callable[[Any, Work], int], model: Any, work: Work) -> float:
    torch.manual_seed(1)
    started = time.perf_counter()
    with torch.inference_mode():
        tokens = way(model, work)
    return tokens / (time.perf_counter() - started)


def _figures(
    best: dict[str, float], speeds: dict[str, list[float]], shape: str, dtype: str
) -> Iterator[tuple[str, float]]:
    names = {
        "naive": "one at a time, 2 beams",
        "batched": "one batched generate",
        "ours": "ours",
    }
    for name, label in names.items():
        yield f"useful tokens/s, {shape} {dtype}, {label}", round(best[name], 1)
    for name in ("naive", "batched"):
        yield f"ours / {names[name]}, {shape}", round(best["ours"] / best[name], 2)
        pairs = zip(speeds["ours"], speeds[name], strict=True)
        ratio = statistics.median(a / b for a, b in pairs)
        yield f"ours / {names[name]}, {shape}, median of repeats", round(ratio, 2)


def _dtype() -> torch.dtype:
    from inference.backends.loading import torch_dtype

    return torch_dtype("auto", torch.device("cpu"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=[*SHAPES], default="6m")
    parser.add_argument("--briefs", type=int, default=32)
    parser.add_argument("--texts", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    found = run(asked.shape, briefs=asked.briefs, texts=asked.texts, repeats=asked.repeats)
    for name, figure in found.items():
        print(f"{name:60} {figure:>10,}")


if __name__ == "__main__":
    main()
