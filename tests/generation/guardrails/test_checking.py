from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.briefs import Copy
from generation.guardrails import check
from tests.factories.generation import NAME, TEMPLATE, brief, copy

PLAIN = Copy("Hello", "", "See {{ url }}", "Go")


def rules(written, **changes):
    return {finding.rule for finding in check(written, brief(**changes))}


def blocked(written, **changes):
    return {finding.rule for finding in check(written, brief(**changes)) if finding.is_blocking}


def body(text):
    """The good copy, with a sentence more in its body."""
    return copy(body=copy().body.replace("Juniper", f"{text}\n\nJuniper"))


def test_a_good_copy_passes():
    assert check(copy(), brief()) == []


def test_the_template_passes_its_own_rules():
    assert blocked(TEMPLATE) == set()


def test_blocking_findings_come_first_and_point_at_the_place():
    findings = check(copy(subject=f"{NAME}, WOW!! 90% off"), brief())
    assert findings[0].is_blocking
    percent = next(finding for finding in findings if finding.rule == "facts.percent")
    start, end = percent.span
    assert f"{NAME}, WOW!! 90% off"[start:end] == "90%"
    assert percent.suggestion


def test_a_missing_tag_blocks():
    assert blocked(copy(body=copy().body.replace(", with {{ code }}", ""))) == {"tags.missing"}


def test_an_added_tag_blocks():
    assert blocked(body("Greetings to {{ city | default: 'town' }}.")) == {"tags.extra"}


def test_a_changed_default_blocks():
    changed = copy(body=copy().body.replace("'there'", "'friend'"))
    assert "tags.changed" in blocked(changed)


def test_a_tag_in_other_spacing_is_the_same_tag():
    spaced = copy(subject='{{first_name|default:"there"}}, worth a look today')
    assert rules(spaced) == set()


def test_a_tag_once_too_often_is_only_advice():
    findings = check(body("Once more: {{ url }}"), brief())
    assert [(finding.rule, finding.severity) for finding in findings] == [("tags.count", "warn")]


def test_invented_logic_blocks():
    assert "tags.extra" in blocked(body("{% if vip %}You are one of ours.{% endif %}"))


def test_a_name_without_default_leaves_a_gap():
    tag = "{{ first_name }}"
    template = Copy("Hello", "", f"Hi {tag},\n\nSee {{{{ url }}}}", "Go")
    findings = check(template, brief(template=template))
    assert [finding.rule for finding in findings] == ["rendering.gap", "tags.default"]
    assert "no values" in findings[0].message


def test_a_blank_value_between_spaces_leaves_a_gap():
    template = Copy("Hello", "", "Here in {{ city }} it rains. {{ url }}", "Go")
    assert blocked(template, template=template) == {"rendering.gap"}


def test_broken_liquid_blocks():
    assert "rendering.refused" in blocked(body("{{ first_name"))


def test_braces_left_over_block():
    assert "rendering.braces" in blocked(body("Hello }} there."))


def test_an_empty_subject_blocks():
    assert "rendering.empty" in blocked(copy(subject="  "))


@pytest.mark.parametrize(
    ("length", "expected"),
    [(50, []), (51, ["warn"]), (60, ["warn"]), (61, ["warn"]), (100, ["warn"]), (101, ["block"])],
)
def test_subject_length(length, expected):
    long = Copy("a" * length, "", "See {{ url }}", "Go")
    assert [finding.severity for finding in check(long, brief(template=PLAIN))] == expected


def test_length_is_measured_with_a_long_name_filled_in():
    subject = f"{NAME}, " + "a" * 38
    assert "length.subject" in rules(copy(subject=subject))
    assert "length.subject" not in rules(copy(subject=f"{NAME}, " + "a" * 37))


def test_an_emoji_of_many_code_points_is_one_character():
    family = "👨‍👩‍👧‍👦"
    written = Copy("a" * 47 + family * 3, "", "See {{ url }}", "Go")
    assert rules(written, template=PLAIN) == set()


def test_buttons_and_bodies_have_limits():
    assert "length.call_to_action" in blocked(copy(call_to_action="a" * 41))
    assert "length.body" in blocked(body("word " * 400))
    assert blocked(copy(subject="a" * 30_000)) == {"length.oversized"}


def test_a_subject_is_one_line():
    assert "length.lines" in blocked(copy(subject=f"{NAME}, one\ntwo"))


@pytest.mark.parametrize("word", ["cheap", "CHEAP", "ｃｈｅａｐ", "chéap"])
def test_banned_words_are_found_in_any_dress(word):
    assert "words.banned" in blocked(body(f"It is {word} here."))


def test_banned_words_are_whole_words():
    assert rules(body("It is cheaply said, and cheapskates agree.")) == set()


def test_required_words():
    assert blocked(copy(), required_terms=("Terms apply",)) == {"words.required"}
    assert blocked(body("terms APPLY here."), required_terms=("Terms apply",)) == set()


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Save 20% now.", "facts.percent"),
        ("Save 20 percent.", "facts.percent"),
        ("Save ２０％ now.", "facts.percent"),
        ("Only $5.", "facts.money"),
        ("Just 5 euros.", "facts.money"),
        ("Join 2,000 others.", "facts.number"),
        ("Use SAVE20 here.", "facts.code"),
        ("Use code WELCOME here.", "facts.code"),
        ("See https://evil.example/x now.", "facts.link"),
        ("See evil-shop.com now.", "facts.link"),
        ("Write to me@evil.example now.", "facts.email"),
        ("Call +1 555 010 9999 now.", "facts.phone"),
        ("It ends on June 5.", "facts.date"),
        ("Until Sunday.", "facts.date"),
        ("It ends today.", "facts.deadline"),
        ("Your last chance.", "facts.deadline"),
        ("Half-price shoes.", "facts.amount"),
        ("Thousands agree.", "facts.amount"),
        ("Fifty percent less.", "facts.amount"),
        ("It is free.", "facts.claim"),
        ("Guaranteed to please.", "facts.claim"),
        ("The best there is.", "facts.claim"),
        ("We are #1 here.", "facts.claim"),
        ("It cures all.", "facts.claim"),
    ],
)
def test_invented_facts_block(sentence, rule):
    assert rule in blocked(body(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "You get 15% off.",
        "You get 15 percent off.",
        "Use JUNE15 at checkout.",
        "Valid until June 30.",
        "See https://juniper.example/dresses here.",
        "Rated 4.6 of 5 by our customers.",
        "May we suggest a look. You may, in March weather, march on.",
    ],
)
def test_facts_of_the_brief_pass(sentence):
    assert blocked(body(sentence)) == set()


def test_another_number_of_the_same_offer_does_not_pass():
    assert "facts.percent" in blocked(body("You get 51% off."))
    assert "facts.number" in blocked(body("You get 15 dresses."))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert()</script>",
        "<img src=x onerror=alert()>",
        "<a href='javascript:alert()'>x</a>",
        '<a href="http://plain.example">x</a>',
        "&#60;script&#62;",
        "<style>p{}</style>",
        "<!-- hidden -->",
        "<p onclick = 'x'>",
        "data:text/html,x",
        "java\tscript:x",
    ],
)
def test_markup_that_can_do_harm_blocks(text):
    assert {rule.partition(".")[0] for rule in blocked(body(text))} & {"markup"}


def test_harmless_markup_is_for_bodies_only():
    assert rules(body("<strong>Linen</strong> is in.")) == set()
    assert "markup.element" in blocked(copy(subject=f"{NAME}, <b>look</b>"))


@pytest.mark.parametrize(
    "char", ["\u200b", "\u202e", "\u00ad", "\ufeff", "\u2066", "\x07", "\ue000"]
)
def test_hidden_characters_block(char):
    assert "characters.hidden" in blocked(body(f"lin{char}en"))


def test_a_word_of_two_scripts_blocks():
    assert "characters.mixed" in blocked(body("Spec\u0456al dresses."))


def test_other_languages_and_emoji_pass():
    text = "Grüße, Ελλάδα, Привет, こんにちは漢字 👩‍👧 — “so”."
    assert rules(body(text)) == set()


@pytest.mark.parametrize("subject", ["RE: your order", "Fwd: look", "Look!!!", "LOOK AT THIS NOW"])
def test_spam_blocks(subject):
    assert {rule.partition(".")[0] for rule in blocked(copy(subject=f"{subject} {NAME}"))} == {
        "spam"
    }


def test_capitals_of_the_brand_and_its_code_are_no_shouting():
    assert rules(body("Use JUNE15 at JUNIPER."), brand_name="JUNIPER") == set()


@settings(max_examples=120, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=4, max_size=4))
def test_any_text_is_judged(texts):
    for finding in check(Copy(*texts), brief()):
        start, end = finding.span
        assert 0 <= start <= end <= max(len(getattr(Copy(*texts), finding.field)), 0)
        assert finding.message
        assert finding.suggestion


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}%|.:'\" <>&;#=on1$€@éі\u200b"), max_size=60))
def test_any_syntax_is_judged(text):
    assert isinstance(check(body(text), brief()), list)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6).filter(lambda number: str(number) not in "15 30 4.6 5 2"))
def test_no_number_is_let_in(number):
    assert {rule.partition(".")[0] for rule in blocked(body(f"There are {number} of them."))} == {
        "facts"
    }


def test_half_a_character_is_hidden_and_refused():
    assert {"characters.hidden", "rendering.refused"} <= blocked(
        body("\ud800{% if a %}{% endif %}")
    )
