"""What to believe after the data: figures that a choice between arms rests on.

Everything is computed by quadrature of the posteriors themselves, so the figures have no noise of
drawing: Gauss-Legendre nodes on panels that follow the width of every arm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible, TooFewUnits
from experiments.stats.intervals import check_options, quantile
from experiments.stats.posteriors import BetaPosterior, Column, NormalPosterior, Posterior


def _parts(nodes: Column, weights: Column) -> Column:
    """Integrals from -1 to each node of the polynomials that are 1 at one node, 0 at the others.

    Such a polynomial is sum_n (2 n + 1) / 2 w_k P_n(x_k) P_n, and P_n's integral up to x is
    (P_(n+1)(x) - P_(n-1)(x)) / (2 n + 1), with P_(-1) = -1.
    """
    legendre = np.polynomial.legendre.legvander(nodes, len(nodes))
    lower = np.column_stack([-np.ones(len(nodes)), legendre[:, :-2]])
    integrals: Column = (legendre[:, 1:] - lower) @ (weights * legendre[:, :-1].T) / 2
    return integrals


_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(12)
_PARTS = _parts(_NODES, _NODE_WEIGHTS)
# For an interval's end, which needs fewer digits than a probability of one in a million.
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the posteriors say about choosing one arm.

    Attributes:
        beats_control: Probability that its mean is better than control's; 0.5 for control itself.
        is_best: Probability that its mean is the best of all arms.
        expected_loss: What one gives up on average by choosing it and not the best of the other
            arms, control included, in the metric's own unit.
        mean_low: Lower end of its mean's credible interval; as all ends, None unless asked for.
        mean_high: Its upper end.
        difference_low: Lower end of the interval of its mean minus control's; None for control.
        difference_high: Its upper end.
        lift_low: Lower end of the interval of its mean over control's, minus 1; None for control,
            and where control's mean is not surely above zero.
        lift_high: Its upper end.
    """

    beats_control: float
    is_best: float
    expected_loss: float
    mean_low: float | None = None
    mean_high: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    lift_low: float | None = None
    lift_high: float | None = None


def compare_posteriors(
    posteriors: Sequence[Posterior],
    *,
    control: int = 0,
    is_lower_better: bool = False,
    confidence: float | None = None,
) -> tuple[Belief, ...]:
    r"""Weigh arms against control and against each other.

    With density f, distribution function F and x over the range of all arms:
    P(k best) = int f_k prod_{j != k} F_j;  P(k > c) = int f_k F_c;
    loss of k = E[(max_{j != k} - k)^+] = int F_k (1 - prod_{j != k} F_j), whose integrand is never
    negative, so small losses keep their digits. The intervals have equal tails: those of a
    difference solve int f_c(x) F_k(x + d) = tail, those of a lift int f_c(x) F_k((1 + l) x) = tail.

    Args:
        posteriors: One for each arm, independent of each other, two or more.
        control: Which of them is control.
        is_lower_better: Less of the metric is better; the intervals stay treatment minus control.
        confidence: Of the credible intervals; None leaves them out, which is faster.

    Returns:
        One belief for each arm, in the order given.

    Raises:
        TooFewUnits: There are fewer than two arms.
        ArgumentImpossible: The confidence is not inside (0, 1).

    Source: Stucchio (2015), "Bayesian A/B testing at VWO"; checked against Miller's closed form.

    >>> arms = [BetaPosterior(alpha=101, beta=901), BetaPosterior(alpha=121, beta=881)]
    >>> belief = compare_posteriors(arms, confidence=0.95)[1]
    >>> round(belief.beats_control, 4), round(belief.expected_loss, 6)
    (0.9232, 0.000485)
    >>> round(belief.difference_low, 4), round(belief.difference_high, 4)
    (-0.0075, 0.0475)
    """
    [beliefs] = compare_tables([posteriors], control=control, is_lower_better=is_lower_better)
    if confidence is None:
        return beliefs
    ends = _ends(posteriors, control, confidence)
    return tuple(
        Belief(
            beats_control=each.beats_control,
            is_best=each.is_best,
            expected_loss=each.expected_loss,
            **own,
        )
        for each, own in zip(beliefs, ends, strict=True)
    )


def compare_tables(
    tables: Sequence[Sequence[Posterior]], *, control: int = 0, is_lower_better: bool = False
) -> list[tuple[Belief, ...]]:
    """`compare_posteriors` of many tables with the same number of arms, without intervals.

    A report has dozens of small tables, and weighing them at once costs a fraction of one by one.

    Raises:
        TooFewUnits: There are fewer than two arms.
        ArgumentImpossible: The tables have different numbers of arms.

    >>> pair = [BetaPosterior(alpha=101, beta=901), BetaPosterior(alpha=121, beta=881)]
    >>> [round(beliefs[1].beats_control, 4) for beliefs in compare_tables([pair, pair[::-1]])]
    [0.9232, 0.0768]
    """
    arms = {len(table) for table in tables}
    if not tables:
        return []
    if len(arms) > 1:
        raise ArgumentImpossible("all tables must have the same number of arms")
    if min(arms) < 2:
        raise TooFewUnits("a comparison needs two arms or more")
    turned = [[arm.mirrored for arm in table] if is_lower_better else table for table in tables]
    points, half = _grids(turned)
    widths = (half[:, :, None] * _NODE_WEIGHTS).reshape(points.shape)
    density = _densities(turned, points, widths)
    mass = density * widths[:, None]
    below, above = _cumulated(density, mass, half)
    others, none = _others(below, above)
    beats = np.einsum("tan,tn->ta", mass, below[:, control])
    beats[:, control] = 0.5
    best = np.einsum("tan,tan->ta", mass, others)
    losses = np.einsum("tan,tn->ta", below * none, widths)
    figures = zip(
        np.clip(beats, 0.0, 1.0).tolist(),
        np.clip(best, 0.0, 1.0).tolist(),
        losses.tolist(),
        strict=True,
    )
    return [
        tuple(
            Belief(beats_control=each[0], is_best=each[1], expected_loss=each[2])
            for each in zip(*table, strict=True)
        )
        for table in figures
    ]


def _densities(tables: Sequence[Sequence[Posterior]], points: Column, widths: Column) -> Column:
    """By table and arm, each of mass 1 on its grid; rates all at once, as a report has many."""
    if not all(isinstance(arm, BetaPosterior) for table in tables for arm in table):
        heights = np.stack(
            [
                np.stack([arm.density(at) for arm in table])
                for table, at in zip(tables, points, strict=True)
            ]
        )
    else:
        numbers = np.array([[(arm.alpha, arm.beta) for arm in table] for table in tables])  # type: ignore[attr-defined]
        alpha, beta = numbers[:, :, :1], numbers[:, :, 1:]
        # Against the mean: the beta function itself loses nine of sixteen digits at a million.
        mean = alpha / (alpha + beta)
        away = points[:, None] - mean
        heights = np.exp(
            scipy.special.xlog1py(alpha - 1, away / mean)
            + scipy.special.xlog1py(beta - 1, away / (mean - 1))
        )
    scaled: Column = heights / np.einsum("tan,tn->ta", heights, widths)[:, :, None]
    return scaled


def _cumulated(density: Column, mass: Column, half: Column) -> tuple[Column, Column]:
    """Probabilities below and above each node: of the panels beyond, and the part of its own.

    The density is the polynomial through its nodes on each panel, whose integral up to each node
    is a fixed matrix. Summed from either end, both keep the digits of small probabilities.
    """
    tables, arms, _ = density.shape
    shape = (tables, arms, half.shape[1], len(_NODES))
    whole = mass.reshape(shape).sum(axis=3)
    heights = density.reshape(shape)
    before = np.cumsum(whole, axis=2) - whole
    after = np.cumsum(whole[:, :, ::-1], axis=2)[:, :, ::-1] - whole
    wide = half[:, None, :, None]
    below = before[..., None] + (heights @ _PARTS.T) * wide
    # The nodes are symmetric, so what lies above is the same matrix read backwards.
    above = after[..., None] + (heights @ _PARTS[::-1, ::-1].T) * wide
    flat = density.shape
    return np.clip(below, 0.0, 1.0).reshape(flat), np.clip(above, 0.0, 1.0).reshape(flat)


def _others(below: Column, above: Column) -> tuple[Column, Column]:
    """For each arm, that all other arms are below, and that not all of them are.

    1 - F G = (1 - F) + F (1 - G) has no difference in it, so the second keeps its digits.
    """
    first, last = np.ones_like(below), np.ones_like(below)
    not_first, not_last = np.zeros_like(below), np.zeros_like(below)
    for at in range(1, below.shape[1]):
        first[:, at] = first[:, at - 1] * below[:, at - 1]
        not_first[:, at] = not_first[:, at - 1] + first[:, at - 1] * above[:, at - 1]
        last[:, -at - 1] = last[:, -at] * below[:, -at]
        not_last[:, -at - 1] = not_last[:, -at] + last[:, -at] * above[:, -at]
    return first * last, not_first + first * not_last


def _grids(tables: Sequence[Sequence[Posterior]]) -> tuple[Column, Column]:
    """Nodes on the panels between the arms' edges, and half of each panel's width, by table.

    Panels that another table has more of are of no width here, at the upper end.
    """
    edges = [_spread_out([arm.edges().tolist() for arm in table]) for table in tables]
    longest = max(len(each) for each in edges)
    padded = np.array([each + each[-1:] * (longest - len(each)) for each in edges])
    half = np.diff(padded, axis=1) / 2
    middle = padded[:, :-1] + half
    points = middle[:, :, None] + half[:, :, None] * _NODES
    return points.reshape(len(padded), -1), half


def _spread_out(edges: Sequence[Sequence[float]]) -> list[float]:
    """All edges in order, but for those soon after another, measured by their own arm's panels.

    Arms of one width would otherwise cut each other's panels to no use.
    """
    steps = sorted(
        (edge, edge - before)
        for each in edges
        for before, edge in zip([2 * each[0] - each[1], *each], each, strict=False)
    )
    kept = [steps[0][0]]
    for edge, step in steps[1:-1]:
        if edge - kept[-1] > 0.5 * step:
            kept.append(edge)
    return [*kept, steps[-1][0]]


End = float | None


def _ends(posteriors: Sequence[Posterior], control: int, confidence: float) -> list[dict[str, End]]:
    """The ends of all credible intervals, by arm."""
    check_options(confidence, "two-sided")
    base = posteriors[control]
    found: list[dict[str, End]] = []
    for index, arm in enumerate(posteriors):
        own = arm.interval(confidence)
        ends: dict[str, End] = {"mean_low": own.low, "mean_high": own.high}
        if index != control:
            difference, lift = _of_pair(base, arm, confidence)
            ends |= {"difference_low": difference[0], "difference_high": difference[1]}
            ends |= {"lift_low": lift[0], "lift_high": lift[1]}
        found.append(ends)
    return found


Pair = tuple[float, float]


def _of_pair(
    base: Posterior, arm: Posterior, confidence: float
) -> tuple[Pair, Pair | tuple[None, None]]:
    """Ends of the difference and of the lift."""
    if isinstance(base, NormalPosterior) and isinstance(arm, NormalPosterior):
        return _of_normals(base, arm, quantile(confidence))
    edges, others = base.edges(), arm.edges()
    low, high, least, most = *edges[[0, -1]], *others[[0, -1]]

    def difference(ends: Column) -> tuple[Column, Column]:
        points, mass = _between(base, edges, others - ends[:, None])
        at = points + ends[:, None]
        return (arm.below(at) * mass).sum(axis=1), (arm.density(at) * mass).sum(axis=1)

    def ratio(ends: Column) -> tuple[Column, Column]:
        points, mass = _between(base, edges, others / ends[:, None])
        at = points * ends[:, None]
        return (arm.below(at) * mass).sum(axis=1), (arm.density(at) * points * mass).sum(axis=1)

    of_base, of_arm = base.interval(confidence), arm.interval(confidence)
    middle, reach = (of_base.low + of_base.high) / 2, (of_base.high - of_base.low) / 2
    place, width = (of_arm.low + of_arm.high) / 2, (of_arm.high - of_arm.low) / 2
    sides = np.array([-1.0, 1.0])
    start = place - middle + sides * math.hypot(reach, width)
    of_difference = _solve(difference, start, (least - high, most - low), confidence)
    if low < 0:
        return of_difference, (None, None)
    ratio_start = (place + sides * math.hypot(width, place / middle * reach)) / middle
    # The mass of control below its lowest point is too small to matter to either end.
    widest = (max(least, 0.0) / high, most / max(low, (high - low) * 1e-12))
    ends = _solve(ratio, np.clip(ratio_start, middle * 1e-12, widest[1]), widest, confidence)
    return of_difference, (ends[0] - 1, ends[1] - 1)


def _between(base: Posterior, edges: Column, others: Column) -> tuple[Column, Column]:
    """Nodes, one row an end, on panels narrow enough for both arms, and control's mass at them."""
    rows = np.sort(np.hstack([np.tile(edges, (2, 1)), np.clip(others, edges[0], edges[-1])]))
    half = np.diff(rows)[:, :, None] / 2
    points = (rows[:, :-1, None] + half * (1 + _FEW_NODES)).reshape(2, -1)
    return points, (half * _FEW_WEIGHTS).reshape(2, -1) * base.density(points)


def _of_normals(
    base: NormalPosterior, arm: NormalPosterior, z: float
) -> tuple[Pair, Pair | tuple[None, None]]:
    """Closed forms: of a difference the normal one, of a ratio Fieller's."""
    step, half = arm.mean - base.mean, z * math.hypot(arm.deviation, base.deviation)
    leading = base.mean**2 - (z * base.deviation) ** 2
    if base.mean <= 0 or leading <= 0:
        return (step - half, step + half), (None, None)
    middle, last = base.mean * arm.mean, arm.mean**2 - (z * arm.deviation) ** 2
    root = math.sqrt(max(middle**2 - leading * last, 0.0))
    lift = ((middle - root) / leading - 1, (middle + root) / leading - 1)
    return (step - half, step + half), lift


def _solve(
    function: Callable[[Column], tuple[Column, Column]],
    start: Column,
    widest: Pair,
    confidence: float,
) -> Pair:
    """Both ends at which a distribution function passes its tails: Newton's steps, kept inside."""
    tail = (1 - confidence) / 2
    wanted = np.array([tail, 1 - tail])
    lows, highs, ends = np.full(2, widest[0]), np.full(2, widest[1]), start
    # Newton's next step would be its square, so what is left is below any digit that is shown.
    close = 1e-4 * abs(start[1] - start[0])
    step, left = math.inf, 100
    while step > close and left:
        reached, slope = function(ends)
        is_short = reached < wanted
        lows, highs = np.where(is_short, ends, lows), np.where(is_short, highs, ends)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            moved = ends - (reached - wanted) / slope
        moved = np.where((moved >= lows) & (moved <= highs), moved, (lows + highs) / 2)
        step, left, ends = float(np.abs(moved - ends).max()), left - 1, moved
    return float(ends[0]), float(ends[1])
