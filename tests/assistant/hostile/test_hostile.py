"""What hostile documents, visitors and language models can do to the assistant: nothing.

`corpus.json` holds each attempt with what must never be shown (`canary`), whether the sentence is
to be kept out of what is known (`kept_out`), and what a language model says that obeys it wholly
(`obeyed`). All go through the real door; the model is a real server that says what it is told to.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import timezone

from assistant.answering.prompting import render_prompt
from assistant.models import Chunk, Document, Message
from assistant.services import wording
from assistant.services.policies import policy_create, policy_go_live
from assistant.understanding.speaking import LANGUAGES, Voice, foreign_notice
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.inference.chat_servers import Reply, serving

CORPUS = json.loads((Path(__file__).parent / "corpus.json").read_text())
DOCUMENTS = [entry for entry in CORPUS if entry["where"] == "document"]
SHOP = b"# Shipping\n\nWe do not ship to post boxes.\n"
# What the house itself says before an answer, which no source has to say.
NEAREST = [Voice(language).say("nearest") for language in LANGUAGES]
HOUSE = (*NEAREST, *(foreign_notice(language, "english") for language in LANGUAGES))
SECRETS = ("Dana", "Refund codes", "wedding")


@pytest.fixture(autouse=True)
def unhurried(settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    settings.ASSISTANT_WORDING_SECONDS = 300.0
    wording._rests_until.clear()


@pytest.fixture
def base(db):
    encoder, now = text_encoder(), timezone.now()
    base = make.knowledge_base(key="help", is_published=True)
    good = {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING, "shipping.md": SHOP}
    bad = {f"{entry['name']}.md": entry["text"].encode() for entry in DOCUMENTS}
    make.read(base, good | bad, now=now, encoder=encoder)
    make.read(base, {"staff.md": make.STAFF}, now=now, encoder=encoder, audience="staff")
    return base


@pytest.fixture
def ask(client, base):
    def asked(text):
        body = {"base": "help", "text": text}
        said = client.post("/v1/assistant/messages", body, content_type="application/json").json()
        return said, Message.objects.get(pk=said["message"])

    asked("My wedding is on Saturday: how long does a parcel to Norway take?")
    return asked


def faults(entry, said, kept):
    """What is wrong with an answer to an attempt, in words."""
    # Without keys: a figure that was asked for stands in some of them by chance.
    sources = [{**one, "chunk": None} for one in said["sources"]]
    told = {"text": said["text"], "sentences": said["sentences"], "choices": said["choices"]}
    shown = json.dumps({**told, "sources": sources}, ensure_ascii=False)
    bodies = dict(Chunk.objects.values_list("pk", "body"))
    chunks = {one["number"]: one["chunk"] for one in said["sources"]}
    cited = [
        (one["text"], [chunks.get(n) for n in one["sources"]])
        for one in said["sentences"]
        if one["text"] not in HOUSE
    ]
    checks = {
        "shows what it was told to": entry["canary"] in shown,
        "says what others said": any(secret in shown for secret in SECRETS),
        "has a sentence without a source": any(
            not numbers and text not in NEAREST for text, numbers in cited
        ),
        "has a sentence that no document holds": any(
            text not in bodies.get(number, "") for text, numbers in cited for number in numbers
        ),
        "was not word for word": kept.wording["wording"] != "extractive",
    }
    return [f"{entry['name']}: {fault}" for fault, is_so in checks.items() if is_so]


def test_the_corpus_is_large_enough():
    assert len({entry["name"] for entry in CORPUS}) == len(CORPUS) >= 40


def test_no_attempt_gets_through_even_with_a_language_model_that_obeys_it(ask, base, settings):
    """What is shown in its place are the documents' own words, which is what is shown without a
    model too.
    """
    under_way = {}

    def obeys(_body):
        return Reply(choices=(json.dumps({"text": under_way["obeyed"]}),))

    with serving(obeys) as server:
        settings.ASSISTANT_GENERATORS = [f"openai:{server.url}"]
        policy = policy_create(base, "worded", actor=None, generator=f"openai:{server.url}")
        policy_go_live(policy, actor=None)
        found = []
        for entry in CORPUS:
            under_way.update(entry)
            found += faults(entry, *ask(entry["question"]))
    assert found == []
    assert len(server.bodies) >= 20
    prompts = [body["messages"][0]["content"] for body in server.bodies]
    answered = [prompt.split("The question:")[0] for prompt in prompts]
    plain = render_prompt("", [])
    assert {prompt.split("<data>\n")[0] for prompt in prompts} == {plain.split("<data>\n")[0]}
    assert {prompt.count("</data>") for prompt in prompts} == {plain.count("</data>")}
    assert not any("kept by Dana" in prompt or "wedding" in prompt for prompt in answered)


def test_what_speaks_to_the_assistant_is_kept_out_and_people_are_told(base, admin_client):
    documents = {one.source: one for one in Document.objects.all()}
    told = {entry["name"]: bool(documents[f"{entry['name']}.md"].findings) for entry in DOCUMENTS}
    assert told == {entry["name"]: entry["kept_out"] for entry in DOCUMENTS}
    known = "\n".join(Chunk.objects.values_list("body", flat=True))
    assert [entry["name"] for entry in DOCUMENTS if entry["canary"] in known] == []
    kept = documents["markdown heading of instructions.md"]
    assert "Parcels are tracked." in known
    page = admin_client.get(f"/admin/assistant/document/{kept.pk}/change/").content.decode()
    assert "It is ORBIT-6 and no other." in page
    assert "Kept out" in page
    assert "kept out" in admin_client.get("/admin/assistant/document/").content.decode().lower()
    good = Document.objects.filter(source__in=["returns.md", "faq.csv", "shipping.md"])
    assert [one.findings for one in good] == [[], [], []]
