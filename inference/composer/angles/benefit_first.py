"""Benefit first: what the reader gains, before a word about the brand."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

BENEFIT_FIRST = AnglePhrases(
    subjects={
        "any": (
            "Less searching, more {x}",
            "An easier way to choose {x}",
            "{x} without the endless scrolling",
            "Your way to {x}, made shorter",
            "Save yourself the search for {x}",
            "Less looking, more finding",
        ),
        "warm": (
            "{x} you will be glad you found",
            "Made easier for you: {x}",
            "More of what you like, less effort",
            "{x}, with the hard part done",
        ),
        "plain": (
            "Find {x} faster",
            "{x}, sorted for you",
            "Choose {x} in a few minutes",
            "Get to {x} without the search",
        ),
        "playful": (
            "More {x}, fewer open tabs",
            "Skip the scrolling, keep {x}",
            "Your thumb deserves a rest",
            "All the {x}, none of the hunt",
        ),
        "premium": (
            "{x}, considered for you",
            "The ease of choosing well",
            "{x}, chosen with less effort",
            "A simpler way to choose {x}",
        ),
    },
    preheaders=(
        "You get straight to {x}, and skip everything that is not for you.",
        "The searching is done. What is left is the nice part: choosing.",
        "Spend your time on what suits you, not on finding it.",
        "A shorter way to {x}, with the rest left out.",
        "What you gain: a short list, and an evening to yourself.",
        "Fewer things to look through, more to look forward to.",
    ),
    openers={
        "warm": (
            "You get the nice part: choosing. The searching has been done for you.",
            "Your time is worth more than an evening of scrolling, so here is a shorter way to "
            "what you like.",
            "Find what suits you sooner, and keep the rest of the evening for yourself.",
            "More of what you love, and less of everything else: that is what you will find here.",
        ),
        "plain": (
            "You save time. Everything you are likely to want is in one place.",
            "You can skip the search. The list is short and it starts with what you look for.",
            "Less to look through, and an easier choice. That is the point of this message.",
            "You will find what suits you faster here than by searching.",
        ),
        "playful": (
            "Your thumb gets the evening off. The scrolling has been done for you.",
            "Picture it: you, a cup of something warm, and not a single open tab too many.",
            "You get the treat without the treasure hunt.",
            "More time for you, fewer searches that end three shops away from where they began.",
        ),
        "premium": (
            "You will spend less time choosing, and be more certain of the choice.",
            "The pleasure of choosing begins when everything unnecessary has been taken away.",
            "What you gain is simple: a clear view of what suits you, and nothing else.",
            "Choosing well should feel effortless. Here, it does.",
        ),
    },
    turns={
        "any": (
            "What is left for you is the easy part.",
            "You see what suits you first, and the rest does not get in the way.",
            "That leaves you more time for things other than shopping.",
        ),
        "warm": (
            "We like to think it makes your day a little lighter.",
            "Sit back, look around, and pick what makes you happy.",
        ),
        "plain": ("It saves you the search.", "You choose; the sorting is done."),
        "playful": (
            "All that is missing is your opinion, and we hear it is excellent.",
            "Minimal effort, maximum nice things.",
        ),
        "premium": (
            "Your attention is kept for what deserves it.",
            "The result is a choice you can make with a quiet mind.",
        ),
    },
)
