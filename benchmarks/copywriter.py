"""`make bench-generation`: what the house copywriter writes, measured beside composer; 24 samples.

    python -m benchmarks.copywriter [--briefs 1000] [--no-page]

Rewrites its sections of docs/explanation/generation-measured.md between their marks.
"""

# ruff: noqa: E402 (Django is set up before what needs its models is imported)

from __future__ import annotations

import argparse
import os
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from generation.angles import ANGLES
from generation.briefs import Brief, OfferTerms
from generation.copies import Copy
from generation.guardrails import check, is_near_duplicate
from generation.guardrails.cases import mask_liquid
from generation.liquid import merge_tags
from generation.services.drafting import write_drafts
from inference.composer.inventory import KINDS, TONES
from inference.composer.surfaces import SURFACES
from inference.copywriter.interests import INTERESTS
from inference.encoders import text_encoder
from inference.generators import GeneratedText, GenerationRequest, TextGenerator, text_generator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "generation-measured.md"
NAME = "{{ first_name | default: 'there' }}"
OFFERS = (
    OfferTerms("15% off everything", "JUNE15", "", "https://juniper.example/june"),
    OfferTerms("a gift with every order", "", "", "https://juniper.example/gift"),
    OfferTerms("€10 off your next order", "TEN10", "", "https://juniper.example/ten"),
)
TEMPLATES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "email": (
        {
            "subject": f"{NAME}, a treat inside",
            "preheader": "Take a look at what is waiting for you.",
            "body": f"Hi {NAME},\n\nLook at {{{{ url }}}}\n\n"
            "Unsubscribe: {{ unsubscribe_url }}",
            "call_to_action": "Shop now",
        },
        {
            "subject": "A treat inside",
            "preheader": f"{NAME}, take a look.",
            "body": f"Hi {NAME},\n\nYou have {{{{ points | default: 'some' }}}} points. "
            "Look: {{ url }}\n\n{{ brand }}",
            "call_to_action": "Shop now",
        },
    ),
    "sms": (
        {"text": f"{{{{ brand }}}}: {NAME}, see {{{{ url }}}} Reply STOP to opt out"},
        {"text": "{{ brand }}: see {{ url }} Reply STOP to opt out"},
    ),
    "push": ({"title": "Hello", "body": f"{NAME}, have a look."}, {"title": "Hi", "body": "Look."}),
    "ad": ({"headline": "Look", "description": "Look here.", "call_to_action": "Look"},),
    "banner": ({"headline": "Look", "text": "Look here.", "call_to_action": "Look"},),
}


@dataclass(frozen=True)
class Written:
    """A brief, what was written for it, and by whom."""

    brief: Brief
    copy: Copy
    notes: Mapping[str, str]

    @property
    def prose(self) -> str:
        return " ".join(mask_liquid(" ".join(text for _, text in self.copy.texts())).split())


def varied_briefs(count: int, seed: int) -> list[Brief]:
    """Briefs that go round every channel, angle, tone, kind and trade."""
    rng = Random(seed)
    trades, channels, angles = list(INTERESTS), list(SURFACES), list(ANGLES)
    briefs = []
    for number in range(count):
        channel, trade = channels[number % len(channels)], trades[number % len(trades)]
        cell = (angles[number % len(angles)], rng.choice(TONES), rng.choice(KINDS))
        briefs.append(_brief(f"{number}", channel, trade, cell, rng))
    return briefs


def _brief(key: str, channel: str, trade: str, cell: tuple[str, str, str], rng: Random) -> Brief:
    angle, tone, kind = cell
    interests = rng.sample(INTERESTS[trade], 3)
    return Brief(
        key=key,
        channel=channel,
        kind=kind,
        angle=angle,
        tone=tone,
        brand_name="Juniper",
        descriptors="",
        banned_terms=("cheap",),
        required_terms=(),
        approved_claims=("Rated 4.6 of 5 by our customers",),
        audience_name=trade,
        portrait=portrait(trade),
        interests=tuple(interests),
        template=Copy(channel=channel, **rng.choice(TEMPLATES[channel])),
        offer=rng.choice((None, *OFFERS)) if channel in {"email", "sms"} else None,
    )


def portrait(trade: str) -> str:
    return f"People who write about {', '.join(INTERESTS[trade])}."


class Recorder:
    """Passes requests on, and keeps what came of the last first round and how long it took."""

    def __init__(self, inner: TextGenerator) -> None:
        self.inner, self.name, self.revision = inner, inner.name, inner.revision
        self.first_round: list[GeneratedText] = []
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self._most = 0

    def generate(self, requests, *, should_stop=lambda: False):  # type: ignore[no-untyped-def]
        began, cpu = time.perf_counter(), time.process_time()
        texts = list(self.inner.generate(requests, should_stop=should_stop))
        if len(requests) > self._most:
            self._most, self.first_round = len(requests), texts
            self.seconds = time.perf_counter() - began
            self.cpu_seconds = time.process_time() - cpu
        yield from texts


def write(generator: TextGenerator, briefs: Sequence[Brief], count: int) -> list[Written]:
    asked = {brief.key: brief for brief in briefs}
    requests = [
        GenerationRequest(key, "", brief.to_json(), count, 5) for key, brief in asked.items()
    ]
    return [_written(text, asked[text.key]) for text in generator.generate(requests)]


def _written(text: GeneratedText, brief: Brief) -> Written:
    return Written(brief, Copy(channel=brief.channel, **text.fields), text.notes)


def keeps_tags(written: Written) -> bool:
    """Every merge tag of the template, as often as there, and none else, in the same field."""
    pairs = zip(written.copy.texts(), written.brief.template.texts(), strict=True)
    return all(merge_tags(mine) == merge_tags(given) for (_, mine), (_, given) in pairs)


def distinct_2(texts: Sequence[str]) -> float:
    """Different word pairs over all word pairs."""
    pairs = [
        pair
        for text in texts
        for words in [re.findall(r"[^\W\d_]+", text.lower())]
        for pair in pairwise(words)
    ]
    return len(set(pairs)) / len(pairs)


def reader_hits(written: Sequence[Written]) -> tuple[float, float]:
    """How often the nearest portrait is the right one, and how often chance would be right."""
    trades = list(INTERESTS)
    encoder = text_encoder()
    portraits = encoder.encode([portrait(trade) for trade in trades])
    nearest = (encoder.encode([one.prose for one in written]) @ portraits.T).argmax(1)
    hits = [
        trades[place] == one.brief.audience_name
        for place, one in zip(nearest, written, strict=True)
    ]
    return float(np.mean(hits)), 1 / len(trades)


def likeness(groups: Sequence[Sequence[Written]]) -> tuple[float, float]:
    """Mean cosine of two candidates of one brief, and the share of near-duplicates among them."""
    cosines, near = [], []
    encoder = text_encoder()
    for group in groups:
        vectors = encoder.encode([one.prose for one in group])
        above = np.triu_indices(len(group), 1)
        cosines.append(float((vectors @ vectors.T)[above].mean()))
        near += [is_near_duplicate(one.copy, two.copy) for one, two in combinations(group, 2)]
    return float(np.mean(cosines)), float(np.mean(near))


def measure(spec: str, briefs: Sequence[Brief]) -> dict[str, str]:
    """The rows of one generator's column."""
    generator = Recorder(text_generator(spec))
    write(generator, briefs[:8], 1)
    getattr(generator.inner, "tally", Counter()).clear()
    desks = write_drafts(briefs, generator, candidates=1, seed=5, should_stop=lambda: False)
    print(f"{spec}: {len(generator.first_round)} in {generator.seconds:.0f} s", flush=True)
    asked = {brief.key: brief for brief in briefs}
    written = [_written(text, asked[text.key]) for text in generator.first_round]
    seconds = generator.seconds
    tally = Counter(getattr(generator.inner, "tally", {}))
    blocking = [[f.rule for f in check(one.copy, one.brief) if f.is_blocking] for one in written]
    passed = [one for one, rules in zip(written, blocking, strict=True) if not rules]
    review = [
        Written(desk.brief, draft.copy, {}) for desk in desks.values() for draft in desk.drafts
    ]
    still = sum(any(f.is_blocking for f in check(one.copy, one.brief)) for one in review)
    hit, chance = reader_hits(passed)
    groups = _candidates_of_some(generator, briefs)
    cosine, near = likeness(groups)
    hundred = write(generator, [next(b for b in briefs if b.channel == "email")], 100)
    print(spec, Counter(rule for rules in blocking for rule in rules), dict(tally))
    return {
        "texts asked for and written": f"{len(written):,} for {len(briefs):,} briefs",
        "pass every blocking rule at the first asking": f"{len(passed) / len(written):.1%}",
        "reach review (guardrails, up to four rounds)": f"{len(review) / len(briefs):.1%}",
        "of those: a blocking finding": f"{still / max(1, len(review)):.1%}",
        "of those: every merge tag of its field kept": f"{np.mean([*map(keeps_tags, review)]):.1%}",
        "copies per second, one process": f"{len(written) / seconds:.1f}",
        "copies per second of CPU time": f"{len(written) / generator.cpu_seconds:.1f}",
        **_tallied(tally),
        **_shares_by_field(written),
        "distinct-2 over all": f"{distinct_2([one.prose for one in passed]):.3f}",
        "different among 100 emails of one brief: subjects": _different(hundred, "subject"),
        "the same: bodies": _different(hundred, "body"),
        "self-similarity, 12 candidates of a brief (mean cosine)": f"{cosine:.3f}",
        "near-duplicates among them (guardrails' rule)": f"{near:.1%}",
        "same first line for two segments": f"{_shared_openings(generator, briefs):.1%}",
        "reader finds the right one of 52 segments": f"{hit:.1%}, {hit / chance:.0f} times chance",
    }


def _tallied(tally: Counter[str]) -> dict[str, str]:
    fields = sum(tally[writer] for writer in ("house", "composer", "house+composer"))
    if not fields:
        return {}
    refused = {name: n for name, n in tally.items() if name.startswith("refused")}
    why = ", ".join(
        f"{name.removeprefix('refused: ')} {n:,}" for name, n in sorted(refused.items())
    )
    return {
        "fields written by the model": f"{tally['house'] / fields:.1%} of {fields:,}",
        "tries refused and made again": f"{sum(refused.values()):,} ({why})",
        "fields composed, in whole or in part": f"{fields - tally['house']:,}",
    }


def _shares_by_field(written: Sequence[Written]) -> dict[str, str]:
    """For each channel, which share of each field the model wrote all by itself."""
    rows: dict[str, list[str]] = {}
    for channel, surfaces in SURFACES.items():
        for surface in surfaces:
            notes = [
                one.notes[surface.field] == "house"
                for one in written
                if one.brief.channel == channel and surface.field in one.notes
            ]
            if notes:
                rows.setdefault(f"of them, {channel}", []).append(
                    f"{surface.field} {np.mean(notes):.0%}"
                )
    return {name: ", ".join(shares) for name, shares in rows.items()}


def _candidates_of_some(generator: TextGenerator, briefs: Sequence[Brief]) -> list[list[Written]]:
    some = briefs[:6]
    written = write(generator, some, 12)
    return [[one for one in written if one.brief.key == brief.key] for brief in some]


def _different(written: Sequence[Written], field: str) -> str:
    return str(len({getattr(one.copy, field) for one in written}))


def _shared_openings(generator: TextGenerator, briefs: Sequence[Brief]) -> float:
    """Of pairs of segments with the same task: those given the same subject, title or message."""
    trades, rng = list(INTERESTS), Random(9)
    same = []
    for number, brief in enumerate(briefs[:20]):
        cell = (brief.angle, brief.tone, brief.kind)
        pair = [
            _brief(f"{number}/{t}", brief.channel, trade, cell, rng)
            for t, trade in enumerate((trades[number % 50], trades[(number + 7) % 50]))
        ]
        written = write(generator, pair, 2)
        openings = [
            {one.copy.opening for one in written if one.brief.key == made.key} for made in pair
        ]
        same.append(bool(openings[0] & openings[1]))
    return float(np.mean(same))


def samples(generator: TextGenerator) -> str:
    """Twenty-four texts over channels and angles, the first of each, not selected."""
    briefs = varied_briefs(24, seed=24)
    lines = []
    for one in write(generator, briefs, 1):
        brief = one.brief
        head = f"{brief.channel}, {brief.angle}, {brief.tone}, {brief.kind}"
        who = ", ".join(sorted(set(one.notes.values()) - {"template"})) or generator.name
        lines.append(f"**{head}** for {', '.join(brief.interests)} (by {who})\n")
        lines += ["```text", *(text for _, text in one.copy.texts() if text), "```\n"]
    return "\n".join(lines)


def rewrite(name: str, text: str) -> None:
    begin, end = f"<!-- bench-generation: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = PAGE.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{PAGE.name} has no marks {begin} and {end}")
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--briefs", type=int, default=1_000)
    parser.add_argument("--generators", nargs="+", default=["house", "composer"])
    parser.add_argument("--no-page", action="store_true")
    options = parser.parse_args()
    briefs = varied_briefs(options.briefs, seed=1)
    columns = {}
    for spec in options.generators:
        columns[spec] = measure(spec, briefs)
        print(spec, columns[spec], flush=True)
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    table = [f"| | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for name in names:
        cells = [column.get(name, "") for column in columns.values()]
        table.append(f"| {name} | {' | '.join(cells)} |")
    print("\n".join(table))
    if not options.no_page:
        from benchmarks.stats.page import machine

        rewrite("copywriter", "\n".join([*table, "", f"*{options.briefs:,} briefs. {machine()}.*"]))
        rewrite("samples", samples(text_generator(options.generators[0])))


if __name__ == "__main__":
    main()
