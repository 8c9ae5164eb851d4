"""Image encoders of the CLIP kind (CLIP, SigLIP and their like), through transformers.

Safetensors only, no code of the model's own, and a revision to insist on: a folder by the digest of
its files, a hub id by its commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.backends.loading import digest_of
from inference.encoders import EncoderUnusable

if TYPE_CHECKING:
    import torch
    from PIL import Image

PICTURES_PER_BATCH = 16
FILES = ["*.json", "*.txt", "*.safetensors"]


class ClipEncoder:
    """The picture half of a model that puts texts and pictures into one space."""

    def __init__(self, name: str, processor: Any, model: Any, device: torch.device) -> None:
        self.name = name
        self._processor, self._model, self._device = processor, model, device
        self.size = int(self._features([_blank()]).shape[1])

    def encode(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        vectors = np.empty((len(pictures), self.size), dtype=np.float32)
        for start in range(0, len(pictures), PICTURES_PER_BATCH):
            batch = slice(start, start + PICTURES_PER_BATCH)
            vectors[batch] = self._features(pictures[batch])
        return vectors

    def _features(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        import torch

        pixels = self._processor(images=list(pictures), return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            found = self._model.get_image_features(pixel_values=pixels.to(self._device))
            features = getattr(found, "pooler_output", found).float()
            return torch.nn.functional.normalize(features, dim=1).cpu().numpy()


def load_encoder(model: str, *, revision: str = "", download: bool = False) -> ClipEncoder:
    """The encoder in a folder, or of a hub id that lies in the cache or may be fetched once.

    Raises:
        EncoderUnusable: There is none, it is another revision, or it is no such model.
    """
    folder, found = _found(model, revision, download=download)
    import torch
    from transformers import AutoImageProcessor, AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil", **options)
        loaded = AutoModel.from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, **options
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise EncoderUnusable(
            f"IMAGE_ENCODER names {model!r}, which is no image encoder that can be read (a folder "
            f"with config.json, preprocessor_config.json and *.safetensors): {error}"
        ) from error
    if not hasattr(loaded, "get_image_features"):
        raise EncoderUnusable(
            f"IMAGE_ENCODER names {model!r}, a {type(loaded).__name__}, which makes no vectors of "
            "pictures: choose a model of the CLIP kind, such as CLIP or SigLIP"
        )
    return ClipEncoder(f"{model}@{found}", processor, loaded.to(device).eval(), device)


def _found(model: str, revision: str, *, download: bool) -> tuple[Path, str]:
    folder = Path(model)
    if not folder.is_dir():
        folder = _from_hub(model, revision, download=download)
        return folder, folder.name
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise EncoderUnusable(
            f"IMAGE_ENCODER names the folder {model!r}, which holds no *.safetensors: other "
            "formats can carry code and are not read; convert it with save_pretrained"
        )
    found = digest_of([folder / "config.json", folder / "preprocessor_config.json", *weights])
    if revision and revision != found:
        raise EncoderUnusable(
            f"IMAGE_ENCODER_REVISION is {revision!r}, but the model in {model!r} is {found!r}: put "
            "the right one there, or change or drop IMAGE_ENCODER_REVISION"
        )
    return folder, found


def _from_hub(model: str, revision: str, *, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    if download and not revision:
        raise EncoderUnusable(
            f"IMAGE_ENCODER names {model!r} and IMAGE_ENCODER_DOWNLOAD is on: set "
            "IMAGE_ENCODER_REVISION to the commit to fetch"
        )
    try:
        return Path(
            snapshot_download(
                model,
                revision=revision or None,
                allow_patterns=FILES,
                local_files_only=not download,
            )
        )
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderUnusable(
            f"IMAGE_ENCODER names {model!r}, which is neither a folder nor a model in this "
            "machine's cache: correct it, or set IMAGE_ENCODER_DOWNLOAD=1 and "
            "IMAGE_ENCODER_REVISION to fetch it once"
        ) from error


def _blank() -> Image.Image:
    from PIL import Image

    return Image.new("RGB", (64, 64))
