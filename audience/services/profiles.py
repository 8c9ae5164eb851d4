"""Profiles: what a contact's texts and orders say together, made again only where one changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from audience.evidence import evidence_of
from audience.interests import PhraseVectors, categories_of
from audience.models import Cluster, Contact, Profile, Text
from audience.opinions import Reader
from audience.phrases import Background, phrases
from audience.profiling import Portrayed, ReadText, interest_candidates, portray
from audience.selectors import latest_clustering
from audience.sentiment import rating_sentiment
from audience.services.backgrounds import background_in_force
from audience.services.behaviour import Behaviour, ShopHabits, behaviour_of
from audience.services.buyers import buyer_profile
from audience.services.consents import profiles_end, who_may_be_profiled
from audience.services.corrections import VALUE_FIELDS, profiles_correct
from audience.services.texts import opinions_renewed, text_reader
from inference.encoders import TextEncoder

Progress = Callable[[int], None]

READ_FIELDS = [
    "contact_id",
    "occurred_at",
    "category",
    "clean_body",
    "vector",
    "rating",
    "kind",
    "opinions",
]
CONTACTS_PER_BATCH = 500
FIELDS = [
    "vector",
    *VALUE_FIELDS,
    "evidence",
    "text_count",
    "last_text_at",
    "cluster",
    "updated_at",
]


def profiles_refresh(
    *, now: datetime, progress: Progress | None = None, encoder: TextEncoder | None = None
) -> int:
    """Make the profiles that are due, and say how many were made; workers may share it.

    `progress` hears of contacts: one whose texts were all dropped is done, and has no profile.
    """
    # Loading the weights costs seconds, which a beat that finds nothing must not pay.
    if not Contact.objects.filter(is_profile_due=True).exists():
        return 0
    yardstick = _Yardstick(text_reader(encoder), now=now)
    made = 0
    while batch := _batch_refresh(yardstick, now=now):
        made += batch.profiles
        if progress:
            progress(batch.contacts)
    return made


def profiles_catch_up() -> int:
    """Mark whose profile was made while a refit ended, and so is in a cluster of before."""
    latest = latest_clustering()
    if latest is None:
        return 0
    behind = Profile.objects.filter(cluster__in=Cluster.objects.exclude(clustering=latest))
    return Contact.objects.filter(profile__in=behind).update(is_profile_due=True)


class _Batch(NamedTuple):
    contacts: int
    profiles: int


class _Yardstick:
    """What single contacts are measured against, computed once per run, and only when asked for."""

    def __init__(self, reader: Reader, *, now: datetime) -> None:
        self.reader = reader
        self.phrases = _phrase_vectors(reader.encoder)
        self.shop = ShopHabits(now=now)

    @cached_property
    def background(self) -> Background:
        return background_in_force(now=self.shop.now)

    @cached_property
    def clusters(self) -> list[Cluster]:
        clustering = latest_clustering()
        return list(clustering.clusters.all()) if clustering else []

    @cached_property
    def centroids(self) -> NDArray[np.float32]:
        return np.stack([np.asarray(cluster.centroid) for cluster in self.clusters])

    def nearest_cluster(self, vector: NDArray[np.float32]) -> Cluster | None:
        """The cluster most like it; none where even that is not like it enough."""
        if not self.clusters:
            return None
        cosines = self.centroids @ vector
        nearest = self.clusters[int(np.argmax(cosines))]
        is_too_unlike = nearest.least_cosine is not None and cosines.max() < nearest.least_cosine
        return None if is_too_unlike else nearest


_phrases_of: dict[str, PhraseVectors] = {}


def _phrase_vectors(encoder: TextEncoder) -> PhraseVectors:
    """Phrases met before, by any run of this process, are not encoded again."""
    return _phrases_of.setdefault(encoder.name, PhraseVectors(encoder.encode))


@transaction.atomic
def _batch_refresh(yardstick: _Yardstick, *, now: datetime) -> _Batch | None:
    # Locked in the transaction that clears the mark: a text read meanwhile waits, and marks
    # it anew.
    claimed = list(
        Contact.objects.filter(is_profile_due=True)
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("id")
        .values_list("pk", flat=True)[:CONTACTS_PER_BATCH]
    )
    if not claimed:
        return None
    allowed = who_may_be_profiled(claimed)
    profiles_end(set(claimed) - allowed)
    texts = _texts_by_contact(allowed, yardstick)
    behaviours = behaviour_of(allowed, yardstick.shop)
    profiles = [
        _profile(contact, texts[contact], portrayed, yardstick, behaviours.get(contact), now=now)
        for contact, portrayed in _portrayed(texts, yardstick).items()
    ]
    profiles += [
        buyer_profile(contact, does, now=now)
        for contact, does in behaviours.items()
        if contact not in texts
    ]
    profiles_correct(profiles)
    Profile.objects.bulk_create(
        profiles, update_conflicts=True, unique_fields=["contact"], update_fields=FIELDS
    )
    Profile.objects.filter(contact_id__in=set(claimed) - set(texts) - set(behaviours)).delete()
    Contact.objects.filter(pk__in=claimed).update(is_profile_due=False)
    return _Batch(contacts=len(claimed), profiles=len(profiles))


def _portrayed(
    texts: Mapping[int, Sequence[ReadText]], yardstick: _Yardstick
) -> Mapping[int, Portrayed]:
    """Everybody's portrait; phrases of all of them are encoded together."""
    candidates = {
        contact: interest_candidates(own, yardstick.background) for contact, own in texts.items()
    }
    vectors = yardstick.phrases.of(found.phrase for own in candidates.values() for found in own)
    return {contact: portray(own, candidates[contact], vectors) for contact, own in texts.items()}


def _texts_by_contact(
    contacts: Collection[int], yardstick: _Yardstick
) -> Mapping[int, list[ReadText]]:
    texts = list(
        Text.objects.filter(contact_id__in=contacts, status=Text.Status.READ)
        .only(*READ_FIELDS)
        .order_by("id")
    )
    sentiments = _sentiments(texts, yardstick)
    opinions = opinions_renewed(texts, yardstick.reader)
    by_contact: dict[int, list[ReadText]] = defaultdict(list)
    for text, sentiment, said in zip(texts, sentiments, opinions, strict=True):
        by_contact[text.contact_id].append(
            ReadText(
                occurred_at=text.occurred_at,
                category=text.category,
                phrases=tuple(phrases(text.clean_body)),
                vector=np.asarray(text.vector, dtype=np.float32),
                sentiment=sentiment,
                text_id=text.pk,
                kind=text.kind,
                opinions=said,
            )
        )
    return by_contact


def _sentiments(texts: Sequence[Text], yardstick: _Yardstick) -> list[float]:
    """A rating is what its writer says they felt; only where there is none do the words decide."""
    unrated = [text for text in texts if text.rating is None]
    judged: dict[int, float] = {}
    if unrated:
        vectors = np.stack([np.asarray(text.vector, dtype=np.float32) for text in unrated])
        scores = yardstick.reader.sentiment.score([text.clean_body for text in unrated], vectors)
        judged = {text.pk: float(score) for text, score in zip(unrated, scores, strict=True)}
    return [
        judged[text.pk] if text.rating is None else rating_sentiment(text.rating) for text in texts
    ]


def _profile(
    contact: int,
    texts: Sequence[ReadText],
    portrayed: Portrayed,
    yardstick: _Yardstick,
    behaviour: Behaviour | None,
    *,
    now: datetime,
) -> Profile:
    does = behaviour or Behaviour()
    return Profile(
        contact_id=contact,
        vector=portrayed.vector,
        interests=_interests(texts, portrayed),
        aspects={
            name: {"sentiment": round(view.sentiment, 4), "texts": len(view.texts)}
            for name, view in portrayed.aspects.items()
        },
        rfm=dict(does.rfm),
        habits=dict(does.habits),
        purchase_intent=does.purchase_intent,
        categories=dict(portrayed.categories),
        sentiment=portrayed.sentiment,
        text_count=portrayed.text_count,
        last_text_at=portrayed.last_text_at,
        evidence={**evidence_of(texts, portrayed), **does.evidence},
        cluster=yardstick.nearest_cluster(portrayed.vector),
        updated_at=now,
    )


def _interests(texts: Sequence[ReadText], portrayed: Portrayed) -> list[dict[str, object]]:
    """Each phrase with its weight and, where its texts name one, the shop's category."""
    tied = categories_of(
        [found.phrase for found in portrayed.interests],
        [(text.phrases, text.category) for text in texts],
    )
    return [
        {"phrase": found.phrase, "weight": round(found.weight, 4)}
        | ({"category": tied[found.phrase]} if found.phrase in tied else {})
        for found in portrayed.interests
    ]
