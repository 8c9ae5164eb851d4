"""Urgency in short: now rather than later, with no deadline of its own."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

URGENCY = ShortPhrases(
    heads={
        "any": (
            "Now, while you are here",
            "Why not right now?",
            "Before you forget",
            "{x}, while you think of it",
            "Today: {x}",
            "{x} today?",
            "First things first: {x}",
            "Next on your list: {x}",
            "A good day for {x}",
            "Time for {x}",
            "Start with {x} today",
            "{x}: why wait?",
            "Five minutes for {x}",
            "Make time for {x}",
            "{x} before lunch",
            "Now is the moment",
            "Today is a good day",
            "{x}, right now",
            "Now: {x}",
            "{x} first",
            "{x}, today",
            "A quick look: {x}",
        ),
        "warm": (
            "Treat yourself to {x} today",
            "{x}, and a moment for you",
            "A little time for {x}",
            "Today could be about {x}",
            "Let today be about {x}",
        ),
        "plain": (
            "{x}: look today",
            "Look now: {x}",
            "Do it today: {x}",
            "Today, not later: {x}",
            "{x}, in a few minutes",
        ),
        "playful": (
            "The clock says {x}",
            "Ready, set, {x}",
            "Dishes can wait. {x} can't",
            "Psst: {x}, right now",
            "{x} first, inbox later",
        ),
        "premium": (
            "A moment for {x}",
            "{x}: a timely thought",
            "Today, consider {x}",
            "{x}, without delay",
            "The right hour for {x}",
        ),
    },
    lines={
        "any": (
            "Before the day fills up, take a few minutes for {x}.",
            "If {x} {is|are} on your mind, today is a good day to look.",
            "If you have been meaning to look at {x}, now is a good moment.",
            "Looking now takes minutes. Remembering it later takes luck.",
            "Move {x} to the top of the list, and be done with it.",
            "Good intentions keep badly. Look at {x} while you are here.",
            "A few minutes with {x} today, and one thing less to think about.",
            "Why leave {x} for later, when a few minutes now will do?",
            "Take the short break you were going to take anyway, and look at {x}.",
        ),
        "warm": (
            "Be kind to yourself today, and start with {x}.",
            "The kettle is on, you have a moment: time to look at {x}.",
            "You deserve a few minutes with {x} today, not some day.",
            "Some days ask for a small treat. Let {x} be today's.",
        ),
        "plain": (
            "Look at {x} today. It takes a few minutes.",
            "If you want to see {x}, do it now.",
            "Don't put {x} off. Open the page and decide.",
            "Now is better than later. Start with {x}.",
        ),
        "playful": (
            "Your coffee is hot, your thumbs are free. Time for {x}.",
            "Procrastinate on something else. {x} {is|are} more fun than that.",
            "Be the person who looks at {x} now and brags about it later.",
            "The chores will wait. They always do. Look at {x} first.",
        ),
        "premium": (
            "A considered choice begins with a moment well used. Give it to {x}.",
            "If {x} {deserves|deserve} your attention, let it be today.",
            "Some things are better seen while the thought is fresh. {x} {is|are} among them.",
            "Allow yourself a moment for {x} before the day moves on.",
        ),
    },
)
