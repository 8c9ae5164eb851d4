"""The figures as the page docs/explanation/assistant-measured.md, beside what was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.doors.page import Row, Run

SPEED = (
    Row("chunks", "chunks", ""),
    Row("read: cut, encoded with every sentence, indexed", "chunks read per second", "/s"),
    Row(
        "texts encoded when the same files come again",
        "texts encoded for an unchanged base",
        "",
        1,
        is_most=True,
    ),
    Row(
        "texts encoded when one chunk is added (itself, its sentence)",
        "texts encoded for one new chunk",
        "",
    ),
    Row("finding, question encoded along, median", "finding, p50 ms", " ms"),
    Row("finding, question encoded along, p95", "finding, p95 ms", " ms", 60, is_most=True),
    Row("finding alone, median", "finding, question encoded, p50 ms", " ms"),
    Row("finding alone, p95", "finding, question encoded, p95 ms", " ms"),
    Row(
        "answer over HTTP, 8 conversations at once, median",
        "answer over HTTP, 8 at once, p50 ms",
        " ms",
    ),
    Row(
        "answer over HTTP, 8 conversations at once, p95",
        "answer over HTTP, 8 at once, p95 ms",
        " ms",
        250,
        is_most=True,
    ),
    Row("answers a second, 8 conversations at once", "answers per second", "/s"),
    Row("share of the questions that was answered", "share answered", ""),
)
WRITTEN = (
    Row("words (BM25)", "StackFAQ, words", ""),
    Row("meaning (MiniLM)", "StackFAQ, meaning", ""),
    Row("both, words weighing .1", "StackFAQ, both", ""),
    Row(
        "both, weight tuned on other questions",
        "StackFAQ, both, tuned on other questions",
        "",
        0.965,
    ),
)
LONG = (
    ("words (BM25)", "words"),
    ("meaning (MiniLM)", "meaning"),
    ("both, words weighing .5", "both, words weighing as pages do"),
    ("both, weight tuned on other queries", "both, weight tuned on other queries"),
)
HEAD = """# The assistant, measured

`make bench-assistant` makes an installation of its own, fills it with real texts that stay where
they lie, asks, and writes this page. The run below is of {on}: {cores} cores, which clients, server
and PostgreSQL share; load average of the minute before: {load:.1f}{shared}.

## Speed

Chunks: StackFAQ's written answers, and reviews as pages. Questions: half paraphrases of the
written ones, half titles of reviews that are not in the base. Finding is one question after the
other in one process with one thread, as a web process has; answers come through the real door with
everything that is kept of a conversation, each of eight asking as soon as it was answered.

| what | measured | asked for |
|---|--:|---|
"""
WRITTEN_HEAD = """
## Written questions, asked in other words

StackFAQ: 1,249 paraphrases of 125 questions; mean average precision through PostgreSQL.

| by | MAP | asked for |
|---|--:|---|
"""
LONG_HEAD = """
## Long documents

{words} nDCG@10, {documents:,.0f} documents, {queries:,.0f} queries.

| by | nDCG@10 |
|---|--:|
"""
ANSWERS = (
    "SciFact is not among our data, so this is a set of our own: StackFAQ's answers as pages, "
    "without\ntheir questions, asked for by the questions and their paraphrases. Give a folder in "
    "BEIR's layout\nwith `--scifact DIR` to measure that as well."
)


def page(run: Run) -> str:
    shared = " (**the machine was shared**: the speeds are too low)" if run.load > 1 else ""
    parts = [HEAD.format(on=run.on, cores=run.cores, load=run.load, shared=shared)]
    parts.append(_lines(SPEED, run.figures))
    parts += [WRITTEN_HEAD, _lines(WRITTEN, run.figures)]
    for name in _sets(run.figures):
        parts.append(_long(name, run.figures))
    return "".join(parts)


def _lines(rows: tuple[Row, ...], figures: Mapping[str, float]) -> str:
    return "".join(f"{row.line(figures)}\n" for row in rows)


def _sets(figures: Mapping[str, float]) -> list[str]:
    return [name.removesuffix(", queries") for name in figures if name.endswith(", queries")]


def _long(name: str, figures: Mapping[str, float]) -> str:
    words = ANSWERS if name == "long answers" else f"{name}, in BEIR's layout."
    counts = {key: figures[f"{name}, {key}"] for key in ("documents", "queries")}
    rows = "".join(f"| {by} | {figures[f'{name}, {key}']:.3f} |\n" for by, key in LONG)
    return LONG_HEAD.format(words=words, **counts) + rows
