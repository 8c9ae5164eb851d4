"""Urgency: a reason to act now. Deadlines come from the offer, never from here."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

URGENCY = AnglePhrases(
    subjects={
        "any": (
            "{x}: worth a look today",
            "Now is a good moment for {x}",
            "Sooner rather than later: {x}",
            "Before the week runs away: {x}",
            "A few minutes for {x}, now",
            "Worth doing today",
        ),
        "warm": (
            "While you think of it: {x}",
            "A gentle nudge about {x}",
            "Don't let this one slip by",
            "Today is a lovely day for {x}",
        ),
        "plain": (
            "Look at {x} today",
            "{x}: now, not later",
            "Please don't leave this until later",
            "Short and timely: {x}",
        ),
        "playful": (
            "Quick, before the kettle boils",
            "Future you says: look now",
            "Drop (almost) everything for {x}",
            "{x} now, chores later",
        ),
        "premium": (
            "A timely note on {x}",
            "For your attention today: {x}",
            "The right moment for {x}",
            "Not for another day: {x}",
        ),
    },
    preheaders=(
        "Later has a way of turning into never. This takes a few minutes.",
        "With {x} on your list, today is a good day to start.",
        "Have a look while you are thinking of it, and it is done.",
        "A small thing to do now, rather than add to the list.",
        "Open it, look around, decide. It can all happen before lunch.",
        "The good moment to look at {x} is the one you have right now.",
    ),
    openers={
        "warm": (
            "We know how it goes: you mean to look, the day fills up, and suddenly it is next "
            "month. So here is a gentle nudge to look now.",
            "Some things are nicer done straight away. Choosing something for yourself is one of "
            "them.",
            "If you have been meaning to stop by, this is a good day for it.",
            "Before this message sinks under all the others, we would love you to open it.",
        ),
        "plain": (
            "This is worth doing today. It takes a few minutes.",
            "If you are going to look, look now. It is easy to forget later.",
            "A short message about something that should not wait.",
            "Please don't save this one for later. Later gets busy.",
        ),
        "playful": (
            "Your to-do list called. It would like something nice at the top, and it would like "
            "it now.",
            "You could save this for later. You could also meet all the other emails you saved "
            "for later.",
            "Quick question: are you busy? Good, this will not take long.",
            "On your marks. This is the fun kind of hurry.",
        ),
        "premium": (
            "Some decisions are better made while the impression is fresh. This is one of them.",
            "We seldom write without a reason. Today, the reason is timing.",
            "A good choice rewards those who make it early.",
            "May we suggest that you take a moment for this today, rather than another day.",
        ),
    },
    turns={
        "any": (
            "It takes a few minutes now, and then it is off your mind.",
            "The sooner you look, the sooner you can stop thinking about it.",
            "If you put it off, you know how these things go.",
        ),
        "warm": (
            "Have a look while the thought is still with you.",
            "Today really is as good a day as any, and better than most.",
        ),
        "plain": ("Do it now and it is done.", "There is no reason to wait."),
        "playful": (
            "Go on, the rest of the inbox will still be there when you get back.",
            "Later today you will be glad that you clicked now.",
        ),
        "premium": (
            "We would look today, rather than another day.",
            "Such things are better considered now, at leisure, than later in haste.",
        ),
    },
)
