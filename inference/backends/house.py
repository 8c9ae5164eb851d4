"""`house`: the house copywriter, a small language model of our own, checked text by text.

What it writes has open slots for merge tags, offers and interests, and is checked before they are
filled: what fails is tried again, and what fails four times is composed from the inventory. Each
text says who wrote which of its fields.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from inference.backends.composer import ComposerGenerator, order_of
from inference.backends.loading import LanguageModel, find_model, load_model
from inference.copywriter import WEIGHTS
from inference.copywriter.planning import TRIES, Row, Sheet
from inference.generators import GeneratedText, GenerationRequest, GeneratorUnusable, never_stop

if TYPE_CHECKING:
    from inference.backends.wording import Words

# Of candidates at a time: enough rows to fill a batch, few enough to stop soon.
CANDIDATES_PER_BATCH = 256
# Tokens of a piece; the longest part of a letter has about fifty.
_LONGEST = 72
_TEMPERATURE, _TOP_P, _TOP_K = 1.0, 0.95, 64


class HouseCopywriter:
    """Writes field by field, batched over all requests; the same request gives the same texts.

    Args:
        folder: A folder that `manage.py train_copywriter` made.
    """

    name = "house"

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._folder = folder
        self.revision = _revision(folder)
        # One model serves one caller at a time; threads of a worker wait here.
        self._busy = threading.Lock()
        self.tally: Counter[str] = Counter()

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]:
        """Yield up to `count` different texts per request, request by request.

        Raises:
            DomainError: A request asks for an angle the inventory does not know.
        """
        for batch in _batches(requests):
            sheets = [Sheet(one.key, one.seed, order_of(one), one.count) for one in batch]
            for _ in range(TRIES):
                if should_stop() or not self._write(sheets, should_stop):
                    break
            if should_stop():
                return
            for request, sheet in zip(batch, sheets, strict=True):
                sheet.fall_back()
                yield from self._texts(request, sheet)

    def _write(self, sheets: Sequence[Sheet], should_stop: Callable[[], bool]) -> bool:
        """One try for every open row; whether there was any."""
        asked = [(sheet, row) for sheet in sheets for row in sheet.open_rows()]
        if not asked:
            return False
        with self._busy:
            written = self._sample([row for _, row in asked], should_stop)
        if should_stop():
            return False
        # Judged in the order of asking: what was said before depends on the request alone.
        for (sheet, row), text in zip(asked, written, strict=True):
            sheet.judge(row, text)
        for sheet in sheets:
            sheet.finish()
        return True

    def _sample(self, rows: Sequence[Row], should_stop: Callable[[], bool]) -> list[str]:
        from inference.backends.sampling import sample
        from inference.backends.wording import Wording

        model, tokenizer = self._loaded.model, self._loaded.tokenizer
        texts = [""] * len(rows)
        wording = Wording(self._words, rows)
        for made in sample(
            model,
            tokenizer([row.prompt for row in rows])["input_ids"],
            counts=[1] * len(rows),
            seeds=[row.seed_of_try() for row in rows],
            max_new_tokens=_LONGEST,
            stop_ids=self._loaded.stop_ids,
            temperature=_TEMPERATURE,
            top_p=_TOP_P,
            top_k=_TOP_K,
            shared=[0] * len(rows),
            constraint=wording,
            should_stop=should_stop,
        ):
            if made.is_complete:
                texts[made.prompt] = tokenizer.decode(
                    made.tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
                )
        return texts

    def _texts(self, request: GenerationRequest, sheet: Sheet) -> Iterator[GeneratedText]:
        seen: set[tuple[str, ...]] = set()
        self.tally.update({f"refused: {name}": count for name, count in sheet.faults.items()})
        for cells in sheet.candidates:
            fields = {cell.task.surface.field: str(cell.text) for cell in cells}
            if tuple(fields.values()) in seen:
                continue
            notes = {cell.task.surface.field: cell.writer for cell in cells}
            self.tally.update(notes.values())
            yield GeneratedText(request.key, len(seen), fields, request.seed, notes=notes)
            seen.add(tuple(fields.values()))

    def load(self) -> None:
        """Read the weights now.

        Raises:
            GeneratorUnusable: They cannot be read.
        """
        with self._busy:
            _ = self._loaded

    @cached_property
    def _words(self) -> Words:
        from inference.backends.wording import Words

        return Words(self._loaded.tokenizer)

    @cached_property
    def _loaded(self) -> LanguageModel:
        """Read on first use: after a worker's fork, and never in a web process."""
        source = find_model(str(self._folder))
        # In single precision on every machine: on a CPU the same request then gives the same texts.
        return load_model(source, dtype="float32")


def _batches(requests: Sequence[GenerationRequest]) -> Iterator[list[GenerationRequest]]:
    batch: list[GenerationRequest] = []
    for request in requests:
        batch.append(request)
        if sum(one.count for one in batch) >= CANDIDATES_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _revision(folder: Path) -> str:
    """What the weights and the inventory behind them are, in twelve characters.

    Raises:
        GeneratorUnusable: There is no model in the folder.
    """
    weights, record = folder / "model.safetensors", folder / "copylift.json"
    if not weights.is_file() or not record.is_file():
        raise GeneratorUnusable(
            f"{folder} holds no house copywriter: make one with `manage.py train_copywriter`, "
            "or set GENERATOR to 'composer'"
        )
    with weights.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    if json.loads(record.read_text()).get("mode") != "fields":
        raise GeneratorUnusable(f"{record} does not say mode 'fields': this is no house copywriter")
    return hashlib.sha256(f"{digest}/{ComposerGenerator().revision}".encode()).hexdigest()[:12]
