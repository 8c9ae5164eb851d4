"""Whether the nearest written answer answers at all, or is merely the nearest. Pure.

A knowledge base that lacks an answer still has one that is near, and its “Yes.” would be wrong.
What tells the two apart is how near the best is, and how much nearer than the next: the right
answer stands out. The weights are those of a logistic regression on StackFAQ's paraphrases, each
asked once with its answer among the others and once with it taken away (`assistant_eval --data`
fits them again and judges them on questions of other answers).
"""

from __future__ import annotations

from math import exp

SIMILARITY, GAP, INTERCEPT = 15.7, 15.9, -11.7
# From SURE on the answer is given: a wrong one costs more than a question back. Below MAYBE nothing
# is known; between, the visitor is asked.
SURE, MAYBE = 0.6, 0.2
# A lead beyond this says no more: among few answers even a wrong one leads by far.
GAP_MAX = 0.15


def chance_right(best: float, runner_up: float | None) -> float:
    """The chance, 0 to 1, that the nearest written answer is the one asked for.

    P = 1 / (1 + exp(-(a · best + b · (best - runner_up) + c)))

    Args:
        best: Similarity of the nearest, -1 to 1.
        runner_up: Similarity of the nearest that says something else; None where nothing does.

    >>> round(chance_right(0.8, 0.4), 2), round(chance_right(0.55, 0.53), 2)
    (0.96, 0.06)
    """
    gap = GAP_MAX if runner_up is None else min(GAP_MAX, max(0.0, best - runner_up))
    return 1 / (1 + exp(-(SIMILARITY * best + GAP * gap + INTERCEPT)))
