import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.incoming import (
    KINDS,
    EventRefused,
    dump_json,
    occurred_at,
    parse_event,
    parse_json,
    value_of,
)
from events.models import Event
from tests.factories.events import NOON, message


def parsed(**given):
    return parse_event(message(**given), now=NOON)


def test_the_kinds_are_those_the_log_can_hold():
    assert list(KINDS) == sorted(Event.Kind.values, key=KINDS.index)
    assert set(KINDS) == set(Event.Kind.values)


def test_a_track_message_becomes_an_event():
    event = parsed(messageId="m1", timestamp="2026-11-23T10:00:00Z", context={"ip": "::1"})
    assert event.message_id == "m1"
    assert (event.kind, event.name, event.unit_id) == ("track", "Order Completed", "u1")
    assert event.occurred_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert event.properties == {"revenue": 42.5}
    assert event.context == {"ip": "::1"}


def test_who_is_the_user_id_and_else_the_anonymous_id():
    assert parsed(userId="u1", anonymousId="a1").unit_id == "u1"
    assert parsed(userId=None, anonymousId="a1").unit_id == "a1"
    assert parsed(userId="  ", anonymousId="a1").unit_id == "a1"
    assert parsed(userId="u1", anonymousId="a1").context == {"anonymousId": "a1"}


def test_a_number_is_as_good_an_id_as_its_text():
    assert parsed(userId=42).unit_id == "42"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"userId": None}, "userId or anonymousId is required"),
        ({"userId": 1.5}, "userId must be a text"),
        ({"userId": True}, "userId must be a text"),
        ({"userId": "u" * 201}, "userId is longer than 200"),
        ({"messageId": "m" * 201}, "messageId is longer than 200"),
        ({"event": None}, "event is required"),
        ({"event": " "}, "event is required"),
        ({"type": "purchase"}, "type must be one of track, page"),
        ({"type": ["track"]}, "type must be one of"),
        ({"properties": [1]}, "properties must be a JSON object"),
        ({"userId": "a\x00b"}, "NUL"),
        ({"properties": {"a": ["\x00"]}}, "NUL"),
        ({"properties": {"a": "x" * 33_000}}, "the limit is 32,768"),
        ({"properties": {"a": "\ud800"}}, "cannot be kept"),
        ({"properties": {"a": Decimal("NaN")}}, "NaN is not a number"),
        ({"properties": {"a": Decimal("1e999")}}, "not a number we can keep"),
        ({"properties": {"a": 2**70}}, "cannot be kept"),
        ({"properties": {"revenue": Decimal("1e15")}}, "too large to be an amount"),
        ({"timestamp": "yesterday"}, "timestamp is not a time in ISO 8601"),
        ({"timestamp": 1774965900}, "timestamp is not a time in ISO 8601"),
        ({"timestamp": "1999-12-31T23:59:59Z"}, "is before 2000-01-01"),
        ({"timestamp": "2026-11-24T12:00:01Z"}, "more than a day ahead"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "not a time"),
    ],
)
def test_what_cannot_be_an_event_is_refused_by_name(given, reason):
    with pytest.raises(EventRefused, match=reason):
        parsed(**given)


@pytest.mark.parametrize("given", [None, 1, "track", ["track"]])
def test_a_message_that_is_no_object_is_refused(given):
    with pytest.raises(EventRefused, match="not a JSON object"):
        parse_event(given, now=NOON)


def test_an_exponential_depth_is_refused_and_not_followed():
    with pytest.raises(EventRefused, match="not JSON"):
        parse_json(b"[" * 100_000)
    with pytest.raises(EventRefused, match="cannot be kept"):
        parsed(properties={"a": parse_json(b"[" * 400 + b"]" * 400)})


def test_a_backslash_and_u0000_written_out_is_text():
    assert parsed(properties={"a": r"\u0000"}).properties == {"a": r"\u0000"}


def test_traits_are_what_an_identify_and_a_group_say():
    assert parsed(type="identify", traits={"plan": "pro"}).properties == {"plan": "pro"}
    group = parsed(type="group", groupId="g1", traits={"seats": 3})
    assert group.properties == {"seats": 3, "groupId": "g1"}
    assert parsed(type="alias", previousId="a1").properties["previousId"] == "a1"


def test_a_message_without_id_is_the_same_message_when_sent_again():
    sent = message(messageId=None, timestamp="2026-11-23T10:00:00Z")
    first = parse_event(sent, now=NOON)
    again = parse_event(sent, now=NOON + timedelta(hours=1), position=7)
    assert first.message_id == again.message_id
    assert first.message_id.startswith("sha256:")


def test_messages_without_id_and_time_are_different_ones():
    sent = message(messageId=None)
    ids = {
        parse_event(sent, now=NOON, position=0).message_id,
        parse_event(sent, now=NOON, position=1).message_id,
        parse_event(sent, now=NOON + timedelta(seconds=1)).message_id,
    }
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("properties", "value"),
    [
        (b'{"revenue": 0.10, "value": 7, "total": 8}', "0.1000"),
        (b'{"revenue": null, "value": 7}', "7.0000"),
        (b'{"value": "blue", "total": 8}', "8.0000"),
        (b'{"revenue": "19.99"}', "19.9900"),
        (b'{"revenue": 12345678901234.5678}', "12345678901234.5678"),
        (b'{"revenue": 0.30000000000000004}', "0.3000"),
        (b'{"revenue": 0.00005}', "0.0001"),
        (b'{"revenue": -5}', "-5.0000"),
        (b'{"revenue": 1e2}', "100.0000"),
    ],
)
def test_the_value_is_the_number_that_was_written(properties, value):
    assert str(value_of(parse_json(properties))) == value


@pytest.mark.parametrize("revenue", [None, True, "free", "", "+-5", ".", [1], {}])
def test_what_is_no_number_is_no_value(revenue):
    assert value_of({"revenue": revenue}) is None


AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13
)


@settings(max_examples=60, deadline=None)
@given(AMOUNTS)
def test_any_amount_with_four_places_arrives_as_itself(amount):
    body = b'{"revenue": %s}' % f"{amount:f}".encode()
    assert value_of(parse_json(body)) == amount


def test_a_senders_wrong_clock_is_corrected():
    late = {"originalTimestamp": "2026-11-20T12:00:00Z", "sentAt": "2026-11-20T12:00:10Z"}
    assert occurred_at(late, now=NOON) == NOON - timedelta(seconds=10)


def test_a_stated_time_beside_the_clients_own_is_what_was_meant():
    # As RudderStack's client for Node sends it, and Segment what it passes on.
    stated = {
        "timestamp": "2026-03-01T10:30:00Z",
        "originalTimestamp": "2026-11-20T12:00:00Z",
        "sentAt": "2026-11-20T12:00:10Z",
    }
    assert occurred_at(stated, now=NOON) == datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


def test_a_timestamp_is_as_given_when_the_senders_clock_is_right():
    sent = {"timestamp": "2026-11-01T09:00:00+02:00", "sentAt": "2026-11-23T11:59:58Z"}
    assert occurred_at(sent, now=NOON) == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_a_timestamp_is_corrected_when_the_senders_clock_is_days_ahead():
    sent = {"timestamp": "2026-11-25T11:00:00Z", "sentAt": "2026-11-25T12:00:00Z"}
    assert occurred_at(sent, now=NOON) == NOON - timedelta(hours=1)


def test_the_batch_says_when_it_was_sent_for_all_its_messages():
    sent = {"originalTimestamp": "2026-11-20T12:00:00Z"}
    assert occurred_at(sent, now=NOON, sent_at="2026-11-20T13:00:00Z") == NOON - timedelta(hours=1)


def test_a_message_without_a_time_happened_now():
    assert occurred_at({}, now=NOON) == NOON


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*message(), "timestamp", "context", "x"]), json_values))
def test_whatever_comes_is_an_event_that_can_be_kept_or_a_reason(hostile):
    sent = parse_json(json.dumps({**message(), **hostile}).encode())
    with suppress(EventRefused):
        event = parse_event(sent, now=NOON)
        assert event.unit_id.strip()
        assert event.kind in KINDS
        assert parse_json(dump_json(event.properties)) == event.properties
