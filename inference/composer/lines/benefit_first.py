"""Benefit first in short: what the reader gains, in the first words."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

BENEFIT_FIRST = ShortPhrases(
    heads={
        "any": (
            "The easy way to choose",
            "Skip the search",
            "More for you, with less effort",
            "{x}, made easier",
            "Find {x} sooner",
            "{x} at a glance",
            "{x}, minus the search",
            "The short way to {x}",
            "Straight to {x}",
            "Easier days with {x}",
            "{x}, all in one place",
            "Find your kind of {x}",
            "More joy from {x}",
            "{x}, chosen with ease",
            "Enjoy {x}, skip the rest",
            "Less effort, better choice",
            "{x}, sorted",
            "{x} in minutes",
            "{x}, no detours",
            "A quick way to {x}",
            "{x}, made simple",
        ),
        "warm": (
            "{x}, and time to enjoy {it|them}",
            "Lighter days with {x}",
            "A calmer way to {x}",
            "{x}, found with ease",
            "{x}, without the hunt",
        ),
        "plain": (
            "{x}, ready to compare",
            "{x} in one place",
            "Save time on {x}",
            "Our picks: {x}",
            "{x}, without detours",
        ),
        "playful": (
            "{x}, zero faff",
            "Lazy route to {x}",
            "{x}. You're welcome",
            "Sofa, snack, {x}",
            "{x} on easy mode",
        ),
        "premium": (
            "{x}, with quiet ease",
            "{x}, calmly chosen",
            "{x}, without distraction",
            "A clear view of {x}",
            "{x}: effortless to choose",
        ),
    },
    lines={
        "any": (
            "Save yourself the search: {x} {is|are} a click away.",
            "Get to {x} without wading through everything else.",
            "Find the right {x} sooner, and keep your evening.",
            "See {x} side by side, and choose with an easy mind.",
            "Spend minutes on {x}, not the whole evening.",
            "Choosing {x} is easier when the rest is out of the way.",
            "Your short list for {x} is ready, so the choosing can start.",
            "Know what suits you: {x}, in one place and easy to compare.",
            "Less scrolling for you, and more time to enjoy {x}.",
        ),
        "warm": (
            "You get more time for what you love, starting with {x}.",
            "Take it easy: we did the searching, you enjoy {x}.",
            "Make your day a little lighter with {x} that {suits|suit} you.",
            "More of what makes you smile, beginning with {x}.",
        ),
        "plain": (
            "You find {x} faster here. The page is short.",
            "Compare {x} in one place, then decide.",
            "Skip the search. {x} {is|are} on one page.",
            "You save time: {x}, sorted and easy to look through.",
        ),
        "playful": (
            "All the {x} you like, none of the sore thumbs.",
            "Get {x} without opening a tab you will never close again.",
            "One hand for the snacks, one thumb for {x}.",
            "You bring the good mood, we bring {x} to one page.",
        ),
        "premium": (
            "Choose {x} in peace, with nothing in the way.",
            "An unhurried view of {x}, arranged for your eye.",
            "Enjoy the certainty of a choice made well, beginning with {x}.",
            "You gain clarity: {x}, and nothing beside {it|them}.",
        ),
    },
)
