"""A made-up shop of any size, in SQL: contacts, profiles with vectors, events, consent.

Every row follows from its number. Vectors are sums of real phrases' vectors and noise, so that they
lie together as texts do.
"""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
KINDS = "winter trail summer road wool cotton leather running hiking evening office baby garden"
KINDS += " kitchen camping cycling swimming yoga vintage organic"
THINGS = "shoe jacket dress glove sock backpack lamp chair knife bottle blanket scarf boot jean"
THINGS += " sweater skirt tent watch mat pillow"
PHRASES = [f"{kind} {thing}" for kind in KINDS.split() for thing in THINGS.split()]
NOISES = 2_000

CONTACTS = """
INSERT INTO audience_contact (external_id, subject_id, email, first_name, last_name, attributes)
SELECT 'customer-' || n, gen_random_uuid(),
    CASE WHEN n %% 13 = 0 THEN '' ELSE 'customer-' || n || '@people.example' END,
    'First' || n %% 500, 'Last' || n %% 9000,
    jsonb_build_object(
        'age', CASE WHEN n %% 10 = 0 THEN to_jsonb((18 + (hashint4(n) & 65535) %% 65)::text)
               ELSE to_jsonb(18 + (hashint4(n) & 65535) %% 65) END,
        'region', (ARRAY['north', 'south', 'east', 'west', 'country'])
            [1 + (hashint4(n + 1) & 65535) %% 5],
        'vip', n %% 20 = 0,
        'signed_up', (date '2025-06-30' - (hashint4(n + 2) & 65535) %% 1500)::text)
FROM generate_series(1, %(contacts)s) n
"""
PROFILES = """
INSERT INTO audience_profile (contact_id, vector, interests, categories, sentiment, text_count,
    last_text_at, aspects, purchase_intent, rfm, habits, evidence, updated_at)
SELECT c.id, l2_normalize(a.vector + b.vector + d.vector),
    jsonb_build_array(
        jsonb_build_object('phrase', a.phrase, 'weight', 2.5),
        jsonb_build_object('phrase', b.phrase, 'weight', 1.5),
        jsonb_build_object('phrase', e.phrase, 'weight', 1.1)),
    jsonb_build_object(split_part(a.phrase, ' ', 2), 0.6, split_part(b.phrase, ' ', 2), 0.4),
    ((hashint4(k + 9) & 65535) %% 2001 - 1000) / 1000.0, 1 + k %% 9,
    %(now)s - (k %% 900) * interval '1 day',
    jsonb_build_object('fit', jsonb_build_object('sentiment', (k %% 21 - 10) / 10.0)),
    (k %% 100) / 100.0, jsonb_build_object('frequency', k %% 12),
    jsonb_build_object('hour', k %% 24),
    jsonb_build_object('interest', jsonb_build_object(
        a.phrase, jsonb_build_object('texts', jsonb_build_array(k, k + 1, k + 2), 'support', 3))),
    %(now)s
FROM (SELECT id, (row_number() OVER (ORDER BY id))::int k FROM audience_contact) c
JOIN bench_phrase a ON a.n = (hashint4(k + 4) & 65535) %% %(phrases)s
JOIN bench_phrase b ON b.n = (hashint4(k + 5) & 65535) %% %(phrases)s
JOIN bench_phrase e ON e.n = (hashint4(k + 6) & 65535) %% %(phrases)s
JOIN bench_noise d ON d.n = (hashint4(k + 7) & 65535) %% %(noises)s
"""
EVENTS = """
INSERT INTO events_event (source, message_id, kind, name, unit_id, occurred_at, value, properties,
    context)
SELECT 'bench', n::text, 'track',
    CASE WHEN h %% 10 = 0 THEN 'Order Completed' WHEN h %% 10 < 6 THEN 'Product Viewed'
         ELSE 'Email Opened' END,
    'customer-' ||
        (1 + floor(%(contacts)s * power((hashint4(n) & 2147483647) / 2147483648.0, 1.5)))::int,
    %(now)s - ((hashint4(n + 5) & 2147483647) %% 365000) * interval '86.4 seconds',
    round((5 + (hashint4(n + 7) & 65535) %% 9000 / 100.0)::numeric, 2),
    jsonb_build_object('category', (ARRAY['shoes', 'coats', 'dresses', 'tents'])[1 + n %% 4]), '{}'
FROM (SELECT n, hashint4(n + 3) & 65535 h FROM generate_series(1, %(events)s) n) numbered
"""
LEFT_OUT = """
INSERT INTO privacy_suppression (subject_id, channel, reason, source)
SELECT subject_id, 'all', 'unsubscribed', 'bench' FROM audience_contact WHERE id %% 20 = 0
"""
AGREED = """
INSERT INTO privacy_consent (subject_id, purpose, is_given, since)
SELECT subject_id, 'email', id %% 7 > 0, %(now)s FROM audience_contact WHERE id %% 5 > 0
"""
TABLES = ("audience_contact", "audience_profile", "audience_compactvector", "events_event")


def fill(*, contacts: int, events: int) -> None:
    """Make the shop, unless it is there."""
    from django.db import connection

    from audience.models import Contact

    if Contact.objects.count() >= contacts:
        return
    _phrases()
    given = {"contacts": contacts, "events": events, "now": NOW}
    given |= {"phrases": len(PHRASES), "noises": NOISES}
    with connection.cursor() as cursor:
        for statement in (CONTACTS, PROFILES, EVENTS, LEFT_OUT, AGREED):
            cursor.execute(statement, given)
        for table in (*TABLES, "privacy_suppression", "privacy_consent"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _phrases() -> None:
    import numpy as np
    from django.db import connection

    from inference.encoders import text_encoder

    noise = np.random.default_rng(1).standard_normal((NOISES, 384))
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_phrase (n int PRIMARY KEY, phrase text, vector vector(384))"
        )
        cursor.execute("CREATE TABLE bench_noise (n int PRIMARY KEY, vector vector(384))")
        for n, (phrase, vector) in enumerate(
            zip(PHRASES, text_encoder().encode(PHRASES), strict=True)
        ):
            cursor.execute(
                "INSERT INTO bench_phrase VALUES (%s, %s, %s)", [n, phrase, _text(vector)]
            )
        for n, vector in enumerate(noise):
            cursor.execute("INSERT INTO bench_noise VALUES (%s, %s)", [n, _text(vector)])


def _text(vector) -> str:
    return str([round(float(number), 5) for number in vector])
