"""Interest phrases made ready for a sentence: plural or uncountable, never needing an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

MAX_TOPIC_CHARACTERS = 32
_SHAPE = re.compile(r"[^\W\d_]+(?:['’&\- ]+[^\W\d_]+){0,3}")
_ADJECTIVE = re.compile(
    r"(?:able|ible|ful|less|ous|ive|ing|ish)$|^(?:soft|warm|cosy|cozy|casual|petite|light|simple|"
    r"classic|modern|elegant|cute|pretty|versatile|feminine|natural|loose|bright|vintage|bold)$"
)
# "clothing" and "wedding" look like adjectives and are not.
_NOT_ADJECTIVES = frozenset(
    {"clothing", "wedding", "lighting", "bedding", "swing", "ring", "earring", "string", "running",
     "hiking", "cooking", "baking", "knitting", "gardening", "cycling", "cleansing", "swimming",
     "reading", "gaming", "fishing", "camping", "sewing", "styling", "packing", "table",
     "vegetable",
     "stationery", "king", "lining", "coating", "spring", "tailoring", "layering", "stitching"}
)  # fmt: skip
_COUNTABLE = frozenset(
    [
        "dress",
        "sweater",
        "top",
        "skirt",
        "blouse",
        "jacket",
        "shirt",
        "coat",
        "sofa",
        "tee",
        "t-shirt",
        "cardigan",
        "pullover",
        "vest",
        "tunic",
        "jumpsuit",
        "romper",
        "bag",
        "boot",
        "shoe",
        "sandal",
        "sneaker",
        "hat",
        "scarf",
        "belt",
        "glove",
        "sock",
        "legging",
        "bra",
        "brief",
        "robe",
        "pajama",
        "nightgown",
        "hoodie",
        "sweatshirt",
        "poncho",
        "kimono",
        "blazer",
        "suit",
        "trouser",
        "jean",
        "short",
        "swimsuit",
        "bikini",
        "necklace",
        "bracelet",
        "earring",
        "ring",
        "watch",
        "brooch",
        "fit",
        "size",
        "color",
        "colour",
        "length",
        "style",
        "cut",
        "waist",
        "sleeve",
        "pattern",
        "print",
        "fabric",
        "detail",
        "neckline",
        "hem",
        "pocket",
        "button",
        "zipper",
        "seam",
        "strap",
        "collar",
        "shape",
        "silhouette",
        "layer",
        "basic",
        "chair",
        "table",
        "lamp",
        "rug",
        "cushion",
        "pillow",
        "blanket",
        "vase",
        "mirror",
        "candle",
        "frame",
        "plate",
        "bowl",
        "mug",
        "glass",
        "pan",
        "pot",
        "knife",
        "spoon",
        "cup",
        "book",
        "novel",
        "toy",
        "puzzle",
        "game",
        "plant",
        "seed",
        "tool",
        "bike",
        "tent",
        "backpack",
        "bottle",
        "lipstick",
        "cream",
        "serum",
        "mask",
        "brush",
        "perfume",
        "snack",
        "gift",
        "card",
        "poster",
        "curtain",
        "towel",
        "sheet",
        "mattress",
        "desk",
        "shelf",
        "basket",
        "box",
        "speaker",
        "headphone",
        "phone",
        "laptop",
        "camera",
        "dog",
        "cat",
        "bed",
        "leash",
        "collar",
        "treat",
        "knit",
        "design",
        "material",
        "texture",
        "choice",
        "outfit",
        "look",
        "piece",
    ]
)


def topics(interests: Iterable[str]) -> list[str]:
    """The interests a sentence can carry, in order, without doubles.

    Left out is what does not read as a short phrase of letters: figures, markup and merge tags come
    from people's own texts and have no place in copy.

    Args:
        interests: Phrases, strongest first.

    >>> topics(["summer dress", "comfortable", "100% cotton", "Denim", "denim"])
    ['summer dresses', 'comfortable picks', 'denim']
    """
    readable = (_readable(phrase) for phrase in interests)
    return list(dict.fromkeys(topic for topic in readable if topic))


def with_pairs(singles: Sequence[str]) -> list[str]:
    """Single topics, then the strongest joined in pairs.

    >>> with_pairs(["denim", "knits"])
    ['denim', 'knits', 'denim and knits']
    """
    leading = [topic for topic in singles[:3] if " and " not in topic and "&" not in topic]
    pairs = [f"{one} and {other}" for one, other in pairwise(leading)]
    return [*singles, *(pair for pair in pairs if len(pair) <= MAX_TOPIC_CHARACTERS)]


def _readable(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    if len(phrase) > MAX_TOPIC_CHARACTERS or not _SHAPE.fullmatch(phrase):
        return ""
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in phrase.split()]
    last = words[-1]
    if last in _COUNTABLE:
        words[-1] = _plural(last)
    elif _ADJECTIVE.search(last) and last not in _NOT_ADJECTIVES:
        words.append("picks")
    return " ".join(words)


def _plural(noun: str) -> str:
    if noun in {"knife", "shelf", "scarf"}:
        return noun.removesuffix("fe").removesuffix("f") + "ves"
    if noun.endswith(("s", "x", "ch", "sh", "z")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
