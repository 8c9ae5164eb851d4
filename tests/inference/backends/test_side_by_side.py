import threading

import numpy as np
import pytest
import torch

from inference.backends import minilm
from inference.backends.side_by_side import side_by_side


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("three_threads")
def test_passes_are_read_at_once_with_a_thread_each_and_come_in_order():
    together = threading.Barrier(3, timeout=20)

    def work(item):
        # Breaks where fewer than three are at work.
        together.wait()
        return item, torch.get_num_threads()

    found = list(side_by_side(work, range(6)))

    assert found == [(item, 1) for item in range(6)]
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_fewer_passes_than_threads_have_all_threads():
    here = threading.get_ident()

    found = list(side_by_side(lambda _: (threading.get_ident(), torch.get_num_threads()), range(2)))

    assert found == [(here, 3), (here, 3)]


@pytest.mark.usefixtures("three_threads")
def test_what_fails_is_raised_and_the_threads_are_given_back():
    def work(item):
        raise ValueError(f"no {item}")

    with pytest.raises(ValueError, match="no 0"):
        list(side_by_side(work, range(5)))
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_texts_have_the_vectors_they_have_alone():
    encoder = minilm.load_encoder()
    texts = [f"text {number} " + "soft wool " * (number % 60) for number in range(400)]

    together = encoder.encode(texts)

    torch.set_num_threads(1)
    assert np.allclose(together, encoder.encode(texts), atol=1e-5)
