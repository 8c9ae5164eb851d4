import pytest

from audience.correcting import Said, corrected, restored

VALUES = {
    "interests": [{"phrase": "wool", "weight": 2.0}, {"phrase": "silk", "weight": 1.0}],
    "categories": {"Knits": 0.6, "Dresses": 0.4},
    "sentiment": 0.4,
    "purchase_intent": 0.3,
    "aspects": {"fit": {"sentiment": 0.5, "texts": 3}},
    "habits": {"weekday": {"value": "Sunday", "share": 0.8, "orders": 5}},
    "rfm": {"group": "loyal"},
}


@pytest.mark.parametrize(
    ("said", "place", "expected"),
    [
        (Said("interest", "wool", "remove"), "interests", [VALUES["interests"][1]]),
        (
            Said("interest", "silk", "set", value="satin"),
            "interests",
            [VALUES["interests"][0], {"phrase": "satin", "weight": 1.0}],
        ),
        (
            Said("interest", "linen", "confirm", before={"phrase": "linen", "weight": 3.0}),
            "interests",
            [{"phrase": "linen", "weight": 3.0}, *VALUES["interests"]],
        ),
        (Said("category", "Knits", "remove"), "categories", {"Dresses": 0.4}),
        (Said("category", "Knits", "set", value="Dresses"), "categories", {"Dresses": 1.0}),
        (Said("category", "Coats", "confirm", before=0.2), "categories",
         {"Knits": 0.6, "Dresses": 0.4, "Coats": 0.2}),
        (Said("sentiment", "", "set", value=-0.5), "sentiment", -0.5),
        (Said("sentiment", "", "confirm", before=0.7), "sentiment", 0.7),
        (Said("purchase_intent", "", "remove"), "purchase_intent", None),
        (Said("aspect", "fit", "set", value=-1.0), "aspects",
         {"fit": {"sentiment": -1.0, "texts": 3}}),
        (Said("habit", "weekday", "set", value="Monday"), "habits",
         {"weekday": {"value": "Monday"}}),
        (Said("rfm", "group", "set", value="new"), "rfm", {"group": "new"}),
        (Said("rfm", "group", "remove"), "rfm", {}),
    ],
)  # fmt: skip
def test_what_was_said_stands_and_can_be_taken_back(said, place, expected):
    after = corrected(VALUES, [said])

    assert after[place] == expected
    assert {key: after[key] for key in VALUES if key != place} == {
        key: VALUES[key] for key in VALUES if key != place
    }


@pytest.mark.parametrize(
    "said",
    [
        Said("interest", "wool", "remove", before=VALUES["interests"][0]),
        Said("interest", "wool", "set", value="felt", before=VALUES["interests"][0]),
        Said("interest", "wool", "confirm", before=VALUES["interests"][0]),
        Said("category", "Knits", "remove", before=0.6),
        Said("category", "Knits", "set", value="Coats", before=0.6),
        Said("sentiment", "", "set", value=-0.5, before=0.4),
        Said("purchase_intent", "", "remove", before=0.3),
        Said("aspect", "fit", "set", value=-1.0, before=VALUES["aspects"]["fit"]),
        Said("habit", "weekday", "remove", before=VALUES["habits"]["weekday"]),
    ],
)
def test_taken_back_everything_is_as_it_was(said):
    assert restored(corrected(VALUES, [said]), said) == VALUES


def test_the_last_word_stands():
    said = [
        Said("sentiment", "", "set", value=-0.5),
        Said("sentiment", "", "set", value=0.9),
    ]
    assert corrected(VALUES, said)["sentiment"] == 0.9


def test_saying_it_twice_changes_no_more():
    said = Said("interest", "wool", "set", value="felt", before=VALUES["interests"][0])
    once = corrected(VALUES, [said])
    assert corrected(once, [said]) == once
