"""Real CLIP and SigLIP code on models of random weights, saved and loaded as any other."""

import numpy as np
import pytest

from inference.backends.clip import load_encoder
from inference.encoders import EncoderUnusable
from inference.images import image_encoder, read_picture
from tests.inference.tiny_image_models import picture, save_clip, save_siglip, written


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory):
    return save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def encoder(clip_folder):
    return load_encoder(str(clip_folder))


@pytest.mark.parametrize(("save", "size"), [(save_clip, 24), (save_siglip, 32)])
def test_both_kinds_make_unit_vectors_of_their_own_size(tmp_path, save, size):
    encoder = load_encoder(str(save(tmp_path)))
    vectors = encoder.encode([picture(1), picture(2)])
    assert encoder.size == size
    assert (vectors.shape, vectors.dtype) == ((2, size), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_are_those_of_transformers_own_pipeline(clip_folder, encoder):
    import torch
    from transformers import CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    model = CLIPModel.from_pretrained(clip_folder).eval()
    pixels = CLIPImageProcessorPil.from_pretrained(clip_folder)(
        images=[picture(3)], return_tensors="pt"
    )
    with torch.inference_mode():
        states = model.vision_model(**pixels).pooler_output
        features = model.visual_projection(states)
    expected = torch.nn.functional.normalize(features, dim=1).numpy()
    np.testing.assert_allclose(encoder.encode([picture(3)]), expected, atol=1e-5)


def test_batches_change_nothing(encoder):
    pictures = [picture(seed) for seed in range(35)]
    alone = np.vstack([encoder.encode([each]) for each in pictures])
    np.testing.assert_allclose(encoder.encode(pictures), alone, atol=1e-5)


def test_no_pictures_make_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 24)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_format_of_a_file_does_not_matter(encoder, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    plain, read = encoder.encode([picture(4), read_picture(written(picture(4), kind, **options))])
    assert plain @ read == pytest.approx(1, abs=1e-5)


def test_the_setting_names_the_encoder(clip_folder, settings):
    settings.IMAGE_ENCODER = str(clip_folder)
    found = image_encoder()
    assert found is not None
    assert found.name.startswith(f"{clip_folder}@")
    assert image_encoder() is found


def test_another_revision_is_refused_and_the_right_one_named(clip_folder, encoder):
    digest = encoder.name.rpartition("@")[2]
    assert load_encoder(str(clip_folder), revision=digest).size == 24
    with pytest.raises(EncoderUnusable, match=digest):
        load_encoder(str(clip_folder), revision="0" * 12)


def test_other_weights_are_another_revision(tmp_path, encoder):
    other = load_encoder(str(save_clip(tmp_path, seed=1)))
    assert other.name.rpartition("@")[2] != encoder.name.rpartition("@")[2]


def test_weights_that_can_carry_code_are_not_read(tmp_path):
    save_clip(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(EncoderUnusable, match=r"no \*\.safetensors"):
        load_encoder(str(tmp_path))


def test_a_model_that_sees_nothing_is_refused(tmp_path):
    from transformers import BertConfig, BertModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4}
    BertModel(BertConfig(**sizes, intermediate_size=32, vocab_size=50)).save_pretrained(tmp_path)
    CLIPImageProcessorPil().save_pretrained(tmp_path)
    with pytest.raises(EncoderUnusable, match="makes no vectors of pictures"):
        load_encoder(str(tmp_path))


def test_a_broken_folder_is_said(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(EncoderUnusable, match="IMAGE_ENCODER"):
        load_encoder(str(tmp_path))


def test_an_id_that_is_not_there_is_not_fetched(monkeypatch):
    with pytest.raises(EncoderUnusable, match="neither a folder nor"):
        load_encoder("nobody/clip-of-nothing")


def test_fetching_needs_a_revision():
    with pytest.raises(EncoderUnusable, match="IMAGE_ENCODER_REVISION"):
        load_encoder("nobody/clip-of-nothing", download=True)
