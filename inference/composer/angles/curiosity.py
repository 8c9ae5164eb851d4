"""Curiosity: a small open question that the click answers."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

CURIOSITY = AnglePhrases(
    subjects={
        "any": (
            "A question about {x}",
            "What would you pick first?",
            "Something about {x} you may not expect",
            "{x}: can you guess which?",
            "Where do you start with {x}?",
            "Have you seen this side of {x}?",
        ),
        "warm": (
            "We wonder what you will say about {x}",
            "May we ask you about {x}?",
            "We thought of you, and here is why",
            "Can you guess what we found?",
        ),
        "plain": (
            "{x}: which would you choose?",
            "Do you know this about {x}?",
            "A short question for you",
            "What do you look for in {x}?",
        ),
        "playful": (
            "Guess what. (Hint: {x})",
            "We bet you'd pick this one",
            "Don't peek. Okay, peek.",
            "What goes with {x}? You tell us",
        ),
        "premium": (
            "A detail worth discovering: {x}",
            "What does your eye go to first?",
            "A closer look at {x}",
            "On {x}, and on looking twice",
        ),
    },
    preheaders=(
        "We have a guess at your answer. Open it and see if we are right.",
        "It has to do with {x}, and that is all we will say here.",
        "The answer is a click away, and it may not be the one you expect.",
        "You will know which one when you see it.",
        "We looked at {x} a little differently this time.",
        "There is one that we think you will stop at. See which.",
    ),
    openers={
        "warm": (
            "We have been wondering about something, and you may be just the person to ask: what "
            "do you look at first?",
            "There is one thing on this page that made us think of you. We would love to know if "
            "you can tell which.",
            "Do you ever see something and know at once that it is yours? We think it may happen "
            "here.",
            "We made a small guess about you and {x}. You will have to look to see if we are "
            "right.",
        ),
        "plain": (
            "Here is a question: which one would you choose?",
            "We think we know what you will look at first. Check if we are right.",
            "What makes you stop and look when it comes to {x}? We have an idea.",
            "There is something here you may not have seen yet.",
        ),
        "playful": (
            "We are not going to tell you what it is. That would ruin a perfectly good email.",
            "Let's play a game: open the page, and stop at the first thing that makes you say "
            "“oh”.",
            "What has your name written all over it? Not literally. That would be odd.",
            "We have a theory about you and {x}. It is a good theory. Come and test it.",
        ),
        "premium": (
            "Where does the eye rest first? It is a small question that says a good deal.",
            "There is a detail here that most people pass by. We suspect that you will not.",
            "You learn a great deal about {x} by looking twice. What will you see the second time?",
            "Allow us a question: what makes you pause?",
        ),
    },
    turns={
        "any": (
            "Which would you pick first? We have our guess.",
            "We will leave the rest for you to discover.",
            "You may be surprised by what you stop at.",
        ),
        "warm": (
            "Have a look, and see if it is the one we had in mind.",
            "We would so like to be right about this.",
        ),
        "plain": ("The answer is on the page.", "Have a look and decide for yourself."),
        "playful": (
            "No spoilers. You will have to go and see.",
            "If you guess before you look, you win our respect.",
        ),
        "premium": (
            "The rest reveals itself on looking.",
            "We would rather show than describe.",
        ),
    },
)
