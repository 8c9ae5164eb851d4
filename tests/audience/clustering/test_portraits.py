import math

import pytest

from audience.clustering.portraits import ClusterWords, portraits, telling_phrases
from audience.phrases import Background


def words(*texts, size=None, categories=None, sentiment=0.5):
    return ClusterWords(
        size=size or len(texts),
        texts=[list(text) for text in texts],
        categories=categories or {},
        sentiment=sentiment,
    )


COATS = words(*[["wool coat", "button"]] * 6, categories={"Coats": 0.8, "Knits": 0.2})
JEANS = words(*[["wide leg", "button"]] * 6, categories={"Jeans": 1.0})


def test_name_holds_the_category_and_what_sets_the_cluster_apart():
    assert [one.name for one in portraits([COATS, JEANS])] == [
        "Coats: wool coat",
        "Jeans: wide leg",
    ]


def test_what_everybody_says_is_no_keyword():
    keywords = [found.phrase for found in portraits([COATS, JEANS])[0].keywords]

    assert keywords == ["wool coat"]


def test_weight_is_the_share_times_how_much_larger_it_is():
    own = [["belt"], ["belt"], ["hem"], ["hem"]]
    everybody = Background.of([*own, ["hem"], ["hem"], ["hem"], ["zip"]])

    [belt, *_] = telling_phrases(own, everybody)

    assert belt.weight == pytest.approx(0.5 * math.log(0.5 / (0.5 / 5)))


def test_words_of_the_category_do_not_name_it_twice():
    cluster = words(*[["coat", "belt"]] * 6, categories={"Coats": 0.9})

    assert portraits([cluster, JEANS])[0].name == "Coats: belt"


def test_clusters_that_read_alike_still_have_distinct_names():
    alike = [words(["linen"], categories={"Tops": 1.0}) for _ in range(3)]

    assert len({one.name for one in portraits(alike)}) == 3


def test_a_cluster_without_a_leading_category_is_called_mixed():
    cluster = words(*[["tank", "tunic"]] * 4, categories={"A": 0.2, "B": 0.2})

    assert portraits([cluster, JEANS])[0].name == "Mixed: tank and tunic"


def test_a_phrase_names_only_the_first_cluster_it_could_name():
    first = words(*[["long hem", "belt"]] * 6, categories={"Dresses": 1.0})
    second = words(*[["long hem", "zip"]] * 5, categories={"Dresses": 1.0})
    rest = words(*[["sole"]] * 30, categories={"Shoes": 1.0})

    assert [one.name for one in portraits([first, second, rest])][:2] == [
        "Dresses: long hem and belt",
        "Dresses: zip",
    ]


def test_a_cluster_without_words_or_categories_says_so():
    assert portraits([words([], [])])[0].name == "No common theme"


def test_portrait_is_two_sentences_with_the_numbers_in_them():
    [coats, _] = portraits([COATS, JEANS])

    assert coats.portrait == (
        "They write mostly about coats (80%) and knits (20%), and bring up “wool coat” far more "
        "often than others do. 6 people, 50% of everyone who writes, and about as happy as the "
        "rest (sentiment +0.50 against +0.50 overall)."
    )


@pytest.mark.parametrize(
    ("sentiment", "said"),
    [
        (0.9, "clearly happier than most"),
        (0.65, "a little happier than most"),
        (0.35, "a little harder to please"),
        (0.1, "harder to please than most"),
    ],
)
def test_portrait_compares_the_mood_with_everybodys(sentiment, said):
    own = words(["belt"], size=1, sentiment=sentiment)
    rest = words(*[["hem"]] * 9, size=1_000, sentiment=0.5)

    assert said in portraits([own, rest])[0].portrait


def test_people_in_no_cluster_are_among_the_others_and_get_no_portrait():
    knits = ClusterWords(
        size=10, texts=[["wool coat"]] * 10, categories={"Coats": 1.0}, sentiment=0.5
    )
    linens = ClusterWords(size=10, texts=[["linen"]] * 10, categories={"Tops": 1.0}, sentiment=0.5)
    loose = ClusterWords(
        size=30, texts=[["wool coat"]] * 30, categories={"Coats": 1.0}, sentiment=0.5
    )

    alone, _ = portraits([knits, linens])
    found = portraits([knits, linens], loose=loose)

    assert len(found) == 2
    assert found[0].share == 0.2
    assert alone.share == 0.5
    # What most others say too does not set the cluster apart any more.
    assert "wool coat" in [one.phrase for one in alone.keywords]
    assert "wool coat" not in [one.phrase for one in found[0].keywords]
