"""Plain spoken in short: what it is and what to do."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

PLAIN_SPOKEN = ShortPhrases(
    heads={
        "any": (
            "Short and simple",
            "A short message",
            "Here is the page",
            "No fuss, one page",
            "{x}. Have a look",
            "Here you go: {x}",
            "{x}, no frills",
            "It is about {x}",
            "Simply {x}",
            "One page of {x}",
            "To the point: {x}",
            "This is about {x}",
            "A page about {x}",
            "{x}, nothing more",
            "Here {is|are} {x}",
            "Plainly: {x}",
            "Briefly: {x}",
            "A look at {x}",
            "{x}, on one page",
            "Just {x}",
        ),
        "warm": (
            "A small note: {x}",
            "{x}, if you like",
            "{x}, from us to you",
            "{x}, and no rush",
            "A few kind lines on {x}",
        ),
        "plain": (
            "{x}",
            "The page: {x}",
            "Have a look: {x}",
            "See {x}",
        ),
        "playful": (
            "{x}. Ta-da",
            "{x}. No confetti",
            "Look, {x}",
            "{x}, hold the drama",
            "Yep, {x}",
        ),
        "premium": (
            "A word on {x}",
            "Concerning {x}",
            "{x}: in brief",
            "{x}, in a few words",
            "On {x}",
            "{x}, without ornament",
        ),
    },
    lines={
        "any": (
            "This is about {x}. The page shows what there is.",
            "Here {is|are} {x}. Look if you like.",
            "A page with {x}, and a link to get there.",
            "If you look for {x}, this is for you.",
            "It is a page about {x}. You decide.",
            "You can see {x} on one page. That is all.",
            "What it is: {x}. What to do: have a look.",
            "We have a page on {x}. Here is the way there.",
        ),
        "warm": (
            "If {x} {is|are} something you enjoy, you are welcome to have a look.",
            "No fuss from us: a page on {x}.",
            "We would like to show you {x}. Come by if it suits you.",
            "Here {is|are} {x}, and there is no need to hurry.",
        ),
        "plain": (
            "{x}: on the page, in one list.",
            "The page is about {x}. Open it to see more.",
            "You get a page on {x}. Nothing else.",
            "Look at {x}. Take what suits you, leave the rest.",
        ),
        "playful": (
            "Just {x}. We could dress {it|them} up, but why?",
            "No jingle, no sparkles. There {is|are} {x}, and there is a link.",
            "We had a slogan, but {x} {does|do} fine without one.",
            "Spoiler: it is about {x}. The end.",
        ),
        "premium": (
            "A page on {x}, presented without ornament.",
            "{x} {speaks|speak} for {itself|themselves}. We add a page, and nothing else.",
            "In brief: {x}, should you wish to look.",
            "{x} {needs|need} few words. We leave it at these.",
        ),
    },
)
