"""Designs run many times on made-up or re-drawn units: pure, and in blocks of repetitions.

A/A tests and power (`repeat`), bandits (`repeat_bandit`), and where units come from
(`generators`). The tests that are repeated are twins of those in `experiments.stats`.

>>> import numpy as np
>>> design = Design(units=400, kind="proportion", effect=Effect(size=1.0))
>>> study = repeat(Conversion(rate=0.2), design, repetitions=300, rng=np.random.default_rng(7))
>>> study.rejected.value > 0.9
True
"""

from __future__ import annotations

from experiments.simulation.bandit import BanditDesign, BanditStudy, play, repeat_bandit
from experiments.simulation.columns_file import read_history
from experiments.simulation.design import Design, Kind, Rule
from experiments.simulation.effects import Effect
from experiments.simulation.generators import (
    Columns,
    Conversion,
    Generator,
    History,
    Normal,
    Revenue,
)
from experiments.simulation.repeat import Share, Study, compare, draw_moments, repeat
from experiments.simulation.report import Trial

__all__ = [
    "BanditDesign",
    "BanditStudy",
    "Columns",
    "Conversion",
    "Design",
    "Effect",
    "Generator",
    "History",
    "Kind",
    "Normal",
    "Revenue",
    "Rule",
    "Share",
    "Study",
    "Trial",
    "compare",
    "draw_moments",
    "play",
    "read_history",
    "repeat",
    "repeat_bandit",
]
