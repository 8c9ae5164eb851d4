"""The news of each kind of email, by tone, and what its button says."""

from __future__ import annotations

from collections.abc import Mapping

from inference.composer.inventory import ByTone, Phrases

NEWS: Mapping[str, ByTone] = {
    "recommendation": {
        "any": ("We put our picks on one page, so that you can see them side by side.",),
        "warm": (
            "With {x} in mind, we gathered a few things we think you will enjoy.",
            "We picked out what we would show a friend who cares about {x}.",
            "We went looking for things that go well with {x}, and found some we love.",
        ),
        "plain": (
            "We made a selection for people who look for {x}.",
            "The page shows what we would recommend to anyone interested in {x}.",
            "It is a selection with {x} in mind.",
        ),
        "playful": (
            "We went a little overboard on {x}, and we regret nothing.",
            "We picked things for people who hear “{x}” and sit up straight.",
            "Our picks lean heavily towards {x}. You may notice.",
        ),
        "premium": (
            "Our selection was made with {x} in mind.",
            "We have chosen with care, and with an eye to {x}.",
            "What follows was selected for those who value {x}.",
        ),
    },
    "promotion": {
        "any": ("Everything it concerns is on one page, easy to look through.",),
        "warm": (
            "This one is about {x}, because we think that is what you would like to see.",
            "If you have been thinking about {x}, we made it easy to have a look around.",
            "Take your time with {x}: the page is laid out so that you can browse in peace.",
        ),
        "plain": (
            "This one concerns {x}, among other things.",
            "If you are looking for {x}, start here.",
            "We think of you when it comes to {x}, so we wanted you to see this.",
        ),
        "playful": (
            "This one involves {x}, so naturally we thought of you.",
            "You, {x}, a comfortable chair: we see this going well.",
            "If {x} and you were already on good terms, this should help things along.",
        ),
        "premium": (
            "This will be of interest to anyone who values {x}.",
            "We thought of you in connection with {x}.",
            "Should you be considering {x}, this is a good occasion to look.",
        ),
    },
    "winback": {
        "any": ("It has been a while, and we would be glad to have you back.",),
        "warm": (
            "It has been a while, and whenever we look at {x} we wonder how you are.",
            "We have missed you. If you still care about {x}, there is plenty to catch up on.",
            "A lot can happen while you are away. Come and see where we are with {x}.",
        ),
        "plain": (
            "You have not been by for a while. If you still look for {x}, come and see.",
            "It has been some time since we saw you. We still think of you when it comes to {x}.",
            "If you are still interested in {x}, it is worth coming back for a look.",
        ),
        "playful": (
            "It has been a while. We kept your seat warm, next to {x}.",
            "You went quiet on us, and somebody has to look at {x}.",
            "We are not saying that we missed you. We are saying that we talk about {x} a lot.",
        ),
        "premium": (
            "It has been some time, and we would be pleased to show you {x} again.",
            "Since your last visit we have thought of you, not least in connection with {x}.",
            "Should your interest in {x} continue, you would be most welcome back.",
        ),
    },
    "launch": {
        "any": ("Our new arrivals are in, and they are all on one page.",),
        "warm": (
            "Our new arrivals are in, and knowing that you care about {x}, we thought of you.",
            "New things have arrived, and we could not wait to show someone who loves {x}.",
            "The boxes are unpacked. With your eye for {x}, you should see what was in them.",
        ),
        "plain": (
            "New arrivals are in. If you look for {x}, have a look.",
            "We have new arrivals. They may interest you if you like {x}.",
            "There is something new to see, and we thought of people who care about {x}.",
        ),
        "playful": (
            "New arrivals have landed, and yes, we thought of you and {x} straight away.",
            "Fresh out of the box: new arrivals. People who like {x}, form an orderly queue.",
            "There is new stuff. You like {x}. You can see where this is going.",
        ),
        "premium": (
            "Our new arrivals are here, and those who appreciate {x} came to mind first.",
            "The new collection is here to be seen, ideally by someone with an eye for {x}.",
            "New pieces have arrived. We would value your view, knowing your taste in {x}.",
        ),
    },
    "service": {
        "any": ("Everything you need to know is on one page.",),
        "warm": (
            "We put together what may help you, with {x} in mind.",
            "Whenever a question about {x} comes up, we are happy to help.",
        ),
        "plain": (
            "The page has the details, including those on {x}.",
            "If you have a question about {x}, start there.",
        ),
        "playful": (
            "Consider us your helpful neighbours in all matters of {x}.",
            "We like to be useful, especially about {x}.",
        ),
        "premium": (
            "We remain at your service in all matters of {x}.",
            "Should you wish to know more about {x}, we are glad to assist.",
        ),
    },
}

CALLS_TO_ACTION: Mapping[str, ByTone] = {
    "recommendation": {
        "any": ("See the selection",),
        "warm": ("Come and have a look", "See what we picked"),
        "plain": ("View the page", "Have a look"),
        "playful": ("Show me the picks", "Let me see"),
        "premium": ("View the selection", "Discover more"),
    },
    "promotion": {
        "any": ("Have a look", "Start looking"),
        "warm": ("Come and see", "Take a look around"),
        "plain": ("Go to the page", "Shop now"),
        "playful": ("Take me there", "Go on, then"),
        "premium": ("View the page", "See for yourself"),
    },
    "winback": {
        "any": ("See what you missed", "Come back for a look"),
        "warm": ("Come on in", "See you inside"),
        "plain": ("Have a look", "Visit us again"),
        "playful": ("I'm back", "Let me in"),
        "premium": ("Return for a visit", "Step inside"),
    },
    "launch": {
        "any": ("See what's new", "Look at the new arrivals"),
        "warm": ("Come and see", "Meet the new arrivals"),
        "plain": ("View new arrivals", "Have a look"),
        "playful": ("Show me the new stuff", "Let me at it"),
        "premium": ("View the new arrivals", "Be introduced"),
    },
    "service": {
        "any": ("See the details", "Read more"),
        "plain": ("Go to the page",),
    },
}

INTEREST_BRIDGES: Phrases = (
    "If you care about {x}, you are in the right place.",
    "We had {x} in mind when we wrote this.",
)
