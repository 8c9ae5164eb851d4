import pytest

from audience.clustering.portraits import ClusterWords, portraits
from audience.phrases import phrases
from audience.profiling import category_shares
from audience.sensitive import (
    SENSITIVE_WORDS,
    TOPIC_NAMES,
    is_sensitive,
    refuse_sensitive,
    sensitive_topic,
)
from core.errors import InputRefused

TOPICS = [
    ("health", "nursing tops"),
    ("health", "breast cancer survivor"),
    ("health", "my allergies"),
    ("health", "her pregnancies"),
    ("health", "back pain"),
    ("health", "hearing aid"),
    ("health", "high blood pressure"),
    ("health", "in a wheelchair"),
    ("health", "mental-health days"),
    ("health", "a diabetic’s socks"),
    ("religion", "church dress"),
    ("religion", "bible study outfit"),
    ("religion", "hijabs"),
    ("religion", "Kosher kitchen"),
    ("religion", "faith and family"),
    ("religion", "first communions"),
    ("religion", "modest fashion"),
    ("ethnicity", "as a black woman"),
    ("ethnicity", "dark-skinned"),
    ("ethnicity", "my skin tone"),
    ("ethnicity", "mixed race family"),
    ("ethnicity", "african american hair"),
    ("ethnicity", "immigrants"),
    ("politics", "republican rally"),
    ("politics", "left-wing"),
    ("politics", "the Green Party"),
    ("politics", "vote blue"),
    ("politics", "pro-life"),
    ("sexuality", "gay-friendly bar"),
    ("sexuality", "same-sex wedding"),
    ("sexuality", "LGBTQ pride"),
    ("sexuality", "came out to her parents"),
    ("sexuality", "sexual orientation"),
    ("union", "trade union"),
    ("union", "shop stewards"),
    ("union", "union dues"),
    ("union", "works council"),
    ("union", "on strike"),
    ("genetics", "DNA test"),
    ("genetics", "BRCA"),
    ("genetics", "gene therapy"),
    ("biometrics", "fingerprints"),
    ("biometrics", "face recognition"),
    ("biometrics", "iris scan"),
]
FALSE_FRIENDS = [
    "gay colours",
    "faith in this brand",
    "I have lost faith in your sizing",
    "black dress",
    "white jeans",
    "black women's jeans",
    "healthy glow",
    "retail therapy",
    "oh my god",
    "a godsend",
    "please be patient",
    "conservative neckline",
    "a bit too conservative",
    "Christian Dior",
    "trans-seasonal coat",
    "union jack",
    "order confirmation",
    "I lent it to her",
    "shoe addict",
    "goose bumps",
    "rat race",
    "colour came out in the wash",
    "straight legs",
    "cross-body bag",
    "party dress",
    "racer back",
    "racerback tank",
    "pilling",
    "mass produced",
    "flattering on every skin tone",
    "strapless",
    "nude heels",
    "green dress",
    "green party dress",
    "right size",
    "brown leather",
    "hot pink",
    "virgin wool",
    "raw denim",
]


@pytest.mark.parametrize(
    "said",
    [
        "maternity dress",
        "Baby bumps",
        "mastectomy bra",
        "church dress",
        "my hijabs",
        "bar-mitzvah outfit",
        "hispanic neighbours",
        "republican rally",
        "gay-friendly bar",
    ],
)
def test_what_touches_a_sensitive_trait_is_recognised(said):
    assert is_sensitive(said)


@pytest.mark.parametrize("said", ["petite fit", "wide leg", "knit top", "silk blouse", "black"])
def test_ordinary_phrases_are_not_held_back(said):
    assert not is_sensitive(said)


@pytest.mark.parametrize(
    "word", sorted(word for words in SENSITIVE_WORDS.values() for word in words.split())
)
def test_no_sensitive_word_becomes_a_phrase(word):
    assert phrases(f"a soft {word} dress for {word}") in ([], ["dress"], ["soft dress", "dress"])


def test_portraits_say_nothing_sensitive_even_when_everybody_writes_of_it():
    words = ClusterWords(
        size=9,
        texts=[["pregnancy", "wool coat"], ["church", "wool coat"]] * 5,
        categories={"Maternity": 0.9, "Coats": 0.1},
        sentiment=0.5,
    )
    others = ClusterWords(size=9, texts=[["linen"]] * 9, categories={"Tops": 1.0}, sentiment=0.5)

    [portrait, _] = portraits([words, others])

    said = " ".join([portrait.name, portrait.portrait, *portrait.categories]).lower()
    assert not {"pregnancy", "church", "maternity"} & set(said.replace(",", " ").split())
    assert "wool coat" in said


@pytest.mark.parametrize(("topic", "said"), TOPICS)
def test_each_topic_of_article_9_is_told(topic, said):
    assert sensitive_topic(said) == topic


def test_every_topic_is_in_the_table_and_has_a_name():
    assert {topic for topic, _ in TOPICS} == set(TOPIC_NAMES)


@pytest.mark.parametrize("said", FALSE_FRIENDS)
def test_what_only_sounds_sensitive_is_not_held_back(said):
    assert sensitive_topic(said) is None


@pytest.mark.parametrize(("topic", "said"), TOPICS)
def test_nothing_sensitive_becomes_a_phrase_or_a_category(topic, said):
    assert [one for one in phrases(f"These are for {said}, truly.") if is_sensitive(one)] == []
    assert category_shares([said, "Dresses"]) == {"Dresses": 1.0}


@pytest.mark.parametrize(("topic", "said"), TOPICS)
def test_a_person_who_writes_it_down_is_told_which_topic_and_what_to_do(topic, said):
    with pytest.raises(InputRefused, match=TOPIC_NAMES[topic]) as refusal:
        refuse_sensitive(said, field="name")
    assert refusal.value.field == "name"
    assert "Say what they like or do instead" in str(refusal.value)
