"""Where the pure ranking meets the encoder: vectors, the shipped weights, a brief's best drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog
from django.conf import settings
from numpy.typing import NDArray

from generation.briefs import Copy
from generation.ranking.diversity import pick_diverse, word_similarity
from generation.ranking.features import without_tags
from generation.ranking.scorer import Score, Scorer, shipped_scorer
from inference.encoders import EncoderUnusable, LayeredEncoder, TextEncoder, text_encoder

# Mean token states of this layer foretell clicks better than the last one's, which is trained to
# keep the topic and forget the wording.
LAYER = 5
ENCODER = "all-MiniLM-L6-v2"
# How many candidates are written for each that is kept.
POOL = 3
LEARNT_ON = "clicks on news headlines (Upworthy, 2013 to 2015), not on this shop's emails"
# Which fields a reader sees first, by channel.
_FIRST_SEEN = ("subject", "title", "headline", "text", "body")
log = structlog.get_logger(__name__)


def wording_encoder() -> LayeredEncoder:
    """The encoder the weights were learnt with; refuses any other, whose numbers mean other things.

    Raises:
        EncoderUnusable: There is no encoder, or it is a different one.
    """
    encoder = text_encoder()
    if encoder.name != ENCODER or not isinstance(encoder, LayeredEncoder):
        raise EncoderUnusable(f"the ranker was trained on {ENCODER}, not {encoder.name}")
    return encoder


def wording_vectors(texts: Sequence[str], *, cache: Path | None = None) -> NDArray[np.float32]:
    """What the encoder holds of each text's wording; `cache` is a folder to keep it in."""
    encoder = wording_encoder()
    key = hashlib.sha256("\x1f".join([ENCODER, str(LAYER), *texts]).encode()).hexdigest()[:32]
    place = cache / f"wording-{key}.npy" if cache else None
    if place and place.is_file():
        return np.load(place, allow_pickle=False)
    distinct = sorted(set(texts))
    rows = {text: row for row, text in enumerate(distinct)}
    vectors = encoder.layer_means(distinct, layer=LAYER)[[rows[text] for text in texts]]
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        np.save(place, vectors)
    return vectors


def _require_encoder() -> None:
    if not settings.RANK_WITH_ENCODER:
        raise EncoderUnusable("RANK_WITH_ENCODER is off")


def encoder_load() -> None:
    """Read the encoder's weights now; where there is none, ranking itself says so."""
    try:
        _require_encoder()
        text_encoder()
    except EncoderUnusable:
        return


def cache_folder() -> Path:
    return Path(settings.BASE_DIR) / "var" / "ranking"


def first_seen(copy: Copy) -> str:
    """The line that decides whether a reader opens: what the score is about.

    >>> first_seen(Copy("Hello", "there", "Body", "Go"))
    'Hello'
    """
    texts = dict(copy.texts())
    return next((texts[name] for name in _FIRST_SEEN if texts.get(name)), "")


def score_copies(copies: Sequence[Copy], *, scorer: Scorer | None = None) -> list[Score]:
    """Score each copy by its first-seen line, with the encoder or, where there is none, without."""
    texts = [without_tags(first_seen(copy)) for copy in copies]
    try:
        _require_encoder()
        vectors = wording_vectors(texts).astype(np.float64) if texts else None
    except EncoderUnusable as unusable:
        log.info("ranking_without_encoder", reason=str(unusable))
        vectors = None
    return (scorer or shipped_scorer()).scores(texts, vectors)


def best_copies(copies: Sequence[Copy], *, wanted: int) -> list[tuple[int, Score]]:
    """The diverse best of a brief's candidates, best first, as (position, score).

    A copy's score depends on its own text alone; which copies are kept depends on its rivals too.
    """
    if not copies:
        return []
    scores = score_copies(copies)
    kept = pick_diverse([score.value for score in scores], similarity(copies), wanted=wanted)
    return [(position, scores[position]) for position in kept]


def similarity(copies: Sequence[Copy]) -> NDArray[np.float64]:
    """How alike copies are: cosine of their vectors, or words in common without an encoder."""
    texts = [" ".join(text for _, text in copy.texts()) for copy in copies]
    try:
        _require_encoder()
        encoder: TextEncoder = text_encoder()
    except EncoderUnusable:
        return word_similarity(texts)
    vectors = encoder.encode([without_tags(text) for text in texts]).astype(np.float64)
    return vectors @ vectors.T


def provenance(score: Score) -> dict[str, object]:
    """What is kept beside a draft: the reason in words, and what the score is worth."""
    return {
        "why": score.why(),
        "learnt_on": LEARNT_ON,
        "with_encoder": score.is_complete,
        "weights": str(shipped_scorer().provenance.get("digest", ""))[:12],
        "parts": {name: round(part, 4) for name, part in score.parts.items() if round(part, 4)},
    }
