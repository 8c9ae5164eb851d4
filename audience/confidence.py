"""How sure a trait is, from the texts and events it came from. Pure.

Each piece of evidence that bears on a trait agrees with it or not. The confidence is what the share
of agreeing pieces is at least, nine times in ten, when nothing was known before: the lower tenth of
Beta(1 + agreeing, 1 + disagreeing). One text alone, however plain, makes no certainty.
"""

from __future__ import annotations

TENTH = 0.1
WELL_SUPPORTED = 0.6
LIKELY = 0.4


def confidence(support: int, of: int) -> float:
    """From 0 to 1: the lower tenth of the posterior share of agreeing evidence.

    >>> [round(confidence(count, count), 2) for count in (1, 2, 4, 10)]
    [0.32, 0.46, 0.63, 0.81]
    >>> round(confidence(3, 6), 2)
    0.28

    Args:
        support: Pieces of evidence that agree with the trait.
        of: Pieces that bear on it, the agreeing ones among them.

    Raises:
        ValueError: More agree than there are, or a number is negative.
    """
    if not 0 <= support <= of:
        raise ValueError(f"{support} of {of} cannot agree")
    from scipy.special import betaincinv  # noqa: PLC0415 (only where a portrait is shown)

    return float(betaincinv(1 + support, 1 + of - support, TENTH))


def confidence_word(value: float) -> str:
    """The number as a person says it.

    >>> confidence_word(0.7), confidence_word(0.46), confidence_word(0.32)
    ('well supported', 'likely', 'a hint')
    """
    if value >= WELL_SUPPORTED:
        return "well supported"
    return "likely" if value >= LIKELY else "a hint"
