"""Clusters in words: a name one can tell apart, and two sentences a marketer would sign. Pure.

Only what was counted is said. A phrase sets a cluster apart by class-based TF-IDF against the
rest: its share of the cluster's texts, times the log of how much larger that share is than among
everybody else's (the phrase's part of the Kullback-Leibler divergence between the two). Nothing
that touches a sensitive trait is ever said.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audience.phrases import Background, WeightedPhrase, singular, without_overlap
from audience.sensitive import is_sensitive

KEYWORDS = 10
PHRASES_IN_NAME = 2
# A two-word phrase says more to a reader than a one-word phrase of the same weight.
PAIR_BOOST = 4.0
LEAST_SHARE = 0.005
LEAST_TEXTS = 2
# "Far more often than others" must be true of each phrase by itself.
LEAST_LIFT = 1.5
# A category names the cluster when this share of its people write about it.
NAMING_SHARE = 0.3
ALIKE = 0.05


@dataclass(frozen=True, slots=True)
class ClusterWords:
    """What is known of a cluster before it is put in words."""

    size: int
    texts: Sequence[Sequence[str]]
    categories: Mapping[str, float]
    sentiment: float


@dataclass(frozen=True, slots=True)
class ClusterPortrait:
    """A cluster in words, and the numbers the words rest on."""

    name: str
    portrait: str
    keywords: tuple[WeightedPhrase, ...]
    share: float
    categories: Mapping[str, float]


def portraits(
    clusters: Sequence[ClusterWords], *, loose: ClusterWords | None = None
) -> list[ClusterPortrait]:
    """Name and portray clusters, each against all other people; names are distinct.

    Args:
        clusters: All clusters of one fit. `texts` are the phrases of each text, `categories`
            shares from 0 to 1, `sentiment` the mean from -1 to 1.
        loose: The people in no cluster, who are not portrayed, but are among the others.
    """
    all_people = [*clusters, *([loose] if loose else [])]
    everybody = Background.of(text for cluster in all_people for text in cluster.texts)
    people = sum(cluster.size for cluster in all_people)
    happiness = sum(cluster.sentiment * cluster.size for cluster in all_people) / max(1, people)
    found: list[ClusterPortrait] = []
    said: dict[str, set[str]] = defaultdict(set)
    for cluster in clusters:
        keywords = telling_phrases(cluster.texts, everybody, known=_words(cluster.categories))
        categories = _sayable(cluster.categories)
        share = cluster.size / people
        text = _portrait(cluster, keywords, categories, share=share, happiness=happiness)
        about = " & ".join(_naming_categories(categories))
        fresh = [one.phrase for one in keywords if one.phrase not in said[about]]
        name = _name(about, fresh or [one.phrase for one in keywords])
        said[about].update(fresh[:PHRASES_IN_NAME])
        found.append(ClusterPortrait(name, text, tuple(keywords), share, categories))
    return _with_distinct_names(found)


def telling_phrases(
    texts: Iterable[Sequence[str]], everybody: Background, *, known: frozenset[str] = frozenset()
) -> list[WeightedPhrase]:
    """The phrases that set a cluster's texts apart from the rest, strongest first.

    Args:
        texts: The phrases of each of the cluster's texts.
        everybody: Counts over all clusters, this one among them.
        known: Words that say nothing new by themselves, such as those of the cluster's categories.
    """
    own = Background.of(texts)
    least = max(LEAST_TEXTS, LEAST_SHARE * own.texts)
    ranked = []
    for phrase, count in own.holding.items():
        share, lift = count / own.texts, _lift(phrase, own, everybody)
        if count >= least and lift >= LEAST_LIFT and not (phrase in known or is_sensitive(phrase)):
            boost = PAIR_BOOST if " " in phrase else 1
            ranked.append(WeightedPhrase(phrase, share * math.log(lift) * boost, share, lift))
    return without_overlap(
        sorted(ranked, key=lambda found: (-found.weight, found.phrase)), limit=KEYWORDS
    )


def _lift(phrase: str, own: Background, everybody: Background) -> float:
    """How many times larger a phrase's share is here than elsewhere, shrunk where texts are few."""
    elsewhere = everybody.holding[phrase] - own.holding[phrase]
    rest = (elsewhere + 0.5) / (everybody.texts - own.texts + 1)
    return own.holding[phrase] / own.texts / rest


def _words(categories: Mapping[str, float]) -> frozenset[str]:
    """The words of the categories that will be in the cluster's name."""
    return frozenset(
        form
        for category in _naming_categories(categories)
        for word in category.lower().split()
        for form in (word, singular(word), singular(word) + "s")
    )


def _sayable(categories: Mapping[str, float]) -> dict[str, float]:
    ranked = Counter({name: share for name, share in categories.items() if not is_sensitive(name)})
    return {name: round(share, 4) for name, share in ranked.most_common(8)}


def _naming_categories(categories: Mapping[str, float]) -> list[str]:
    return [name for name, share in _sayable(categories).items() if share >= NAMING_SHARE][:2]


def _name(about: str, phrases: Sequence[str]) -> str:
    if about and phrases:
        return f"{about}: {_listed(phrases[:PHRASES_IN_NAME])}"
    if phrases:
        return f"Mixed: {_listed(phrases[:PHRASES_IN_NAME])}"
    return about or "No common theme"


def _with_distinct_names(found: list[ClusterPortrait]) -> list[ClusterPortrait]:
    used: Counter[str] = Counter()
    distinct = []
    for cluster in found:
        name = cluster.name[:110]
        used[name] += 1
        if used[name] > 1:
            name = f"{name} ({used[name]})"
        distinct.append(
            ClusterPortrait(
                name, cluster.portrait, cluster.keywords, cluster.share, cluster.categories
            )
        )
    return distinct


def _portrait(
    cluster: ClusterWords,
    keywords: Sequence[WeightedPhrase],
    categories: Mapping[str, float],
    *,
    share: float,
    happiness: float,
) -> str:
    return (
        f"{_about(keywords, categories)} {_who(cluster.size, share, cluster.sentiment, happiness)}"
    )


def _about(keywords: Sequence[WeightedPhrase], categories: Mapping[str, float]) -> str:
    leading = [(name, part) for name, part in categories.items() if part >= 0.1][:3]
    shares = _listed([f"{name.lower()} ({part:.0%})" for name, part in leading])
    said = _listed([f"“{found.phrase}”" for found in keywords[:4]])
    focus = "mostly about" if leading and leading[0][1] >= 0.5 else "about"
    if shares and said:
        return f"They write {focus} {shares}, and bring up {said} far more often than others do."
    if said:
        return f"They bring up {said} far more often than others do."
    return f"They write {focus} {shares}." if shares else "They write about many things."


def _who(size: int, share: float, sentiment: float, happiness: float) -> str:
    people = "1 person" if size == 1 else f"{size:,} people"
    return (
        f"{people}, {share:.0%} of everyone who writes, and {_mood(sentiment - happiness)} "
        f"(sentiment {sentiment:+.2f} against {happiness:+.2f} overall)."
    )


def _mood(difference: float) -> str:
    if abs(difference) < ALIKE:
        return "about as happy as the rest"
    if difference > 0:
        return (
            "clearly happier than most" if difference > 3 * ALIKE else "a little happier than most"
        )
    return "harder to please than most" if difference < -3 * ALIKE else "a little harder to please"


def _listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last
