"""Social proof in short: good company, without figures of its own."""

from __future__ import annotations

from inference.composer.inventory import ShortPhrases

SOCIAL_PROOF = ShortPhrases(
    heads={
        "any": (
            "People with your taste",
            "Good taste is shared",
            "Your kind of company",
            "{x}: you have company",
            "For fans of {x}",
            "Lovers of {x}, unite",
            "Good taste shared: {x}",
            "You, us and {x}",
            "Others love {x} too",
            "What others see in {x}",
            "You, and others who love {x}",
            "A shared love: {x}",
            "Who else loves {x}?",
            "United by {x}",
            "You are in good company",
            "{x}: good company",
            "Join the fans of {x}",
            "Fellow fans of {x}",
            "Others like {x}",
            "For everyone who loves {x}",
        ),
        "warm": (
            "Friends of {x}, like you",
            "Loved by people like you: {x}",
            "Kindred spirits in {x}",
            "Hello, fellow fan of {x}",
            "Loved together: {x}",
        ),
        "plain": (
            "{x}: what others look at",
            "What people like about {x}",
            "Others choose {x} as well",
            "You love {x}. So do others",
            "Others also like {x}",
        ),
        "playful": (
            "The fan club of {x} says hi",
            "{x}: these are your people",
            "Your tribe, and {x}",
            "Team {x}, assemble",
            "Takes a fan of {x} to know one",
        ),
        "premium": (
            "{x}, among connoisseurs",
            "{x}, in fine company",
            "{x}: a shared taste",
            "A circle that values {x}",
            "A shared eye for {x}",
        ),
    },
    lines={
        "any": (
            "People who care about {x} look closely, and so do you.",
            "If {x} {matters|matter} to you, you are in good company here.",
            "We listen to people who love {x}, and this page is the result.",
            "Ask anyone with an eye for {x}: you are not the only one.",
            "Good taste is rarely lonely, least of all when it comes to {x}.",
            "If you love {x}, there are others here who do too.",
            "What do people with your taste look for in {x}? See for yourself.",
            "You share your love of {x} with more people than you think.",
            "Compare notes with others who know their way around {x}.",
        ),
        "warm": (
            "It is lovely to meet people who care about {x}. People like you.",
            "Come in and join the others who have a soft spot for {x}.",
            "You and {x}? You will be among friends here.",
            "Nothing brings people together like {x}. Come and join in.",
        ),
        "plain": (
            "Other people look for {x} too. See what they look at.",
            "Customers tell us what they want from {x}. We listened.",
            "You are not alone in liking {x}. Have a look.",
            "People who like {x} use this page. You might too.",
        ),
        "playful": (
            "Somewhere out there, someone else is nodding about {x} too.",
            "Rumour has it that fans of {x} can spot each other in a crowd.",
            "You like {x}. They like {x}. Nobody has to be shy here.",
            "Peer pressure, but the pleasant kind, and it is about {x}.",
        ),
        "premium": (
            "Those who look closely at {x} tend to find one another.",
            "A feeling for {x} is seldom kept to oneself.",
            "In matters of {x}, attentive people tend to agree.",
            "You will find that others regard {x} with equal care.",
        ),
    },
)
