"""Renders a brief as a prompt: fixed rules first, then the brief as delimited data."""

from __future__ import annotations

import json
from typing import Any

from generation.angles import ANGLES
from generation.briefs import Brief
from generation.prompts import email_v1

PROMPT_VERSION = email_v1.VERSION


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
    parts = [email_v1.RULES, f"<data>\n{_as_data(_material(brief))}\n</data>"]
    if findings:
        parts.append(f"The last attempt was refused:\n<data>\n{_as_data(list(findings))}\n</data>")
    return "\n\n".join([*parts, email_v1.CLOSING]) + "\n"


def _material(brief: Brief) -> dict[str, Any]:
    angle = ANGLES.get(brief.angle)
    return {
        "language": brief.language,
        "channel": brief.channel,
        "kind": brief.kind,
        "angle": {"name": brief.angle, "instruction": angle.instruction if angle else ""},
        "brand": {"name": brief.brand_name, "tone": brief.tone, "voice": brief.descriptors},
        "banned_terms": list(brief.banned_terms),
        "required_terms": list(brief.required_terms),
        "approved_claims": list(brief.approved_claims),
        "audience": {
            "name": brief.audience_name,
            "portrait": brief.portrait,
            "interests": list(brief.interests),
        },
        "offer": brief.offer.to_json() if brief.offer else None,
        "template": brief.template.to_json(),
    }


def _as_data(material: object) -> str:
    return json.dumps(material, indent=1, ensure_ascii=False).replace("<", "\\u003c")
