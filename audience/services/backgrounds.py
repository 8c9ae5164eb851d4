"""Everybody's phrases: counted anew once the texts are a tenth more, so that a text costs the same
however many there are.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from audience.models import PhraseBackground
from audience.phrases import Background, phrases
from audience.selectors import newest_bodies, newest_read_text, texts_read_since

# Texts are erased, and set aside where consent ends: what they held is soon forgotten as well.
KEPT_FOR = timedelta(days=1)
# A tenth more texts move no phrase's rarity far: ln 1.1 is .1.
SHARE_MORE = 10


def background_in_force(*, now: datetime) -> Background:
    """How many of everybody's texts hold each phrase, about as it is now; workers may share it."""
    kept = PhraseBackground.objects.first()
    if kept is None or _is_behind(kept, now=now):
        kept = _counted(now=now)
    return Background(kept.texts, Counter(kept.holding))


def _is_behind(kept: PhraseBackground, *, now: datetime) -> bool:
    if kept.counted_at < now - KEPT_FOR:
        return True
    enough = kept.texts // SHARE_MORE + 1
    return texts_read_since(kept.newest, most=enough) == enough


def _counted(*, now: datetime) -> PhraseBackground:
    newest = newest_read_text()
    found = Background.of(phrases(body) for body in newest_bodies())
    often = {phrase: texts for phrase, texts in found.holding.items() if texts > 1}
    values = {"counted_at": now, "newest": newest, "texts": found.texts, "holding": often}
    kept, _ = PhraseBackground.objects.update_or_create(pk=1, defaults=values)
    return kept
