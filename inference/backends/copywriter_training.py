"""Trains the house copywriter from scratch on the corpus that `composer` writes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from inference.composer.slots import SLOTS
from inference.copywriter.corpus import Example, digest_of, write_corpus
from inference.copywriter.prompting import CONTROLS, END, PAD, SLOT_TOKENS, WRITE

_IGNORED = -100
_CALIBRATION_STEPS = 8
_HELD_OUT = 400


@dataclass(frozen=True)
class Recipe:
    """What a training run is made of; with its seed and steps it gives the same weights again.

    Attributes:
        minutes: How long to train; turned into steps by the speed of the first few.
        steps: The steps themselves, where they are known.
        texts: How many different examples the corpus has.
    """

    minutes: float = 14.0
    steps: int = 0
    seed: int = 7
    texts: int = 30_000
    threads: int = 1
    hidden: int = 256
    layers: int = 6
    vocabulary: int = 3_000
    block: int = 256
    batch: int = 4
    peak: float = 2.5e-3


def train(recipe: Recipe, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, print as it goes, save, and return what was recorded.

    Args:
        recipe: What to train.
        folder: Where the finished model goes.
        say: Told the loss and sample texts, a line at a time.
    """
    # More threads than free cores wait for each other at every product: on a busy machine one is
    # four times as fast as two, and the same weights come out whatever else runs.
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    examples = write_corpus(recipe.texts, recipe.seed)
    tokenizer = train_tokenizer(examples, recipe.vocabulary)
    aside = min(_HELD_OUT, len(examples) // 10)
    held_out, learnt = examples[:aside], examples[aside:]
    blocks = pack(learnt, tokenizer, recipe.block)
    model = LlamaForCausalLM(_config(recipe, tokenizer))
    say(f"{len(examples):,} texts, {len(blocks):,} blocks, {model.num_parameters():,} parameters")
    began = time.monotonic()
    steps = _run(model, blocks, recipe, say, lambda: _say_samples(model, tokenizer, held_out, say))
    loss = evaluate(model, pack(held_out, tokenizer, recipe.block))
    record = {
        "mode": "fields",
        "name": "house",
        "parameters": model.num_parameters(),
        "corpus": {"texts": len(examples), "sha256": digest_of(examples)},
        "command": f"python manage.py train_copywriter --steps {steps} --seed {recipe.seed} "
        f"--texts {recipe.texts}",
        "quality": {"held_out_loss": round(loss, 4), "steps": steps},
        "trained_minutes": round((time.monotonic() - began) / 60, 1),
    }
    save(model, tokenizer, record, folder)
    say(f"held-out loss {loss:.4f} after {steps} steps; saved to {folder}")
    return record


def train_tokenizer(examples: Sequence[Example], size: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE of our own; slots and controls are ordinary added tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[PAD, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_without_slots(examples), trainer)
    names = (*CONTROLS, *SLOT_TOKENS)
    tokenizer.add_tokens([AddedToken(name, special=False, normalized=False) for name in names])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=PAD)


def _without_slots(examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        text = example.text
        for slot in SLOTS:
            text = text.replace(f"{{{slot}}}", "\x00")
        yield from (piece for piece in text.split("\x00") if piece)


def pack(
    examples: Sequence[Example], tokenizer: PreTrainedTokenizerFast, block: int
) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Fill blocks with whole examples: ids, labels (texts only) and positions from zero each."""
    prompts = tokenizer([example.prompt for example in examples])["input_ids"]
    texts = tokenizer([example.text for example in examples])["input_ids"]
    blocks, rows = [], ([], [], [])  # type: ignore[var-annotated]
    for prompt, text in zip(prompts, texts, strict=True):
        ids = [*prompt, *text, tokenizer.eos_token_id]
        if len(ids) > block:
            continue
        if len(rows[0]) + len(ids) > block:
            blocks.append(_block(rows, block, tokenizer.pad_token_id))
            rows = ([], [], [])
        rows[0].extend(ids)
        rows[1].extend([_IGNORED] * len(prompt) + ids[len(prompt) :])
        rows[2].extend(range(len(ids)))
    return [*blocks, _block(rows, block, tokenizer.pad_token_id)]


def _block(rows: Any, block: int, pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids, labels, positions = rows
    missing = block - len(ids)
    return (
        torch.tensor(ids + [pad] * missing),
        torch.tensor(labels + [_IGNORED] * missing),
        torch.tensor(positions + list(range(missing))),
    )


def _config(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.hidden * 11 // 4,
        num_hidden_layers=recipe.layers,
        num_attention_heads=max(1, recipe.hidden // 64),
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _run(
    model: LlamaForCausalLM,
    blocks: Sequence[Any],
    recipe: Recipe,
    say: Callable[[str], None],
    show: Callable[[], None],
) -> int:
    optimizer = torch.optim.AdamW(model.parameters(), recipe.peak, (0.9, 0.95), weight_decay=0.05)
    steps, began, step = recipe.steps, time.monotonic(), 0
    for batch in _batches(blocks, recipe):
        if not steps and step == _CALIBRATION_STEPS:
            pace = (time.monotonic() - began) / step
            steps = max(step + 1, int(recipe.minutes * 60 / pace))
        total = steps or 10_000
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, total, recipe.peak)
        loss = _step(model, optimizer, batch)
        step += 1
        if step % 50 == 0 or step == total:
            say(f"step {step}/{total} loss {loss:.3f} after {time.monotonic() - began:.0f} s")
        if step % 300 == 0:
            show()
        if step >= total:
            break
    return step


def _rate(step: int, steps: int, peak: float) -> float:
    """A short rise, then a straight fall to a fiftieth."""
    warm_up = max(1, min(50, steps // 10))
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * max(0.02, 1 - (step - warm_up) / max(1, steps - warm_up))


def _batches(blocks: Sequence[Any], recipe: Recipe) -> Iterator[Any]:
    generator = torch.Generator().manual_seed(recipe.seed)
    while True:
        order = torch.randperm(len(blocks), generator=generator).tolist()
        for start in range(0, max(1, len(order) - recipe.batch + 1), recipe.batch):
            chosen = [blocks[index] for index in order[start : start + recipe.batch]]
            yield tuple(torch.stack(column) for column in zip(*chosen, strict=True))


def _step(model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, batch: Any) -> float:
    model.train()
    loss = _loss(model, batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _loss(model: LlamaForCausalLM, batch: Any) -> torch.Tensor:
    ids, labels, positions = batch
    # Positions that begin again at zero tell transformers where one example ends.
    with torch.autocast("cpu", torch.bfloat16, enabled=_has_fast_bfloat16()):
        loss: torch.Tensor = model(
            input_ids=ids, labels=labels, position_ids=positions, use_cache=False
        ).loss
    return loss


def _has_fast_bfloat16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported())


@torch.no_grad()
def evaluate(model: LlamaForCausalLM, blocks: Sequence[Any]) -> float:
    """The mean loss over blocks."""
    model.eval()
    losses = [_loss(model, tuple(part[None] for part in block)) for block in blocks[:-1] or blocks]
    return float(torch.stack(losses).mean())


@torch.no_grad()
def _say_samples(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    examples: Sequence[Example],
    say: Callable[[str], None],
) -> None:
    model.eval()
    state = torch.get_rng_state()
    for example in examples[:4]:
        ids = torch.tensor([tokenizer(example.prompt)["input_ids"]])
        made = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=150, do_sample=True, top_p=0.92
        )
        text = tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
        say(f"  {example.prompt.removesuffix(WRITE)} {text!r}")
    torch.set_rng_state(state)


def save(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, record: Any, folder: Path
) -> None:
    """Write the folder that `AutoModelForCausalLM` and `AutoTokenizer` load."""
    folder.mkdir(parents=True, exist_ok=True)
    model.generation_config = GenerationConfig(
        do_sample=True,
        top_p=0.92,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model.to(torch.bfloat16).save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    (folder / "copylift.json").write_text(json.dumps(record, indent=1) + "\n")
