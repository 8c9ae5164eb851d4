from __future__ import annotations

import itertools
import json
import time
from email.utils import formatdate

import pytest

from core.errors import ServiceUnavailable
from inference.backends.chat_client import ATTEMPTS, ChatClient
from inference.backends.chat_server import ChatGenerator, ChatSettings
from inference.backends.spending import Prices, Spending
from inference.generators import (
    BudgetSpent,
    GenerationRequest,
    GeneratorUnusable,
    TextGenerator,
    text_generator,
)
from tests.inference.chat_servers import SMS, Reply, serving

TEXT = json.loads(SMS)


def request(key="a", *, count=1, seed=1, job="1"):
    return GenerationRequest(key, f"Write about {key}", {"channel": "sms"}, count, seed, job=job)


def generator(server, *, waits=None, timeout=5.0, spending=None, api_key="", **settings):
    record = [].append if waits is None else waits.append
    client = ChatClient(server.url, api_key=api_key, timeout=timeout, wait=record)
    return ChatGenerator(client, ChatSettings(**settings), spending)


def per_count(body):
    return Reply(choices=tuple(json.dumps({"text": f"{n}"}) for n in range(body.get("n", 1))))


def one_only(body):
    return Reply(choices=(json.dumps({"text": str(body["seed"])}),))


def test_the_spec_names_an_address_and_nothing_is_sent_before_it_is_needed(settings):
    settings.GENERATOR_MODEL = "qwen"
    made = text_generator("openai:http://127.0.0.1:9/v1")
    assert isinstance(made, TextGenerator)
    assert (made.name, made.revision) == ("openai:http://127.0.0.1:9/v1", "qwen")


@pytest.mark.parametrize("url", ["gpu-1:8000", "ftp://gpu-1", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(GeneratorUnusable, match="GENERATOR is 'openai:"):
        text_generator(f"openai:{url}")


def test_all_texts_of_a_request_are_asked_for_in_one_call():
    with serving(per_count) as server:
        texts = list(generator(server).generate([request(count=3), request("b", count=2)]))
    assert sorted((text.key, text.position, text.fields["text"]) for text in texts) == [
        ("a", 0, "0"),
        ("a", 1, "1"),
        ("a", 2, "2"),
        ("b", 0, "0"),
        ("b", 1, "1"),
    ]
    assert len(server.bodies) == 2
    body = next(body for body in server.bodies if body["n"] == 3)
    assert (body["model"], body["seed"], body["temperature"]) == ("tiny", 1, 0.9)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["text"]


def test_a_server_that_ignores_n_is_asked_once_per_text_with_seeds_that_differ():
    with serving(one_only) as server:
        made = generator(server)
        first = list(made.generate([request(count=3)]))
        second = list(made.generate([request(count=3)]))
    assert first == second
    assert [text.position for text in first] == [0, 1, 2]
    assert len({text.fields["text"] for text in first}) == 3
    assert "n" not in server.bodies[-1]


def test_a_server_without_schemas_is_asked_without_and_remembered():
    refusal = Reply(status=400, raw=b"response_format is not supported")
    with serving(lambda body: refusal if "response_format" in body else Reply()) as server:
        made = generator(server)
        assert [text.fields for text in made.generate([request()])] == [TEXT]
        assert [text.fields for text in made.generate([request()])] == [TEXT]
    assert len(server.bodies) == 3


def test_a_server_that_refuses_everything_ends_the_job_with_its_words():
    with (
        serving(Reply(status=422, raw=b"max_tokens too large")) as server,
        pytest.raises(GeneratorUnusable, match="max_tokens too large"),
    ):
        list(generator(server).generate([request(count=2)]))


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(status=429),
        Reply(status=500),
        Reply(status=503),
        Reply(raw=b'{"choices": [{"mess'),
        Reply(raw=b"[]"),
    ],
)
def test_passing_trouble_is_waited_out(trouble):
    with serving(trouble, trouble, Reply()) as server:
        texts = list(generator(server).generate([request()]))
    assert [text.fields for text in texts] == [TEXT]


@pytest.mark.parametrize("as_date", [False, True])
def test_the_servers_wish_to_wait_is_honoured(as_date):
    wish = formatdate(time.time() + 8, usegmt=True) if as_date else "7"
    waits = []
    with serving(Reply(status=429, headers={"retry-after": wish}), Reply()) as server:
        list(generator(server, waits=waits).generate([request()]))
    assert 6 < sum(waits) < 9


def test_trouble_without_end_is_given_up_with_the_cure():
    with (
        serving(Reply(status=503, raw=b"loading")) as server,
        pytest.raises(ServiceUnavailable, match=r"failed 5 times.*503: loading"),
    ):
        list(generator(server).generate([request()]))
    assert len(server.bodies) == ATTEMPTS


def test_a_server_too_slow_names_the_setting():
    with (
        serving(Reply(seconds=0.5)) as server,
        pytest.raises(ServiceUnavailable, match=r"Timeout.*GENERATOR_TIMEOUT_SECONDS"),
    ):
        list(generator(server, timeout=0.05).generate([request()]))


def test_no_server_at_all_is_said():
    with serving() as server:
        pass
    with pytest.raises(ServiceUnavailable, match="Start it"):
        list(generator(server).generate([request()]))


def test_a_wrong_key_names_the_setting_and_is_not_tried_again():
    with (
        serving(Reply(status=401)) as server,
        pytest.raises(GeneratorUnusable, match="GENERATOR_API_KEY"),
    ):
        list(generator(server).generate([request()]))
    assert len(server.bodies) == 1


def test_a_model_it_does_not_serve_names_the_setting():
    with (
        serving(Reply(status=404, raw=b"no such model")) as server,
        pytest.raises(GeneratorUnusable, match="GENERATOR_MODEL"),
    ):
        list(generator(server, model="other").generate([request()]))


def test_a_server_of_several_models_must_be_told_which():
    with (
        serving(models=("a", "b")) as server,
        pytest.raises(GeneratorUnusable, match="GENERATOR_MODEL"),
    ):
        list(generator(server).generate([request()]))


def test_the_key_is_sent():
    with serving() as server:
        list(generator(server, api_key="s3cret").generate([request()]))
    assert server.headers[0]["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("I cannot do that", "not one JSON object"),
        ('{"txt": "wrong"}', "no text for text"),
        ("", "not one JSON object"),
    ],
)
def test_an_answer_of_another_shape_is_a_failed_text(content, failure):
    with serving(Reply(choices=(content,))) as server:
        (text,) = generator(server).generate([request()])
    assert failure in text.failure
    assert text.fields == {}


@pytest.mark.parametrize("raw", [b"{}", b'{"choices": []}', b'{"choices": "x"}'])
def test_an_answer_without_texts_is_no_chat_server(raw):
    with serving(Reply(raw=raw)) as server, pytest.raises(ServiceUnavailable, match="without a"):
        list(generator(server).generate([request()]))


def test_calls_run_at_once_up_to_the_bound():
    with serving(Reply(seconds=0.1)) as server:
        texts = list(
            generator(server, concurrency=4).generate([request(str(n)) for n in range(12)])
        )
    assert len(texts) == 12
    assert 2 <= server.most_at_once <= 4


def test_usage_and_money_add_up_to_what_the_server_counted():
    prices = Prices(read=2.0, written=10.0)
    with serving(per_count) as server:
        texts = list(generator(server, prices=prices).generate([request(count=3)]))
    assert [text.usage.prompt_tokens for text in texts] == [100, 0, 0]
    assert [text.usage.new_tokens for text in texts] == [7, 7, 6]
    assert sum(text.usage.cost for text in texts) == pytest.approx((100 * 2 + 20 * 10) / 1e6)


def test_a_server_that_counts_nothing_is_estimated():
    with serving(Reply(usage=None)) as server:
        (text,) = generator(server).generate([request()])
    assert text.usage.prompt_tokens == len("Write about a") // 4
    assert text.usage.new_tokens == len(SMS) // 4


@pytest.mark.parametrize(
    ("caps", "setting"),
    [
        (Spending(max_tokens=250), "GENERATOR_MAX_TOKENS"),
        (Spending(max_cost=0.000_9), "GENERATOR_MAX_COST"),
    ],
)
def test_a_job_over_its_cap_stops_and_names_the_setting(caps, setting):
    prices = Prices(read=2.0, written=10.0)
    with serving() as server:
        made = generator(server, spending=caps, prices=prices, concurrency=1)
        with pytest.raises(BudgetSpent, match=setting):
            list(made.generate([request(str(n)) for n in range(20)]))
        assert len(server.bodies) <= 4
        assert list(made.generate([request(job="2")]))


def test_it_stops_while_answers_are_out():
    asked = itertools.count()
    with serving(Reply(seconds=0.3)) as server:
        started = time.monotonic()
        texts = list(
            generator(server, concurrency=2).generate(
                [request(str(n)) for n in range(40)], should_stop=lambda: next(asked) > 3
            )
        )
    assert len(texts) < 4
    assert time.monotonic() - started < 3


def test_a_request_may_be_colder_shorter_and_quicker_than_the_settings_say(settings):
    settings.GENERATOR_MODEL = "of-the-settings"
    with serving() as server:
        made = text_generator(f"openai:{server.url}#tiny-2")
        asked = GenerationRequest(
            "a", "Write", {"channel": "answer"}, 1, 1, new_tokens=9, temperature=0.0, seconds=0.5
        )
        [text] = made.generate([asked])
        usual = list(made.generate([request()]))
    assert text.fields == TEXT
    assert len(usual) == 1
    [body, other] = server.bodies
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("tiny-2", 9, 0.0)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["text"]
    assert (other["max_tokens"], other["temperature"]) == (700, 0.9)
