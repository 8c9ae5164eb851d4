"""The chat backend against a server nobody here wrote: `transformers serve` with a tiny model."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time

import httpx
import pytest

from inference.backends.chat_client import ChatClient
from inference.backends.chat_server import ChatGenerator, ChatSettings
from inference.generators import GenerationRequest
from tests.inference import tiny_models

NEEDED = ("fastapi", "uvicorn", "accelerate", "openai")
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED),
        reason="needs copylift[serving]",
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tiny_models.save(tmp_path_factory.mktemp("model"))
    log = (folder / "serve.log").open("wb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    process = subprocess.Popen(
        [*command, "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=log,
        stderr=log,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models", process, folder / "serve.log")
        yield f"http://127.0.0.1:{port}", str(folder)
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(url, process, log):
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(url, timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(log.read_text())


def test_texts_come_counted_and_read(server):
    url, model = server
    made = ChatGenerator(ChatClient(url), ChatSettings(max_new_tokens=12, concurrency=2))
    assert made.revision == model
    requests = [
        GenerationRequest(key, f"Write about {key}", {"channel": "sms"}, 2, 1) for key in "ab"
    ]
    texts = list(made.generate(requests))
    assert sorted((text.key, text.position) for text in texts) == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
        ("b", 1),
    ]
    # Random weights write no JSON, and this server knows no schemas.
    assert {text.failure for text in texts} == {"The answer is not one JSON object"}
    assert all(0 < text.usage.new_tokens <= 12 and text.usage.prompt_tokens > 3 for text in texts)


def test_a_model_it_does_not_have_is_refused(server):
    url, _ = server
    made = ChatGenerator(ChatClient(url, wait=lambda _: None), ChatSettings(model="nobody/none"))
    with pytest.raises(Exception, match="GENERATOR"):
        list(made.generate([GenerationRequest("a", "Write", {"channel": "sms"}, 1, 1)]))
