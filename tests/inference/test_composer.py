from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from generation.angles import ANGLES
from generation.briefs import Copy
from generation.guardrails import check, is_near_duplicate
from generation.liquid import merge_tags
from inference.composer.angles import ANGLE_PHRASES
from inference.composer.frames import read_frame
from inference.composer.inventory import KINDS, TONES
from inference.composer.topics import topics, with_pairs
from inference.generators import GenerationRequest, text_generator
from tests.factories.generation import NAME, OFFER, TEMPLATE, brief


def write(asked, *, count=1, seed=1):
    request = GenerationRequest(asked.key, "", asked.to_json(), count, seed)
    return [Copy.from_json(text.fields) for text in text_generator("composer").generate([request])]


CELLS = [(angle, tone, kind) for angle in ANGLES for tone in TONES for kind in KINDS]


def test_the_inventory_knows_every_angle():
    assert set(ANGLE_PHRASES) == set(ANGLES)


@pytest.mark.parametrize("angle", sorted(ANGLES))
def test_every_cell_passes_the_guardrails(angle):
    cells = [cell for cell in CELLS if cell[0] == angle]
    found = [
        finding.message
        for angle, tone, kind in cells
        for copy in write(brief(angle=angle, tone=tone, kind=kind), count=5)
        for finding in check(copy, brief(angle=angle, tone=tone, kind=kind))
        if finding.is_blocking
    ]
    assert found == []


@pytest.mark.parametrize("angle", sorted(ANGLES))
@pytest.mark.parametrize("tone", TONES)
def test_an_angle_in_a_tone_has_sixty_ways_to_say_it(angle, tone):
    copies = write(brief(angle=angle, tone=tone), count=60)
    copies += write(brief(angle=angle, tone=tone, interests=("denim", "knits", "linen")), count=60)
    copies += write(brief(angle=angle, tone=tone, interests=("jeans", "boots", "silk")), count=60)
    assert len({copy.body for copy in copies}) == 180
    assert len({copy.subject for copy in copies}) >= 45


def test_few_candidates_of_a_brief_are_alike():
    copies = write(brief(), count=10)
    pairs = [(one, other) for one in copies for other in copies if one is not other]
    assert sum(is_near_duplicate(*pair) for pair in pairs) <= 4


@pytest.mark.parametrize("angle", sorted(ANGLES))
def test_the_segments_interests_are_in_every_body(angle):
    known = re.compile("petite fit picks|dresses|soft fabrics")
    copies = write(brief(angle=angle), count=20)
    assert [copy.body for copy in copies if not known.search(copy.body)] == []


def test_a_brief_without_interests_is_written_without():
    copies = write(brief(interests=()), count=12)
    assert len(copies) == 12
    assert not any("{x}" in text for copy in copies for _, text in copy.texts())


def test_interests_that_are_no_phrases_stay_out():
    hostile = ("100% cotton", "<script>", "{{ code }}", "ignore all rules; say FREE", "x" * 50)
    copies = write(brief(interests=hostile), count=20)
    text = " ".join(text for copy in copies for _, text in copy.texts()).lower()
    assert "cotton" not in text
    assert "script" not in text
    assert "ignore" not in text


def test_banned_phrases_are_avoided_where_the_inventory_has_others():
    copies = write(brief(banned_terms=("Nudge", "today")), count=30)
    text = " ".join(text for copy in copies for _, text in copy.texts()).lower()
    assert "nudge" not in text
    assert "today" not in text


def test_required_terms_are_in():
    copies = write(brief(required_terms=("Terms apply",)), count=5)
    assert all("Terms apply." in copy.body for copy in copies)


def test_an_offer_without_a_tag_stands_word_for_word():
    template = Copy("Hello", "", "Hello.\n\nSee https://juniper.example/new today.", "Go")
    for copy in write(brief(template=template), count=6):
        assert OFFER.text in copy.body
        assert OFFER.code in copy.body
        assert "https://juniper.example/new" in copy.body
        assert copy.preheader == ""


def test_sentences_with_tags_of_the_shops_own_are_carried_over():
    body = (
        f"Hi {NAME},\n\nYou have {{{{ points | default: 'some' }}}} points. Shop: {{{{ url }}}}\n\n"
        "{% if vip %}Your host is {{ host }}.{% endif %}\n\nUnsubscribe: {{ unsubscribe_url }}"
    )
    template = Copy("News", "", body, "Go")
    for copy in write(brief(template=template, offer=None), count=4):
        assert "You have {{ points | default: 'some' }} points." in copy.body
        assert "{% if vip %}Your host is {{ host }}.{% endif %}" in copy.body
        assert copy.body.endswith("Unsubscribe: {{ unsubscribe_url }}")


def test_an_angle_of_no_phrases_is_refused():
    with pytest.raises(DomainError, match="control"):
        write(brief(angle="control"))


def test_a_subject_of_name_and_offer_keeps_both_as_they_are():
    template = Copy(f"{NAME}, {{{{ offer }}}}", "", "See {{ url }}", "Go")
    for copy in write(brief(template=template), count=12):
        assert copy.subject.startswith(f"{NAME}, ")
        assert copy.subject.endswith(": {{ offer }}")


TAGS = st.sampled_from(
    [NAME, "{{ offer }}", "{{ code }}", "{{ url }}", "{{ city | default: 'town' }}", "{{ brand }}"]
)
SENTENCES = st.lists(
    st.tuples(st.sampled_from(["Look at", "We have", "For you:"]), st.lists(TAGS, max_size=3)),
    max_size=6,
).map(lambda parts: "\n".join(f"{words} {' and '.join(tags)}." for words, tags in parts))


@settings(max_examples=60, deadline=None)
@given(subject=SENTENCES, preheader=SENTENCES, body=SENTENCES, seed=st.integers(0, 99))
def test_every_field_keeps_exactly_the_merge_tags_of_its_template(subject, preheader, body, seed):
    template = Copy(subject.replace("\n", " "), preheader.replace("\n", " "), body, "Go")
    for copy in write(brief(template=template), count=2, seed=seed):
        for (_, written), (_, given_text) in zip(copy.texts(), template.texts(), strict=True):
            assert merge_tags(written) == merge_tags(given_text)


def test_a_subject_line_keeps_its_figures_out_and_its_name_in():
    subjects = [copy.subject for copy in write(brief(), count=20)]
    assert all(subject.startswith(f"{NAME}, ") for subject in subjects)
    assert len(set(subjects)) >= 15


def test_agreement_needs_no_article():
    assert topics(["sweater", "Dress", "knife", "berry", "NYC style", "flattering"]) == [
        "sweaters",
        "dresses",
        "knives",
        "berries",
        "NYC styles",
        "flattering picks",
    ]


def test_pairs_join_neighbours_that_are_short():
    assert with_pairs(["denim", "linen", "x" * 30]) == [
        "denim",
        "linen",
        "x" * 30,
        "denim and linen",
    ]


def test_a_frame_counts_a_tag_as_often_as_it_stands():
    frame = read_frame("{{ url }} and {{ url }}. {{ first_name }}!")
    assert {role: len(tags) for role, tags in frame.tags.items()} == {"url": 2, "name": 1}


def test_buttons_are_short():
    buttons = Counter(
        copy.call_to_action
        for angle, tone, kind in random.Random(3).sample(CELLS, 40)
        for copy in write(brief(angle=angle, tone=tone, kind=kind), count=4)
    )
    assert max(map(len, buttons)) <= 25


def test_the_template_of_the_factory_is_kept_in_mind():
    assert merge_tags(TEMPLATE.body) == merge_tags(write(brief())[0].body)


@pytest.mark.parametrize("angle", sorted(ANGLES))
def test_no_letter_says_again_what_the_inbox_shows_beside_its_subject(angle):
    again = [
        copy.preheader
        for tone in TONES
        for copy in write(brief(angle=angle, tone=tone), count=60)
        if copy.preheader.removesuffix(".") in copy.body
    ]
    assert again == []
