"""Finding, checking and loading a causal language model: safetensors only, no code of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.generators import GeneratorUnusable

if TYPE_CHECKING:
    import torch

FILES = ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]
DTYPES = ("auto", "float32", "bfloat16", "float16")
# Larger weights are told apart by their headers: reading 16 GB would take longer than loading them.
_HASHED_WHOLE = 2**28


@dataclass(frozen=True)
class ModelSource:
    """A model on this machine, and the revision that goes into provenance."""

    name: str
    folder: Path
    revision: str


@dataclass(frozen=True)
class LanguageModel:
    """A loaded model; `is_streamed` says whether it suits our own sampling loop."""

    model: Any
    tokenizer: Any
    is_streamed: bool
    stop_ids: frozenset[int]


def find_model(name: str, *, revision: str = "", download: bool = False) -> ModelSource:
    """The folder of a model, named by itself or by its id on the hub.

    Args:
        name: A folder, or a hub id.
        revision: A commit of the hub, or the revision a folder must have; empty is any.
        download: Whether an id may be fetched; else it must lie in the cache already.

    Raises:
        GeneratorUnusable: There is none, or it is another revision.
    """
    folder = Path(name)
    if not folder.is_dir():
        folder = _from_hub(name, revision, download=download)
        return ModelSource(name, folder, folder.name)
    found = _folder_revision(folder, name)
    if revision and revision != found:
        raise GeneratorUnusable(
            f"GENERATOR_REVISION is {revision!r}, but the model in {name!r} is {found!r}: put the "
            "right one there, or change or drop GENERATOR_REVISION"
        )
    return ModelSource(name, folder, found)


def load_model(
    source: ModelSource, *, dtype: str = "auto", compiles: bool = False
) -> LanguageModel:
    """Load weights and tokenizer onto the GPU where there is one.

    Raises:
        GeneratorUnusable: They cannot be read.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    from inference.backends.sampling import suits_engine
    from inference.backends.sampling.attention import register

    disable_progress_bar()
    register()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.folder, **options)
        model = AutoModelForCausalLM.from_pretrained(
            source.folder, use_safetensors=True, dtype=torch_dtype(dtype, device), **options
        )
    except (OSError, ValueError, KeyError) as error:
        raise GeneratorUnusable(
            f"GENERATOR names {source.name!r}, which is no language model that can be read (a "
            f"folder with config.json, tokenizer.json and *.safetensors): {error}"
        ) from error
    model = model.to(device).eval()
    is_streamed = suits_engine(model)
    if compiles:
        model.forward = torch.compile(model.forward, dynamic=True)
    return LanguageModel(model, tokenizer, is_streamed, _stop_ids(model, tokenizer))


def torch_dtype(name: str, device: torch.device) -> torch.dtype:
    """bf16 on a GPU, and on a CPU that has it in hardware; float32 elsewhere, unless told."""
    import torch

    if name not in DTYPES:
        raise GeneratorUnusable(f"GENERATOR_DTYPE is {name!r}: set it to one of {list(DTYPES)}")
    if name != "auto":
        return getattr(torch, name)
    if device.type == "cuda":
        return torch.bfloat16
    return torch.bfloat16 if has_bf16() else torch.float32


def has_bf16() -> bool:
    """Whether the CPU multiplies bf16 in hardware; where it does not, bf16 is slower."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _from_hub(name: str, revision: str, *, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    if download and not revision:
        raise GeneratorUnusable(
            f"GENERATOR names {name!r} and GENERATOR_DOWNLOAD is on: set GENERATOR_REVISION to the "
            "commit to fetch, so that nobody can change the model under a running shop"
        )
    try:
        return Path(
            snapshot_download(
                name, revision=revision or None, allow_patterns=FILES, local_files_only=not download
            )
        )
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise GeneratorUnusable(
            f"GENERATOR names {name!r}, which is neither a folder nor a model in this machine's "
            "cache: correct it, or set GENERATOR_DOWNLOAD=1 and GENERATOR_REVISION to fetch it "
            "once"
        ) from error


def _folder_revision(folder: Path, name: str) -> str:
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise GeneratorUnusable(
            f"GENERATOR names the folder {name!r}, which holds no *.safetensors: other formats can "
            "carry code and are not read; convert it with save_pretrained"
        )
    return digest_of([folder / "config.json", folder / "tokenizer.json", *weights])


def digest_of(files: Sequence[Path]) -> str:
    """Twelve hexadecimal digits that change with any of these files; those missing are left out."""
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(path.name.encode())
            _read_into(digest, path)
    return digest.hexdigest()[:12]


def _read_into(digest: Any, path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as handle:
        if size <= _HASHED_WHOLE:
            digest.update(handle.read())
        else:
            header = int.from_bytes(handle.read(8), "little")
            digest.update(handle.read(min(header, _HASHED_WHOLE)) + size.to_bytes(8, "little"))
            handle.seek(-(2**20), 2)
            digest.update(handle.read())


def _stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    found = [tokenizer.eos_token_id]
    for config in (model.config, model.generation_config):
        ids = getattr(config, "eos_token_id", None)
        found += ids if isinstance(ids, list) else [ids]
    return frozenset(token for token in found if token is not None)
