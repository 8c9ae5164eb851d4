"""Gratitude: a sincere thank-you, and the message follows from it."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

GRATITUDE = AnglePhrases(
    subjects={
        "any": (
            "A thank-you, and a look at {x}",
            "Thank you for being here",
            "With thanks: {x}",
            "Because you care about {x}: thank you",
            "Our thanks, and a word on {x}",
            "Thank you. This is for you",
        ),
        "warm": (
            "We are so glad you are here",
            "A heartfelt thank-you from us",
            "To say thank you: a note on {x}",
            "Thank you for loving {x} as we do",
        ),
        "plain": (
            "Thank you",
            "Thanks for your interest in {x}",
            "A short thank-you",
            "Thanks, and a look at {x}",
        ),
        "playful": (
            "Thank you, thank you, thank you",
            "You're rather lovely, you know",
            "Thanks a bunch. Also: {x}",
            "A high five in email form",
        ),
        "premium": (
            "With appreciation: {x}",
            "A word of appreciation",
            "In appreciation of your eye for {x}",
            "With sincere thanks",
        ),
    },
    preheaders=(
        "We do not say it often enough, so we put it in writing: thank you.",
        "It is good to know people who care about {x}.",
        "A few words of thanks, and something we think you will like.",
        "You read our letters. The least we can do is make this one worth it.",
        "This one begins with you, and with a thank-you.",
        "For your time, your attention, and your eye for {x}.",
    ),
    openers={
        "warm": (
            "Thank you. It means a great deal to us that you open these letters and spend a "
            "moment with us.",
            "We wanted to say it simply: thank you for being with us.",
            "There are many places you could spend your time, and we are grateful that some of it "
            "is spent here.",
            "People like you, who care about {x}, are the reason we enjoy what we do. Thank you.",
        ),
        "plain": (
            "Thank you for reading what we send you. We appreciate it.",
            "First of all: thank you for your time.",
            "You let us into your inbox. Thanks for that.",
            "Thank you for your interest in {x}. It helps us to choose well.",
        ),
        "playful": (
            "Imagine a small brass band outside your window. That is how much we want to say "
            "thanks.",
            "You, reading this, are one of our favourite people. Thank you for making room for us "
            "in your inbox.",
            "Thank you! We practised saying it in front of the mirror, and we still mean it.",
            "If we could bake you a cake, we would. Thank you for being around.",
        ),
        "premium": (
            "Allow us to begin with our thanks. Your attention is not something we take lightly.",
            "We are grateful for your company, and for the care with which you choose.",
            "It is a privilege to write to people who appreciate {x}. Thank you.",
            "A word of sincere appreciation comes first: thank you.",
        ),
    },
    turns={
        "any": (
            "Consider it a small thank-you from us.",
            "You made this worth putting together.",
            "It is our way of returning the attention you give us.",
        ),
        "warm": (
            "We hope this brings a little joy to your day.",
            "Thank you for giving us someone to do this for.",
        ),
        "plain": ("That is our way of saying thanks.", "We hope it is useful to you."),
        "playful": (
            "No cake, sadly, but we think this comes close.",
            "Please imagine confetti here.",
        ),
        "premium": (
            "We offer it with our appreciation.",
            "This is meant as a courtesy to those who look closely.",
        ),
    },
)
