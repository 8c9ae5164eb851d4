import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.loading.kinds import (
    NULL,
    Choice,
    Flag,
    Integer,
    JsonObject,
    Moment,
    Number,
    Text,
    ValueRefused,
    escape_json,
)


def encoded(kind, *values):
    refusals = {}
    return kind.encode(values, refusals.__setitem__), refusals


def unescaped(text):
    """COPY text read back, by PostgreSQL's rules."""
    signs = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
    return re.sub(r"\\(.)", lambda escaped: signs[escaped[1]], text)


def test_plain_texts_pass_without_the_space_around_them():
    assert encoded(Text(10), "Ann", " Bo ", "") == (["Ann", "Bo", NULL], {})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))))
def test_any_text_survives_the_way_to_copy_and_back(values):
    texts, refusals = encoded(Text(10_000), *values)
    assert refusals == {}
    assert [NULL if t == NULL else unescaped(t) for t in texts] == [
        v.strip() or NULL for v in values
    ]


def test_a_text_that_reads_like_copys_null_stays_a_text():
    assert encoded(Text(10), r"\N") == ([r"\\N"], {})


def test_one_odd_text_does_not_cost_the_others():
    texts, refusals = encoded(Text(5), "Ann", "far too long", "Bo")
    assert [texts[0], texts[2]] == ["Ann", "Bo"]
    assert refusals == {1: "is 12 characters long; the limit is 5"}


@pytest.mark.parametrize(
    ("value", "reason"), [("a\x00b", "NUL"), ("caf\udce9", "UTF-8"), ([1], "list"), (b"x", "bytes")]
)
def test_what_the_database_cannot_hold_is_refused(value, reason):
    _, refusals = encoded(Text(10), value)
    assert reason in refusals[0]


@pytest.mark.parametrize(
    ("value", "text"), [(12345.0, "12345"), (7, "7"), (None, NULL), (float("nan"), NULL)]
)
def test_an_id_that_pandas_made_a_float_is_the_id_again(value, text):
    assert encoded(Text(10), value) == ([text], {})


def test_whole_numbers_keep_to_their_range():
    texts, refusals = encoded(Integer(1, 5), "4", 5.0, " 3 ", "6", "4.5", True, "")
    assert texts[:3] == ["4", "5", "3"]
    assert texts[6] == NULL
    assert set(refusals) == {3, 4, 5}


def test_a_price_is_exact_and_never_rounded_in_silence():
    price = Number(12, 2, low=Decimal(0))
    texts, refusals = encoded(price, "19.99", 19.99, 5, "19.999", "-1", "1,299.00", "NaN", "1e999")
    assert texts[:3] == ["19.99", "19.99", "5.00"]
    assert set(refusals) == {3, 4, 5, 6, 7}


def test_a_binary_float_is_the_number_a_person_meant():
    assert encoded(Number(18, 4), 0.1 + 0.2)[0] == ["0.3000"]


def test_yes_and_no_have_many_spellings():
    assert encoded(Flag(), "Yes", "0", True, "FALSE")[0] == ["t", "f", "t", "f"]
    assert 0 in encoded(Flag(), "maybe")[1]


def test_a_choice_names_the_options_when_refused():
    _, refusals = encoded(Choice(("review", "search")), "REVIEW", "poem")
    assert refusals == {1: "'poem' is not one of review, search"}


def test_a_time_without_a_zone_is_utc():
    assert encoded(Moment(), "2026-03-31 14:05")[0] == ["2026-03-31T14:05:00+00:00"]
    assert encoded(Moment(), datetime(2026, 3, 31, 14, 5))[0] == ["2026-03-31T14:05:00+00:00"]


@pytest.mark.parametrize("value", ["31/03/2026", "soon", 1774965900, "1969-12-31", "9999-01-01"])
def test_a_time_that_is_none_or_absurd_is_refused(value):
    assert 0 in encoded(Moment(latest=datetime(2030, 1, 1, tzinfo=UTC)), value)[1]


def test_a_json_object_may_come_as_text_or_as_itself():
    assert encoded(JsonObject(), '{"a": 1}', {"a": 1})[0] == ['{"a":1}', '{"a":1}']
    assert set(encoded(JsonObject(), "[1]", "{", {"a": "\x00"})[1]) == {0, 1, 2}


def test_json_keeps_exact_numbers_and_refuses_what_is_none():
    assert escape_json({"a": Decimal("0.10")}) == '{"a":0.10}'
    with pytest.raises(ValueRefused):
        escape_json({"a": Decimal("NaN")})


def test_a_written_backslash_u0000_is_a_text_like_any_other():
    assert escape_json({"a": r"\u0000"}) == r'{"a":"\\\\u0000"}'
