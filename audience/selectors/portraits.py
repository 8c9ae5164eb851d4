"""A contact's portrait: every trait with how sure it is, and what it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audience.confidence import confidence, confidence_word
from audience.models import Contact, Correction, Profile
from audience.moods import mood_word
from audience.selectors.quotes import Deed, Quote, deeds_by_id, quotes_of, texts_by_id
from audience.sensitive import is_sensitive
from core.money import money

Trait = Correction.Trait
HEADINGS = (
    (Trait.CLUSTER, "Group"),
    (Trait.INTEREST, "Interests"),
    (Trait.SENTIMENT, "Mood"),
    (Trait.CATEGORY, "Categories"),
    (Trait.ASPECT, "Opinions"),
    (Trait.PURCHASE_INTENT, "Intent to buy"),
    (Trait.HABIT, "Habits"),
    (Trait.RFM, "Buying value"),
)
QUOTES_SHOWN = 8
NO_GROUP = "No group"
# Each score, the fact it stands for, and how that is told.
_FIFTHS = {
    "recency": ("days_since", "last order {} days ago"),
    "frequency": ("orders", "orders so far: {}"),
    "money": ("total", "{} spent in all"),
}


@dataclass(frozen=True, slots=True)
class TraitCard:
    """A trait as a page shows it.

    Attributes:
        trait: Its kind.
        name: Which one; empty where there is one only.
        title: What it is called.
        says: What is said of it, in words.
        sureness: From 0 to 1; None where nothing tells.
        quotes: The texts it came from, newest first.
        deeds: The events it came from.
        counted: Over how many texts or events it was inferred, in words.
        correction: What a person said of it; None for nothing.
    """

    trait: str
    name: str
    title: str
    says: str
    sureness: float | None
    quotes: list[Quote]
    deeds: list[Deed]
    counted: str
    correction: Correction | None

    @property
    def is_inferred(self) -> bool:
        """Whether nobody has said that it is right or what it is."""
        return self.correction is None

    @property
    def is_nothing(self) -> bool:
        """Whether it says that there is none, which one can only change."""
        return self.title == NO_GROUP

    @property
    def sure_word(self) -> str:
        return confidence_word(self.sureness) if self.sureness is not None else "not known how sure"

    @property
    def percent(self) -> int:
        return round(100 * (self.sureness or 0))


@dataclass(frozen=True, slots=True)
class Portrait:
    """All traits of a contact under their headings, and what people removed."""

    profile: Profile
    groups: list[tuple[str, list[TraitCard]]]
    removed: list[Correction]


def portrait_of_contact(contact: Contact, *, currency: str = "") -> Portrait | None:
    """The contact's portrait; None where there is no profile.

    Args:
        contact: Whose.
        currency: Of what they paid, where it is known.
    """
    profile = (
        Profile.objects.filter(contact=contact)
        .defer("vector")
        .select_related("cluster__identity")
        .first()
    )
    if profile is None:
        return None
    said = list(contact.corrections.select_related("made_by"))
    builder = _Builder(contact, profile, said, currency=currency)
    return Portrait(
        profile=profile,
        groups=[
            (heading, cards) for trait, heading in HEADINGS if (cards := list(builder.cards(trait)))
        ],
        removed=[one for one in said if one.action == Correction.Action.REMOVE],
    )


class _Builder:
    """What the cards of one portrait have in common, read in as few queries as there are kinds."""

    def __init__(
        self, contact: Contact, profile: Profile, said: list[Correction], *, currency: str
    ) -> None:
        self._profile = profile
        self._currency = currency
        self._said = {(one.trait, one.name): one for one in said}
        # What was renamed stands under its new name, and rests on the same texts.
        self._renamed = {(one.trait, one.value): one for one in said if isinstance(one.value, str)}
        evidence: Mapping[str, Mapping[str, Mapping[str, Any]]] = profile.evidence
        pieces = [piece for named in evidence.values() for piece in named.values()]
        self._texts = texts_by_id(contact.pk, _ids(pieces, "texts"))
        self._deeds = deeds_by_id(contact, _ids(pieces, "events"), currency=currency)

    def cards(self, trait: str) -> Iterator[TraitCard]:
        for name, title, says in self._said_of(trait):
            if not is_sensitive(f"{title}. {says}"):
                yield self._card(trait, name, title, says)

    def _said_of(self, trait: str) -> Iterator[tuple[str, str, str]]:
        if trait == Trait.RFM:
            return _rfm(self._profile, self._currency)
        return _SAYING[Trait(trait)](self._profile)

    def _card(self, trait: str, name: str, title: str, says: str) -> TraitCard:
        correction = self._said.get((trait, name)) or self._renamed.get((trait, name))
        found = correction.name if correction else name
        piece = self._profile.evidence.get(trait, {}).get(found, {})
        texts = [self._texts[one] for one in piece.get("texts", ()) if one in self._texts]
        deeds = [self._deeds[one] for one in piece.get("events", ()) if one in self._deeds]
        support, of = piece.get("support", 0), piece.get("of", 0)
        return TraitCard(
            trait=trait,
            name=found,
            title=title,
            says=says,
            sureness=confidence(support, of) if of else None,
            quotes=quotes_of(texts[:QUOTES_SHOWN], phrase=found if trait == Trait.INTEREST else ""),
            deeds=deeds[:QUOTES_SHOWN],
            counted=_counted(support, of, self._profile.text_count, trait),
            correction=correction,
        )


def _ids(pieces: list[Mapping[str, Any]], kind: str) -> set[int]:
    return {one for piece in pieces for one in piece.get(kind, ())}


def _counted(support: int, of: int, texts: int, trait: str) -> str:
    if not of:
        return ""
    if trait == Trait.INTEREST and not texts:
        return f"in {support} of {of} {'order' if of == 1 else 'orders'}"
    if trait == Trait.INTEREST:
        return f"in {support} of {texts} {'text' if texts == 1 else 'texts'}"
    if trait == Trait.ASPECT:
        return f"in {support} of {of} {'text' if of == 1 else 'texts'}"
    if trait in (Trait.RFM, Trait.PURCHASE_INTENT):
        return f"from {of} {'order' if of == 1 else 'orders'}"
    return f"{support} of {of} agree"


def _cluster(profile: Profile) -> Iterator[tuple[str, str, str]]:
    if profile.cluster:
        yield "", profile.cluster.name, profile.cluster.portrait
    elif not profile.text_count:
        yield "", NO_GROUP, "Groups are of people who write, and nothing of theirs was read."
    else:
        yield "", NO_GROUP, "Too unlike everybody else, or put in none by a person."


def _interests(profile: Profile) -> Iterator[tuple[str, str, str]]:
    for one in profile.interests:
        does = "brought up" if profile.text_count else "bought"
        yield one["phrase"], one["phrase"], f"{does} more than others do"


def _categories(profile: Profile) -> Iterator[tuple[str, str, str]]:
    for name, share in profile.categories.items():
        what = "write about" if profile.text_count else "bought"
        yield name, name, f"{share:.0%} of what they {what}"


def _mood(profile: Profile) -> Iterator[tuple[str, str, str]]:
    if profile.sentiment is None:
        return
    scale = "from −1, unhappy, to 1, happy"
    yield "", mood_word(profile.sentiment).capitalize(), f"{profile.sentiment:+.2f} ({scale})"


def _aspects(profile: Profile) -> Iterator[tuple[str, str, str]]:
    for name, value in profile.aspects.items():
        feeling = value.get("sentiment") if isinstance(value, Mapping) else value
        if isinstance(feeling, int | float):
            yield name, name, f"{mood_word(feeling)} ({feeling:+.2f})"


def _intent(profile: Profile) -> Iterator[tuple[str, str, str]]:
    if profile.purchase_intent is not None:
        yield "", f"{profile.purchase_intent:.0%}", "likely to buy soon"


def _habits(profile: Profile) -> Iterator[tuple[str, str, str]]:
    for name, title, says in _plain(profile.habits):
        if name == "every_days":
            yield name, "Usual gap", f"{says} days between orders"
        else:
            yield name, title, says


def _rfm(profile: Profile, currency: str) -> Iterator[tuple[str, str, str]]:
    """The word and the fifths, each with the fact it rests on; what else there is, as it is."""
    known = dict(profile.rfm)
    if "group" in known:
        yield "group", "Kind of buyer", _words(known.pop("group"))
    for name, (fact, told) in _FIFTHS.items():
        if name in known:
            fifth, found = _words(known.pop(name)), known.pop(fact, None)
            because = f": {told.format(_fact(fact, found, currency))}" if found is not None else ""
            yield name, name.capitalize(), f"{fifth} of 5{because}"
    yield from _plain(known)


def _fact(fact: str, found: float, currency: str) -> str:
    if fact == "total":
        return money(found, currency)
    return _words(round(found) if fact == "days_since" else found)


def _plain(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, value in values.items():
        yield name, name.replace("_", " ").capitalize(), _words(value)


def _words(value: object) -> str:
    if isinstance(value, Mapping) and "value" in value:
        share, orders = value.get("share"), value.get("orders")
        often = f" ({share:.0%} of {orders} orders)" if share and orders else ""
        return f"{_words(value['value'])}{often}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')}: {_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


_SAYING = {
    Trait.CLUSTER: _cluster,
    Trait.INTEREST: _interests,
    Trait.CATEGORY: _categories,
    Trait.SENTIMENT: _mood,
    Trait.ASPECT: _aspects,
    Trait.PURCHASE_INTENT: _intent,
    Trait.HABIT: _habits,
}
