"""Many comparisons at once: p-values that keep the chance of any false alarm at its level."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.stats.errors import ArgumentImpossible


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down adjustment, in the order given. Holds under any dependence.

    The i-th smallest of m becomes the largest of (m - j + 1) p_(j) over j <= i, at most 1.

    Args:
        p_values: One p-value for each comparison of the family, each in [0, 1].

    Returns:
        Adjusted p-values: a comparison is rejected at level a when its adjusted p is at most a.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1].

    Source: S. Holm (1979), Scandinavian Journal of Statistics 6.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ArgumentImpossible("p-values must lie between 0 and 1")
    adjusted = [0.0] * len(p_values)
    so_far = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = so_far
    return tuple(adjusted)
