import numpy as np
import pytest

from audience import likeness
from audience.models import CompactVector, Profile
from tests.factories.audience import contact, direction, profile

pytestmark = pytest.mark.django_db


def test_a_profiles_compact_vector_follows_it():
    ann = profile(contact("ann"), axis=3)
    kept = np.asarray(CompactVector.objects.get(contact=ann.contact).vector)
    assert np.array_equal(kept, direction(3))

    ann.vector = direction(5)
    ann.save()
    assert np.argmax(CompactVector.objects.get(contact=ann.contact).vector) == 5

    Profile.objects.bulk_create(
        [Profile(**{field: getattr(ann, field) for field in
                    ("contact_id", "sentiment", "text_count", "last_text_at", "updated_at")},
                 vector=direction(7))],
        update_conflicts=True, unique_fields=["contact"], update_fields=["vector"],
    )  # fmt: skip
    assert np.argmax(CompactVector.objects.get().vector) == 7

    ann.delete()
    assert not CompactVector.objects.exists()


def test_it_goes_with_the_contact():
    ann = contact("ann")
    profile(ann)

    ann.delete()

    assert not CompactVector.objects.exists()


def test_a_text_is_encoded_once(monkeypatch):
    first = likeness.text_vector("a text nobody asked about before")
    likeness._vector.cache_clear()

    def no_encoder():
        raise AssertionError("it was kept")

    monkeypatch.setattr(likeness, "text_encoder", no_encoder)

    assert np.array_equal(likeness.text_vector("a text  nobody asked about before "), first)
    assert np.linalg.norm(first) == pytest.approx(1, abs=1e-6)
