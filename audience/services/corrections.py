"""What people say of a contact's traits: laid over the profile at once, and after every refresh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from audience.correcting import Said, corrected, inferred, restored
from audience.models import Cluster, Contact, Correction, Profile
from audience.selectors import latest_clustering
from audience.sensitive import refuse_sensitive
from core.audit import audit
from core.errors import InputRefused
from core.jobs import wake

VALUE_FIELDS = [
    "interests",
    "categories",
    "sentiment",
    "aspects",
    "purchase_intent",
    "rfm",
    "habits",
]
Trait, Action = Correction.Trait, Correction.Action
NUMBERS = {Trait.SENTIMENT: (-1, 1), Trait.ASPECT: (-1, 1), Trait.PURCHASE_INTENT: (0, 1)}
NAME_LONGEST, REASON_LONGEST = 80, 300

_PIN = """
    UPDATE audience_profile AS profile SET cluster_id = kept.id
    FROM audience_correction AS said
    LEFT JOIN audience_cluster AS kept
        ON kept.id = ANY(%s) AND said.action <> 'remove' AND to_jsonb(kept.identity_id) = said.value
    WHERE said.contact_id = profile.contact_id AND said.trait = 'cluster'
      AND (kept.id IS NOT NULL OR said.action = 'remove')
"""


@transaction.atomic
def correction_make(
    contact: Contact,
    *,
    trait: str,
    name: str = "",
    action: str,
    value: object = None,
    reason: str = "",
    actor: User,
    now: datetime,
) -> Correction:
    """Keep what a person says of a trait, and lay it over the profile at once.

    Raises:
        InputRefused: There is nothing to correct, the value fits the trait not, or what is said
            is about what is never kept about people.
    """
    profile = _locked_profile(contact)
    _refuse_unknown(trait, action)
    there = _present(profile, trait, name)
    earlier = Correction.objects.filter(contact=contact, trait=trait, name=name).first()
    _refuse_absent(there if earlier is None else earlier, trait, name)
    kept = _value(trait, action, value, there=there)
    _refuse_texts(kept, reason, name="" if action == Action.REMOVE else name)
    made, _ = Correction.objects.update_or_create(
        contact=contact,
        trait=trait,
        name=name,
        defaults={
            "action": action,
            "value": kept,
            "before": earlier.before if earlier else there,
            "reason": reason,
            "made_by": actor,
            "made_at": now,
        },
    )
    _lay_over(profile, made)
    audit(actor, "correction_make", contact, trait=trait, said=action)
    return made


@transaction.atomic
def correction_withdraw(correction: Correction, *, actor: User) -> None:
    """Take back what was said: what had been inferred holds again, and is inferred anew."""
    contact = correction.contact
    profile = _locked_profile(contact)
    if correction.trait == Trait.CLUSTER:
        profile.cluster = _cluster_of_group(correction.before)
        profile.save(update_fields=["cluster"])
    else:
        _values_store(profile, restored(_values(profile), _said(correction)))
    audit(actor, "correction_withdraw", contact, trait=correction.trait)
    correction.delete()
    Contact.objects.filter(pk=contact.pk).update(is_profile_due=True)
    wake("audience.tasks.understand")


def profiles_correct(profiles: Sequence[Profile]) -> None:
    """Lay all that was said of these people over profiles that are yet to be stored."""
    said = corrections_of([profile.contact_id for profile in profiles])
    for profile in profiles:
        mine = said.get(profile.contact_id, [])
        for field, value in corrected(_values(profile), map(_said, _of_values(mine))).items():
            setattr(profile, field, value)
        for one in mine:
            if one.trait == Trait.CLUSTER:
                profile.cluster = _pinned(one, otherwise=profile.cluster)


def corrections_of(contacts: Collection[int]) -> Mapping[int, list[Correction]]:
    by_contact: dict[int, list[Correction]] = defaultdict(list)
    for one in Correction.objects.filter(contact_id__in=contacts).order_by("made_at", "pk"):
        by_contact[one.contact_id].append(one)
    return by_contact


def corrections_pin(clusters: Iterable[Cluster]) -> None:
    """After a refit, put people back in the group a person put them in, or out of every group."""
    with connection.cursor() as cursor:
        cursor.execute(_PIN, [[cluster.pk for cluster in clusters]])


def _locked_profile(contact: Contact) -> Profile:
    profile = Profile.objects.select_for_update(no_key=True).filter(contact=contact).first()
    if profile is None:
        raise InputRefused("There is no profile of this contact, so nothing to correct.")
    return profile


def _refuse_unknown(trait: str, action: str) -> None:
    if trait not in Trait.values:
        raise InputRefused(f"trait: choose from {', '.join(Trait.values)}", field="trait")
    if action not in Action.values:
        raise InputRefused(f"action: choose from {', '.join(Action.values)}", field="action")
    if action == Action.REMOVE and trait == Trait.SENTIMENT:
        raise InputRefused(
            "action: a mood cannot be removed, since every text has one; change it instead",
            field="action",
        )


def _present(profile: Profile, trait: str, name: str) -> Any:
    if trait == Trait.CLUSTER:
        return profile.cluster.identity_id if profile.cluster else None
    return inferred(_values(profile), trait, name)


def _refuse_absent(there: object, trait: str, name: str) -> None:
    if there is None and trait != Trait.CLUSTER:
        raise InputRefused(f"name: “{name or trait}” is not in this portrait", field="name")


def _value(trait: str, action: str, value: object, *, there: object) -> object:
    if trait == Trait.CLUSTER:
        return _group_value(action, value, there)
    if action != Action.SET:
        return None
    if trait in NUMBERS:
        return _number(value, *NUMBERS[Trait(trait)])
    said = " ".join(str(value or "").split())
    if not 0 < len(said) <= NAME_LONGEST:
        raise InputRefused(f"value: give 1 to {NAME_LONGEST} characters", field="value")
    return said.lower() if trait == Trait.INTEREST else said


def _number(value: object, low: float, high: float) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise InputRefused(f"value: give a number from {low} to {high}", field="value")
    return number


def _group_value(action: str, value: object, there: object) -> object:
    if action == Action.REMOVE:
        return None
    group = there if action == Action.CONFIRM else value
    cluster = _cluster_of_group(group)
    if cluster is None:
        raise InputRefused("value: choose one of the present groups", field="value")
    return cluster.identity_id


def _cluster_of_group(group: object) -> Cluster | None:
    clustering = latest_clustering()
    if clustering is None or not str(group).isdecimal():
        return None
    return clustering.clusters.filter(identity_id=int(str(group))).first()


def _refuse_texts(value: object, reason: str, *, name: str) -> None:
    if len(reason) > REASON_LONGEST:
        raise InputRefused(f"reason: keep it under {REASON_LONGEST} characters", field="reason")
    refuse_sensitive(reason, field="reason")
    refuse_sensitive(name, field="name")
    if isinstance(value, str):
        refuse_sensitive(value, field="value")


def _lay_over(profile: Profile, made: Correction) -> None:
    if made.trait == Trait.CLUSTER:
        profile.cluster = _pinned(made, otherwise=profile.cluster)
        profile.save(update_fields=["cluster"])
    else:
        _values_store(profile, corrected(_values(profile), [_said(made)]))


def _pinned(one: Correction, *, otherwise: Cluster | None) -> Cluster | None:
    if one.action == Action.REMOVE:
        return None
    return _cluster_of_group(one.value) or otherwise


def _of_values(corrections: Iterable[Correction]) -> list[Correction]:
    return [one for one in corrections if one.trait != Trait.CLUSTER]


def _values(profile: Profile) -> dict[str, Any]:
    return {field: getattr(profile, field) for field in VALUE_FIELDS}


def _values_store(profile: Profile, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(profile, field, value)
    profile.save(update_fields=VALUE_FIELDS)


def _said(one: Correction) -> Said:
    return Said(one.trait, one.name, one.action, value=one.value, before=one.before)
