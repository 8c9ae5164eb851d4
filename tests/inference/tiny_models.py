"""Language models of random weights, made on the spot: real configs, a tokenizer of their own."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

WORDS = "write copy for the brand with { } [ ] : , subject body text title offer of the week " * 3
CHAT = (
    "{% for message in messages %}<|user|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|copy|>{% endif %}"
)


def tokenizer(*, chat: bool = True) -> PreTrainedTokenizerFast:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|user|>", "<|copy|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([WORDS], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|end|>", extra_special_tokens=special[1:]
    )
    if chat:
        fast.chat_template = CHAT
    return fast


def sizes(vocabulary: int = 400) -> dict[str, int]:
    return {
        "vocab_size": vocabulary,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 1024,
        "initializer_range": 0.2,
        "eos_token_id": 0,
        "bos_token_id": 0,
        "pad_token_id": 0,
    }


def llama(vocabulary: int = 400):
    torch.manual_seed(11)
    return LlamaForCausalLM(LlamaConfig(**sizes(vocabulary))).eval()


def qwen():
    torch.manual_seed(12)
    return Qwen3ForCausalLM(Qwen3Config(**sizes(), head_dim=32)).eval()


def gpt2():
    torch.manual_seed(13)
    config = GPT2Config(
        vocab_size=400,
        n_embd=64,
        n_layer=2,
        n_head=4,
        initializer_range=0.2,
        eos_token_id=0,
        bos_token_id=0,
    )
    return GPT2LMHeadModel(config).eval()


def mistral_with_window():
    torch.manual_seed(14)
    return MistralForCausalLM(MistralConfig(**sizes(), sliding_window=16)).eval()


def save(folder, *, chat: bool = True, model=None):
    """A model folder as `save_pretrained` leaves it."""
    fast = tokenizer(chat=chat)
    (model or llama(len(fast))).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
