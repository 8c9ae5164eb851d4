"""Prompts: a brief rendered for a language model, in versioned wordings."""

from __future__ import annotations

from generation.prompts.rendering import PROMPT_VERSION, render_prompt

__all__ = ["PROMPT_VERSION", "render_prompt"]
