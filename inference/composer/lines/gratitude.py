"""Gratitude in short: a sincere thank-you, and the message follows from it."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

GRATITUDE = ShortPhrases(
    heads={
        "any": (
            "With our thanks",
            "A thank-you for you",
            "Thank you, truly",
            "{x}, with our thanks",
            "A thank-you, and {x}",
            "Thanks to you: {x}",
            "A thank-you, by way of {x}",
            "{x}, and a big thank-you",
            "Because of you: {x}",
            "Thanks from us, and {x}",
            "Thank you. Now, {x}",
            "Grateful for your eye for {x}",
            "{x}, with thanks from us",
            "Thanks for being here",
            "Thanks, and {x}",
            "{x}, with thanks",
            "Thank you: {x}",
            "{x}, and thank you",
            "Our thanks, and {x}",
        ),
        "warm": (
            "From the heart: {x}",
            "{x}, with warm thanks",
            "You make {x} a joy",
            "So glad you love {x}",
        ),
        "plain": (
            "Thanks. See {x}",
            "{x}: thank you",
            "Thanks from us, and {x}",
            "Thank you for choosing {x}",
            "Thanks for looking at {x}",
        ),
        "playful": (
            "{x}, with a bow on top",
            "Thanks a million. Now, {x}",
            "A big hug, and {x}",
            "You rock. So {does|do} {x}",
            "Cue applause: {x}",
        ),
        "premium": (
            "{x}, in appreciation",
            "With gratitude: {x}",
            "With our thanks: {x}",
            "{x}, and our sincere thanks",
            "For your taste in {x}: thanks",
        ),
    },
    lines={
        "any": (
            "Thank you for caring about {x}. It makes our work a pleasure.",
            "You care about {x}, and we are grateful that you do.",
            "A thank-you from us, and a page on {x}.",
            "Thank you for being here. We picked out {x} with you in mind.",
            "It is readers like you who make {x} worth writing about. Thank you.",
            "We owe you a thank-you, so here it is, with {x} beside it.",
            "Thanks for staying with us. Here {is|are} {x}, chosen with you in mind.",
            "Your interest in {x} helps us choose well. Thank you for that.",
        ),
        "warm": (
            "Thank you, truly. We hope {x} {brings|bring} you a little joy today.",
            "You make this fun. Thank you, and enjoy a look at {x}.",
            "We have a soft spot for people who love {x}. Thank you for being one.",
            "We thought of {x}, then of you, and wanted to say thank you.",
        ),
        "plain": (
            "Thank you for your interest in {x}. Here is something to look at.",
            "Thanks for reading. This one is about {x}.",
            "We appreciate your time. Here {is|are} {x}.",
            "You look for {x}. Thank you for looking here.",
        ),
        "playful": (
            "If thanks were {x}, you would need a bigger cupboard.",
            "Three cheers for you, and one for {x}.",
            "Consider this a high five, with {x} in the other hand.",
            "We wanted to send cake. We settled on thanks, and {x}.",
        ),
        "premium": (
            "Your eye for {x} is a compliment to us. Thank you.",
            "With our sincere thanks, a page devoted to {x}.",
            "We are grateful to those who value {x}, and to you among them.",
            "Please accept our thanks, and a closer view of {x}.",
        ),
    },
)
