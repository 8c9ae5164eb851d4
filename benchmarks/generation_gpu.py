"""Tokens a second on a GPU, beside the memory's own bound; runs unattended and prints JSON lines.

    python -m benchmarks.generation_gpu [--shape qwen3-1.7b] [--briefs 512] [--seconds 500]

Random weights in the shapes of Qwen3. 512 briefs begin with the same 600 tokens and have 120 of
their own; 120 new tokens each, none ends early. Measured in one run: one prompt at a time with two
beams, batched `generate`, transformers' continuous batching, and ours, with `torch.compile` where
`--compile` asks for it. The roofline is what decoding could reach if each step only read weights
and keys once at the bandwidth a plain copy has here; `roofline_shared` counts the prefix's keys
once for all texts, as ours reads them.

Without a GPU it runs the shape `tiny` (`--shape tiny --briefs 8`), to see that it runs.
"""

from __future__ import annotations

import argparse
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from inference.backends.sampling import sample, suits_engine
from inference.backends.sampling.attention import register
from inference.backends.sampling.budget import budget_for, bytes_per_token

SHAPES: dict[str, dict[str, Any]] = {
    "qwen3-0.6b": {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28},
    "qwen3-1.7b": {"hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 28},
    "qwen3-8b": {
        "hidden_size": 4096,
        "intermediate_size": 12288,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "tie_word_embeddings": False,
    },
    "tiny": {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "vocab_size": 500,
    },
}
COMMON = {
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151_936,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": True,
}
SHARED, OWN, NEW = 600, 120, 120
NAIVE_BRIEFS, GENERATE_ROWS = 2, 64


@dataclass(frozen=True)
class Bench:
    """A model, the prompts, and where they are."""

    model: Any
    prompts: list[list[int]]
    device: torch.device


def made(shape: str, briefs: int) -> Bench:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    config = Qwen3Config(**(COMMON | SHAPES[shape]))
    torch.manual_seed(7)
    torch.set_default_dtype(torch.bfloat16)
    with device:
        model = Qwen3ForCausalLM(config).eval()
    torch.set_default_dtype(torch.float32)
    chance = torch.Generator().manual_seed(3)
    common = torch.randint(config.vocab_size, (SHARED,), generator=chance).tolist()
    own = torch.randint(config.vocab_size, (briefs, OWN), generator=chance).tolist()
    return Bench(model, [common + one for one in own], device)


def generated(bench: Bench, prompts: list[list[int]], **options: Any) -> int:
    output = bench.model.generate(
        input_ids=torch.tensor(prompts, device=bench.device),
        attention_mask=torch.ones(len(prompts), len(prompts[0]), device=bench.device),
        do_sample=True,
        top_k=50,
        top_p=0.95,
        max_new_tokens=NEW,
        min_new_tokens=NEW,
        pad_token_id=0,
        eos_token_id=1,
        **options,
    )
    return int(output[:, len(prompts[0]) :].numel())


def naive(bench: Bench) -> int:
    return sum(generated(bench, [prompt], num_beams=2) for prompt in bench.prompts[:NAIVE_BRIEFS])


def batched(bench: Bench) -> int:
    starts = range(0, len(bench.prompts), GENERATE_ROWS)
    return sum(generated(bench, bench.prompts[n : n + GENERATE_ROWS]) for n in starts)


def continuous(bench: Bench) -> int:
    from transformers import GenerationConfig

    config = GenerationConfig(
        max_new_tokens=NEW, do_sample=True, top_k=50, top_p=0.95, eos_token_id=-1, pad_token_id=0
    )
    found = bench.model.generate_batch(bench.prompts, generation_config=config, progress_bar=False)
    return sum(len(one.generated_tokens) for one in found.values())


def ours(bench: Bench) -> int:
    count = len(bench.prompts)
    texts = sample(
        bench.model,
        bench.prompts,
        counts=[1] * count,
        seeds=range(count),
        max_new_tokens=NEW,
        stop_ids=(),
        top_k=50,
        top_p=0.95,
        shared=[SHARED] * count,
        budget=budget_for(bench.model),
    )
    return sum(len(text.tokens) for text in texts)


def measured(bench: Bench, way: Callable[[Bench], int]) -> float:
    """Tokens a second of a second run; the first one warms up."""
    speed = 0.0
    for _ in range(2):
        _synchronise(bench.device)
        started = time.perf_counter()
        with torch.inference_mode():
            tokens = way(bench)
        _synchronise(bench.device)
        speed = tokens / (time.perf_counter() - started)
    return speed


def roofline(bench: Bench, bandwidth: float, *, shares_prefix: bool) -> float:
    """Tokens a second if a step only reads: weights once, keys and values of each text."""
    weights = sum(one.numel() * one.element_size() for one in bench.model.parameters())
    rows = min(len(bench.prompts), budget_for(bench.model).rows_for(OWN + NEW))
    per_token = bytes_per_token(bench.model)
    own = OWN + NEW / 2
    keys = SHARED + rows * own if shares_prefix else rows * (SHARED + own)
    return rows / ((weights + keys * per_token) / bandwidth)


def copy_bandwidth(device: torch.device) -> float:
    """Bytes a second, read and written, of a plain copy."""
    size = 2**30 if device.type == "cuda" else 2**27
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    best = 0.0
    for _ in range(10):
        _synchronise(device)
        started = time.perf_counter()
        target.copy_(source)
        _synchronise(device)
        best = max(best, 2 * size / (time.perf_counter() - started))
    return best


def run(shape: str, *, briefs: int, seconds: float, compiles: bool = False) -> dict[str, float]:
    started = time.perf_counter()
    bench = made(shape, briefs)
    bandwidth = copy_bandwidth(bench.device)
    figures = {
        "copy GB/s": bandwidth / 1e9,
        "roofline": roofline(bench, bandwidth, shares_prefix=False),
        "roofline_shared": roofline(bench, bandwidth, shares_prefix=True),
    }
    plain = bench.model.config._attn_implementation
    # Ours first: it is what the run is for, should the time be up before the slow ones end.
    for way in (ours, batched, continuous, naive):
        bench.model.set_attn_implementation(plain)
        if time.perf_counter() - started > seconds:
            break
        try:
            if way is ours:
                register()
                assert suits_engine(bench.model), "the model does not suit the engine"
                if compiles:
                    bench.model.forward = torch.compile(bench.model.forward, dynamic=True)
            figures[way.__name__] = measured(bench, way)
        except Exception:  # the others' figures are wanted all the same
            traceback.print_exc()
        if way is ours and compiles:
            del bench.model.forward
        print(json.dumps({"shape": shape, way.__name__: figures.get(way.__name__)}), flush=True)
    if "ours" in figures and "naive" in figures:
        figures["ours / naive"] = figures["ours"] / figures["naive"]
    if "ours" in figures:
        figures["ours / roofline"] = figures["ours"] / figures["roofline"]
        figures["ours / roofline_shared"] = figures["ours"] / figures["roofline_shared"]
    return {name: round(value, 3) for name, value in figures.items()}


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=[*SHAPES], default="qwen3-1.7b")
    parser.add_argument("--briefs", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=500)
    parser.add_argument("--compile", action="store_true")
    asked = parser.parse_args()
    found = run(asked.shape, briefs=asked.briefs, seconds=asked.seconds, compiles=asked.compile)
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    print(json.dumps({"shape": asked.shape, "device": name} | found), flush=True)


if __name__ == "__main__":
    main()
