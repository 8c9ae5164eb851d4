"""What a job has spent in this process, and the caps on it."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from inference.generators import BudgetSpent, Usage


@dataclass(frozen=True)
class Prices:
    """Money per million tokens, read and written."""

    read: float = 0.0
    written: float = 0.0

    def of(self, *, read: int, written: int) -> float:
        return (read * self.read + written * self.written) / 1e6


@dataclass
class Spending:
    """Tokens and money by job, against the caps; 0 is no cap."""

    max_tokens: int = 0
    max_cost: float = 0.0
    _tokens: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _cost: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, job: str, usage: Usage) -> None:
        with self._lock:
            self._tokens[job] += usage.prompt_tokens + usage.new_tokens
            self._cost[job] += usage.cost

    def check(self, job: str) -> None:
        """Refuse further work for a job that has reached a cap.

        Raises:
            BudgetSpent: It has; the message names the setting.
        """
        with self._lock:
            tokens, cost = self._tokens[job], self._cost[job]
        if self.max_tokens and tokens >= self.max_tokens:
            raise BudgetSpent(
                f"The job has used {tokens:,} tokens and GENERATOR_MAX_TOKENS is "
                f"{self.max_tokens:,}: raise it, or ask for fewer candidates"
            )
        if self.max_cost and cost >= self.max_cost:
            raise BudgetSpent(
                f"The job has cost {cost:.2f} and GENERATOR_MAX_COST is {self.max_cost:.2f}: "
                "raise it, or ask for fewer candidates"
            )
