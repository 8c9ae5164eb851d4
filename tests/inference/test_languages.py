import pytest

from inference.languages import detect_language

SENTENCES = {
    "en": "The sleeves are a bit long but I love it",
    "de": "Die Ärmel sind etwas lang, aber ich liebe es",
    "fr": "Les manches sont un peu longues mais je l'adore",
    "es": "Las mangas son un poco largas pero me encanta",
    "it": "Le maniche sono un po' lunghe ma lo adoro",
    "nl": "De mouwen zijn wat lang maar ik vind hem geweldig",
    "pl": "Rękawy są trochę za długie, ale bardzo mi się podoba",
    "ja": "袖が少し長いけれどとても気に入っています",
    "ru": "Рукава немного длинные, но мне очень нравится",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_is_known(language, sentence):
    assert detect_language(sentence) == language


@pytest.mark.parametrize("text", ["", "ok", "Love it", "XL 42 cm", "[link] [email]"])
def test_what_is_too_short_is_left_open(text):
    assert detect_language(text) == ""


@pytest.mark.realdata
@pytest.mark.xdist_group("reviews")
def test_no_english_review_is_taken_for_another_language(real_reviews):
    assert {detect_language(text) for text in real_reviews[::20]} <= {"en", ""}
