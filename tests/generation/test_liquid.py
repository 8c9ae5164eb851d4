from __future__ import annotations

import contextlib
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.liquid import MergeTag, TemplateRefused, check_syntax, merge_tags, render


class Secretive:
    password = "hunter2"

    def __str__(self):
        return "secretive"


def test_a_missing_value_is_nothing_and_a_default_fills_in():
    assert render("[{{ city }}][{{ city | default: 'town' }}]", {}) == "[][town]"


def test_an_empty_value_takes_the_default():
    assert render("{{ a | default: 'b' }}", {"a": ""}) == "b"
    assert render("{{ a | default: 'b' }}", {"a": None}) == "b"


def test_values_are_escaped_only_when_asked():
    assert render("<p>{{ a }}</p>", {"a": "<i>&"}) == "<p><i>&</p>"
    assert render("<p>{{ a }}</p>", {"a": "<i>&"}, escape_html=True) == "<p>&lt;i&gt;&amp;</p>"


def test_blocks_and_lists_work():
    text = "{% if vip %}Hi{% else %}Ho{% endif %}{% for p in products %} {{ p.name }}{% endfor %}"
    assert render(text, {"vip": False, "products": [{"name": "a"}, {"name": "b"}]}) == "Ho a b"


SSTI = [
    "{{ x.__class__ }}",
    "{{ x.__class__.__mro__[1].__subclasses__() }}",
    "{{ x['__class__'] }}",
    "{{ x.password }}",
    "{{ self }}",
    "{{ ''.__class__ }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ x | attr: '__class__' }}",
    "{{ x | map: '__class__' }}",
    "{{ now }}",
    "{{ 'now' | date: '%999999999d' }}",
    "{{ 7*7 }}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "{% include '/etc/passwd' %}",
    "{% render 'secrets' %}",
    "{% layout 'x' %}",
    "{% assign a = x %}{{ a.password }}",
    "{% capture a %}{{ x }}{% endcapture %}",
    "{% liquid\necho x.password %}",
    "{% echo x.password %}",
    "{% tablerow i in x %}{% endtablerow %}",
    "{% increment a %}",
    "{% cycle 'a', 'b' %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{% comment %}{% endcomment %}",
    "{% # hidden %}",
    "{% import os %}",
    "{% debug %}",
    "{{ '<b>' | safe }}",
    "{{ x | base64_encode }}",
    "{{ x | append: x | append: x }}",
]


@pytest.mark.parametrize("text", SSTI)
def test_templates_cannot_reach_into_python(text):
    try:
        rendered = render(text, {"x": Secretive()})
    except TemplateRefused:
        rendered = ""
    assert "hunter2" not in rendered
    assert "class" not in rendered
    assert "49" not in rendered
    assert "2026" not in rendered


BOMBS = [
    "{% for i in (1..100000000) %}a{% endfor %}",
    "{{ (1..1000000000) | size }}",
    "{{ (1..1000000000) | join: ',' }}",
    "{{ 'a' | default: \"b'\", (1..1000000000) | join }}",
    "{% if (1..1000000000) contains 5 %}{% endif %}",
    "{% for a in l %}{% for b in l %}{% for c in l %}{{ big }}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in l %}{{ big }}{{ big }}{{ big }}{% endfor %}",
    "{% if a %}" * 200 + "{% endif %}" * 200,
    "{{ a" + ".b" * 30_000 + " }}",
    "x" * 50_001,
    "{{ a",
    "{% if a %}",
    "{{ }}",
]


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: text[:30])
def test_bombs_are_refused_at_once(text):
    started = time.perf_counter()
    with pytest.raises(TemplateRefused):
        render(text, {"l": list(range(500)), "big": "x" * 1000})
    assert time.perf_counter() - started < 2


def test_a_refused_filter_names_those_allowed():
    with pytest.raises(TemplateRefused, match=r"'safe' is not allowed; these are: .*default"):
        check_syntax("{{ a | safe }}")


def test_dots_inside_a_default_are_not_a_range():
    assert render("{{ a | default: 'well...' }}", {}) == "well..."


def test_merge_tags_have_one_normal_form():
    spaced = merge_tags("{{first_name|default:\"there\"}} {{- first_name | default : 'there' -}}")
    assert spaced == {MergeTag("first_name", ("default: 'there'",)): 2}


def test_a_pipe_inside_a_string_does_not_split():
    assert merge_tags("{{ a | default: 'x|y' }}") == {MergeTag("a", ("default: 'x|y'",)): 1}


def test_blocks_count_as_tags():
    assert [str(tag) for tag in merge_tags("{%if  vip%}x{% endif %}")] == [
        "{% if vip %}",
        "{% endif %}",
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}%|.:'\" abif()1"), max_size=40))
def test_any_text_is_rendered_or_refused(text):
    with contextlib.suppress(TemplateRefused):
        assert isinstance(render(text, {"a": "x"}), str)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60).filter(lambda text: "{" not in text), st.text(max_size=20))
def test_plain_text_is_left_alone_and_values_are_never_run(text, value):
    # Liquid writes every line's end as a line feed.
    assert (
        io.StringIO(render(text, {}), newline=None).read() == io.StringIO(text, newline=None).read()
    )
    assert render("{{ a }}", {"a": value + "{{ b }}", "b": "ran"}) == value + "{{ b }}"


TAGS = st.sampled_from(
    [
        "{{ a }}",
        "{{b}}",
        "{{ a | default: 'x<y' }}",
        '{{ b|default:"" }}',
        "{{ c | default : 'c.' }}",
    ]
)
VALUES = st.one_of(st.none(), st.text(max_size=8).filter(lambda text: "\r" not in text))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            TAGS, st.text(st.characters(codec="utf-8", exclude_characters="{}\r"), max_size=9)
        )
    ),
    st.fixed_dictionaries({"a": VALUES, "b": VALUES}),
    st.booleans(),
)
def test_the_short_way_and_the_engine_agree(parts, values, escape_html):
    text = "".join(parts)
    by_engine = render("{% if true %}{% endif %}" + text, values, escape_html=escape_html)
    assert render(text, values, escape_html=escape_html) == by_engine
