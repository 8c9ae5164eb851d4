"""Interest phrases made ready for a sentence: plural or uncountable, never needing an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

MAX_TOPIC_CHARACTERS = 32


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHAPE = re.compile(r"[^\W\d_]+(?:['’&\- ]+[^\W\d_]+){0,3}")
_ADJECTIVE = re.compile(
    r"(?:able|ible|ful|less|ous|ive|ing|ish|proof)$|^(?:soft|warm|cosy|cozy|casual|petite|light|simple|"
    r"classic|modern|elegant|cute|pretty|versatile|feminine|natural|loose|bright|vintage|bold|"
    r"fit|length|leg|sleeve|waist|rise)$"
)
# "clothing" and "wedding" look like adjectives and are not.
_NOT_ADJECTIVES = frozenset(
    {"clothing", "wedding", "lighting", "bedding", "swing", "ring", "earring", "string", "running",
     "hiking", "cooking", "baking", "knitting", "gardening", "cycling", "cleansing", "swimming",
     "reading", "gaming", "fishing", "camping", "sewing", "styling", "packing", "table",
     "vegetable", "training", "riding", "stretching", "quilting", "writing",
     "polish", "stationery", "king", "lining", "coating", "spring", "tailoring", "layering",
     "stitching"}
)  # fmt: skip
# What is said without an article in the singular: stuffs, activities, moods.
_UNCOUNTABLE = _words_of(
    """
    wool merino cashmere denim linen cotton silk satin leather suede lace velvet tweed corduroy
    chiffon crochet fleece fur gold silver bamboo wood oak glass china art music furniture jewelry
    jewellery lingerie luggage stationery embroidery cosmetics makeup skincare haircare fragrance
    coffee espresso brew tea chocolate bread cheese wine beer honey pasta rice fruit food water
    weather rain snow ceramic incense sourdough nougat meditation matcha mascara compost sun
    winter spring summer autumn work travel sport yoga fashion comfort quality warmth coverage
    stretch support softness value luxury nature home hair skin plaid tulle jersey decor cookware
    kitchenware hardware software paper clay gear footwear hosiery couture selvedge indigo nylon
    polyester elastane spandex mesh felt tartan gingham movement protection foundation polish
    blush sunscreen toothpaste oil paint ink wax vinyl tape poetry cutlery lavender vanilla flour
    sugar salt pepper butter milk cream yoghurt cocoa caramel chutney marmalade syrup granola
    muesli cereal popcorn mustard vinegar ginger cinnamon turmeric saffron meat fish beef pork
    bacon tofu over catnip soil mulch turf sand gravel equipment champagne prosecco cider gin rum
    vodka whisky whiskey tequila streetwear millinery clothing apparel tailoring porcelain crystal
    marble brass copper steel rattan wicker cork seagrass mohair alpaca angora flannel twill
    canvas poplin jute hemp viscose golf football tennis cricket rugby ballet dance photography
    pottery calligraphy origami
    """
)
_COUNTED_ALL_THE_SAME = frozenset({"ring", "earring", "string", "lining", "blessing"})
_SINGULAR_IN_S = frozenset({"tennis", "gymnastics", "athletics", "pilates", "news", "christmas"})
_PLURAL_WITHOUT_S = frozenset({"men", "women", "children", "people", "feet", "teeth"})
_UNCOUNTABLE_ENDING = ("wear", "ware", "ness", "ity", "ship", "ing", "care")


def topics(interests: Iterable[str]) -> list[str]:
    """The interests a sentence can carry, in order, without doubles.

    Left out is what does not read as a short phrase of letters: figures, markup and merge tags come
    from people's own texts and have no place in copy.

    Args:
        interests: Phrases, strongest first.

    >>> topics(["summer dress", "comfortable", "100% cotton", "Denim", "denim"])
    ['summer dresses', 'comfortable picks', 'denim']
    >>> topics(["roll neck", "cable knit", "knitwear", "running", "jeans", "scarf"])
    ['roll necks', 'cable knits', 'knitwear', 'running', 'jeans', 'scarves']
    """
    readable = (_readable(phrase) for phrase in interests)
    return list(dict.fromkeys(topic for topic in readable if topic))


def with_pairs(singles: Sequence[str]) -> list[str]:
    """Single topics, then the strongest joined in pairs.

    >>> with_pairs(["denim", "knits"])
    ['denim', 'knits', 'denim and knits']
    """
    leading = [topic for topic in singles[:3] if " and " not in topic and "&" not in topic]
    pairs = [f"{one} and {other}" for one, other in combinations(leading, 2)]
    return [*singles, *(pair for pair in pairs if len(pair) <= MAX_TOPIC_CHARACTERS)]


def is_plural(topic: str) -> bool:
    """Whether a topic takes a plural verb; one that cannot be counted takes the singular.

    >>> [is_plural(topic) for topic in ("dresses", "denim", "denim and linen", "fitness")]
    [True, False, True, False]
    """
    last = topic.split()[-1].lower()
    ends = last.endswith("s") and not last.endswith("ss") and last not in _SINGULAR_IN_S
    return " and " in topic or ends or last in _PLURAL_WITHOUT_S


def _readable(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    if len(phrase) > MAX_TOPIC_CHARACTERS or not _SHAPE.fullmatch(phrase):
        return ""
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in phrase.split()]
    last = words[-1]
    if _ADJECTIVE.search(last) and last not in _NOT_ADJECTIVES:
        words.append("picks")
    elif _is_counted(last):
        words[-1] = _plural(last)
    return " ".join(words)


def _is_counted(noun: str) -> bool:
    if noun in _COUNTED_ALL_THE_SAME:
        return True
    has_ending = noun.endswith("s") and not noun.endswith("ss")
    return not (
        has_ending
        or noun in _PLURAL_WITHOUT_S
        or noun in _UNCOUNTABLE
        or noun.endswith(_UNCOUNTABLE_ENDING)
    )


def _plural(noun: str) -> str:
    if noun in {"knife", "shelf", "scarf"}:
        return noun.removesuffix("fe").removesuffix("f") + "ves"
    if noun.endswith(("s", "x", "ch", "sh", "z")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
