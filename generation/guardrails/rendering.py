"""Rendering: whoever reads it, the copy must read as if it was written for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.channels import MAY_BE_EMPTY
from generation.guardrails.cases import Case, Rendering
from generation.guardrails.findings import Finding

_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
_GAP = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)|(?<=\S) [,.!?;:](?=\s|$)|\( *\)|: ?\.(?=\s|$)")
_GAP_FRENCH = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)|(?<=\S) [,.](?=\s|$)|\( *\)")
# Looked for first, since they cost next to nothing and few texts hold one.
_GAP_MARKS = ("  ", "\t", " ,", " .", " !", " ?", " ;", " :", ": .", ":.", "(")
# The same and braces, for all fields at once.
_SIGNS = (*_GAP_MARKS, "{", "}")


def check_rendering(case: Case) -> Iterator[Finding]:
    """Render for the sample contacts and look for what a blank value leaves behind."""
    for field, reason in case.refusals.items():
        suggestion = "Keep to the merge tags of the template."
        yield _finding(
            case, "rendering.refused", field, f"It cannot be rendered: {reason}.", suggestion
        )
    seen: set[tuple[str, str]] = set()
    for rendering in case.renderings:
        read = "\n".join(rendering.texts.values())
        if not any(map(read.__contains__, _SIGNS)) and all(
            map(str.strip, rendering.texts.values())
        ):
            continue
        for finding in _check_one(case, rendering):
            if (finding.rule, finding.field) not in seen:
                seen.add((finding.rule, finding.field))
                yield finding


def _check_one(case: Case, rendering: Rendering) -> Iterator[Finding]:
    gap = _GAP_FRENCH if case.brief.language.startswith("fr") else _GAP
    for field, text in rendering.texts.items():
        if not text.strip() and (case.brief.channel, field) not in MAY_BE_EMPTY:
            message = f"It is empty for a contact with {rendering.contact}."
            yield _finding(case, "rendering.empty", field, message, "Write something here.")
        if ("{" in text or "}" in text) and _BRACES.search(text):
            message = "Braces of a merge tag are left over after rendering."
            yield _finding(case, "rendering.braces", field, message, "Close or remove the tag.")
        found = gap.search(text) if any(mark in text for mark in _GAP_MARKS) else None
        if found:
            around = text[max(0, found.start() - 15) : found.end() + 5].strip()
            message = f"A gap shows for a contact with {rendering.contact}: “{around}”."
            suggestion = "Give the merge tag a default, or mend the spaces."
            yield _finding(case, "rendering.gap", field, message, suggestion)


def _finding(case: Case, rule: str, field: str, message: str, suggestion: str) -> Finding:
    return Finding(rule, "block", field, (0, len(case.fields[field])), message, suggestion)
