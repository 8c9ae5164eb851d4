"""Threads that encode at once: each gets its own vectors, and waits share a pass."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inference.backends.minilm import load_encoder
from inference.gathering import Gathered

SECONDS = 30


class Held:
    """Encodes a text to its number; the first pass waits until it is let go."""

    def __init__(self, *, fails: bool = False) -> None:
        self.passes: list[list[str]] = []
        self.begun, self.let_go = threading.Event(), threading.Event()
        self._fails = fails

    def __call__(self, texts):
        self.passes.append(list(texts))
        if len(self.passes) == 1:
            self.begun.set()
            assert self.let_go.wait(SECONDS)
            if self._fails:
                raise ValueError("out of memory")
        return np.array([[float(text)] for text in texts], dtype=np.float32)


def waiting_behind(gathered: Gathered, held: Held, pool: ThreadPoolExecutor, calls):
    """One call under way, and the others waiting for it."""
    first = pool.submit(gathered, ["0"])
    assert held.begun.wait(SECONDS)
    others = [pool.submit(gathered, texts) for texts in calls]
    for _ in range(SECONDS * 100):
        if len(gathered._waiting) == len(calls):
            break
        threading.Event().wait(0.01)
    held.let_go.set()
    return first, others


def test_those_who_wait_share_the_next_pass_and_each_gets_its_own():
    held = Held()
    gathered = Gathered(held)
    with ThreadPoolExecutor(4) as pool:
        first, others = waiting_behind(gathered, held, pool, [["1", "2"], ["3"], ["4", "5", "6"]])

        assert first.result(SECONDS).tolist() == [[0]]
        assert [one.result(SECONDS).ravel().tolist() for one in others] == [[1, 2], [3], [4, 5, 6]]
    assert held.passes[0] == ["0"]
    assert len(held.passes) == 2


def test_what_goes_wrong_in_a_pass_is_told_to_those_in_it_and_to_nobody_else():
    held = Held(fails=True)
    gathered = Gathered(held)
    with ThreadPoolExecutor(3) as pool:
        first, others = waiting_behind(gathered, held, pool, [["1"], ["2"]])

        with pytest.raises(ValueError, match="out of memory"):
            first.result(SECONDS)
        assert [one.result(SECONDS).tolist() for one in others] == [[[1]], [[2]]]


def test_nobody_gets_anothers_vectors_however_many_ask():
    gathered = Gathered(lambda texts: np.array([[float(text)] for text in texts], np.float32))

    def ask(start: int) -> bool:
        return all(
            gathered([str(start + step), str(step)]).ravel().tolist() == [start + step, step]
            for step in range(300)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(0, 80_000, 10_000)))


def test_the_encoder_gives_questions_the_same_vectors_together_as_alone():
    encoder = load_encoder()
    asked = [f"How long does delivery take to country number {n}?" for n in range(24)]
    alone = np.concatenate([encoder.encode([one]) for one in asked])

    with ThreadPoolExecutor(8) as pool:
        together = np.concatenate(list(pool.map(lambda one: encoder.encode([one]), asked)))

    assert np.abs(together - alone).max() < 1e-5
