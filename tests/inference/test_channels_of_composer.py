from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.angles import ANGLES
from generation.copies import Copy
from generation.guardrails import check
from generation.liquid import merge_tags
from inference.channels import CHANNELS
from inference.composer.frames import read_frame
from inference.composer.inventory import KINDS, TONES
from inference.composer.lines import SHORT_PHRASES
from inference.composer.slots import agree, realise, slots_in
from inference.composer.surfaces import SURFACES
from inference.composer.voice import Voice, mine_voice
from inference.generators import GenerationRequest, text_generator
from tests.factories.generation import NAME, brief

TEMPLATES = {
    "email": {
        "subject": f"{NAME}, hello",
        "preheader": "Hello",
        "body": f"Hi {NAME},\n\nSee {{{{ url }}}}\n\n{{{{ unsubscribe_url }}}}",
        "call_to_action": "Go",
    },
    "sms": {"text": f"{{{{ brand }}}}: {NAME}, see {{{{ url }}}} Reply STOP to opt out"},
    "push": {"title": "Hello", "body": f"{NAME}, look"},
    "ad": {"headline": "Hello", "description": "Look", "call_to_action": "Go"},
    "banner": {"headline": "Hello", "text": "Look", "call_to_action": "Go"},
}


def order(channel, **changes):
    return brief(
        channel=channel, template=Copy(channel=channel, **TEMPLATES[channel]), offer=None, **changes
    )


def write(asked, *, count=1, seed=1):
    request = GenerationRequest(asked.key, "", asked.to_json(), count, seed)
    return [
        Copy(channel=asked.channel, **text.fields)
        for text in text_generator("composer").generate([request])
    ]


def test_every_field_of_every_channel_is_written_within_what_the_channel_allows():
    assert set(SURFACES) == set(CHANNELS)
    for channel, fields in CHANNELS.items():
        assert [surface.field for surface in SURFACES[channel]] == [field.name for field in fields]
        for surface, field in zip(SURFACES[channel], fields, strict=True):
            assert surface.room <= field.longest


def test_short_phrases_exist_for_every_angle_and_tone():
    assert set(SHORT_PHRASES) == set(ANGLES)
    for short in SHORT_PHRASES.values():
        assert {*short.heads} == {*short.lines} == {"any", *TONES}


@pytest.mark.parametrize("channel", SURFACES)
def test_every_channel_passes_the_guardrails_in_every_angle(channel):
    cells = [(angle, *cell) for angle, cell in zip(ANGLES, Random(1).sample(CELLS, 7), strict=True)]
    asked = [order(channel, angle=angle, tone=tone, kind=kind) for angle, tone, kind in cells]
    found = [
        (finding.message, copy)
        for one in asked
        for copy in write(one, count=4)
        for finding in check(copy, one)
        if finding.is_blocking
    ]
    assert found == []


CELLS = [(tone, kind) for tone in TONES for kind in KINDS]


@pytest.mark.parametrize("channel", ["push", "ad", "banner"])
@pytest.mark.parametrize("angle", ["urgency", "curiosity"])
def test_short_fields_keep_to_their_room(channel, angle):
    room = {surface.field: surface.room for surface in SURFACES[channel]}
    for copy in write(order(channel, angle=angle), count=25):
        for field, text in copy.texts():
            assert len(text.replace(NAME, "Maximiliane")) <= room[field]


def test_a_text_message_fits_one_part_and_says_how_to_stop():
    for copy in write(order("sms"), count=25):
        shown = copy.text.replace(NAME, "Maximiliane").replace("{{ brand }}", "Juniper")
        assert len(shown.replace("{{ url }}", "n" * 30)) <= 160
        assert copy.text.endswith("Reply STOP to opt out")
        assert copy.text.isascii()


def test_a_text_message_whose_template_forgot_how_to_stop_says_it():
    asked = brief(channel="sms", template=Copy(channel="sms", text="Hi {{ url }}"), offer=None)
    assert write(asked)[0].text.endswith("Reply STOP to opt out")


def test_a_hundred_candidates_of_one_brief_differ():
    named = write(brief(), count=100)
    assert len({copy.body for copy in named}) == 100
    # A name takes a quarter of the room, and long topics then no longer fit into every phrase.
    assert len({copy.subject for copy in named}) >= 80
    unnamed = write(brief(template=Copy("Hello", "", "See {{ url }}", "Go")), count=100)
    assert len({copy.subject for copy in unnamed}) == 100


def test_two_segments_do_not_share_a_subject():
    one = write(brief(interests=("knit top", "petite fit", "linen")), count=20)
    two = write(brief(interests=("running shoe", "trail map", "gel")), count=20)
    assert {copy.subject for copy in one}.isdisjoint(copy.subject for copy in two)


def test_verbs_agree_with_what_they_speak_of():
    assert agree("{x} {is|are} here", "denim and linen") == "{x} are here"
    assert agree("{x} {is|are} here", "knitwear") == "{x} is here"


def test_a_topic_that_begins_a_sentence_gets_a_capital():
    assert realise("{brand}: {p1}. {p1} and {m2}", {"brand": "B", "p1": "jeans", "m2": "silk"}) == (
        "B: Jeans. Jeans and silk"
    )


def test_no_slot_and_no_agreement_is_left_over():
    for channel in SURFACES:
        for copy in write(order(channel, interests=()), count=8):
            for _, text in copy.texts():
                assert not re.search(r"\{[^{ ]|\|(?! default)", text.replace("{{", ""))
                assert not slots_in(text.replace("{{", "").replace("}}", ""))


TAGS = st.sampled_from(
    [NAME, "{{ offer }}", "{{ code }}", "{{ url }}", "{{ city | default: 'town' }}", "{{ brand }}"]
)
TEXTS = st.lists(TAGS, max_size=4).map(lambda tags: " ".join(["For you", *tags]))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["sms", "push", "ad", "banner"]), st.data(), st.integers(0, 99))
def test_every_field_of_every_channel_keeps_exactly_its_merge_tags(channel, data, seed):
    texts = {surface.field: data.draw(TEXTS) for surface in SURFACES[channel]}
    asked = brief(channel=channel, template=Copy(channel=channel, **texts))
    for copy in write(asked, count=2, seed=seed):
        for field, text in copy.texts():
            assert merge_tags(text) == merge_tags(texts[field])


SENTENCES = (
    "Every knot we tie is tied to hold.",
    "Fair winds,",
    "Set sail",
    "Save 20% today",
    "Hi {{ first_name }}, we missed you a lot.",
)


def test_a_voice_is_mined_from_what_can_be_used_again():
    assert mine_voice(SENTENCES) == Voice(
        ("Every knot we tie is tied to hold.",), ("Fair winds,",), ("Set sail",)
    )


def test_the_brands_own_words_take_the_place_of_the_inventorys():
    asked = order("email")
    controls = asked.to_json() | {"brand_sentences": list(SENTENCES)}
    request = GenerationRequest(asked.key, "", controls, 3, 1)
    for text in text_generator("composer").generate([request]):
        assert "Every knot we tie is tied to hold." in text.fields["body"]
        assert "Fair winds,\nJuniper" in text.fields["body"]
        assert text.fields["call_to_action"] == "Set sail"


def test_a_frame_reads_short_texts_too():
    assert read_frame("{{ brand }}: look").tags["brand"] == ["{{ brand }}"]
