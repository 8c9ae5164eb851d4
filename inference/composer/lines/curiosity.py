"""Curiosity in short: a small open question that the click answers."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

CURIOSITY = ShortPhrases(
    heads={
        "any": (
            "Can you guess?",
            "One small question",
            "What would you choose?",
            "{x}: what catches your eye?",
            "What is it about {x}?",
            "Guess why we thought of {x}",
            "So, why {x}?",
            "Which {x} would you pick?",
            "Curious about {x}?",
            "{x}: take a guess",
            "The thing about {x}",
            "{x}: see for yourself",
            "What {does|do} {x} say about you?",
            "Ever looked at {x} like this?",
            "A small riddle: {x}",
            "{x}? Look closer",
            "Why {x}?",
            "What about {x}?",
            "A question, and {x}",
            "{x}: guess why",
        ),
        "warm": (
            "We wonder: which {x}?",
            "{x}, and a small surprise",
            "What do you see in {x}?",
            "Tell us: why {x}?",
            "A little mystery: {x}",
        ),
        "plain": (
            "{x}: yes or no?",
            "One question about {x}",
            "What do you think of {x}?",
            "{x}: your favourite?",
            "How do you choose {x}?",
        ),
        "playful": (
            "{x}? Go on, peek",
            "Plot twist: {x}",
            "{x}: spoiler inside",
            "Knock knock. {x}",
        ),
        "premium": (
            "{x}, seen anew",
            "What {does|do} {x} reveal?",
            "The question of {x}",
            "Have you noticed? {x}",
            "A second look at {x}",
        ),
    },
    lines={
        "any": (
            "What do you look at first in {x}? Find out.",
            "Look at {x} twice: the second look is often the better one.",
            "We have a guess about you and {x}. Are we right?",
            "One look at {x} and you may know. Which will it be?",
            "What makes {x} yours? The answer is a click away.",
            "Can you tell why we thought of you when we saw {x}?",
            "What would your friends say is very you in {x}?",
            "Is your favourite among our {x}? There is one way to know.",
            "Which of our {x} would you pick first?",
        ),
        "warm": (
            "We keep wondering what you will say about {x}. Will you tell us?",
            "Would you like to know what made us think of you and {x}?",
            "We think you may smile when you see {x}. Shall we see?",
            "Something about {x} made us think of you. Can you guess what?",
        ),
        "plain": (
            "Which would you choose in {x}? See the page.",
            "What do you look for in {x}? Check what we found.",
            "Here is a question about {x}. The page has the answer.",
            "Do you choose {x} by feel or by looks? Have a look.",
        ),
        "playful": (
            "We could tell you about {x} here, but where is the fun in that?",
            "Close your eyes and think of {x}. Now open them and click.",
            "Two clues: it is one click away, and it is about {x}.",
            "Bet you cannot look at {x} without picking a favourite.",
        ),
        "premium": (
            "What does a second look at {x} bring to light?",
            "{x} {rewards|reward} a curious eye. What will yours find?",
            "There is more to {x} than the first glance shows. Would you look again?",
            "Which detail of {x} will hold your gaze?",
        ),
    },
)
