from __future__ import annotations

import itertools

import pytest
import torch

from inference.backends.sampling import Budget, ModelTooLarge, Prefixes, rows, sample, suits_engine
from inference.backends.sampling.attention import register
from inference.backends.sampling.plain import sample_plainly
from tests.inference import tiny_models

STOPS = set(range(40))


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    register()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def model(request):
    made = tiny_models.llama().to(getattr(torch, request.param))
    assert suits_engine(made)
    return made


def prompts(lengths=(3, 40, 90, 12, 70), *, prefix=30):
    made = torch.Generator().manual_seed(5)
    draw = lambda count: torch.randint(400, (count,), generator=made).tolist()  # noqa: E731
    common = draw(prefix)
    return [common + draw(length) for length in lengths]


def texts(model, chosen, *, sampler=sample, places=None, **options):
    """Sampled texts by place and position; places seed the texts."""
    places = list(range(len(chosen))) if places is None else places
    options = {"max_new_tokens": 24, "stop_ids": STOPS, "shared": [30] * len(chosen)} | options
    found = sampler(
        model,
        chosen,
        counts=[3] * len(chosen),
        seeds=[100 + place for place in places],
        **options,
    )
    return {(places[text.prompt], text.position): text for text in found}


def test_every_prompt_gets_its_count_in_rising_positions(model):
    found = [
        (text.prompt, text.position)
        for text in sample(
            model, prompts(), counts=[3, 0, 1, 2, 5], seeds=range(5), max_new_tokens=9, stop_ids=()
        )
    ]
    assert sorted(found) == [
        (prompt, n) for prompt, count in enumerate([3, 0, 1, 2, 5]) for n in range(count)
    ]
    for _, group in itertools.groupby(sorted(found, key=lambda one: one[0]), lambda one: one[0]):
        positions = [position for _, position in group]
        assert positions == sorted(positions)


def test_a_text_does_not_depend_on_its_company(model):
    together = texts(model, prompts())
    for place, prompt in enumerate(prompts()):
        alone = texts(model, [prompt], places=[place])
        assert {key: text.tokens for key, text in alone.items()} == {
            key: text.tokens for key, text in together.items() if key[0] == place
        }


def test_a_text_does_not_depend_on_how_many_fit_into_memory(model):
    wide = texts(model, prompts())
    narrow = texts(model, prompts(), budget=Budget(tokens=10_000, rows=2))
    assert {key: text.tokens for key, text in narrow.items()} == {
        key: text.tokens for key, text in wide.items()
    }


def test_a_prefix_is_computed_once_for_all_calls_of_a_job(model, monkeypatch):
    wanted = texts(model, prompts())
    kept, fed = Prefixes(), []
    forward = model.forward

    def watching(*args, **kwargs):
        fed.append(tuple(kwargs["input_ids"].shape))
        return forward(*args, **kwargs)

    monkeypatch.setattr(model, "forward", watching)
    assert texts(model, prompts(), prefixes=kept) == wanted
    assert texts(model, prompts(), prefixes=kept) == wanted
    assert fed.count((1, 30)) == 1


def test_requests_that_ask_alike_share_a_prompt(model, monkeypatch):
    chosen = [*prompts((5,)) * 3, *prompts((9,))]
    fed, forward = [], model.forward

    def watching(*args, **kwargs):
        fed.append(tuple(kwargs["input_ids"].shape))
        return forward(*args, **kwargs)

    monkeypatch.setattr(model, "forward", watching)
    found = texts(model, chosen, shared=[0] * 4)
    prefilled = [rows for rows, tokens in fed if tokens > 1]
    assert sum(prefilled) == 2
    assert len({text.tokens for text in found.values()}) == len(found)


def test_a_short_prompt_is_padded_to_little(model, monkeypatch):
    fed, forward = [], model.forward

    def watching(*args, **kwargs):
        fed.append(kwargs["input_ids"].shape[1])
        return forward(*args, **kwargs)

    monkeypatch.setattr(model, "forward", watching)
    texts(model, prompts((3, 12, 40), prefix=2), shared=[0] * 3)
    assert sorted({length for length in fed if length > 1}) == [16, 64]


def test_another_seed_or_position_is_another_text(model):
    found = texts(model, prompts(), stop_ids=())
    assert len({text.tokens for text in found.values()}) == len(found)
    other = texts(model, prompts(), places=[10, 11, 12, 13, 14], stop_ids=())
    assert not {text.tokens for text in found.values()} & {text.tokens for text in other.values()}


def test_texts_end_at_a_stop_token_which_is_not_part_of_them(model):
    found = texts(model, prompts(), max_new_tokens=60).values()
    assert any(text.is_complete for text in found)
    assert all(not STOPS & set(text.tokens) for text in found)
    assert all(text.is_complete or len(text.tokens) == 60 for text in found)


@pytest.mark.parametrize("made", [tiny_models.llama, tiny_models.qwen])
def test_greedy_texts_are_those_of_generate(made):
    model = made()
    chosen = prompts()
    wanted = [
        model.generate(
            torch.tensor([prompt]), do_sample=False, max_new_tokens=12, eos_token_id=None
        )[0, len(prompt) :].tolist()
        for prompt in chosen
    ]
    assert suits_engine(model)
    found = sample(
        model,
        chosen,
        counts=[1] * 5,
        seeds=[0] * 5,
        max_new_tokens=12,
        stop_ids=(),
        temperature=0,
    )
    by_prompt = {text.prompt: list(text.tokens) for text in found}
    assert [by_prompt[place] for place in range(5)] == wanted


def test_sampled_tokens_are_as_likely_as_the_model_says():
    model = tiny_models.llama()
    assert suits_engine(model)
    prompt = prompts()[0]
    found = sample(
        model,
        [prompt],
        counts=[4000],
        seeds=[1],
        max_new_tokens=1,
        stop_ids=(),
        temperature=1.0,
        top_p=1.0,
        top_k=0,
        budget=Budget(tokens=10**7, rows=1000),
    )
    counted = torch.bincount(torch.tensor([text.tokens[0] for text in found]), minlength=400)
    model.set_attn_implementation("sdpa")
    with torch.inference_mode():
        expected = model(torch.tensor([prompt])).logits[0, -1].softmax(-1) * 4000
    common = expected > 20
    assert common.sum() > 3
    assert (((counted - expected) ** 2 / expected)[common] < 16).all()


def test_when_memory_runs_out_half_as_many_go_on_and_texts_stay_the_same(model, monkeypatch):
    wanted = texts(model, prompts())
    asked = []

    def allocate(like, *, rows, length):
        asked.append(rows)
        if rows > 8:
            raise torch.OutOfMemoryError("CUDA out of memory (as told)")
        return like.new_zeros(rows, like.shape[1], length, like.shape[3])

    monkeypatch.setattr(rows, "allocate", allocate)
    budget = Budget(tokens=10_000, rows=64)
    found = texts(model, prompts(), budget=budget)
    assert {key: text.tokens for key, text in found.items()} == {
        key: text.tokens for key, text in wanted.items()
    }
    assert budget.rows == 7
    assert asked[0] == 15


def test_memory_that_runs_out_in_the_middle_loses_and_doubles_nothing(model):
    wanted = texts(model, prompts())
    steps = itertools.count()
    forward = model.forward

    def failing(*args, **kwargs):
        if next(steps) == 12:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes")
        return forward(*args, **kwargs)

    model.forward = failing
    try:
        found = list(texts(model, prompts(), budget=Budget(tokens=10_000, rows=64)).items())
    finally:
        model.forward = forward
    assert {key: text.tokens for key, text in found} == {
        key: text.tokens for key, text in wanted.items()
    }


def test_a_model_too_large_for_one_text_says_what_to_set(model, monkeypatch):
    def allocate(like, *, rows, length):
        raise MemoryError

    monkeypatch.setattr(rows, "allocate", allocate)
    with pytest.raises(ModelTooLarge, match="GENERATOR"):
        texts(model, prompts())


def test_another_error_is_not_taken_for_want_of_memory(model, monkeypatch):
    def allocate(like, *, rows, length):
        raise RuntimeError("sizes do not match")

    monkeypatch.setattr(rows, "allocate", allocate)
    with pytest.raises(RuntimeError, match="sizes"):
        texts(model, prompts())


def test_it_stops_between_steps(model):
    asked = itertools.count()
    found = texts(
        model, prompts(), max_new_tokens=500, stop_ids=(), should_stop=lambda: next(asked) > 10
    )
    assert found == {}
    assert next(asked) < 20


def test_no_step_is_spent_on_texts_that_ended(model, monkeypatch):
    """Rows fed over all steps stay near the tokens written."""
    fed = []
    forward = model.forward

    def counting(*args, **kwargs):
        if kwargs["input_ids"].shape[1] == 1:
            fed.append(len(kwargs["input_ids"]))
        return forward(*args, **kwargs)

    monkeypatch.setattr(model, "forward", counting)
    found = list(
        sample(
            model,
            prompts(),
            counts=[40] * 5,
            seeds=range(5),
            max_new_tokens=60,
            stop_ids=STOPS,
            budget=Budget(tokens=10**6, rows=50),
        )
    )
    written = sum(len(text.tokens) + text.is_complete for text in found)
    assert sum(fed) < 1.35 * written


@pytest.mark.parametrize("made", [tiny_models.gpt2, tiny_models.mistral_with_window])
def test_models_that_do_not_suit_are_found_out_and_sampled_plainly(made):
    model = made()
    suits = suits_engine(model)
    sampler = sample if suits else sample_plainly
    found = texts(model, prompts(), sampler=sampler)
    assert len(found) == 15
    again = texts(model, prompts(), sampler=sampler)
    assert found == again


def test_a_short_window_does_not_suit():
    assert not suits_engine(tiny_models.mistral_with_window())


def test_plain_sampling_draws_the_texts_of_the_engine():
    model = tiny_models.llama()
    assert suits_engine(model)
    wanted = texts(model, prompts())
    model.set_attn_implementation("sdpa")
    assert texts(model, prompts(), sampler=sample_plainly) == wanted


class OnlyEven:
    def open(self, prompt):
        return []

    def mask(self, states, logits):
        logits[:, 1::2] = -torch.inf

    def advance(self, state, token):
        state.append(token)


@pytest.mark.parametrize("sampler", [sample, sample_plainly])
def test_a_constraint_holds_every_token(sampler):
    model = tiny_models.llama()
    assert sampler is sample_plainly or suits_engine(model)
    found = texts(model, prompts(), sampler=sampler, constraint=OnlyEven(), stop_ids=())
    assert all(token % 2 == 0 for text in found.values() for token in text.tokens)
    assert sum(len(text.tokens) for text in found.values()) > 100
