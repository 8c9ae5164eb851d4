from __future__ import annotations

from collections import Counter

import pytest

from generation.copies import Copy
from generation.liquid import merge_tags
from inference.composer.orders import Order
from inference.composer.slots import SLOTS
from inference.copywriter.checking import fault_of
from inference.copywriter.corpus import digest_of, write_corpus
from inference.copywriter.pieces import LIMITS, Piece, pieces_of
from inference.copywriter.planning import TRIES, Sheet
from inference.copywriter.prompting import CONTROLS, prompt_for
from inference.generators import GenerationRequest, GeneratorUnusable, text_generator
from tests.factories.generation import NAME, brief


@pytest.fixture(scope="module")
def corpus():
    return write_corpus(300, seed=3)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A model of three steps: it writes nonsense, and so exercises every check."""
    from inference.backends.copywriter_training import Recipe, train

    folder = tmp_path_factory.mktemp("small")
    said: list[str] = []
    recipe = Recipe(steps=3, texts=300, hidden=64, layers=1, batch=2, vocabulary=600)
    record = train(recipe, folder, said.append)
    return folder, record, said


def task_of(asked, field):
    order = Order.from_controls(asked.to_json())
    return next(task for task in order.tasks() if task.surface.field == field)


def test_a_corpus_is_the_same_for_the_same_seed(corpus):
    assert digest_of(corpus) == digest_of(write_corpus(300, seed=3))
    assert digest_of(corpus) != digest_of(write_corpus(300, seed=4))


def test_no_interest_brand_or_offer_enters_the_corpus(corpus):
    texts = " ".join(example.text for example in corpus)
    assert not [word for word in ("Juniper", "denim", "Ten off", "{{") if word in texts]


def test_every_example_says_in_its_prompt_which_slots_it_has(corpus):
    for example in corpus:
        asked = Counter(part for part in example.prompt.split("{")[1:])
        assert sum(asked.values()) == sum(example.text.count("{" + part[:3]) for part in asked)


def test_a_prompt_is_made_of_known_tokens_only():
    prompt = prompt_for(Piece(task_of(brief(), "subject")), {"p1": "dresses"}, 30)
    assert prompt == "<email.subject><warm><urgency><promotion><offer><up-to-30>{name}{p1}<write>"
    found = {f"<{part}" for part in prompt.replace("{name}{p1}", "").split("<")[1:]}
    assert found <= set(CONTROLS)


def test_a_letter_is_written_in_parts_that_share_its_slots_out():
    parts = {piece.part: piece.roles for piece in pieces_of(task_of(brief(), "body"))}
    assert parts == {
        "opening": ("name",),
        "argument": (),
        "terms": ("offer", "code"),
        "closing": ("brand", "url"),
    }


def test_a_limit_says_what_is_left_beside_everything_that_stands_there():
    asked = brief(channel="sms", template=Copy(channel="sms", text="{{ brand }}: {{ url }}"))
    piece = Piece(task_of(asked, "text"))
    shown = [asked.brand_name, asked.offer.text, asked.offer.code, asked.offer.url, "dresses"]
    carried = " Reply STOP to opt out"
    assert piece.room(["dresses"]) == 160 - len(carried) - sum(map(len, shown))


def test_every_example_keeps_to_the_limit_its_prompt_names(corpus):
    bounded = [example for example in corpus if "<up-to-" in example.prompt]
    assert len(bounded) > 100
    for example in bounded:
        limit = int(example.prompt.partition("<up-to-")[2].partition(">")[0])
        words = example.text
        for slot in SLOTS:
            words = words.replace(f"{{{slot}}}", "")
        assert len(words) <= limit or limit == LIMITS[-1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{name}, time for {p1}", ""),
        ("Worth a look: {p1}", "slots"),
        ("{name}, {name}, worth a look: {p1}", "slots"),
        ("{name}, worth a look", "slots"),
        ("{name}, {p1} and {m2}", "slots"),
        ("{name}, save 5 on {p1}", "digits"),
        ("{name}, see  {p1}", "form"),
        ("{name}, see <warm> {p1}", "form"),
        ("{name}, see see {p1}", "form"),
        ("{name}, open the day fills up for {p1}", "phrasing"),
    ],
)
def test_a_text_is_refused_for_what_is_wrong_with_it(text, fault):
    assert fault_of(text, Piece(task_of(brief(), "subject")), {"p1": "dresses"}) == fault


def test_a_line_of_another_tone_is_refused():
    for tone, fault in (("playful", ""), ("premium", "phrasing")):
        piece = Piece(task_of(brief(tone=tone), "subject"))
        assert fault_of("{name}, ready, set, {p1}", piece, {"p1": "dresses"}) == fault


def test_a_pair_of_topics_stands_beside_no_other_and():
    asked = brief(angle="social_proof")
    piece = Piece(task_of(asked, "preheader"))
    text = "You and {p1}? You will be among friends here."
    assert fault_of(text, piece, {"p1": "dresses"}) == ""
    assert fault_of(text, piece, {"p1": "dresses and boots"}) == "pair"


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        ("opening", "Hello {name},\n\nIf {p1} are on your mind, today is a good day to look.", ""),
        ("opening", "If {p1} are on your mind, today is a good day to look. {name}", "form"),
        ("closing", "Have a look: {url}\n\nWarmly,\n{brand}", ""),
        ("closing", "Warmly,\n{brand}\n\nHave a look: {url}", "form"),
        ("closing", "Have a look: {url} Warmly, {brand}", "form"),
        ("terms", "For you: {offer}.\n\nThe code is {code}.", "form"),
    ],
)
def test_each_part_of_a_letter_has_its_lines(part, text, fault):
    piece = Piece(task_of(brief(), "body"), part)
    assert fault_of(text, piece, {"p1": "dresses"} if "{p1}" in text else {}) == fault


def test_what_fails_four_times_is_composed():
    sheet = Sheet("a", 1, Order.from_controls(brief().to_json()), 1)
    for _ in range(TRIES):
        for row in list(sheet.open_rows()):
            sheet.judge(row, "nonsense {")
        sheet.finish()
    assert list(sheet.open_rows()) == []
    sheet.fall_back()
    assert {cell.writer for cell in sheet.candidates[0]} == {"composer"}
    assert all(cell.text for cell in sheet.candidates[0])


def test_a_trained_folder_says_what_it_is(small):
    folder, record, said = small
    names = {path.name for path in folder.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "copylift.json"} <= names
    assert record["mode"] == "fields"
    assert record["command"].startswith("python manage.py train_copywriter --steps 3 --seed 7")
    assert any("loss" in line for line in said)


def test_merge_tags_are_ordinary_tokens_of_its_vocabulary(small):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(small[0], local_files_only=True)
    ids = tokenizer("{name}, see {p1}")["input_ids"]
    assert tokenizer.convert_tokens_to_ids("{name}") in ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == "{name}, see {p1}"


def test_even_a_model_that_knows_nothing_gives_copy_that_keeps_its_tags(small):
    from inference.backends.house import HouseCopywriter

    asked = brief()
    request = GenerationRequest("k", "", asked.to_json(), 3, 1)
    texts = list(HouseCopywriter(small[0]).generate([request]))
    assert len(texts) == 3
    for text in texts:
        assert set(text.notes.values()) <= {"house", "composer", "house+composer", "template"}
        for field, words in Copy(**text.fields).texts():
            assert merge_tags(words) == merge_tags(getattr(asked.template, field))


def test_a_folder_without_a_model_is_refused(tmp_path):
    from inference.backends.house import HouseCopywriter

    with pytest.raises(GeneratorUnusable, match="train_copywriter"):
        HouseCopywriter(tmp_path)


CONTROL_SETS = [
    brief(channel="email").to_json(),
    brief(channel="push", template=Copy(channel="push", title="T", body=f"{NAME}, B")).to_json(),
    brief(
        channel="ad", template=Copy(channel="ad", headline="H", description="D", call_to_action="C")
    ).to_json(),
]


def test_the_shipped_model_writes_most_of_its_texts_itself():
    requests = [
        GenerationRequest(str(number), "", controls, 4, 3)
        for number, controls in enumerate(CONTROL_SETS)
    ]
    texts = list(text_generator("house").generate(requests))
    writers = Counter(writer for text in texts for writer in text.notes.values())
    assert len(texts) == 12
    assert writers["house"] > 2 * writers["composer"]


def test_the_brands_own_words_are_used():
    own = ["Every knot we tie is tied to hold.", "Fair winds,", "Set sail"]
    controls = brief().to_json() | {"brand_sentences": own}
    (text,) = text_generator("house").generate([GenerationRequest("k", "", controls, 1, 3)])
    assert "Every knot we tie is tied to hold." in text.fields["body"]
    assert "Fair winds,\n" in text.fields["body"]
    assert (text.fields["call_to_action"], text.notes["call_to_action"]) == ("Set sail", "brand")
