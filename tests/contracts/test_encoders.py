"""What every text encoder keeps, whichever backend it is."""

import numpy as np
import pytest

from inference.encoders import ScriptedEncoder, text_encoder

TEXTS = ["soft wool sweater", "a", "", "The dress runs large, and the colour is off."]


@pytest.fixture(params=["scripted", "minilm"])
def encoder(request):
    return {"scripted": ScriptedEncoder, "minilm": text_encoder}[request.param]()


def test_shape_and_type_are_as_declared(encoder):
    vectors = encoder.encode(TEXTS)

    assert (vectors.shape, vectors.dtype) == ((4, encoder.size), np.float32)


def test_every_row_has_length_one(encoder):
    assert np.linalg.norm(encoder.encode(TEXTS), axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_make_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_the_same_text_has_the_same_vector(encoder):
    one, other = encoder.encode(["soft wool sweater", "soft wool sweater"])

    assert one @ other == pytest.approx(1, abs=1e-4)


def test_rows_come_in_input_order(encoder):
    together = encoder.encode(TEXTS)

    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert (together @ alone.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_progress_adds_up_to_the_number_of_texts(encoder):
    heard = []

    encoder.encode(TEXTS, progress=heard.append)

    assert sum(heard) == 4


def test_encoder_has_a_name(encoder):
    assert encoder.name
