from __future__ import annotations

import pytest

from generation.guardrails import sms_size


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 158 + "€", "GSM-7", 1),
        ("a" * 159 + "€", "GSM-7", 2),
        ("a" * 69 + "’", "UCS-2", 1),
        ("a" * 70 + "’", "UCS-2", 2),
        ("🔥" * 35, "UCS-2", 1),
        ("🔥" * 36, "UCS-2", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("`", "UCS-2", 1),
        ("tab\there", "UCS-2", 1),
        ("Grüße für Ömer", "GSM-7", 1),
        ("", "GSM-7", 1),
    ],
)
def test_parts_are_counted_as_the_network_does(text, encoding, parts):
    assert (sms_size(text).encoding, sms_size(text).parts) == (encoding, parts)


def test_an_escape_pair_is_never_split_over_two_messages():
    straddling = "a" * 152 + "€" + "a" * 152
    assert sms_size(straddling).units == 306
    assert sms_size(straddling).parts == 3
    assert sms_size("a" * 151 + "€" + "a" * 153).parts == 2


def test_a_surrogate_pair_is_never_split_either():
    assert sms_size("a" * 66 + "🔥" + "a" * 66).parts == 3
