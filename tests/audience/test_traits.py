import pytest

from audience.traits import MOST_ATTRIBUTES, traits_of


def test_names_and_addresses_are_known_in_both_spellings():
    camel = traits_of({"email": "a@x.example", "firstName": "Ann", "lastName": "Lee"})
    snake = traits_of({"email": "a@x.example", "first_name": "Ann", "last_name": "Lee"})
    expected = {"email": "a@x.example", "first_name": "Ann", "last_name": "Lee"}
    assert camel.fields == snake.fields == expected


def test_a_whole_name_counts_where_its_parts_are_not_given():
    assert traits_of({"name": "Ann Mary Lee"}).fields == {
        "first_name": "Ann",
        "last_name": "Mary Lee",
    }
    assert traits_of({"name": "Ann Lee", "firstName": "Anna"}).fields == {"first_name": "Anna"}


def test_everything_else_is_an_attribute():
    said = {"plan": "pro", "address": {"city": "Oslo"}, "visits": 3, "groupId": "g"}
    assert traits_of(said).attributes == {"plan": "pro", "address": {"city": "Oslo"}, "visits": 3}


def test_null_takes_a_trait_away():
    traits = traits_of({"email": None, "plan": None})
    assert (traits.fields, traits.attributes) == ({"email": ""}, {"plan": None})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"email": "nobody"}, "traits.email is no e-mail address"),
        ({"email": "a@x.example\r\nBcc: b@x.example"}, "traits.email is no e-mail address"),
        ({"email": "a@" + "x" * 400}, "traits.email is no e-mail address"),
        ({"email": ["a@x.example"]}, "traits.email must be a text"),
        ({"firstName": "x" * 101}, "traits.firstName is longer than 100 characters"),
        ({"": 1}, "traits. must have a name of 1 to 100 characters"),
    ],
)
def test_what_cannot_be_a_trait_is_named(said, reason):
    assert traits_of(said).refused == (reason,)
    assert not traits_of(said).fields


def test_a_name_has_no_line_breaks_for_it_may_stand_in_a_header():
    said = {"firstName": "Ann\r\nBcc: all@x.example\x00"}
    assert traits_of(said).fields == {"first_name": "Ann Bcc: all@x.example"}


def test_no_more_attributes_than_a_row_should_hold():
    traits = traits_of({f"t{n}": n for n in range(MOST_ATTRIBUTES + 1)})
    assert len(traits.attributes) == MOST_ATTRIBUTES
    assert len(traits.refused) == 1
