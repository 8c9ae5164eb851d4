"""A request's prompt as token ids: through the chat template where the tokenizer has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inference.generators import GenerationRequest

PLAIN = "{prompt}\nThe JSON object:\n"


@dataclass(frozen=True)
class TokenizedPrompt:
    """Token ids, and how many of the first are shared with other prompts of the job."""

    ids: list[int]
    shared: int


def tokenized_prompt(tokenizer: Any, request: GenerationRequest) -> TokenizedPrompt:
    """Tokenise a request; where it says what is shared, so do the tokens.

    What others wrote must not speak in the voice of the template: the special tokens of this
    tokenizer lose their spelling inside the prompt.
    """
    prompt = without_special_tokens(tokenizer, request.prompt)
    changed = prompt != request.prompt
    text, is_templated = _rendered(tokenizer, prompt)
    start = text.find(prompt[: request.shared].strip()) if request.shared and not changed else -1
    encoded = tokenizer(
        text, add_special_tokens=not is_templated, return_offsets_mapping=tokenizer.is_fast
    )
    ids = list(encoded["input_ids"])
    if start < 0 or not tokenizer.is_fast:
        return TokenizedPrompt(ids, 0)
    boundary = start + len(prompt[: request.shared].strip())
    ends = [end for _, end in encoded["offset_mapping"]]
    shared = next((n for n, end in enumerate(ends) if end > boundary), len(ids))
    return TokenizedPrompt(ids, shared)


def without_special_tokens(tokenizer: Any, text: str) -> str:
    for token in sorted(set(tokenizer.all_special_tokens), key=len, reverse=True):
        if len(token) > 1:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def _rendered(tokenizer: Any, prompt: str) -> tuple[str, bool]:
    if not tokenizer.chat_template:
        return PLAIN.format(prompt=prompt), False
    # Templates of models that think aloud read `enable_thinking`; the others pass it over.
    rendered = tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    return str(rendered), True
