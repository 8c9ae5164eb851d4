"""Liquid, the language of merge tags, with every limit on.

Copy is written by people and models, and values come from files: neither is trusted. Only output,
`if`, `unless`, `case` and `for` are understood, with a short list of filters; loops, output,
nesting and length are bounded; values are reduced to plain data first, so no attribute of a Python
object can be reached.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from core.errors import InputRefused

MAX_TEMPLATE_CHARACTERS = 50_000
ALLOWED_TAGS = frozenset({"if", "unless", "case", "for", "break", "continue"})
_INNER_TAGS = frozenset({"else", "elsif", "when", "endif", "endunless", "endcase", "endfor"})
ALLOWED_FILTERS = frozenset(
    {
        "default",
        "capitalize",
        "upcase",
        "downcase",
        "strip",
        "escape",
        "truncate",
        "truncatewords",
        "round",
        "join",
        "first",
        "last",
        "size",
        "url_encode",
    }
)
_INTERNAL_TAGS = frozenset({"content", "output", "illegal"})
_PART = re.compile(r"\{\{-?(?P<output>.*?)-?\}\}|\{%-?(?P<tag>.*?)-?%\}", re.DOTALL)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_PIPE = re.compile(r"""\|(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")
_SIMPLE = re.compile(
    r"\{\{ *(?P<name>[a-zA-Z_]\w*)(?: *\| *default *: *(?P<quote>['\"])(?P<default>[^'\"{}\\\\]*)"
    r"(?P=quote))? *\}\}",
    re.ASCII,
)
_LITERALS = frozenset({"true", "false", "nil", "null", "none", "empty", "blank", "and", "or"})
_MAX_NESTING = 8


class TemplateRefused(InputRefused):
    """A text is not Liquid we run: a syntax error, something not allowed, or a limit reached."""


class MergeTag(NamedTuple):
    """What one `{{ … }}` asks for. A `{% … %}` is kept whole, as a variable without filters.

    Attributes:
        variable: The path, such as `first_name`.
        filters: Each filter in one normal form, such as `default: 'there'`.
    """

    variable: str
    filters: tuple[str, ...]

    def __str__(self) -> str:
        if self.variable.startswith("{%"):
            return self.variable
        return "{{ " + " | ".join((self.variable, *self.filters)) + " }}"


class _Limited(Environment):
    block_nesting_limit = _MAX_NESTING
    context_depth_limit = _MAX_NESTING + 2
    loop_iteration_limit = 1_000
    local_namespace_limit = 100_000
    output_stream_limit = 200_000


def _environment(*, escape_html: bool) -> Environment:
    environment = _Limited(autoescape=escape_html)
    for name in set(environment.tags) - ALLOWED_TAGS - _INTERNAL_TAGS:
        del environment.tags[name]
    for name in set(environment.filters) - ALLOWED_FILTERS:
        del environment.filters[name]
    return environment


_ENVIRONMENTS = {False: _environment(escape_html=False), True: _environment(escape_html=True)}
# The engine fills these from the clock unless given, and copy must render the same at any time.
_NO_CLOCK: dict[str, object] = {"now": None, "today": None}


def render(text: str, variables: Mapping[str, object], *, escape_html: bool = False) -> str:
    """Fill in the merge tags of `text`.

    Args:
        text: Liquid.
        variables: Values by name; a missing one renders as nothing, or as its `default`.
        escape_html: Escape the values (not the text itself) for use inside HTML.

    Raises:
        TemplateRefused: The text is not allowed Liquid, or it reached a limit.

    >>> render("Hi {{ first_name | default: 'there' }}{{ missing }}", {})
    'Hi there'
    >>> render("{{ a }}", {"a": "<b>"}, escape_html=True)
    '&lt;b&gt;'
    """
    steps = _simple_steps(text)
    filled = _fill(steps, variables, escape_html=escape_html) if steps is not None else None
    if filled is not None:
        return filled
    template = _parse(text, escape_html=escape_html)
    values = _NO_CLOCK | {str(name): _plain(value) for name, value in variables.items()}
    try:
        return template.render(values)
    except (LiquidError, ArithmeticError, RecursionError, UnicodeError) as error:
        raise TemplateRefused(f"the text cannot be filled in: {_first_line(error)}") from error


def check_syntax(text: str) -> None:
    """Refuse a text that `render` would not accept.

    Raises:
        TemplateRefused: With what is wrong, in a sentence.

    >>> check_syntax("{% include 'x' %}")
    Traceback (most recent call last):
    generation.liquid.TemplateRefused: this Liquid is not allowed: unexpected tag 'include'
    """
    if _simple_steps(text) is None:
        _parse(text, escape_html=False)


class _Step(NamedTuple):
    """A stretch of plain text, then a variable; the last step of a text has none."""

    before: str
    variable: str
    default: str


@lru_cache(maxsize=4096)
def _simple_steps(text: str) -> tuple[_Step, ...] | None:
    """Most copy only names values: that is filled in here, some ten times as fast as by the engine.

    None for everything that is more than `{{ name }}` and `{{ name | default: 'text' }}`.
    """
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        return None
    steps, end = [], 0
    for found in _SIMPLE.finditer(text):
        steps.append(_Step(text[end : found.start()], found["name"], found["default"] or ""))
        end = found.end()
    steps.append(_Step(text[end:], "", ""))
    is_plain = not any("{" in step.before or "}" in step.before for step in steps)
    is_named = not any(step.variable in _LITERALS for step in steps)
    return tuple(steps) if is_plain and is_named else None


def _fill(
    steps: tuple[_Step, ...], variables: Mapping[str, object], *, escape_html: bool
) -> str | None:
    """The text with its values; None where one is more than a short text: the engine's work."""
    pieces = []
    for before, variable, default in steps:
        pieces.append(before)
        if not variable:
            continue
        value = variables.get(variable)
        if not value and (value is None or value == ""):
            pieces.append(default)
        elif type(value) is str and len(value) < MAX_TEMPLATE_CHARACTERS:
            pieces.append(_escaped(value) if escape_html else value)
        else:
            return None
    filled = "".join(pieces)
    if len(filled) > _Limited.output_stream_limit:
        raise TemplateRefused("the text cannot be filled in: output stream limit reached")
    return filled


def _escaped(value: str) -> str:
    """As markupsafe does, without the object around it, which takes longer than the work."""
    return (
        value.replace("&", "&amp;")
        .replace(">", "&gt;")
        .replace("<", "&lt;")
        .replace("'", "&#39;")
        .replace('"', "&#34;")
    )


@lru_cache(maxsize=4096)
def merge_tags(text: str) -> Counter[MergeTag]:
    """Count the merge tags of a text, each in one normal form.

    >>> sorted(str(tag) for tag in merge_tags('{{first_name|default:"there"}}, {{ url }}'))
    ["{{ first_name | default: 'there' }}", '{{ url }}']
    """
    return Counter(_merge_tag(found) for found in _PART.finditer(text))


def _merge_tag(found: re.Match[str]) -> MergeTag:
    if found["output"] is None:
        return MergeTag("{% " + " ".join(found["tag"].split()) + " %}", ())
    variable, *filters = (part.strip() for part in _PIPE.split(found["output"]))
    return MergeTag(variable, tuple(_normal_filter(text) for text in filters))


def _normal_filter(text: str) -> str:
    name, colon, argument = text.partition(":")
    if not colon:
        return name.strip()
    argument = argument.strip()
    if argument[:1] == argument[-1:] == '"' and not {"'", '"'} & set(argument[1:-1]):
        argument = f"'{argument[1:-1]}'"
    return f"{name.strip()}: {argument}"


@lru_cache(maxsize=4096)
def _parse(text: str, *, escape_html: bool) -> BoundTemplate:
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise TemplateRefused(f"the text is longer than {MAX_TEMPLATE_CHARACTERS:,} characters")
    try:
        template = _ENVIRONMENTS[escape_html].from_string(text)
    except (LiquidError, RecursionError) as error:
        raise TemplateRefused(f"this Liquid is not allowed: {_first_line(error)}") from error
    _refuse_forbidden_parts(text)
    return template


def _refuse_forbidden_parts(text: str) -> None:
    # The engine would lay out a range in memory before any of its limits counts it.
    if any(".." in _QUOTED.sub("", part.group()) for part in _PART.finditer(text)):
        raise TemplateRefused("ranges such as (1..9) are not allowed")
    for tag in merge_tags(text):
        name = tag.variable.strip("{% }").partition(" ")[0]
        if tag.variable.startswith("{%") and name not in ALLOWED_TAGS | _INNER_TAGS:
            raise TemplateRefused(f"the tag {name!r} is not allowed")
        _refuse_unknown_filters(tag)


def _refuse_unknown_filters(tag: MergeTag) -> None:
    for text in tag.filters:
        name = text.partition(":")[0].strip()
        if name not in ALLOWED_FILTERS:
            allowed = ", ".join(sorted(ALLOWED_FILTERS))
            raise TemplateRefused(f"the filter {name!r} is not allowed; these are: {allowed}")


def _plain(value: object, depth: int = 0) -> Any:
    if type(value) is str or value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if depth < _MAX_NESTING and isinstance(value, Mapping):
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if depth < _MAX_NESTING and isinstance(value, list | tuple):
        return [_plain(inner, depth + 1) for inner in value]
    # A plain str, so that a subclass marked as safe HTML is escaped like any other.
    return str.__str__(value) if isinstance(value, str) else str(value)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
