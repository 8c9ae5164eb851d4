import numpy as np
import pytest

from audience.interests import PhraseVectors, choose_interests
from audience.phrases import WeightedPhrase


def phrase(name, weight):
    return WeightedPhrase(name, weight, 1.0)


def unit(*numbers):
    vector = np.array(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def test_of_equal_phrases_the_one_nearest_the_contact_is_strongest():
    vectors = {"far": unit(-1, 0), "near": unit(1, 0), "between": unit(0, 1)}
    candidates = [phrase(name, 1.0) for name in vectors]

    found = choose_interests(candidates, vectors, unit(1, 0), limit=3)

    assert [one.phrase for one in found] == ["near", "between", "far"]
    assert [one.weight for one in found] == pytest.approx([1.0, 0.5, 0.0])


def test_what_says_the_same_gives_way_to_what_says_something_else():
    vectors = {"knit": unit(1, 0.1), "knitwear": unit(1, 0.11), "boots": unit(0.6, 1)}
    candidates = [phrase("knit", 1.0), phrase("knitwear", 0.99), phrase("boots", 0.8)]

    found = choose_interests(candidates, vectors, unit(1, 0.3), limit=2)

    assert {one.phrase for one in found} == {"knit", "boots"}


def test_no_candidates_make_no_interests():
    assert choose_interests([], {}, unit(1, 0), limit=8) == []


def test_a_phrase_is_encoded_once_and_forgotten_when_there_are_too_many():
    asked = []

    def encode(phrases):
        asked.extend(phrases)
        return np.eye(len(phrases), 4, dtype=np.float32)

    vectors = PhraseVectors(encode, most=2)
    vectors.of(["a", "b"])
    vectors.of(["b", "c"])
    vectors.of(["b", "a"])

    assert asked == ["a", "b", "c", "a"]
    assert set(vectors.of(["a", "b", "c", "d"])) == {"a", "b", "c", "d"}
