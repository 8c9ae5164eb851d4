"""A live plan in GrowthBook's words, so that their SDKs split as we do, without asking.

Their rules are tried from the top, and the first that holds is taken. For each segment, in order:
the experiment, and below it the control copy for who is in the segment and kept out of the test.
Holdouts, the layer's slice and the coverage are `filters`, which hash with a salt of their own as
ours do. What an SDK cannot know: who was given another arm before the weights changed, and who
unsubscribed; texts are Liquid that is not filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from campaigns.cells import CONTROL
from campaigns.live_plans import EVERYONE, LivePlan
from campaigns.models import Campaign
from experiments.assignment import Split, bucket_ranges
from experiments.models import Experiment
from experiments.plans import ExperimentPlan

HASH_VERSION = 2


def feature(plan: LivePlan) -> dict[str, Any]:
    """The campaign as a feature; one that is not running has no rule and is the control copy."""
    rules = list(_rules(plan, plan.experiment)) if plan.experiment and _is_running(plan) else []
    return {"defaultValue": _value(plan, EVERYONE, CONTROL), "rules": rules}


def _is_running(plan: LivePlan) -> bool:
    experiment = plan.experiment
    return (
        experiment is not None
        and plan.status == Campaign.Status.LIVE
        and experiment.status == Experiment.Status.RUNNING
        and experiment.assignment == Experiment.Assignment.HASH
    )


def _rules(plan: LivePlan, experiment: ExperimentPlan) -> Iterator[dict[str, Any]]:
    segments = [key for _, key in plan.segments] or [EVERYONE]
    yield from _forced_rules(plan, experiment, segments)
    for segment in segments:
        condition = _in_segment(segment)
        yield {**_experiment_rule(plan, experiment, segment), **condition}
        if segment != EVERYONE:
            yield {"force": _value(plan, segment, CONTROL), **condition}


def _forced_rules(
    plan: LivePlan, experiment: ExperimentPlan, segments: list[str]
) -> Iterator[dict[str, Any]]:
    """Testers see their arm in their segment's words; who is in none, in the first one's."""
    for position, arm in enumerate(experiment.arms):
        units = sorted(unit for unit, place in experiment.forced.items() if place == position)
        if not units:
            continue
        for segment in segments:
            condition = {"id": {"$in": units}, **_in_segment(segment).get("condition", {})}
            yield {"force": _value(plan, segment, arm.key), "condition": condition}
        yield {
            "force": _value(plan, segments[0], arm.key),
            "condition": {"id": {"$in": units}},
        }


def _in_segment(segment: str) -> dict[str, Any]:
    return {} if segment == EVERYONE else {"condition": {"segments": {"$in": [segment]}}}


def _experiment_rule(plan: LivePlan, experiment: ExperimentPlan, segment: str) -> dict[str, Any]:
    weights = experiment.split.weights
    return {
        "key": experiment.key,
        "seed": experiment.split.salt,
        "hashAttribute": "id",
        "hashVersion": HASH_VERSION,
        "variations": [_value(plan, segment, arm.key) for arm in experiment.arms],
        "meta": [{"key": arm.key, "name": arm.name or arm.key} for arm in experiment.arms],
        "weights": list(weights),
        "ranges": [list(one) for one in bucket_ranges(len(weights), weights=weights)],
        "filters": list(_filters(experiment.split)),
    }


def _filters(split: Split) -> Iterator[dict[str, Any]]:
    """The steps before the arm, with the salts of `experiments.assignment.deciding`."""
    for holdout in (split.global_holdout, split.holdout):
        if holdout and holdout.share:
            yield _filter(f"holdout:{holdout.key}", 2, holdout.share, 1.0)
    if split.layer:
        yield _filter(f"__{split.layer.key}", 1, split.layer.start, split.layer.end)
    if split.coverage < 1:
        yield _filter(f"coverage:{split.salt}", 2, 0.0, split.coverage)


def _filter(seed: str, version: int, start: float, end: float) -> dict[str, Any]:
    return {"seed": seed, "hashVersion": version, "attribute": "id", "ranges": [[start, end]]}


def _value(plan: LivePlan, segment: str, arm: str) -> dict[str, Any]:
    """What a variation is worth: the arm's key, and its texts in Liquid.

    An arm without a text of its own in a segment is answered with the control copy, as at the door.
    """
    text = plan.text(segment, arm)
    shown = arm if text else CONTROL
    text = text or plan.text(segment, CONTROL)
    content = dict(text.copy.texts()) if text else {}
    return {"arm": shown, "segment": segment, "content": content, "shop": dict(plan.shop)}
