"""What the environment says, read once and parsed."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def var_dir() -> Path:
    """The folder that holds everything this installation writes: database, queue, logs, secrets."""
    return Path(env.str("COPYLIFT_VAR", default=str(BASE_DIR / "var"))).resolve()


def secret_key() -> str:
    """`SECRET_KEY`, or one made once and kept in `var/`, so that sessions outlive a restart."""
    return env.str("SECRET_KEY", default="") or _kept_secret("secret_key")


def installation_key() -> str:
    """`INSTALLATION_KEY`, or one made once and kept in `var/`: hashes are made with it, so another
    one makes them all worthless.
    """
    return env.str("INSTALLATION_KEY", default="") or _kept_secret("installation_key")


def _kept_secret(name: str) -> str:
    kept = var_dir() / name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"{name}.{secrets.token_hex(4)}")
        fresh.write_text(secrets.token_urlsafe(50))
        fresh.chmod(0o600)
        # Two first starts at once: the link fails for the slower one, which then reads the winner's
        # key.
        try:
            kept.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text().strip()


def socket_path(name: str) -> Path:
    """Where a local socket lives: in `var/run`, or, where that path is too long for a socket, in
    the temporary folder.
    """
    wanted = var_dir() / "run" / name
    if len(str(wanted).encode()) < 100:
        return wanted
    digest = hashlib.sha256(str(var_dir()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"copylift-{digest}" / name
