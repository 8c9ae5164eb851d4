"""Intents that most shops want, with examples to start from. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggested:
    """An intent a person can take over with one click, and change.

    Attributes:
        name: What it is called.
        action: As `Intent.Action` has it.
        reply: What is said, where that is the action.
        examples: What people say.
    """

    name: str
    action: str
    reply: str
    examples: tuple[str, ...]


SUGGESTED = (
    Suggested(
        "Greeting",
        "reply",
        "Hello! What would you like to know?",
        (
            "hello",
            "hi",
            "hi there",
            "hey",
            "good morning",
            "good evening",
            "hello, anybody here?",
            "hey there, how are you?",
            "greetings",
            "good afternoon to you",
        ),
    ),
    Suggested(
        "Thanks",
        "reply",
        "You are welcome! Is there anything else?",
        (
            "thanks",
            "thank you",
            "thank you very much",
            "thanks a lot for your help",
            "great, thanks",
            "that helped, thank you",
            "many thanks",
            "perfect, that is all I needed",
            "cheers, very kind of you",
            "ok thanks",
        ),
    ),
    Suggested(
        "Goodbye",
        "reply",
        "Goodbye, and come back any time.",
        (
            "bye",
            "goodbye",
            "see you",
            "bye bye",
            "have a nice day",
            "that's all for today, bye",
            "see you later",
            "take care, goodbye",
            "talk to you later",
            "have a good evening, bye",
        ),
    ),
    Suggested(
        "Speak to a person",
        "hand_over",
        "",
        (
            "I want to speak to a person",
            "can I talk to a human",
            "let me talk to someone from customer service",
            "connect me to an agent please",
            "I need a real person",
            "is there a human I can chat with",
            "get me a representative",
            "stop, I want somebody real to answer",
            "could a member of staff write to me",
            "transfer me to support staff",
        ),
    ),
    Suggested(
        "Are you a robot",
        "reply",
        "I am the shop's automatic assistant: I answer from what the shop wrote down, and a "
        "person can take over whenever you like.",
        (
            "are you a robot",
            "are you a real person",
            "am I talking to a machine",
            "is this a bot",
            "are you human",
            "who am I talking to",
            "are you an AI",
            "is this answered automatically",
            "what are you",
            "do I talk to a computer here",
        ),
    ),
)
