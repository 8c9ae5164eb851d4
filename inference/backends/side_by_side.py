"""Passes of a model side by side, a thread each, rather than one pass split among all threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """What `work` makes of each, in order; as many at once as torch may have threads.

    Threads that share a pass wait for the slowest of them at each of its products: on two cores a
    tenth of the time, and more than half of it where other programs want the cores too.
    """
    import torch

    threads = torch.get_num_threads()
    if threads == 1 or len(items) < threads:
        yield from map(work, items)
        return
    alone = partial(torch.set_num_threads, 1)
    try:
        with ThreadPoolExecutor(threads, "passes", initializer=alone) as pool:
            yield from pool.map(work, items)
    finally:
        # Some of torch's libraries know one number for the whole process.
        torch.set_num_threads(threads)
