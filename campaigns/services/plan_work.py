"""The work behind a plan: learn from experiments, decide, write down who gets what.

The row is the job. A worker claims it, says how far it is, and stores everything in one
transaction; one that died leaves a claim that another takes over after a while.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from campaigns import strategy
from campaigns.decisions import OVER
from campaigns.models import Plan, PlanAction, PlanContact
from campaigns.plan_results import results_json
from campaigns.selectors.plan_features import Encoding, Known, encoding_for, protected_of
from campaigns.selectors.plan_people import asked_people, known_now, left_out
from campaigns.selectors.plan_trials import PastUnits, past_units
from catalog.offer_limits import OfferLimits, who_may_not
from catalog.selectors import offer_state, shop_currency
from core.errors import CopyliftError, DomainError
from core.jobs import wake
from experiments.assignment import Holdout, are_held_out, arms_for
from experiments.models import Experiment
from experiments.models import Holdout as HoldoutRow
from experiments.stats.errors import StatsError
from experiments.uplift import Trial
from experiments.uplift.choices import BY_KEY

TASK = "campaigns.tasks.plan_work"
ROWS_AT_ONCE = 100_000


def plan_work(plan_id: int, *, now: datetime) -> None:
    """Work out a plan that was asked for; nothing, where another worker has it or did it."""
    stale = Q(claimed_at=None) | Q(claimed_at__lt=now - _lease())
    waiting = Plan.objects.filter(stale, pk=plan_id, requested_at__isnull=False)
    if not waiting.update(claimed_at=now, error=""):
        return
    plan = Plan.objects.get(pk=plan_id)
    try:
        _work(plan, now=now)
    except (CopyliftError, StatsError) as failure:
        _give_up(plan_id, why=str(failure))
    except Exception:
        # Else its page would wait, and one worker after another fail the same way, for ever.
        _give_up(
            plan_id, why="something went wrong that nobody foresaw; the worker's log says what"
        )
        raise


def plans_sweep(*, now: datetime) -> None:
    """Wake the work of plans whose worker died, or whose message was lost."""
    stale = Q(claimed_at=None) | Q(claimed_at__lt=now - _lease())
    for pk in Plan.objects.filter(stale, requested_at__isnull=False).values_list("pk", flat=True):
        wake("campaigns.tasks.plan_work", plan_id=pk)


def plan_salt(plan: Plan) -> str:
    """Salts the hash of the holdout, and of the experiment that proves the plan."""
    return f"plan:{plan.key}:{plan.pk}"


def action_of(plan: Plan, row: PlanAction) -> strategy.Action:
    """The action as a plan decides with it.

    Raises:
        InputRefused: Its discount eats the margin.
    """
    offer = row.offer
    discount = float(offer.percent) / 100 if offer and offer.percent else row.discount
    return strategy.Action(
        key=row.arm.key,
        name=row.name,
        margin=plan.margin,
        discount=discount,
        contact_cost=float(row.message_cost),
        least_margin=float(offer.least_margin) if offer and offer.least_margin else 0.0,
    )


def _give_up(plan_id: int, *, why: str) -> None:
    Plan.objects.filter(pk=plan_id).update(
        error=why, requested_at=None, claimed_at=None, stage="", done=0
    )


def _lease() -> timedelta:
    return timedelta(seconds=settings.PLAN_LEASE_SECONDS)


def _work(plan: Plan, *, now: datetime) -> None:
    rng = np.random.default_rng(plan.random_state)
    _note(plan, "Reading what is known of people", 5)
    rows = list(plan.actions.select_related("arm__experiment", "offer").order_by("position"))
    people = known_now(plan, now=now)
    if not len(people.contact_ids):
        raise DomainError(_nobody(plan, now=now))
    is_held_out = _held_out(plan, people)
    currency = shop_currency()
    encoding = encoding_for(people, plan.attribute_names, currency=currency)
    learnt = list(_learn(plan, rows, encoding, now=now, rng=rng))
    _note(plan, "Deciding who gets what", 75)
    barred = barred_from(rows, people.unit_ids, now=now)[~is_held_out]
    found = strategy.make_plan(
        learnt, _people(people, ~is_held_out, encoding, barred), _terms(plan), rng=rng
    )
    results = results_json(
        found, learnt, currency=currency, is_message_usual=plan.control_is_message
    )
    results["barred"] = {
        row.name: int(count) for row, count in zip(rows, barred.sum(0), strict=True) if count
    }
    results["held_out"] = int(is_held_out.sum())
    results["left_out"] = dict(left_out(plan, now=now))
    _note(plan, "Writing it down", 90)
    _store(plan, rows, people, is_held_out, found, results)


def _nobody(plan: Plan, *, now: datetime) -> str:
    """Why there is nobody to plan for."""
    asked = asked_people(plan).count()
    if not asked and plan.segment:
        return f"nobody is in “{plan.segment.name}”: build the segment, or plan for another one"
    if not asked:
        return "there are no contacts to plan for: import some"
    reasons = [f"{count:,} {rule}" for rule, count in left_out(plan, now=now).items() if count]
    return f"of {asked:,} people none may be planned for: {'; '.join(reasons)}"


def _learn(
    plan: Plan,
    rows: list[PlanAction],
    encoding: Encoding,
    *,
    now: datetime,
    rng: np.random.Generator,
) -> Iterator[strategy.Learnt]:
    experiments = list(dict.fromkeys(row.arm.experiment for row in rows))
    for place, experiment in enumerate(experiments):
        _note(plan, f"Learning from “{experiment.name}”", 10 + 65 * place // len(experiments))
        source = _source(plan, experiment, rows, encoding, now=now)
        yield strategy.learn(source, BY_KEY[plan.learner], rng=rng)


def _source(
    plan: Plan,
    experiment: Experiment,
    rows: list[PlanAction],
    encoding: Encoding,
    *,
    now: datetime,
) -> strategy.Source:
    own = [row for row in rows if row.arm.experiment == experiment]
    control = experiment.arms.get(is_control=True)
    units: PastUnits = past_units(experiment, [control, *(row.arm for row in own)], plan, now=now)
    return strategy.Source(
        name=experiment.name,
        trial=Trial(
            features=encoding.table(units.known),
            treatment=units.arms,
            outcome=units.paid,
            propensity=units.chances,
        ),
        baseline=strategy.Action(
            key="control",
            name="control",
            margin=plan.margin,
            contact_cost=float(plan.message_cost) if plan.control_is_message else 0.0,
        ),
        actions=tuple(action_of(plan, row) for row in own),
        attributes=protected_of(units.known, settings.PROTECTED_ATTRIBUTES),
    )


def barred_from(rows: list[PlanAction], unit_ids: Sequence[str], *, now: datetime) -> np.ndarray:
    """What each person may not be given, shape (people, actions): an offer that is over, for
    others, or used as often as it may be.
    """
    units = list(unit_ids)
    barred = np.zeros((len(units), len(rows)), dtype=bool)
    for place, row in enumerate(rows):
        limits = OfferLimits.of(row.offer)
        if row.offer and offer_state(row.offer, now) in OVER:
            barred[:, place] = True
        elif limits:
            refused = who_may_not(limits, units, now=now)
            barred[:, place] = [unit in refused for unit in units]
    return barred


def _people(
    known: Known, rows: np.ndarray, encoding: Encoding, barred: np.ndarray
) -> strategy.People:
    places = np.flatnonzero(rows)
    return strategy.People(
        features=encoding.table(known)[places],
        names=encoding.names,
        attributes=tuple(
            one.part(places) for one in protected_of(known, settings.PROTECTED_ATTRIBUTES)
        ),
        barred=barred,
    )


def _terms(plan: Plan) -> strategy.Terms:
    return strategy.Terms(
        limits=strategy.Limits(
            budget=None if plan.budget is None else float(plan.budget),
            most_contacts=plan.most_contacts,
        ),
        fairness=strategy.FairnessRule(
            reached_tolerance=plan.reached_tolerance, discount_tolerance=plan.discount_tolerance
        ),
        is_mended=plan.is_mended,
    )


def _held_out(plan: Plan, people: Known) -> np.ndarray:
    """By the hash that the experiment will use; whoever no experiment gets, the plan does not."""
    units = list(people.unit_ids)
    weights = [plan.holdout_share, 1 - plan.holdout_share]
    own = arms_for(units, salt=plan_salt(plan), weights=weights) == 0
    shared = HoldoutRow.objects.filter(is_active=True).first()
    if shared is None:
        return own
    return own | are_held_out(units, Holdout(key=shared.key, share=shared.share))


def _note(plan: Plan, stage: str, done: int) -> None:
    """Say how far it is; the claim is renewed by it, so that long work is not taken away."""
    Plan.objects.filter(pk=plan.pk).update(stage=stage, done=done, claimed_at=Now())


@transaction.atomic
def _store(
    plan: Plan,
    rows: list[PlanAction],
    people: Known,
    is_held_out: np.ndarray,
    found: strategy.Plan,
    results: dict[str, object],
) -> None:
    counts = np.bincount(found.chosen, minlength=len(rows) + 1)
    earned = np.bincount(found.chosen, found.profit, minlength=len(rows) + 1)
    for row in rows:
        row.people, row.expected_profit = int(counts[row.position]), float(earned[row.position])
    PlanAction.objects.bulk_update(rows, ["people", "expected_profit"])
    PlanContact.objects.filter(plan=plan).delete()
    columns = np.zeros((len(people.contact_ids), 4))
    columns[~is_held_out] = np.column_stack(
        [found.chosen, found.profit, found.cost, found.explanation.places]
    )
    _copy(plan, people.contact_ids, columns, is_held_out)
    Plan.objects.filter(pk=plan.pk).update(
        status=Plan.Status.PROPOSED, results=results, requested_at=None, claimed_at=None,
        stage="", done=100,
    )  # fmt: skip


def _copy(plan: Plan, ids: np.ndarray, columns: np.ndarray, is_held_out: np.ndarray) -> None:
    table = PlanContact._meta.db_table
    names = "plan_id, contact_id, position, expected_profit, cost, place, is_held_out"
    with connection.cursor() as cursor:
        for start in range(0, len(ids), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            lines = (
                f"{plan.pk},{contact},{position:.0f},{profit!r},{cost!r},{place:.0f},{held}"
                for contact, (position, profit, cost, place), held in zip(
                    ids[part].tolist(), columns[part].tolist(), is_held_out[part].tolist(),
                    strict=True,
                )
            )  # fmt: skip
            text = io.StringIO("\n".join(lines) + "\n")
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)", text)
