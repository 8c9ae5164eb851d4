"""A language model's answer, read as the fields of a channel or refused with a reason. Pure."""

from __future__ import annotations

import json

from inference.channels import SHAPES

_DECODER = json.JSONDecoder(strict=False)


class AnswerRefused(ValueError):
    """The text is no answer; the message says why, for the next attempt to heed."""


def read_answer(text: str, channel: str) -> dict[str, str]:
    """The fields in the first JSON object of a text.

    Words around the object are let pass, since models without a grammar like to add them. A missing
    field or one that is no text is refused; fields nobody asked for are dropped.

    Raises:
        AnswerRefused: There is no object, or it is not the channel's.

    >>> read_answer('Sure! {"text": "Hi"} Enjoy', "sms")
    {'text': 'Hi'}
    """
    found = _first_object(text)
    if found is None:
        raise AnswerRefused("The answer is not one JSON object")
    names = [field.name for field in SHAPES[channel]]
    wrong = [name for name in names if not isinstance(found.get(name), str)]
    if wrong:
        raise AnswerRefused(f"The answer has no text for {', '.join(wrong)}")
    return {name: str(found[name]) for name in names}


def _first_object(text: str) -> dict[str, object] | None:
    start = text.find("{")
    # Merge tags open with braces as well: what cannot be read is passed over, a few times only.
    for _ in range(20):
        if start < 0:
            return None
        try:
            found, _end = _DECODER.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            start = text.find("{", start + 1)
            continue
        if isinstance(found, dict):
            return found
    return None
