"""Exclusivity: a small circle the reader belongs to. No private price is claimed."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

EXCLUSIVITY = AnglePhrases(
    subjects={
        "any": (
            "Only for people who care about {x}",
            "Not for everyone: {x}",
            "For a small group: {x}",
            "We did not send this to everyone",
            "Written for the few who love {x}",
            "A private note on {x}",
        ),
        "warm": (
            "Just between us: {x}",
            "We kept this one for people like you",
            "A letter for a few friends of {x}",
            "Your own little corner: {x}",
        ),
        "plain": (
            "Sent to one group of readers: {x}",
            "This is for people who like {x}",
            "For some readers, not for all",
            "{x}: a note to some of our readers",
        ),
        "playful": (
            "Shh. Only for lovers of {x}",
            "You made the list",
            "The secret society of {x}",
            "Friends of {x}, step closer",
        ),
        "premium": (
            "By invitation: {x}",
            "For a select few",
            "Reserved for admirers of {x}",
            "An invitation to look at {x}",
        ),
    },
    preheaders=(
        "We wrote this for one circle of readers, and you are in it.",
        "If you did not care about {x}, you would not be reading this.",
        "Most of our readers get a different letter today.",
        "A short list of readers, and something that suits them.",
        "For the people who notice {x} before anything else.",
        "Written with a few people in mind. You are one of them.",
    ),
    openers={
        "warm": (
            "This letter did not go to everyone. We wrote it for a small circle of people, and "
            "you belong to it.",
            "Some things are nicer shared with a few. We thought of you and people like you.",
            "Most of our readers will see something else today. This one is for those who care "
            "about {x}, as you do.",
            "We keep a few letters for the people who will really enjoy them. This is one of "
            "yours.",
        ),
        "plain": (
            "We sent this to one group of readers. You are one of them.",
            "Not everyone gets this message. It is for people who care about {x}.",
            "This was written for a few readers with the same interests as you.",
            "You are on our list for this. Here is what the list is for.",
        ),
        "playful": (
            "Lower your voice. Not everyone got this one.",
            "Congratulations, you are on the list. There is no secret handshake yet, but we are "
            "working on it.",
            "This email has a dress code, and it is {x}. You passed.",
            "Look left, look right. All clear? Good. This is for you and a handful of others.",
        ),
        "premium": (
            "This note is addressed to a small circle, and we are pleased to count you in it.",
            "Not every letter is meant for every reader. This one was written for those who "
            "appreciate {x}.",
            "We reserve certain letters for those we believe will value them.",
            "Consider this a quiet invitation, extended to a few.",
        ),
    },
    turns={
        "any": (
            "We would rather show this to a few people who care than to everyone.",
            "We picked it with readers like you in mind.",
            "It is why we wrote to you, and not to everyone.",
        ),
        "warm": (
            "It feels right to keep this among people who will enjoy it.",
            "We are glad that you are one of them.",
        ),
        "plain": ("This was not written for everyone.", "Others received a different message."),
        "playful": (
            "You may tell one friend. Choose wisely.",
            "The rest of the world can have another email.",
        ),
        "premium": (
            "We trust that you will see why you were included.",
            "This is intended for an attentive eye.",
        ),
    },
)
