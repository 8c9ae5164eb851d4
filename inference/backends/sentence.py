"""Any sentence encoder of transformers: batches by length, bf16 where it pays.

Threads are torch's own: `OMP_NUM_THREADS`, else one per core. Workers that share a machine must
share its cores too (`inference.threads`): two prefork children with two threads each on two cores
are four times slower than with one each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.backends.loading import torch_dtype
from inference.backends.reading import reader_of
from inference.batching import batches_by_length
from inference.encoders import EncoderUnusable, Progress, Spans
from inference.gathering import Gathered

if TYPE_CHECKING:
    import torch

MAX_TOKENS = 256
# Larger batches fall out of the CPU's cache: 8,192 tokens are a fifth slower than 1,024 to 2,048 in
# bf16, and 1,536 already a little slower than 1,024 in float32.
TOKENS_PER_BATCH = 1024
# Tokenised texts held at once; what comes out of the tokenizer is far larger than the text.
TEXTS_PER_WINDOW = 4096
# Questions, not documents: a long text in a pass with short ones would pad them to its length.
GATHERED_TEXTS, GATHERED_CHARACTERS = 4, 600
FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]


class SentenceEncoder:
    """A transformer whose token vectors are pooled to one unit vector per text."""

    def __init__(
        self,
        name: str,
        tokenizer: Any,
        model: Any,
        *,
        pools_first_token: bool,
        languages: frozenset[str] | None = None,
    ) -> None:
        self.name = name
        self.languages = languages
        self.size: int = model.config.hidden_size
        self.max_tokens = min(MAX_TOKENS, model.config.max_position_embeddings)
        self._tokenizer = tokenizer
        self._model = model
        self._reads = reader_of(model)
        self._pools_first_token = pools_first_token
        self._gathered = Gathered(self._encode)

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        if 0 < len(texts) <= GATHERED_TEXTS and sum(map(len, texts)) <= GATHERED_CHARACTERS:
            vectors = self._gathered(texts)
            if progress:
                progress(len(texts))
            return vectors
        return self._encode(texts, progress)

    def encode_parts(
        self, texts: Sequence[str], spans: Sequence[Spans], *, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Texts, and what parts of them mean: the mean over a part's tokens as its text has them.

        Guenther et al., 2024, arXiv 2409.04701. A part beyond what is read of its text is read by
        itself, as is every part where the model says a text in its first token.
        """
        parts = _Parts(spans, size=self.size)
        can = not self._pools_first_token and self._tokenizer.is_fast
        vectors = self._encode(texts, progress, parts=parts if can else None)
        unread = np.flatnonzero(np.isnan(parts.vectors[:, 0]))
        said = [text[at:to] for text, own in zip(texts, spans, strict=True) for at, to in own]
        parts.vectors[unread] = self.encode([said[row] for row in unread])
        return vectors, parts.vectors

    def layer_means(self, texts: Sequence[str], *, layer: int) -> NDArray[np.float32]:
        """The mean token state of one layer, shape (texts, size), not normalised."""
        vectors = np.empty((len(texts), self.size), dtype=np.float32)
        for batch, states, mask in self._passes(self._tokens(texts)["input_ids"], layer=layer):
            vectors[batch] = _mean(states, mask).numpy()
        return vectors

    def _encode(
        self,
        texts: Sequence[str],
        progress: Progress | None = None,
        *,
        parts: _Parts | None = None,
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.size), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_PER_WINDOW):
            window = texts[start : start + TEXTS_PER_WINDOW]
            tokens = self._tokens(window, places=parts is not None)
            for batch, states, mask in self._passes(tokens["input_ids"]):
                vectors[batch + start] = self._pooled(states, mask)
                if parts is not None:
                    offsets = (np.array(tokens["offset_mapping"][row]) for row in batch)
                    parts.take(batch + start, states.numpy(), offsets)
                if progress:
                    progress(len(batch))
        return vectors

    def _tokens(self, texts: Sequence[str], *, places: bool = False) -> Any:
        return self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self.max_tokens,
            return_attention_mask=False,
            return_token_type_ids=False,
            return_offsets_mapping=places,
        )

    def _passes(
        self, tokens: list[list[int]], *, layer: int | None = None
    ) -> Iterator[tuple[NDArray[np.intp], torch.Tensor, torch.Tensor]]:
        """Positions of texts of like length, their token states, and which tokens are no padding.

        Shapes (batch,), (batch, tokens, size) and (batch, tokens, 1).
        """
        import torch

        lengths = [len(ids) for ids in tokens]
        for batch in batches_by_length(lengths, budget=TOKENS_PER_BATCH):
            own = [tokens[position] for position in batch]
            padded = self._tokenizer.pad({"input_ids": own}, return_tensors="pt")
            ids, mask = padded["input_ids"], padded["attention_mask"]
            with torch.inference_mode():
                states = self._reads(ids, mask, layer=layer)
            yield batch, states.float(), mask.unsqueeze(-1).float()

    def _pooled(self, states: torch.Tensor, mask: torch.Tensor) -> NDArray[np.float32]:
        import torch

        pooled = states[:, 0] if self._pools_first_token else _mean(states, mask)
        return torch.nn.functional.normalize(pooled, dim=1).numpy()


class _Parts:
    """Vectors of parts of texts, taken from the tokens' states as batches of texts are read.

    Attributes:
        vectors: Shape (parts, size), rows of length 1; not a number where nothing was read.
    """

    def __init__(self, spans: Sequence[Spans], *, size: int) -> None:
        self._spans = spans
        self._first = np.cumsum([0, *map(len, spans)])
        self.vectors = np.full((self._first[-1], size), np.nan, dtype=np.float32)

    def take(
        self,
        texts: NDArray[np.intp],
        states: NDArray[np.float32],
        offsets: Iterable[NDArray[np.int64]],
    ) -> None:
        """Read a batch: positions of its texts, (batch, tokens, size), characters of each token."""
        for text, own, places in zip(texts, states, offsets, strict=True):
            begins, ends = places.T
            for number, (start, end) in enumerate(self._spans[text]):
                # Special tokens hold no character, and some tokenizers count a space to its word.
                inside = np.flatnonzero((ends > start) & (begins < end) & (ends > begins))
                if inside.size:
                    mean = own[inside].mean(axis=0)
                    self.vectors[self._first[text] + number] = mean / np.linalg.norm(mean)


def _mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)


def load_encoder(model: str) -> SentenceEncoder:
    """The encoder in a folder, or of a hub id (fetched once, unless HF_HUB_OFFLINE says not to)."""
    folder = Path(model)
    return read_encoder(folder if folder.is_dir() else _fetched(model), name=model)


def read_encoder(
    folder: Path, *, name: str, languages: frozenset[str] | None = None
) -> SentenceEncoder:
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    pools_first_token = _pools_first_token(folder)
    # In bf16 cosines stay at .9999 of float32's, at twice the speed.
    dtype = torch_dtype("auto", torch.device("cpu"))
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, dtype=dtype)
    except (OSError, ValueError) as error:
        raise EncoderUnusable(
            f"ENCODER_MODEL {name!r} is not a sentence encoder that can be read: {error}"
        ) from error
    return SentenceEncoder(
        name,
        tokenizer,
        _without_pooler(model.eval()),
        pools_first_token=pools_first_token,
        languages=languages,
    )


def _without_pooler(model: Any) -> Any:
    """The model without BERT's own pooler, whose result nobody here reads."""
    # Set afterwards, because a model that has none refuses the argument.
    if "add_pooling_layer" in signature(type(model).__init__).parameters:
        model.pooler = None
    return model


def _fetched(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=FILES))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderUnusable(
            f"ENCODER_MODEL {model!r} is no folder, and could not be fetched either: {error}"
        ) from error


def _pools_first_token(folder: Path) -> bool:
    settings = folder / "1_Pooling" / "config.json"
    if not settings.is_file():
        return False
    pooling = json.loads(settings.read_text())
    wanted = {
        mode for mode, is_on in pooling.items() if mode.startswith("pooling_mode") and is_on is True
    }
    if wanted in ({"pooling_mode_mean_tokens"}, {"pooling_mode_cls_token"}):
        return "pooling_mode_cls_token" in wanted
    raise EncoderUnusable(
        f"the encoder pools by {', '.join(sorted(wanted)) or 'nothing'}: "
        "only mean and first token are known"
    )
