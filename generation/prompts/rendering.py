"""Renders a brief as a prompt: fixed rules first, then the brief as delimited data.

What stands earlier is shared by more briefs: the rules by all of a channel; brand, offer, template
and examples by all of a job; the angle by some; the readers by few. A model that keeps what it has
read of a common beginning reads each part as seldom as possible.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from generation.angles import ANGLES
from generation.briefs import Brief
from generation.channels import AD, BANNER, EMAIL, PUSH, SMS, fields_of
from generation.copies import Copy
from generation.prompts import ad_v1, banner_v1, email_v2, push_v1, rules_v2, sms_v1

PROMPTS: Mapping[str, ModuleType] = MappingProxyType(
    {EMAIL: email_v2, SMS: sms_v1, PUSH: push_v1, AD: ad_v1, BANNER: banner_v1}
)
# Examples may take this much of a prompt, in characters; about four make a token.
EXAMPLE_CHARACTERS = 2_400
SENTENCES = 12
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def prompt_version(channel: str) -> str:
    """The wording in use for a channel, such as `email-2`."""
    return str(PROMPTS[channel].VERSION)


def render_prompt(brief: Brief, *, findings: tuple[str, ...] = ()) -> str:
    r"""Render the prompt for a brief.

    What people, files and catalogs said stands inside `<data>` as JSON in which `<` is escaped, so
    that no text can close the section and speak in the voice of the rules.

    Args:
        brief: What to write for.
        findings: What was wrong with the last attempt, in sentences, oldest first.

    Returns:
        One text, ready for the user turn of a chat template.
    """
    parts = [
        _rules(brief.channel),
        f"The brand, what it offers, and the template:\n{_data(_shared(brief))}",
        f"The angle:\n{_data(_angle(brief))}",
        f"The readers:\n{_data(_readers(brief))}",
    ]
    if findings:
        parts.append(f"The last attempt was refused:\n{_data(list(findings))}")
    return "\n\n".join([*parts, rules_v2.CLOSING]) + "\n"


def _rules(channel: str) -> str:
    prompt, names = PROMPTS[channel], fields_of(channel)
    keys = (
        f"the keys {', '.join(names[:-1])} and {names[-1]}" if names[1:] else f"the key {names[0]}"
    )
    return rules_v2.RULES.format(task=prompt.TASK, lengths=prompt.LENGTHS, keys=keys)


def _shared(brief: Brief) -> dict[str, Any]:
    return {
        "language": brief.language,
        "kind": brief.kind,
        "brand": {
            "name": brief.brand_name,
            "tone": brief.tone,
            "voice": brief.descriptors,
            "does": list(brief.dos),
            "does_not": list(brief.donts),
        },
        "banned_terms": list(brief.banned_terms),
        "required_terms": list(brief.required_terms),
        "approved_claims": list(brief.approved_claims),
        "offer": brief.offer.to_json() if brief.offer else None,
        "template": brief.template.to_json(),
        "examples": {name: found for name, found in _examples(brief).items() if found},
    }


def _examples(brief: Brief) -> dict[str, list[Any]]:
    """What won first, then what was approved, then sentences, as long as there is room."""
    room = EXAMPLE_CHARACTERS
    shown: dict[str, list[Any]] = {}
    offered: tuple[tuple[str, Iterable[Copy | str]], ...] = (
        ("won_its_test", brief.winning_copy),
        ("approved_before", brief.past_copy),
        ("sentences", brief.brand_sentences[:SENTENCES]),
    )
    for name, ones in offered:
        for one in ones:
            example = one.to_json() if isinstance(one, Copy) else one
            size = len(json.dumps(example, ensure_ascii=False))
            if size <= room:
                room -= size
                shown.setdefault(name, []).append(example)
    return shown


def _angle(brief: Brief) -> dict[str, str]:
    angle = ANGLES.get(brief.angle)
    return {"name": brief.angle, "instruction": angle.instruction if angle else ""}


def _readers(brief: Brief) -> dict[str, Any]:
    traits = [sentence for sentence in _SENTENCE.split(brief.portrait.strip()) if sentence]
    readers = {"name": brief.audience_name, "traits": traits, "interests": list(brief.interests)}
    return readers | ({"would_like": list(brief.products)} if brief.products else {})


def _data(material: object) -> str:
    written = json.dumps(material, indent=1, ensure_ascii=False).replace("<", "\\u003c")
    return f"<data>\n{written}\n</data>"
