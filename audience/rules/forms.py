"""Every kind of rule: the keys it may have, what each holds, and the node it becomes. Pure.

The parser and the published schema both read these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audience.phrases import singular
from audience.rules.kinds import (
    COMPARISONS,
    DAYS,
    ORDERINGS,
    Always,
    Choice,
    Kind,
    Limits,
    Moment,
    Number,
    Text,
    Where,
    Whole,
)
from audience.rules.nodes import (
    About,
    Attribute,
    Category,
    Comparisons,
    Consented,
    Did,
    Everyone,
    InCluster,
    InGroup,
    InSegment,
    Intent,
    Interest,
    Not,
    Rule,
    Sentiment,
    Share,
    Suppressed,
    Trait,
    Wrote,
)

ALIKE = 0.35
MOST_CLOSEST = 100_000
LARGEST_ID = 10**15
STATES = ("given", "withdrawn", "unknown")
FIGURES = ("days_since", "orders", "total", "recency", "frequency", "money", "group")
CHANNELS = ("all", "email", "sms", "push")
PURPOSES = ("profiling", "email", "sms", "push", "assistant")

Made = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """One kind of rule. Its own key comes first in `keys`, and alone is required.

    Of `one_of`, if any, at least one must be there; of `never_both`, no two.
    """

    says: str
    keys: Mapping[str, Kind]
    make: Callable[[Made], Rule]
    example: Mapping[str, Any]
    one_of: tuple[str, ...] = ()
    never_both: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return next(iter(self.keys))


def _compared(made: Made) -> Comparisons:
    return tuple((name, made[name]) for name in COMPARISONS if name in made)


def _interest(made: Made) -> Rule:
    return Interest(" ".join(singular(word) for word in made["interest"].lower().split()))


def _about(made: Made) -> Rule:
    if "closest" in made:
        return About(made["about"], None, made["closest"])
    return About(made["about"], made.get("at_least", ALIKE), None)


def _did(made: Made, *, key: str = "did") -> Did:
    return Did(
        made[key],
        at_least=made.get("at_least", 1),
        within_days=made.get("within_days"),
        before_days=made.get("before_days"),
        at_most=made.get("at_most"),
        where=made.get("where", ()),
        total=made.get("total", ()),
        first=made.get("first"),
        last=made.get("last"),
    )


_TIMES = Whole(1_000_000)
_WINDOW: Mapping[str, Kind] = {"within_days": DAYS, "before_days": DAYS, "where": Where()}

FORMS: tuple[Form, ...] = (
    Form(
        "Every contact.",
        {"everyone": Always()},
        lambda _made: Everyone(),
        {"everyone": True},
    ),
    Form(
        "An attribute the shop keeps; every comparison must hold, and none does where it is "
        "missing.",
        {"attribute": Text(), **COMPARISONS},
        lambda made: Attribute(made["attribute"], _compared(made)),
        {"attribute": "age", "gte": 30, "lt": 40},
        one_of=tuple(COMPARISONS),
    ),
    Form(
        "A phrase among the interests of their profile.",
        {"interest": Text()},
        _interest,
        {"interest": "petite fit"},
    ),
    Form(
        "The share of their texts in a category of the shop.",
        {"category": Text(), "at_least": Number(0, 1)},
        lambda made: Category(made["category"], made.get("at_least", 0.0)),
        {"category": "Dresses", "at_least": 0.5},
    ),
    Form(
        "How happy their texts are, from -1 to 1.",
        {"sentiment": Limits(Number(-1, 1))},
        lambda made: Sentiment(made["sentiment"]),
        {"sentiment": {"gte": 0.3}},
    ),
    Form(
        "How likely they are to buy soon, from 0 to 1.",
        {"purchase_intent": Limits(Number(0, 1), '{"gte": 0.6}')},
        lambda made: Intent(made["purchase_intent"]),
        {"purchase_intent": {"gte": 0.6}},
    ),
    Form(
        "How they feel about an aspect, such as fit or price, from -1 to 1.",
        {"aspect": Text(), **dict.fromkeys(ORDERINGS, Number(-1, 1))},
        lambda made: Trait("aspects", made["aspect"], _compared(made), "sentiment"),
        {"aspect": "fit", "lt": 0},
        one_of=ORDERINGS,
    ),
    Form(
        "Their purchases: days since the last, orders, total; as fifths of the shop from 1 to 5, "
        "recency, frequency, money; and in a word, group.",
        {"rfm": Choice(FIGURES), **COMPARISONS},
        lambda made: Trait("rfm", made["rfm"], _compared(made)),
        {"rfm": "orders", "gte": 3},
        one_of=tuple(COMPARISONS),
    ),
    Form(
        "A habit: when and how they buy.",
        {"habit": Text(), **COMPARISONS},
        lambda made: Trait("habits", made["habit"], _compared(made), "value"),
        {"habit": "channel", "is": "email"},
        one_of=tuple(COMPARISONS),
    ),
    Form(
        "When they last wrote something.",
        {"wrote": Moment()},
        lambda made: Wrote(made["wrote"]),
        {"wrote": {"within_days": 30}},
    ),
    Form(
        "The cluster of one fit they are in, by its id.",
        {"cluster": Whole(LARGEST_ID)},
        lambda made: InCluster(made["cluster"]),
        {"cluster": 12},
    ),
    Form(
        "The group they are in, by its id, which stays from fit to fit.",
        {"group": Whole(LARGEST_ID)},
        lambda made: InGroup(made["group"]),
        {"group": 3},
    ),
    Form(
        "Their words are like this text: the cosine of the vectors is that large, or they are "
        "among the closest.",
        {"about": Text(), "at_least": Number(-1, 1), "closest": Whole(MOST_CLOSEST)},
        _about,
        {"about": "winter running", "at_least": 0.35},
        never_both=("at_least", "closest"),
    ),
    Form(
        "What they said to a purpose: given, withdrawn, or unknown where they were never heard.",
        {"consent": Choice(PURPOSES), "is": Choice(STATES)},
        lambda made: Consented(made["consent"], made.get("is", "given")),
        {"consent": "email"},
    ),
    Form(
        "Who must not be written to on a channel, or on all.",
        {"suppressed": Choice(CHANNELS)},
        lambda made: Suppressed(made["suppressed"]),
        {"suppressed": "email"},
    ),
    Form(
        "A random share of the contacts: the same ones every time, others under another salt.",
        {"share": Number(0, 1), "salt": Text(may_be_empty=True)},
        lambda made: Share(made["share"], made.get("salt", "")),
        {"share": 0.1, "salt": "autumn"},
    ),
    Form(
        "Who belongs to another segment, by its key.",
        {"segment": Text()},
        lambda made: InSegment(made["segment"]),
        {"segment": "loyal"},
    ),
    Form(
        "Who did something: so often, lately or long ago, with such properties, for such a total "
        "value, first or last at such a time.",
        {
            "did": Text(),
            "at_least": _TIMES,
            "at_most": _TIMES,
            **_WINDOW,
            "total": Limits(Number(), '{"gte": 100}'),
            "first": Moment(),
            "last": Moment(),
        },
        _did,
        {"did": "Order Completed", "at_least": 2, "within_days": 90},
    ),
    Form(
        "Who did not.",
        {"did_not": Text(), **_WINDOW},
        lambda made: Not(_did(made, key="did_not")),
        {"did_not": "Order Completed", "within_days": 90},
    ),
)
