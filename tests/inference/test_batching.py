from hypothesis import given
from hypothesis import strategies as st

from inference.batching import batches_by_length

LENGTHS = st.lists(st.integers(1, 256), max_size=200)


@given(LENGTHS, st.integers(1, 2048))
def test_every_text_is_in_exactly_one_batch(lengths, budget):
    positions = [p for batch in batches_by_length(lengths, budget=budget) for p in batch.tolist()]

    assert sorted(positions) == list(range(len(lengths)))


@given(LENGTHS, st.integers(256, 2048))
def test_no_batch_exceeds_its_budget_of_padded_tokens(lengths, budget):
    costs = [
        len(batch) * max(lengths[position] for position in batch)
        for batch in batches_by_length(lengths, budget=budget)
    ]

    assert all(cost <= budget for cost in costs)


def test_a_text_longer_than_the_budget_gets_a_batch_of_its_own():
    batches = [batch.tolist() for batch in batches_by_length([50, 1, 1], budget=10)]

    assert batches == [[1, 2], [0]]
