"""Public questions with intents, learnt as a shop's own are, and nothing of them kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from assistant.models import Intent, KnowledgeBase
from assistant.services.intents import head_of
from audience.evaluation.intents import scope_figures
from audience.evaluation.reading import Questions, has, read_clinc
from core.evaluation import Section
from inference.encoders import TextEncoder, text_encoder

TRIAL_KEY = "trial-clinc150"


def clinc_section(folder: Path, *, encoder: TextEncoder | None = None) -> Section | None:
    """Intents named right and questions out of scope refused; None where the data are not there."""
    if not has(folder, "clinc150"):
        return None
    encoder = encoder or text_encoder()
    known = read_clinc(folder, "train")
    inside, outside = read_clinc(folder, "val"), read_clinc(folder, "oos_val")
    with transaction.atomic():
        base = KnowledgeBase.objects.create(key=TRIAL_KEY, name="CLINC150, on trial")
        key_of = _intents(base, known)
        head = head_of(base, encoder)
        transaction.set_rollback(True)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return encoder.encode(list(texts))

    asked = Questions(inside.texts, np.array([key_of[label] for label in inside.labels.tolist()]))
    return Section(
        "What is wanted (CLINC150, 150 intents)",
        f"Learnt from {len(known.texts):,} examples written as a shop writes them, judged on val: "
        f"{len(inside.texts):,} questions in scope, {len(outside.texts):,} out of it.",
        scope_figures(head, asked, outside, encode),
    )


def _intents(base: KnowledgeBase, known: Questions) -> dict[Any, str]:
    labels = np.array(known.labels)
    texts = np.array(known.texts, dtype=object)
    return {
        name: str(
            Intent.objects.create(
                base=base, name=name, examples="\n".join(texts[labels == name])
            ).pk
        )
        for name in np.unique(labels).tolist()
    }
