"""Whatever stands in a brief, the rules of the prompt stay, and nothing hostile reaches review."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest

from generation.briefs import OfferTerms
from generation.guardrails import check
from generation.prompts import render_prompt
from generation.services.drafting import write_drafts
from inference.generators import GeneratedText, never_stop
from tests.factories.generation import brief, copy
from tests.generation.hostile.corpus import HOSTILE

SECTION = re.compile(r"<data>\n(.*?)\n</data>", re.DOTALL)
texts = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def hostile_brief(text):
    """Harm at every door through which texts of others come."""
    return brief(
        descriptors=text,
        audience_name=text,
        portrait=text,
        interests=(text,),
        template=brief().template,
    )


class Parrot:
    """Does what hostile text wants: repeats it, in the field and place given."""

    name = "parrot"
    revision = "1"

    def __init__(self, field, text):
        self.fields = dict(copy().texts())
        self.fields[field] += f" {text}"
        self.prompts = []

    def generate(self, requests, *, should_stop=never_stop):
        for request in requests:
            self.prompts.append(request.prompt)
            for position in range(request.count):
                yield GeneratedText(request.key, position, self.fields, request.seed)


def parroted(text, field):
    parrot = Parrot(field, text)
    desks = write_drafts(
        [hostile_brief(text)], parrot, candidates=1, seed=1, should_stop=never_stop
    )
    return parrot, next(iter(desks.values()))


def skeleton(prompt):
    """A prompt with its data taken out."""
    return SECTION.sub("<data></data>", prompt)


def test_the_corpus_is_as_large_as_was_asked_for():
    assert len(HOSTILE) >= 40


@texts
def test_no_text_changes_the_rules(text):
    harmless = skeleton(render_prompt(brief()))
    assert skeleton(render_prompt(hostile_brief(text))) == harmless


@texts
def test_no_text_breaks_out_of_its_section(text):
    prompt = render_prompt(hostile_brief(text))
    sections = SECTION.findall(prompt)
    assert prompt.count("<data>\n") == prompt.count("\n</data>") == len(sections)
    for section in sections:
        json.loads(section)


@texts
@pytest.mark.parametrize("field", ["subject", "body", "call_to_action"])
def test_nothing_parroted_reaches_review(text, field):
    _, desk = parroted(text, field)
    assert desk.drafts == []
    assert desk.rules
    assert desk.shortfall().startswith("0 of 1 candidates")
    assert len(desk.shortfall()) <= 300


@texts
def test_the_feedback_on_a_hostile_text_is_data_too(text):
    parrot, desk = parroted(text, "body")
    assert len(parrot.prompts) > 1
    for prompt in parrot.prompts[1:]:
        assert prompt.count("<data>\n") == prompt.count("\n</data>")
        for section in SECTION.findall(prompt):
            json.loads(section)
    assert all(len(sentence) <= 200 for sentence in desk.feedback())


@texts
def test_judging_takes_no_time(text):
    written = copy(body=f"{copy().body} {text}")
    started = time.process_time()
    check(written, hostile_brief(text))
    assert time.process_time() - started < 1.0


@texts
def test_hostile_text_in_the_offer_gives_no_leave_to_break_other_rules(text):
    """An offer may state facts; its words are no rules, and the copy's own are still read."""
    offer = OfferTerms(text=text, code="JUNE15", terms="", url="https://juniper.example/dresses")
    written = copy(body=f"{copy().body} Call +1 202 555 0143 or write to a@b.example.")
    found = {finding.rule for finding in check(written, replace(brief(), offer=offer))}
    assert found & {"facts.phone", "facts.email", "length.oversized"}
