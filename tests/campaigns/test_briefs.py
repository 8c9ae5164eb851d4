import pytest

from campaigns.briefs import angle_name, brief_for, briefs_for, copy_of, interests_of
from campaigns.cells import CONTROL, Cell
from core.errors import InputRefused
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def test_there_is_one_brief_per_segment_and_angle_in_the_campaigns_order():
    segments = [make.segment("knit-lovers"), make.segment("bargain-hunters")]
    campaign = make.campaign(segments=segments, angles=["urgency", "gratitude"])
    assert [brief.key for brief in briefs_for(campaign)] == [
        "knit-lovers/urgency",
        "knit-lovers/gratitude",
        "bargain-hunters/urgency",
        "bargain-hunters/gratitude",
    ]


def test_a_campaign_without_segments_writes_for_everyone():
    campaign = make.campaign(segments=[], angles=["urgency"])
    (brief,) = briefs_for(campaign)
    assert brief.key == "*/urgency"
    assert (brief.audience_name, brief.portrait, brief.interests) == ("everyone", "", ())


def test_a_brief_says_how_the_brand_speaks_and_to_whom():
    voice = make.brand_voice(
        tone="plain",
        descriptors="dry, kind",
        banned_terms=["cheap"],
        required_terms=["Fern"],
        approved_claims=["Free returns"],
    )
    segment = make.segment("knit-lovers", name="Knit lovers", portrait="They love knitwear.")
    campaign = make.campaign(segments=[segment], brand_voice=voice, offer=make.offer())
    brief = brief_for(campaign, Cell(segment, "urgency"))
    assert (brief.tone, brief.descriptors, brief.brand_name) == (
        "plain",
        "dry, kind",
        "Fern & Finch",
    )
    assert brief.banned_terms == ("cheap",)
    assert brief.required_terms == ("Fern",)
    assert brief.approved_claims == ("Free returns",)
    assert (brief.audience_name, brief.portrait) == ("Knit lovers", "They love knitwear.")
    assert brief.template == copy_of(campaign.template)
    assert (brief.offer.text, brief.offer.code) == ("15% off dresses", "SPRING15")


def test_a_campaign_without_an_offer_promises_nothing():
    campaign = make.campaign()
    assert {brief.offer for brief in briefs_for(campaign)} == {None}


def test_no_word_of_a_contact_gets_into_a_brief():
    segment = make.segment("knit-lovers")
    make.contact("zenobia-7", first_name="Zenobia", segments=[segment])
    campaign = make.campaign(segments=[segment])
    assert "enobia" not in str([brief.to_json() for brief in briefs_for(campaign)])


def test_an_angle_nobody_can_write_for_is_refused_with_the_known_ones():
    campaign = make.campaign(angles=["urgency", "mens_email"])
    with pytest.raises(InputRefused, match="mens_email cannot be written for; choose from urgency"):
        briefs_for(campaign)


@pytest.mark.parametrize(
    ("traits", "interests"),
    [
        ({"phrases": ["soft knits", "fit"]}, ("soft knits", "fit")),
        ({"phrases": [{"phrase": "fit", "weight": 0.4}]}, ("fit",)),
        ({"categories": {"Knits": 0.2, "Dresses": 0.7}}, ("Dresses", "Knits")),
        ({"phrases": [], "categories": {}}, ()),
        ({}, ()),
    ],
)
def test_interests_are_the_segments_phrases_else_its_categories(traits, interests):
    assert interests_of(make.segment("knit-lovers", traits=traits)) == interests


def test_angles_and_the_control_have_names_for_pages():
    assert angle_name(CONTROL) == "Control (human copy)"
    assert angle_name("social_proof") == "Social proof"
    assert angle_name("mens_email") == "Mens email"


def test_nothing_sensitive_of_a_segment_reaches_a_writer():
    segment = make.segment(
        "maternity",
        name="Maternity shoppers",
        portrait="They love soft knits. Many are pregnant. They say “Anna helped me so much”.",
        traits={"phrases": ["maternity dress", "soft knits"]},
    )
    brief = brief_for(make.campaign(segments=[segment]), Cell(segment, "urgency"))
    assert (brief.audience_name, brief.portrait) == ("these readers", "They love soft knits.")
    assert brief.interests == ("soft knits",)


def test_categories_stand_in_where_every_phrase_is_sensitive():
    traits = {"phrases": ["maternity dress"], "categories": {"Religion": 0.5, "Knits": 0.3}}
    assert interests_of(make.segment("x", traits=traits)) == ("Knits",)
