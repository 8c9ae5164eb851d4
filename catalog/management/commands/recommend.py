"""`manage.py recommend`: fit the recommenders, work out recommendations, show one contact's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog import services
from catalog.histories import history_of
from catalog.recommending import recommendations_for
from catalog.tastes import tastes_of
from core.arguments import one_or_more, seed
from core.errors import CopyliftError


class Command(BaseCommand):
    help = (
        "Encode what is new in the catalog, fit the recommenders and work out everybody's "
        "recommendations; with --unit only show one contact's, and why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", metavar="ID", help="the contact's external id: show theirs")
        parser.add_argument(
            "--limit", type=one_or_more, default=10, help="how many to show (default 10)"
        )
        parser.add_argument("--seed", type=seed, default=20, help="of the sample weights learn on")

    def handle(self, *_: Any, unit: str | None, limit: int, **options: Any) -> None:
        try:
            if unit is None:
                self._renew(options["seed"])
            else:
                self._show(unit, limit)
        except CopyliftError as error:
            raise CommandError(str(error)) from error

    def _renew(self, seed: int) -> None:
        now = timezone.now()
        encoded, seen = services.products_encode(), services.products_see()
        fit = services.recommenders_fit(now=now, rng=np.random.default_rng(seed))
        units = services.recommendations_refresh(now=now)
        shares = ", ".join(f"{name} {weight:g}" for name, weight in fit.weights.items())
        self.stdout.write(f"products encoded: {encoded:,}; pictures: {seen.made:,} {seen.note}")
        self.stdout.write(f"fitted on {fit.history_count:,} histories: {shares}")
        for name, value in fit.figures.items():
            self.stdout.write(f"  {name.replace('_', ' ')}: {value:g}")
        for note in fit.notes:
            self.stdout.write(f"  {note}")
        self.stdout.write(f"recommendations for {units:,} contacts")

    def _show(self, unit: str, limit: int) -> None:
        now = timezone.now()
        found = recommendations_for(unit, now=now, limit=limit)
        if not found:
            self.stdout.write("nothing that the rules allow")
        elif not history_of(unit, now=now).touches:
            self.stdout.write(
                f"{unit} bought and looked at nothing of the catalog: {_instead(unit)}"
            )
        for place, each in enumerate(found, start=1):
            price = f", {each.price}" if each.price else ""
            self.stdout.write(f"{place:>2}. {each.title}{price} ({each.because})")


def _instead(unit: str) -> str:
    return "what is like what they wrote" if tastes_of([unit]) else "what others like"
