from __future__ import annotations

from random import Random

import pytest
from transformers import AutoTokenizer

from generation.copies import Copy
from inference.backends.wording import Words
from inference.composer.orders import Order
from inference.composer.slots import SLOTS
from inference.composer.writing import Writer
from inference.copywriter import WEIGHTS
from inference.copywriter.pieces import pieces_of
from inference.copywriter.prompting import END
from tests.factories.generation import NAME, brief

ASKED = [
    brief(),
    brief(channel="sms", template=Copy(channel="sms", text=f"{NAME}, see {{{{ url }}}}")),
    brief(
        channel="push",
        template=Copy(channel="push", title="Hello", body=f"{NAME}, look."),
        angle="curiosity",
        tone="premium",
        kind="launch",
    ),
    brief(
        channel="ad",
        template=Copy(channel="ad", headline="Look", description="Look.", call_to_action="Go"),
        tone="playful",
        kind="winback",
    ),
]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(WEIGHTS, local_files_only=True)


@pytest.fixture(scope="module")
def words(tokenizer):
    return Words(tokenizer)


def written(asked, *, seed):
    """Each piece of a brief as composer writes it, with the slot of its topic."""
    order = Order.from_controls(asked.to_json())
    writer = Writer(order, Random(seed))
    for task in order.tasks():
        for piece in pieces_of(task):
            topic = order.topics[seed % 3] if piece.part in {"opening", "argument"} else ""
            text = (
                writer.write_part(task, piece.part, topic)
                if piece.part
                else writer.write_slots(task)
            )
            yield piece, next(iter(text.topics), ""), text.text


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.channel)
def test_whatever_composer_writes_may_be_written(words, tokenizer, asked):
    end = tokenizer.convert_tokens_to_ids(END)
    for piece, topic, text in (each for seed in range(12) for each in written(asked, seed=seed)):
        state = words.state(piece, topic)
        for token in [*tokenizer(text)["input_ids"], end]:
            assert token in words.allowed(state), (piece.name, text, tokenizer.decode([token]))
            words.advance(state, token)


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.channel)
def test_a_random_walk_has_each_slot_once_and_no_other(words, tokenizer, asked):
    end, rng = tokenizer.convert_tokens_to_ids(END), Random(5)
    for piece, topic, _ in (each for seed in range(6) for each in written(asked, seed=seed)):
        state, tokens = words.state(piece, topic), []
        while len(tokens) < 60 and (not tokens or tokens[-1] != end):
            allowed = sorted(words.allowed(state))
            tokens.append(end if end in allowed else rng.choice(allowed))
            words.advance(state, tokens[-1])
        text = tokenizer.decode(tokens)
        found = sorted(name for name in SLOTS for _ in range(text.count(f"{{{name}}}")))
        wanted = sorted([*piece.roles, *([topic] if topic else [])])
        assert set(found) <= set(wanted)
        assert len(found) == len(set(found))
