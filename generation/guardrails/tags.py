"""Merge tags: a copy keeps those of its template, unchanged, and adds none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generation.briefs import Copy
from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding
from generation.liquid import MergeTag, merge_tags


def check_tags(case: Case) -> Iterator[Finding]:
    """Compare the merge tags of the whole copy with those of the template."""
    wanted, present = _all_tags(case.brief.template), _all_tags(case.copy)
    if wanted == present:
        return
    extra = present.keys() - wanted.keys()
    for tag in sorted(extra):
        yield _changed_or_extra(case, tag, wanted)
    for tag in sorted(wanted.keys() - present.keys()):
        if not any(other.variable == tag.variable for other in extra):
            yield _missing(case, tag)
    for tag in sorted(wanted.keys() & present.keys()):
        if wanted[tag] != present[tag]:
            yield _count(case, tag, wanted[tag], present[tag])


def _all_tags(copy: Copy) -> Counter[MergeTag]:
    total: Counter[MergeTag] = Counter()
    for _, text in copy.texts():
        total.update(merge_tags(text))
    return total


def _missing(case: Case, tag: MergeTag) -> Finding:
    field, _ = _place(dict(case.brief.template.texts()), tag.variable)
    end = len(case.fields[field])
    message = f"The merge tag {tag} of the template is missing."
    return Finding("tags.missing", "block", field, (end, end), message, f"Put {tag} back in.")


def _changed_or_extra(case: Case, tag: MergeTag, wanted: Counter[MergeTag]) -> Finding:
    field, span = _place(case.fields, tag.variable)
    originals = sorted(other for other in wanted if other.variable == tag.variable)
    if originals:
        message = f"{tag} is changed: the template has {originals[0]}."
        suggestion = f"Write {originals[0]}."
        return Finding("tags.changed", "block", field, span, message, suggestion)
    message = f"{tag} is not a merge tag of the template."
    return Finding("tags.extra", "block", field, span, message, "Take it out.")


def _count(case: Case, tag: MergeTag, wanted: int, present: int) -> Finding:
    field, span = _place(case.fields, tag.variable)
    message = f"{tag} stands here {_times(present)}, in the template {_times(wanted)}."
    suggestion = "Use it as often as the template does, unless you mean it."
    return Finding("tags.count", "warn", field, span, message, suggestion)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _place(texts: dict[str, str], variable: str) -> tuple[str, tuple[int, int]]:
    pattern = re.compile(r"\{[{%][^{}]*?" + re.escape(variable.strip("{%} ")) + r"[^{}]*?[%}]\}")
    for field, text in texts.items():
        found = pattern.search(text)
        if found:
            return field, found.span()
    return ("body" if "body" in texts else next(iter(texts))), (0, 0)
