"""What files of contacts and of their texts may hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from audience.models import Contact, Text
from core.loading.importers import Field, Importer, Reference, Repeats
from core.loading.kinds import Choice, Integer, JsonObject, Moment
from core.loading.kinds import Text as TextKind

EMAIL = TextKind(
    320, pattern=re.compile(r"[^@\s]+@[^@\s]+"), example="an e-mail address, e.g. ann@shop.example"
)
# As the models' own defaults do: not the transaction's start, which is earlier.
NOW = "statement_timestamp()"
NEW_CONTACT = {"subject_id": "gen_random_uuid()"}

CONTACTS = Importer(
    noun="contacts",
    table=Contact._meta.db_table,
    fields=(
        Field(
            "external_id",
            TextKind(200),
            "the shop's own id of the person",
            required=True,
            aliases=("contact_id", "customer_id", "user_id"),
        ),
        Field("email", EMAIL, "where they are reached", default="''", aliases=("email_address",)),
        Field("first_name", TextKind(100), "for greetings", default="''"),
        Field("last_name", TextKind(100), "for greetings", default="''"),
        Field("attributes", JsonObject(), "whatever else is known of them", default="'{}'"),
    ),
    key="external_id",
    repeats=Repeats.UPDATE,
    extras="attributes",
    computed=NEW_CONTACT,
    touched={"updated_at": NOW},
)


def texts_importer(*, now: datetime, creates_contacts: bool) -> Importer:
    """Texts must be by a contact; one that is unknown is made first, or the text is refused."""
    made_with = {
        **NEW_CONTACT,
        "email": "''",
        "first_name": "''",
        "last_name": "''",
        "attributes": "'{}'",
    }
    return Importer(
        noun="texts",
        table=Text._meta.db_table,
        fields=_text_fields(now),
        key="external_id",
        key_from_content=True,
        repeats=Repeats.KEEP,
        references=(
            Reference(
                field="contact",
                table=Contact._meta.db_table,
                match="external_id",
                column="contact_id",
                made_with=made_with if creates_contacts else None,
                cure="import the contact first, or use --create-contacts",
            ),
        ),
    )


def _text_fields(now: datetime) -> tuple[Field, ...]:
    written = Moment(datetime(1990, 1, 1, tzinfo=UTC), now + timedelta(days=1))
    return (
        Field(
            "external_id",
            TextKind(200),
            "the text's own id; without it, the row's content identifies it",
            aliases=("text_id", "review_id"),
        ),
        Field(
            "contact",
            TextKind(200),
            "external_id of the contact who wrote it",
            required=True,
            aliases=("contact_id", "customer_id", "user_id"),
        ),
        Field("body", TextKind(50_000), "what they wrote", default="''", aliases=("text",)),
        Field("title", TextKind(300), "its heading", default="''"),
        Field("kind", Choice(tuple(Text.Kind.values)), "what it is", default="'review'"),
        Field("rating", Integer(1, 5), "their stars"),
        Field("category", TextKind(200), "what it is about", default="''"),
        Field(
            "occurred_at",
            written,
            "when they wrote it (default: now)",
            default=NOW,
        ),
    )
