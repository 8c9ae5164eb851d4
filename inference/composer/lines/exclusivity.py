"""Exclusivity in short: a small circle the reader belongs to, with no private price."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

EXCLUSIVITY = ShortPhrases(
    heads={
        "any": (
            "For a small circle",
            "Just for a few of you",
            "Between you and us",
            "{x}, for a few",
            "For lovers of {x} only",
            "{x}, for people like you",
            "Between us: {x}",
            "You and a few: {x}",
            "A quiet word on {x}",
            "{x}, meant for you",
            "Not for all: {x}",
            "To the few who love {x}",
            "A small circle for {x}",
            "Addressed to you: {x}",
            "Only for a few of you",
            "Set aside for you: {x}",
            "For your eyes: {x}",
            "To a few of you: {x}",
            "Kept for a few: {x}",
            "A quiet note on {x}",
        ),
        "warm": (
            "Our little circle around {x}",
            "{x}, just for our friends",
            "Kept for you: {x}",
            "A few of us love {x}",
            "Among friends: {x}",
        ),
        "plain": (
            "{x}, for some readers",
            "For you and a few: {x}",
            "Sent to people who like {x}",
            "For a short list: {x}",
            "Not sent to all: {x}",
        ),
        "playful": (
            "{x}: password accepted",
            "Psst, insiders: {x}",
            "The clubhouse is open: {x}",
            "Secret handshake: {x}",
            "{x}. You know who you are",
        ),
        "premium": (
            "{x}, by quiet invitation",
            "For the few: {x}",
            "{x}, discreetly",
            "A private view of {x}",
            "Reserved for you: {x}",
        ),
    },
    lines={
        "any": (
            "We wrote this for a few people who care about {x}. You are one.",
            "We did not send this to everyone. You care about {x}, so here it is.",
            "You belong to the circle that notices {x}, so this came to you.",
            "Not everyone would care about {x}. You would, we think.",
            "A message for a small group of readers with an eye for {x}.",
            "We kept this to people who love {x}. That includes you.",
            "We send this to readers who care about {x}, and you are one.",
            "This is for those who look twice at {x}, as you do.",
            "You have this because you care about {x}. It did not go to everyone.",
        ),
        "warm": (
            "You are one of the few we thought of when we saw {x}.",
            "We saved you a seat among the friends of {x}.",
            "Just a few friends of {x}, and you are among them.",
            "Between you and us: {x}, shared with people who care.",
        ),
        "plain": (
            "This went to readers who like {x}. Others got something else.",
            "You are on a short list of people interested in {x}.",
            "We sent this to one group: people who look for {x}.",
            "For people who like {x}. That is why you have it.",
        ),
        "playful": (
            "Keep it down. This one is for people who love {x}.",
            "You are on the list for {x}. Try to look surprised.",
            "The guest list says {x}, and the guest list says you.",
            "Some get flyers. You get the good gossip about {x}.",
        ),
        "premium": (
            "Addressed to the few who regard {x} with care.",
            "We set aside this page for admirers of {x}. You are expected.",
            "A quiet invitation to those with an eye for {x}.",
            "Some letters are written for a few. This one concerns {x}.",
        ),
    },
)
