import pytest

from audience.clustering.portraits import ClusterWords, portraits
from audience.phrases import phrases
from audience.sensitive import SENSITIVE_WORDS, is_sensitive


@pytest.mark.parametrize(
    "said",
    [
        "maternity dress",
        "Baby bumps",
        "mastectomy bra",
        "church dress",
        "my hijabs",
        "bar-mitzvah outfit",
        "hispanic neighbours",
        "republican rally",
        "gay-friendly bar",
    ],
)
def test_what_touches_a_sensitive_trait_is_recognised(said):
    assert is_sensitive(said)


@pytest.mark.parametrize("said", ["petite fit", "wide leg", "knit top", "silk blouse", "black"])
def test_ordinary_phrases_are_not_held_back(said):
    assert not is_sensitive(said)


@pytest.mark.parametrize(
    "word", sorted(word for words in SENSITIVE_WORDS.values() for word in words.split())
)
def test_no_sensitive_word_becomes_a_phrase(word):
    assert phrases(f"a soft {word} dress for {word}") in ([], ["dress"], ["soft dress", "dress"])


def test_portraits_say_nothing_sensitive_even_when_everybody_writes_of_it():
    words = ClusterWords(
        size=9,
        texts=[["pregnancy", "wool coat"], ["church", "wool coat"]] * 5,
        categories={"Maternity": 0.9, "Coats": 0.1},
        sentiment=0.5,
    )
    others = ClusterWords(size=9, texts=[["linen"]] * 9, categories={"Tops": 1.0}, sentiment=0.5)

    [portrait, _] = portraits([words, others])

    said = " ".join([portrait.name, portrait.portrait, *portrait.categories]).lower()
    assert not {"pregnancy", "church", "maternity"} & set(said.replace(",", " ").split())
    assert "wool coat" in said
