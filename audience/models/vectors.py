"""What likeness is read off: every profile's vector, and nothing else."""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from audience.models.clusters import VECTOR_SIZE


class CompactVector(models.Model):
    """A profile's vector in half precision, in a table of its own: all of them are read at once.

    A trigger on the profiles writes and deletes it, so that no writer of profiles can forget to.
    """

    contact = models.OneToOneField(
        "audience.Contact",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    vector = HalfVectorField(dimensions=VECTOR_SIZE)

    def __str__(self) -> str:
        return f"vector of {self.contact_id}"
