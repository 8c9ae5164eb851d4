"""A simulation in words: how often the design cries wolf, and how often it sees one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import scipy

from experiments.simulation.design import Design
from experiments.simulation.generators import History
from experiments.simulation.repeat import Share, Study

USUAL_POWER = 0.8
# Monte Carlo errors by which a share may pass the level before it counts as above it.
TOLERATED_ERRORS = 3
RULES = {
    "fixed": "fixed horizon",
    "anytime": "anytime-valid",
    "group-sequential": "group-sequential (O'Brien-Fleming type spending)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A design tried out on a history: without an effect, and with one if one was asked for.

    Attributes:
        metric: For people.
        history: What units were drawn from.
        design: With the effect.
        aa: The study without an effect.
        power: The study with it, or None.
    """

    metric: str
    history: History
    design: Design
    aa: Study
    power: Study | None

    @property
    def is_safe(self) -> bool:
        """Whether the A/A finds no more than the level allows, within Monte Carlo error."""
        found = self.aa.any_rejected
        level = 1 - self.design.confidence
        return found.value <= level + TOLERATED_ERRORS * max(found.error, 1e-12)

    def document(self) -> dict[str, Any]:
        """For programs; what is not a number becomes null in JSON."""
        design = asdict(self.design)
        studies = {
            name: None if study is None else asdict(study)
            for name, study in (("aa", self.aa), ("power", self.power))
        }
        return {
            "metric": self.metric,
            "history": {"units": len(self.history.values), "figure": self.history.figure},
            "design": design,
            **studies,
            "is_safe": self.is_safe,
            "sentence": self.sentence(),
        }

    def sentence(self) -> str:
        """What it comes to."""
        found, level = self.aa.any_rejected, 1 - self.design.confidence
        words = (
            f"Where nothing is different, {_percent(found.value)} of such tests would find "
            f"something; {_percent(level)} "
        )
        words += "are allowed: the design is safe." if self.is_safe else (
            "are allowed: this design would find winners that are none. "
            "Use more units, fewer looks, or --looks anytime."
        )  # fmt: skip
        return words if self.power is None else f"{words} {self._power_sentence(self.power)}"

    def lines(self) -> Iterator[str]:
        """The report, to be printed line by line."""
        design, history = self.design, self.history
        arms, looks = design.arms, design.looks
        yield f"{self.metric}: {arms} arms, {design.units:,} units in all, {RULES[design.rule]}"
        yield f"{looks} {'look' if looks == 1 else 'looks'}" + (
            ", adjusted for covariates (CUPED)" if design.uses_covariates else ""
        )
        share = _percent(float((history.values != 0).mean()))
        yield (
            f"History: {len(history.values):,} units, {history.figure:.6g} each on average, "
            f"{share} of them other than zero"
        )
        yield ""
        yield f"Nothing different (A/A), {self.aa.repetitions:,} repetitions"
        yield from _figures(self.aa, "false positives")
        if self.power is not None:
            yield ""
            yield f"{self._effect()}, {self.power.repetitions:,} repetitions"
            yield from _figures(self.power, "found (power)")
        yield ""
        yield self.sentence()

    def _effect(self) -> str:
        effect = self.design.effect
        size = f"{effect.size * 100:+.4g} %" if effect.is_relative else f"{effect.size:+.6g}"
        return f"A true effect of {size}"

    def _power_sentence(self, power: Study) -> str:
        found = power.rejected.value
        words = f"{self._effect()} is found in {_percent(found)} of them"
        if found >= USUAL_POWER:
            return f"{words}."
        needed = self._units_needed(found)
        cure = f"; {_percent(USUAL_POWER)} would take about {needed:,} units" if needed else ""
        return f"{words}{cure}."

    def _units_needed(self, found: float) -> int | None:
        """Power is a matter of effect / error, and the error shrinks with the root of units."""
        level = self.design.level
        if self.design.rule != "fixed" or self.design.looks > 1 or not 2 * level < found < 1:
            return None
        z = -float(scipy.special.ndtri(level / 2))
        share = (z + float(scipy.special.ndtri(USUAL_POWER))) / (
            z + float(scipy.special.ndtri(found))
        )
        return int(float(f"{self.design.units * share**2:.2g}"))


def _figures(study: Study, found: str) -> Iterator[str]:
    yield _row(found, study.rejected)
    yield _row("  treatment above control", study.upward)
    yield _row("  treatment below control", study.downward)
    if study.any_rejected != study.rejected:
        yield _row("  in at least one treatment", study.any_rejected)
    yield _row("interval of the difference holds the truth", study.difference_covered)
    yield f"  {'its mean width':<46}{study.difference_width:>9.4g}"
    if not math.isnan(study.lift_covered.value):
        yield _row("interval of the lift holds the truth", study.lift_covered)
        yield f"  {'its median width':<46}{_percent(study.lift_width):>9}"
    yield f"  {'median units when the test stops':<46}{study.median_units:>9,.0f}"
    for name, share in (
        ("could not be compared", study.not_compared),
        ("without a lift", study.without_lift),
    ):
        if share.value:
            yield _row(name, share)


def _row(name: str, share: Share) -> str:
    return f"  {name:<46}{_percent(share.value):>9}  ± {share.error * 100:.2f}"


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"
