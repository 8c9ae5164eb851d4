"""What keeps units out of experiments: layers and their slices, and the global holdout."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from experiments.models import Experiment, Holdout, Layer
from experiments.services.refusals import check_row, check_share
from experiments.services.weights import experiment_lock

Status = Experiment.Status


@transaction.atomic
def layer_create(*, key: str, name: str, actor: User | None) -> Layer:
    layer = Layer(key=key, name=name)
    check_row(layer)
    layer.save()
    audit(actor, "layer_create", layer, key=key)
    return layer


@transaction.atomic
def layer_rename(layer: Layer, *, name: str, actor: User | None) -> Layer:
    """The name is for people; the key salts the hash and stays."""
    layer.name = name
    check_row(layer)
    layer.save(update_fields=["name", "updated_at"])
    audit(actor, "layer_rename", layer, name=name)
    return layer


@transaction.atomic
def experiment_slice_set(
    experiment: Experiment,
    *,
    layer: Layer | None,
    start: float = 0.0,
    end: float = 1.0,
    actor: User | None,
) -> Experiment:
    """Give the experiment a slice of a layer, or take it out. Who was exposed keeps their arm."""
    check_slice(start, end)
    locked = experiment_lock(
        experiment, (Status.DRAFT, Status.RUNNING, Status.PAUSED), doing="get another slice"
    )
    locked.layer, locked.layer_start, locked.layer_end = layer, start, end
    if locked.status != Status.DRAFT:
        refuse_overlap(locked)
    locked.save(update_fields=["layer", "layer_start", "layer_end", "updated_at"])
    audit(
        actor,
        "experiment_slice_set",
        experiment,
        layer=layer.key if layer else None,
        start=start,
        end=end,
    )
    experiment.refresh_from_db()
    return experiment


def check_slice(start: float, end: float) -> None:
    """Refuse a slice outside its layer, and an empty one."""
    if not 0 <= start < end <= 1:
        raise InputRefused(
            f"layer_start: a slice goes from 0 or more to 1 or less, and is not empty; "
            f"{start:g} to {end:g} is none",
            field="layer_start",
        )


def refuse_overlap(experiment: Experiment) -> None:
    """Refuse a slice that a running or paused experiment of the layer has a part of.

    Holds the layer's row until the transaction ends: of two that want the same slice at once, the
    second looks when the first is in.
    """
    if experiment.layer_id is None:
        return
    check_slice(experiment.layer_start, experiment.layer_end)
    layer = Layer.objects.select_for_update(no_key=True).get(pk=experiment.layer_id)
    other = (
        layer.experiments.filter(
            status__in=(Status.RUNNING, Status.PAUSED),
            layer_start__lt=experiment.layer_end,
            layer_end__gt=experiment.layer_start,
        )
        .exclude(pk=experiment.pk)
        .order_by("layer_start")
        .first()
    )
    if other is not None:
        raise DomainError(
            f"{experiment.key} cannot have {experiment.layer_start:g} to "
            f"{experiment.layer_end:g} of “{layer.name}”: {other.key} has {other.layer_start:g} to "
            f"{other.layer_end:g}. Choose another slice, or end {other.key} first"
        )


@transaction.atomic
def holdout_create(
    *, key: str, name: str, share: float, is_active: bool = True, actor: User | None
) -> Holdout:
    """Keep a share of everybody out of every experiment, from now on."""
    holdout = Holdout(key=key, name=name, share=share, is_active=is_active)
    check_holdout(holdout)
    holdout.save()
    audit(actor, "holdout_create", holdout, key=key, share=share, is_active=is_active)
    return holdout


@transaction.atomic
def holdout_change(
    holdout: Holdout, *, name: str, share: float, is_active: bool, actor: User | None
) -> Holdout:
    """A larger share keeps those it held; of a smaller one, some are let go."""
    holdout.name, holdout.share, holdout.is_active = name, share, is_active
    check_holdout(holdout)
    holdout.save(update_fields=["name", "share", "is_active", "updated_at"])
    audit(actor, "holdout_change", holdout, name=name, share=share, is_active=is_active)
    return holdout


def check_holdout(holdout: Holdout) -> None:
    """Refuse a share that is none, a key that is taken, and a second active holdout."""
    check_share(holdout.share, field="share")
    # The constraint would say it too, but not which holdout is in the way.
    other = Holdout.objects.filter(is_active=True).exclude(pk=holdout.pk).first()
    if holdout.is_active and other is not None:
        raise InputRefused(
            f"is_active: “{other}” is active, and there can be one. Switch it off first",
            field="is_active",
        )
    check_row(holdout)
