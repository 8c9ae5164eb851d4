"""Numbers as a person reads them. Plain text; nothing here knows of HTML."""

from __future__ import annotations

from decimal import Decimal

# What rounding leaves of nothing.
NO_SHARE = 1e-9
NOTHING = "—"
MINUS = "−"


def count(number: int | None) -> str:
    """Whole things, with thousands separators.

    >>> count(1234567), count(None)
    ('1,234,567', '—')
    """
    return NOTHING if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """A share in percent, with as many digits as its size deserves.

    >>> percent(0.1234), percent(0.0123), percent(0.00042), percent(0.0), percent(2e-29)
    ('12.3%', '1.23%', '0.042%', '0%', '0%')
    """
    if share is None:
        return NOTHING
    return f"{_digits(share * 100 if abs(share) >= NO_SHARE else 0.0)}%"


def signed_percent(share: float | None) -> str:
    """A relative change, always with its sign.

    >>> signed_percent(0.123), signed_percent(-0.041), signed_percent(0.0)
    ('+12.3%', '−4.1%', '0.0%')
    """
    return NOTHING if share is None else f"{_sign(share)}{abs(share) * 100:,.1f}%"


def signed_points(share: float | None) -> str:
    """A difference of two shares, in percentage points.

    >>> signed_points(0.0123), signed_points(-0.002)
    ('+1.23 pp', '−0.20 pp')
    """
    return NOTHING if share is None else f"{_sign(share)}{abs(share) * 100:,.2f} pp"


def points(share: float | None) -> str:
    """A difference of shares that cannot be negative, in percentage points.

    >>> points(0.02685), points(0.000001), points(0.0)
    ('2.685 pp', '< 0.001 pp', '0 pp')
    """
    if share is None:
        return NOTHING
    if share == 0:
        return "0 pp"
    return "< 0.001 pp" if share < 0.00001 else f"{share * 100:.3f} pp"


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval of relative change.

    >>> interval(0.041, 0.21), interval(None, None), interval(-0.2, None)
    ('[+4.1%, +21.0%]', '—', '[−20.0%, no limit]')
    """
    if low is None and high is None:
        return NOTHING
    return f"[{_end(low)}, {_end(high)}]"


def p_value(value: float | None) -> str:
    """
    >>> p_value(0.0312), p_value(0.00001), p_value(None)
    ('0.031', '< 0.001', '—')
    """
    if value is None:
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def chance(probability: float | None) -> str:
    """A probability; one that is not certain is never shown as certain.

    >>> chance(0.973), chance(0.9999), chance(0.0004), chance(1.0)
    ('97.3%', '> 99.9%', '< 0.1%', '> 99.9%')
    """
    if probability is None:
        return NOTHING
    if probability > 0.999:
        return "> 99.9%"
    return "< 0.1%" if probability < 0.001 else f"{probability:.1%}"


def amount(value: float | Decimal | None) -> str:
    """A mean or sum of values.

    >>> amount(1234.5), amount(0.01234), amount(Decimal("1000000.00"))
    ('1,234.50', '0.0123', '1,000,000.00')
    """
    if value is None:
        return NOTHING
    size = abs(float(value))
    return f"{value:,.2f}" if size == 0 or size >= 0.1 else f"{value:.3g}"


def signed_amount(value: float | Decimal | None) -> str:
    """
    >>> signed_amount(0.5), signed_amount(-2)
    ('+0.50', '−2.00')
    """
    return NOTHING if value is None else f"{_sign(float(value))}{amount(abs(float(value)))}"


def _digits(percentage: float) -> str:
    size = abs(percentage)
    if size == 0:
        return "0"
    if size >= 10:
        return f"{percentage:.1f}"
    return f"{percentage:.2f}" if size >= 1 else f"{percentage:.2g}"


def _sign(value: float) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""


def _end(value: float | None) -> str:
    return "no limit" if value is None else signed_percent(value)
