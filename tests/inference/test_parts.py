"""Parts of texts, read where they stand, held against transformers used plainly."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inference.backends import minilm, sentence
from inference.encoders import PartsEncoder, ScriptedEncoder, encode_with_parts

TEXTS = [
    "Love the colour, but it runs small.",
    "sweater",
    "Fast delivery! The wool itches, and the Ärmel are too long – schade.",
]
SPANS = [[(0, 15), (17, 35)], [], [(0, 14), (15, 31), (33, 68)]]
FLAT = [text[at:to] for text, own in zip(TEXTS, SPANS, strict=True) for at, to in own]


def plainly(text: str, start: int, end: int) -> np.ndarray:
    """One text at a time, its tokens picked by the words they belong to."""
    from transformers import AutoModel, AutoTokenizer

    folder = minilm.wheel_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    read = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        states = model(**read).last_hidden_state[0]
    of_part = {
        token for place in range(start, end) if (token := read.char_to_token(0, place)) is not None
    }
    mean = states[sorted(of_part)].mean(0)
    return (mean / mean.norm()).numpy()


@pytest.fixture(scope="module")
def encoder():
    return minilm.load_encoder()


def test_a_part_is_the_mean_of_its_tokens_as_its_text_has_them(encoder):
    _, parts = encode_with_parts(encoder, TEXTS, SPANS)

    expected = [
        plainly(text, start, end)
        for text, own in zip(TEXTS, SPANS, strict=True)
        for start, end in own
    ]
    assert np.abs(parts - np.stack(expected)).max() < 1e-4


def test_texts_are_as_they_are_without_parts(encoder):
    told: list[int] = []
    vectors, _ = encode_with_parts(encoder, TEXTS, SPANS, progress=told.append)

    assert np.abs(vectors - encoder.encode(TEXTS)).max() < 1e-5
    assert sum(told) == len(TEXTS)


def test_windows_of_texts_keep_their_parts_apart(encoder, monkeypatch):
    whole = encode_with_parts(encoder, TEXTS, SPANS)[1]
    monkeypatch.setattr(sentence, "TEXTS_PER_WINDOW", 1)

    assert np.abs(encode_with_parts(encoder, TEXTS, SPANS)[1] - whole).max() < 1e-5


def test_a_part_beyond_what_is_read_of_its_text_is_read_by_itself(encoder):
    long = "word " * 300
    text = long + "The zip broke."

    _, parts = encode_with_parts(encoder, [text], [[(0, 9), (len(long), len(text))]])

    assert parts[1] @ encoder.encode(["The zip broke."])[0] == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(parts, axis=1) == pytest.approx([1, 1], abs=1e-4)


def test_where_the_first_token_says_a_text_parts_are_read_by_themselves(encoder):
    by_first = sentence.SentenceEncoder(
        "first", encoder._tokenizer, encoder._model, pools_first_token=True
    )

    _, parts = encode_with_parts(by_first, TEXTS, SPANS)

    assert np.abs(parts - by_first.encode(FLAT)).max() < 1e-4


def test_an_encoder_that_cannot_reads_each_part_as_a_text():
    scripted = ScriptedEncoder()
    assert not isinstance(scripted, PartsEncoder)

    vectors, parts = encode_with_parts(scripted, TEXTS, SPANS)

    assert np.array_equal(vectors, scripted.encode(TEXTS))
    assert np.array_equal(parts, scripted.encode(FLAT))


def test_nothing_has_no_parts(encoder):
    vectors, parts = encode_with_parts(encoder, [], [])

    assert (vectors.shape, parts.shape) == ((0, 384), (0, 384))
