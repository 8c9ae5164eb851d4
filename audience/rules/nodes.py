"""What a rule says once it is parsed: frozen nodes, compared by value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = str | int | float | bool
# (comparison, what it compares with), in the order the language lists them.
Comparisons = tuple[tuple[str, Scalar | tuple[Scalar, ...]], ...]
Bounds = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class When:
    """A moment counted in days back from now: no longer ago than `within`, longer than `before`."""

    within_days: int | None = None
    before_days: int | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


@dataclass(frozen=True, slots=True)
class Everyone:
    pass


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the shop knows: every comparison must hold, and none does where it is missing."""

    name: str
    comparisons: Comparisons


@dataclass(frozen=True, slots=True)
class Interest:
    phrase: str


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    comparisons: Bounds


@dataclass(frozen=True, slots=True)
class Intent:
    comparisons: Bounds


@dataclass(frozen=True, slots=True)
class Trait:
    """A value that the profile keeps as JSON, by its name: itself, or as `inner` of an object."""

    column: str
    name: str
    comparisons: Comparisons
    inner: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    when: When


@dataclass(frozen=True, slots=True)
class InCluster:
    cluster_id: int


@dataclass(frozen=True, slots=True)
class InGroup:
    """In the group, whichever cluster of whichever fit it is now."""

    group_id: int


@dataclass(frozen=True, slots=True)
class About:
    """Whose words are like `text`: at least so alike, or among the `closest` ones."""

    text: str
    at_least: float | None
    closest: int | None


@dataclass(frozen=True, slots=True)
class Consented:
    purpose: str
    state: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    channel: str


@dataclass(frozen=True, slots=True)
class Share:
    share: float
    salt: str


@dataclass(frozen=True, slots=True)
class InSegment:
    key: str


@dataclass(frozen=True, slots=True)
class Did:
    """Who did something: the events of that name that match `where` and lie in the window."""

    name: str
    at_least: int = 1
    within_days: int | None = None
    before_days: int | None = None
    at_most: int | None = None
    where: tuple[tuple[str, Comparisons], ...] = ()
    total: Bounds = ()
    first: When | None = None
    last: When | None = None


Rule = (
    AllOf
    | AnyOf
    | Not
    | Everyone
    | Attribute
    | Interest
    | Category
    | Sentiment
    | Intent
    | Trait
    | Wrote
    | InCluster
    | InGroup
    | About
    | Consented
    | Suppressed
    | Share
    | InSegment
    | Did
)
