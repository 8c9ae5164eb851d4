"""Merge tags: a copy keeps those of its template, unchanged, and adds none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from generation.briefs import Copy
from generation.guardrails.cases import SHOP_VARIABLES, Case
from generation.guardrails.findings import Finding
from generation.liquid import MergeTag, merge_tags

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# Tags of other tools, and expressions of other template languages: no reader may see one.
_FOREIGN = re.compile(
    r"\*\|\w+[^|\n]{0,40}\|\*|%%\w+%%|\[\[\s*\w[^\]\n]{0,40}\]\]|[$#]\{[^{}\n]{1,60}\}"
    r"|<%.{0,60}?%>|\{#.{0,60}?#\}|\$!?\w+\.\w+\(|__\w+__",
)
_FOREIGN_MARKS = ("*|", "%%", "[[", "${", "#{", "<%", "{#", "$", "__")


def check_tags(case: Case) -> Iterator[Finding]:
    """Compare the merge tags of the whole copy with those of the template."""
    if any(mark in case.raw for mark in _FOREIGN_MARKS):
        yield from _foreign(case)
    wanted = _wanted(case.brief.template)
    present = _counted(tuple(_TAG.findall(case.raw)) if "{" in case.raw else ())
    if wanted != present:
        yield from _differences(case, wanted, present)
    for tag in sorted(present):
        if _can_be_blank(tag):
            yield _no_default(case, tag)


def _differences(
    case: Case, wanted: Counter[MergeTag], present: Counter[MergeTag]
) -> Iterator[Finding]:
    extra = present.keys() - wanted.keys()
    for tag in sorted(extra):
        yield _changed_or_extra(case, tag, wanted)
    for tag in sorted(wanted.keys() - present.keys()):
        if not any(other.variable == tag.variable for other in extra):
            yield _missing(case, tag)
    for tag in sorted(wanted.keys() & present.keys()):
        if wanted[tag] != present[tag]:
            yield _count(case, tag, wanted[tag], present[tag])


@lru_cache(maxsize=256)
def _wanted(template: Copy) -> Counter[MergeTag]:
    return merge_tags("\n".join(text for _, text in template.texts()))


@lru_cache(maxsize=4096)
def _counted(tags: tuple[str, ...]) -> Counter[MergeTag]:
    """The variants of a template hold the same tags: they are read once."""
    return merge_tags("\n".join(tags))


@lru_cache(maxsize=1024)
def _can_be_blank(tag: MergeTag) -> bool:
    """Whether it names something of a contact, who may not have it, and nothing stands in."""
    if tag.variable.startswith("{%") or tag.variable.partition(".")[0] in SHOP_VARIABLES:
        return False
    return not any(
        text.startswith("default") and text.partition(":")[2].strip(" '\"") for text in tag.filters
    )


def _no_default(case: Case, tag: MergeTag) -> Finding:
    field, span = _place(case.fields, tag.variable)
    message = f"{tag} shows nothing for a contact who has no {tag.variable.replace('_', ' ')}."
    suggestion = f"Write {{{{ {tag.variable} | default: '…' }}}} in the template and here."
    return Finding("tags.default", "warn", field, span, message, suggestion)


def _foreign(case: Case) -> Iterator[Finding]:
    for field, text in case.prose.items():
        found = _FOREIGN.search(text)
        if found:
            message = f"“{found.group()[:40]}” is a tag of another tool: readers would see it."
            suggestion = "Take it out; merge tags look like {{ first_name }}."
            yield Finding("tags.foreign", "block", field, found.span(), message, suggestion)


def _missing(case: Case, tag: MergeTag) -> Finding:
    field, _ = _place(dict(case.brief.template.texts()), tag.variable)
    field = field if field in case.fields else case.main_field
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
    """Where the tag stands; the start of the last field where it cannot be found."""
    pattern = re.compile(r"\{[{%][^{}]*?" + re.escape(variable.strip("{%} ")) + r"[^{}]*?[%}]\}")
    for field, text in texts.items():
        found = pattern.search(text)
        if found:
            return field, found.span()
    return next(name for name in reversed(texts) if name != "call_to_action"), (0, 0)
