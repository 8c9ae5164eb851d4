"""`make lock`: resolve pyproject.toml into the lock files.

Three files, because torch is special: its CPU build has another hash (and version suffix) than the
registry's default one, so it is pinned by version alone, in a file of its own, and everything else
by version and hash. The peers that benchmarks compare with have a fourth, for an installation of
their own.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from config.env import BASE_DIR

# The MiniLM wheel names sentence-transformers as a dependency and never imports it on our path.
LEFT_OUT = ["sentence-transformers ; python_version < '3'"]
PINNED_ELSEWHERE = "torch"
CUDA_PREFIXES = ("nvidia-", "cuda-", "triton==")


def main() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    runtime = project["dependencies"]
    dev = project["optional-dependencies"]["dev"]
    torch = next(line for line in runtime if line.startswith(f"{PINNED_ELSEWHERE}=="))
    (BASE_DIR / "requirements-torch.lock").write_text(f"{torch}\n")
    runtime_lock = BASE_DIR / "requirements.lock"
    _compile(runtime, runtime_lock, constraints=None)
    _compile([*runtime, *dev], BASE_DIR / "requirements-dev.lock", constraints=runtime_lock)
    compile_peers()


def compile_peers() -> None:
    """What `make bench-stats` compares with."""
    peers = (BASE_DIR / "requirements-peers.in").read_text().splitlines()
    _compile(peers, BASE_DIR / "requirements-peers.lock", constraints=None)


def _compile(requirements: list[str], target: Path, *, constraints: Path | None) -> None:
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--universal",
        "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate",
        "--no-emit-index-url", "--no-emit-find-links", "--no-emit-package", PINNED_ELSEWHERE,
        "--override", str(_overrides()),
    ]  # fmt: skip
    if constraints is not None:
        command += ["--constraint", str(constraints)]
    resolved = subprocess.run(
        command, input="\n".join(requirements), capture_output=True, text=True, check=False
    )
    if resolved.returncode:
        sys.exit(resolved.stderr)
    target.write_text(_without_cuda(resolved.stdout))


def _overrides() -> Path:
    path = BASE_DIR / "var" / "lock-overrides.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(LEFT_OUT) + "\n")
    return path


def _without_cuda(lock: str) -> str:
    """Leave out what only a CUDA build of torch wants: pip brings it along with that build."""
    kept, is_wanted = [], True
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#")):
            is_wanted = not line.startswith(CUDA_PREFIXES)
        if is_wanted and not line.lstrip().startswith("#"):
            kept.append(line + "\n")
    return "".join(kept)


if __name__ == "__main__":
    main()
