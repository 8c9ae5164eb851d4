"""Prompts: a brief rendered for a language model, in versioned wordings."""

from __future__ import annotations

from generation.prompts.rendering import prompt_version, render_prompt

__all__ = ["prompt_version", "render_prompt"]
