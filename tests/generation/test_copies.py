from __future__ import annotations

import copy as shallow
import json
import pickle

import pytest

from core.errors import InputRefused
from generation.channels import CHANNEL_FIELDS
from generation.copies import Copy

MAIL = Copy("Hello", "", "See {{ url }}", "Go")


def filled(channel: str) -> Copy:
    return Copy(*CHANNEL_FIELDS[channel], channel=channel)


@pytest.mark.parametrize("channel", list(CHANNEL_FIELDS))
def test_copy_of_every_channel_survives_json(channel):
    assert Copy.from_json(json.loads(json.dumps(filled(channel).to_json()))) == filled(channel)


@pytest.mark.parametrize("channel", list(CHANNEL_FIELDS))
def test_copy_of_every_channel_survives_pickling_and_copying(channel):
    assert pickle.loads(pickle.dumps(filled(channel))) == filled(channel)
    assert shallow.deepcopy(filled(channel)) == filled(channel)


def test_stored_copy_without_a_channel_is_an_email():
    stored = {"subject": "a", "preheader": "", "body": "b", "call_to_action": "c"}
    assert Copy.from_json(stored) == Copy("a", "", "b", "c")
    assert "channel" not in MAIL.to_json()


def test_a_missing_text_is_refused_by_name():
    with pytest.raises(InputRefused, match="body") as refused:
        Copy.from_json({"channel": "push", "title": "a"})
    assert refused.value.field == "body"


def test_another_channels_text_is_refused_by_name():
    with pytest.raises(InputRefused, match="subject: not a text of channel sms") as refused:
        Copy.from_json({"channel": "sms", "text": "a", "subject": "b"})
    assert refused.value.field == "subject"


@pytest.mark.parametrize("channel", ["fax", None, ["email"], ""])
def test_an_unknown_channel_is_refused(channel):
    with pytest.raises(InputRefused, match="channel"):
        Copy.from_json({"channel": channel, "text": "a"})


def test_texts_are_read_by_name_and_no_other_channels_name_is_there():
    assert filled("banner").headline == "headline"
    assert not hasattr(filled("sms"), "subject")


def test_texts_cannot_be_set():
    with pytest.raises(AttributeError):
        MAIL.subject = "Bye"


@pytest.mark.parametrize(
    ("texts", "named"), [(("a",), {}), (("a",) * 5, {}), (("a",) * 4, {"subject": "b"})]
)
def test_a_copy_that_does_not_fit_its_channel_cannot_be_made(texts, named):
    with pytest.raises(TypeError, match="subject, preheader, body, call_to_action"):
        Copy(*texts, **named)


def test_copies_of_two_channels_with_the_same_words_differ():
    assert Copy("a", "b", "c", channel="ad") != Copy("a", "b", "c", channel="banner")
    assert len({filled(channel) for channel in CHANNEL_FIELDS}) == len(CHANNEL_FIELDS)


def test_a_changed_copy_leaves_the_first_alone():
    assert MAIL.changed(subject="Bye") == Copy("Bye", "", "See {{ url }}", "Go")
    assert MAIL.subject == "Hello"


def test_the_opening_is_what_a_reader_sees_first():
    assert [filled(channel).opening for channel in CHANNEL_FIELDS] == [
        "subject", "text", "title", "headline", "headline",
    ]  # fmt: skip
