"""Social proof: good company. Figures and praise come from the approved claims, never from here."""

from __future__ import annotations

from inference.composer.inventory import AnglePhrases

SOCIAL_PROOF = AnglePhrases(
    subjects={
        "any": (
            "For everyone who cares about {x}",
            "You are not the only one who loves {x}",
            "In good company: {x}",
            "What people like you look for in {x}",
            "Shared taste: {x}",
            "You have company",
        ),
        "warm": (
            "Among friends of {x}",
            "People who love {x}, like you",
            "You are in good company",
            "From one lover of {x} to another",
        ),
        "plain": (
            "What others look for in {x}",
            "Others care about {x} too",
            "You and others like {x}",
            "A subject many share: {x}",
        ),
        "playful": (
            "You and the friends of {x}",
            "It's not just you (and {x})",
            "Your people have been talking",
            "Psst, your fellow fans of {x}",
        ),
        "premium": (
            "A shared appreciation of {x}",
            "Among those who know {x}",
            "In discerning company",
            "For those with an eye for {x}",
        ),
    },
    preheaders=(
        "When people tell us what they love, this is what comes up.",
        "You are in good company if you care about {x}.",
        "People with your taste shaped what you will see here.",
        "Put together by listening to people who care about {x}.",
        "It turns out that good taste is something people share.",
        "See what people who care about the same things look at.",
    ),
    openers={
        "warm": (
            "You are in good company. Many of the people we hear from care about the very things "
            "you do.",
            "One of the joys of our work is hearing what people love, and noticing how often they "
            "agree.",
            "When people who share your taste talk to us, we listen. This is what came of it.",
            "If you have a soft spot for {x}, you are among friends here.",
        ),
        "plain": (
            "You are not alone in this: others look for the same things.",
            "We listened to people who like what you like. Here is what we took from it.",
            "Other people who care about {x} tell us what matters to them. We took notes.",
            "Customers talk to us. We listen, and this is where it led.",
        ),
        "playful": (
            "So it turns out you have people. They like what you like, and they are not shy about "
            "it.",
            "If there were a club for {x}, you would know half the room by now.",
            "You know that feeling when somebody else orders exactly what you wanted? This is "
            "that, in email form.",
            "Great minds think alike. Ask anyone with your taste.",
        ),
        "premium": (
            "Taste is personal, and yet those who have it tend to agree.",
            "Among the people we write to is a circle that notices the same details you do.",
            "Those who care about {x} recognise one another. We have been listening to them.",
            "The most useful advice comes from people who look as closely as you do.",
        ),
    },
    turns={
        "any": (
            "If people with your taste are anything to go by, you will feel at home.",
            "It is easier to choose when you know that others looked as closely as you do.",
            "See whether you agree with them.",
        ),
        "warm": (
            "It is always a pleasure to see how many people share a good idea.",
            "Come and see what the others see in it.",
        ),
        "plain": (
            "Others have looked. Now judge for yourself.",
            "Compare your view with theirs.",
        ),
        "playful": (
            "No pressure, but your people are waiting.",
            "Consider it a nudge from a friend you have not met yet.",
        ),
        "premium": (
            "We think you will recognise the judgement behind it.",
            "You will find yourself in attentive company.",
        ),
    },
)
