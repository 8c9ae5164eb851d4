"""Who is as like a text: all vectors read through, against an HNSW index walked from the nearest.

`python -m benchmarks.audience likeness`. The index takes long to build, so this is not among the
parts of `make bench-audience`. The walk takes neighbours in order until one is too far: pgvector's
iterative scan, with `hnsw.max_scan_tuples` as the bound of its effort.
"""

from __future__ import annotations

import time

from benchmarks.audience.shop import fill

TEXT = "winter running"
THRESHOLDS = (0.35, 0.5, 0.55, 0.6)
EFFORTS = ((400, 20_000), (1_000, 100_000))
STEP = 500


def run(*, contacts: int = 300_000) -> dict[str, float]:
    """Milliseconds and recall of both ways at some thresholds; seconds and bytes of the index."""
    from django.db import connection

    from audience.likeness import text_vector, vectors_like

    fill(contacts=contacts, events=10)
    figures = _index()
    vector = str(text_vector(TEXT).tolist())
    for at_least in THRESHOLDS:
        begun = time.perf_counter()
        like = vectors_like(TEXT, at_least=at_least)
        exact = set(like.values_list("contact_id", flat=True))
        figures[f"{at_least}: people"] = float(len(exact))
        figures[f"{at_least}: read through, ms"] = 1e3 * (time.perf_counter() - begun)
        for ef_search, most in EFFORTS:
            begun = time.perf_counter()
            found = _walk(connection, vector, at_least, ef_search=ef_search, most=most)
            name = f"{at_least}: index, up to {most:,}"
            figures[f"{name}, ms"] = 1e3 * (time.perf_counter() - begun)
            figures[f"{name}, recall"] = len(found & exact) / max(1, len(exact))
    return figures


def _index() -> dict[str, float]:
    from django.db import connection

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS bench_hnsw ON audience_compactvector "
            "USING hnsw (vector halfvec_ip_ops) WITH (m = 12, ef_construction = 48)"
        )
        cursor.execute("SELECT pg_relation_size('bench_hnsw') / 1e6")
        [size] = cursor.fetchone()
    return {"index built in, s": time.perf_counter() - begun, "index, MB": float(size)}


def _walk(connection, vector: str, at_least: float, *, ef_search: int, most: int) -> set[int]:
    from django.db import transaction

    found: set[int] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL hnsw.ef_search = {ef_search}")
        cursor.execute(f"SET LOCAL hnsw.max_scan_tuples = {most}")
        cursor.execute("SET LOCAL hnsw.iterative_scan = 'relaxed_order'")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "DECLARE walk CURSOR FOR SELECT contact_id, -(vector <#> %s::halfvec(384)) "
            "FROM audience_compactvector ORDER BY vector <#> %s::halfvec(384)",
            [vector, vector],
        )
        while True:
            cursor.execute(f"FETCH {STEP} FROM walk")
            near = [person for person, cosine in cursor.fetchall() if cosine >= at_least]
            if not near:
                return found
            found.update(near)
