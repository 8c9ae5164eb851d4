"""What the audience holds about a subject: who they are, their words, what was made of them."""

from __future__ import annotations

from uuid import UUID

from django.forms.models import model_to_dict

from audience.models import Contact, Correction, PhraseBackground, Profile, SegmentSnapshot


class AudienceHolder:
    name = "audience"

    def export(self, subject_id: UUID) -> dict[str, object]:
        contact = Contact.objects.filter(subject_id=subject_id).first()
        if contact is None:
            return {}
        profile = Profile.objects.filter(contact=contact).select_related("cluster").first()
        return {
            "contact": {
                **model_to_dict(
                    contact,
                    ["external_id", "email", "first_name", "last_name", "attributes"],
                ),
                "created_at": contact.created_at.isoformat(),
            },
            "texts": _texts(contact),
            "profile": _profile(profile) if profile else None,
            "corrections": [_correction(one) for one in contact.corrections.all()],
            "segments": list(
                contact.memberships.order_by("segment__name").values_list(
                    "segment__name", flat=True
                )
            ),
            "segments_as_kept": _snapshots(contact),
        }

    def erase(self, subject_id: UUID) -> int:
        """The contact and everything that hangs on it; everybody's phrases are counted anew."""
        PhraseBackground.objects.all().delete()
        rows, _ = Contact.objects.filter(subject_id=subject_id).delete()
        return rows


def _snapshots(contact: Contact) -> list[dict[str, object]]:
    """The segments they were in when a campaign was launched."""
    kept = SegmentSnapshot.objects.filter(members__contact=contact).order_by("taken_at", "pk")
    return [
        {"segment": name, "taken_at": at.isoformat()}
        for name, at in kept.values_list("segment__name", "taken_at")
    ]


def _texts(contact: Contact) -> list[dict[str, object]]:
    return [
        {
            **model_to_dict(text, ["external_id", "kind", "title", "body", "rating", "category"]),
            "occurred_at": text.occurred_at.isoformat(),
        }
        for text in contact.texts.defer("vector").order_by("pk")
    ]


def _profile(profile: Profile) -> dict[str, object]:
    return {
        "interests": profile.interests,
        "categories": profile.categories,
        "sentiment": profile.sentiment,
        "aspects": profile.aspects,
        "purchase_intent": profile.purchase_intent,
        "rfm": profile.rfm,
        "habits": profile.habits,
        "evidence": profile.evidence,
        "text_count": profile.text_count,
        "last_text_at": profile.last_text_at.isoformat() if profile.last_text_at else None,
        "cluster": profile.cluster.name if profile.cluster else None,
    }


def _correction(said: Correction) -> dict[str, object]:
    return {
        **model_to_dict(said, ["trait", "name", "action", "value", "before", "reason"]),
        "made_at": said.made_at.isoformat(),
    }
