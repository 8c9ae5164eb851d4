import pytest

from core.errors import InputRefused
from core.loading.importers import Field, Importer, Repeats
from core.loading.kinds import Text
from core.loading.mapping import check_mapping, parse_pairs, plan_columns

PETS = Importer(
    noun="pets",
    table="pet",
    fields=(
        Field("tag", Text(10), "its number", required=True, aliases=("pet_id",)),
        Field("call_name", Text(10), "what it answers to", aliases=("name",)),
    ),
    key="tag",
    repeats=Repeats.UPDATE,
)


@pytest.mark.parametrize("column", ["call_name", "Call Name", "call-name", "callName", "NAME"])
def test_a_column_finds_its_field_by_name_whatever_the_spelling(column):
    plan = plan_columns({}, PETS, ["tag", column])
    assert plan.column_of == {"tag": "tag", "call_name": column}


def test_a_fields_own_name_goes_before_another_name_of_it():
    plan = plan_columns({}, PETS, ["pet_id", "tag"])
    assert plan.column_of == {"tag": "tag"}
    assert plan.unclaimed == ("pet_id",)


def test_what_is_mapped_goes_before_names():
    plan = check_mapping({"tag": "No"}, PETS, ["tag", "No", "colour"])
    assert plan.column_of == {"tag": "No"}
    assert plan.unclaimed == ("tag", "colour")


def test_an_unknown_column_is_answered_with_the_columns_there_are():
    with pytest.raises(InputRefused, match="no column 'Nr'; its columns are No, colour"):
        check_mapping({"tag": "Nr"}, PETS, ["No", "colour"])


def test_an_unknown_field_is_answered_with_the_fields_there_are():
    with pytest.raises(InputRefused, match="no field 'age'; the fields are tag, call_name"):
        check_mapping({"age": "No"}, PETS, ["No"])


def test_a_required_field_without_a_column_is_named_with_the_cure():
    with pytest.raises(InputRefused, match="--map COLUMN=tag") as refused:
        check_mapping({}, PETS, ["No"])
    assert refused.value.field == "tag"


def test_a_column_name_may_hold_an_equals_sign():
    assert parse_pairs(["a=b=tag"]) == {"tag": "a=b"}


@pytest.mark.parametrize("pairs", [["tag"], ["=tag"], ["No="], ["a=tag", "b=tag"]])
def test_a_pair_that_says_too_little_or_too_much_is_refused(pairs):
    with pytest.raises(InputRefused, match="--map"):
        parse_pairs(pairs)
