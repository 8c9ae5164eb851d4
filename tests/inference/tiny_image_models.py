"""Image encoders of random weights, made on the spot, and pictures to show them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

PICTURE = {
    "hidden_size": 32,
    "intermediate_size": 37,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 30,
    "patch_size": 6,
}
TEXT = {
    "hidden_size": 32,
    "intermediate_size": 37,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 99,
    "max_position_embeddings": 16,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def save_clip(folder: Path, *, seed: int = 0) -> Path:
    import torch
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(seed)
    config = CLIPConfig(text_config=TEXT, vision_config=PICTURE, projection_dim=24)
    CLIPModel(config).save_pretrained(folder)
    size = {"height": 30, "width": 30}
    CLIPImageProcessorPil(size={"shortest_edge": 30}, crop_size=size).save_pretrained(folder)
    return folder


def save_siglip(folder: Path) -> Path:
    import torch
    from transformers import SiglipConfig, SiglipModel
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    torch.manual_seed(0)
    SiglipModel(SiglipConfig(text_config=TEXT, vision_config=PICTURE)).save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": 30, "width": 30}).save_pretrained(folder)
    return folder


def picture(seed: int = 0, size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Blocks of colour, the same for the same seed."""
    blocks = np.random.default_rng(seed).integers(0, 255, (4, 6, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)


def written(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()
