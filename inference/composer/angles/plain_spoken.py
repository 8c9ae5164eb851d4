"""Plain-spoken: what it is and what to do, without adjectives or pressure."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

PLAIN_SPOKEN = AnglePhrases(
    subjects={
        "any": (
            "This email is about {x}",
            "{x}, in short",
            "About {x}",
            "{x}: here is the page",
            "A page with {x}",
            "No fuss: {x}",
        ),
        "warm": (
            "A simple note about {x}",
            "{x}, if you would like to look",
            "Just a few lines from us",
            "In short, and kindly: {x}",
        ),
        "plain": (
            "{x}. That is all",
            "{x}: have a look",
            "What this email says: {x}",
            "Short email, one link",
        ),
        "playful": (
            "It's an email about {x}. Truly",
            "No drum roll: {x}",
            "Plain email, nice {x}",
            "We left the fireworks out",
        ),
        "premium": (
            "A brief note on {x}",
            "{x}, plainly presented",
            "Regarding {x}",
            "In brief: {x}",
        ),
    },
    preheaders=(
        "A short message: what it is, and where to find it.",
        "It is about {x}. Look if you like, skip it if not.",
        "No countdown, no capital letters. A page and a link.",
        "What it is, where it is, and nothing else.",
        "We kept it to a few lines about {x}.",
        "A few lines, and then you can get on with your day.",
    ),
    openers={
        "warm": (
            "We will keep this simple, as you surely have better things to do than read long "
            "emails.",
            "This is a short note, with no hidden catch: we have something to show you.",
            "A few honest lines from us today.",
            "We would like to tell you about {x}, in as few words as we can.",
        ),
        "plain": (
            "This email is about {x}. Here is what there is to say.",
            "Short version: there is a page you may want to see.",
            "We will keep it brief.",
            "Here is what this is about, without the wrapping.",
        ),
        "playful": (
            "We took the fireworks out of this email. It loads faster that way.",
            "No riddles, no drum roll. We even left our favourite adjectives at home.",
            "This is the email equivalent of a nod across the street.",
            "You could call it minimalist. We call it getting to the point.",
        ),
        "premium": (
            "Good things need few words. We shall use few.",
            "Allow us to be brief.",
            "We prefer to say it plainly.",
            "A short note concerning {x}.",
        ),
    },
    turns={
        "any": (
            "Look if it is of interest. If not, no harm done.",
            "That is the whole message.",
            "You decide whether it is for you.",
        ),
        "warm": (
            "If it is not for you this time, that is perfectly fine.",
            "No hurry, and no pressure from us.",
        ),
        "plain": ("Nothing else to add.", "Use the link, or leave it."),
        "playful": (
            "That's it. That's the email.",
            "If you were expecting a plot twist, there is none.",
        ),
        "premium": (
            "The rest speaks for itself.",
            "We leave the judgement to you.",
        ),
    },
)
