"""How many texts go into one batch: what memory holds, and less after it did not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from core.errors import DomainError

# Measured on two cores: beyond this a batch gains nothing. On a GPU the keys' memory decides.
CPU_ROWS, CUDA_ROWS = 128, 512
# Of the free memory; the rest is for activations, and on a CPU for the other workers.
CPU_SHARE, CUDA_SHARE = 0.25, 0.6
# Logits in float, their sorted part and their probabilities, in bytes per word of the vocabulary.
BYTES_PER_LOGIT = 12
# Smaller products take another way through the CPU's library and round differently.
FEWEST_ROWS = 8


class ModelTooLarge(DomainError):
    """Not even one text fits into memory."""


@dataclass
class Budget:
    """Most tokens (rows x length of each) whose keys may be held at once, and most rows.

    It belongs to a loaded model and shrinks for good: memory that ran out once will again.
    """

    tokens: int
    rows: int

    def rows_for(self, length: int) -> int:
        return max(1, min(self.rows, self.tokens // length))

    def halve(self, *, rows: int) -> None:
        """Memory ran out with this many rows.

        Raises:
            ModelTooLarge: It was one row only.
        """
        if rows <= 1:
            raise ModelTooLarge(
                "Memory ran out with a single text. Set GENERATOR to a smaller model, "
                "GENERATOR_MAX_NEW_TOKENS lower, or use 'openai:<url>' of a larger machine"
            )
        self.rows = rows // 2
        self.tokens = max(1, self.tokens // 2)


def budget_for(model: Any) -> Budget:
    """What the free memory of the model's device holds now."""
    is_cuda = model.device.type == "cuda"
    free, share = (
        (torch.cuda.mem_get_info(model.device)[0], CUDA_SHARE)
        if is_cuda
        else (_free_memory(), CPU_SHARE)
    )
    rows = CUDA_ROWS if is_cuda else CPU_ROWS
    for_keys = free * share - rows * model.config.get_text_config().vocab_size * BYTES_PER_LOGIT
    return Budget(tokens=max(1, int(for_keys // bytes_per_token(model))), rows=rows)


def bytes_per_token(model: Any) -> int:
    """Bytes of the keys and values of one token in all layers."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return 2 * config.num_hidden_layers * heads * size * model.dtype.itemsize


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out; torch says it in one way on a GPU and in another on a CPU."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _free_memory() -> int:
    """Bytes free on the machine, or in the container where that is less."""
    free = [
        int(line.split()[1]) * 1024
        for line in _lines(Path("/proc/meminfo"))
        if line.startswith("MemAvailable")
    ]
    cgroup = Path("/sys/fs/cgroup")
    limit, used = _lines(cgroup / "memory.max"), _lines(cgroup / "memory.current")
    if limit and used and limit[0].isdigit():
        free.append(int(limit[0]) - int(used[0]))
    return max(0, min(free, default=2**31))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
