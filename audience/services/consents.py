"""Consent to profiling: nobody is profiled without it, and who takes it back is forgotten.

What somebody says in the consent ledger marks their contact as due, so that the next beat looks at
them alone, however many contacts there are.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from audience.models import Contact, Correction, Membership, Profile, Segment, Text
from audience.registry import tell_of_ended_profiles
from privacy.models import ConsentPurpose
from privacy.selectors import agreeing

PROFILING = ConsentPurpose.PROFILING
Status = Text.Status


def who_may_be_profiled(contacts: Collection[int]) -> set[int]:
    """Those of the contacts (ids) that agree to profiling, by the ledger and `CONSENT_REQUIRED`."""
    allowed = Contact.objects.filter(agreeing(PROFILING), pk__in=contacts)
    return set(allowed.values_list("pk", flat=True))


def consents_heard(subjects: Collection[UUID], purpose: str) -> None:
    """Somebody said something: look at them in the next beat. Registered with `privacy`."""
    if purpose == PROFILING:
        Contact.objects.filter(subject_id__in=subjects).update(is_profile_due=True)


def profiles_end(contacts: Collection[int]) -> None:
    """Forget what was understood of these contacts (ids); their texts are kept, unread."""
    if not contacts:
        return
    profiles = Profile.objects.filter(contact_id__in=contacts)
    tell_of_ended_profiles(list(profiles.values_list("contact__external_id", flat=True)))
    profiles.delete()
    Correction.objects.filter(contact_id__in=contacts).delete()
    Membership.objects.filter(contact_id__in=contacts, segment__kind=Segment.Kind.CLUSTER).delete()
    Text.objects.filter(contact_id__in=contacts, status__in=[Status.NEW, Status.READ]).update(
        status=Status.HELD, vector=None, opinions=None, clean_body="", language="", read_at=None
    )


def texts_release() -> int:
    """Give the texts of people who agree by now to reading; of those who are due only."""
    due = Contact.objects.filter(agreeing(PROFILING), is_profile_due=True)
    held = Text.objects.filter(status=Status.HELD, contact__in=due)
    return held.update(status=Status.NEW)


def consents_sweep() -> int:
    """Mark everybody whose profile or texts are not as the ledger says; how many that are.

    Beats hear of every statement; this finds what changed without one, such as a setting.
    """
    agrees = agreeing(PROFILING)
    has_profile = Exists(Profile.objects.filter(contact=OuterRef("pk")))
    is_held = Exists(Text.objects.filter(contact=OuterRef("pk"), status=Status.HELD))
    wrong = Contact.objects.filter(~agrees & Q(has_profile) | agrees & Q(is_held))
    return wrong.filter(is_profile_due=False).update(is_profile_due=True)
