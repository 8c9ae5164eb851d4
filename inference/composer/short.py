"""What short channels add to a line: the news in a few words, the offer, the way there."""

from __future__ import annotations

from collections.abc import Mapping

from inference.composer.inventory import ByTone, Phrases

SHORT_NEWS: Mapping[str, ByTone] = {
    "recommendation": {
        "any": ("Our picks are on one page.", "Picked with you in mind.", "A selection for you."),
        "warm": ("We chose these with care.", "We think you will like them."),
        "plain": ("One page, our picks.", "Compare and choose."),
        "playful": ("We may have gone overboard.", "Picked by people with opinions."),
        "premium": ("Selected with care.", "Chosen for an attentive eye."),
    },
    "promotion": {
        "any": ("It is all on one page.", "Come and take a look.", "See what we have for you."),
        "warm": ("Come in and look around.", "Take your time."),
        "plain": ("Details on the page.", "Open the page to see."),
        "playful": ("Go on, have a peek.", "Your thumb knows what to do."),
        "premium": ("You are invited to look.", "We look forward to your visit."),
    },
    "winback": {
        "any": ("It has been a while.", "Good to have you back, any time.", "Come and see again."),
        "warm": ("We have missed you.", "We would love to see you again."),
        "plain": ("Come back for a look.", "You have not been by for a while."),
        "playful": ("We kept your seat warm.", "Long time no click."),
        "premium": ("You would be most welcome back.", "We would be pleased to see you again."),
    },
    "launch": {
        "any": (
            "Our new arrivals are in.",
            "Newly arrived, all on one page.",
            "New things are in.",
        ),
        "warm": ("The new arrivals can't wait to meet you.", "Come and meet our new arrivals."),
        "plain": ("New arrivals: see the page.", "There is something new to see."),
        "playful": ("Fresh out of the box.", "New stuff has landed."),
        "premium": ("The new collection awaits you.", "Be introduced to our new arrivals."),
    },
    "service": {
        "any": ("The details are on one page.", "Questions? We are happy to help."),
        "warm": ("We are here whenever you need us.",),
        "plain": ("Read more on the page.",),
        "playful": ("Consider us your helpful neighbours.",),
        "premium": ("We remain at your service.",),
    },
}
SHORT_GREETINGS: ByTone = {
    "any": ("{name}, ",),
    "warm": ("Hello {name}. ", "Hi {name}. "),
    "plain": ("Hello {name}. ",),
    "playful": ("Hey {name}! ",),
    "premium": ("Good day, {name}. ",),
}
SHORT_OFFERS: ByTone = {
    "any": ("For you: {offer}.", "The offer: {offer}."),
    "warm": ("A treat from us: {offer}.",),
    "plain": ("You get: {offer}.",),
    "playful": ("The cherry on top: {offer}.",),
    "premium": ("With our compliments: {offer}.",),
}
SHORT_CODES: Phrases = ("Code: {code}.", "Use code {code}.")
SHORT_EXPIRIES: Phrases = ("Valid until {expires}.", "Until {expires}.")
SHORT_PRODUCTS: Phrases = ("Start with {product}.", "Our pick: {product}.", "See {product}.")
SHORT_LINKS: Phrases = ("{url}", "See: {url}", "Here: {url}")

MORE_CALLS: Mapping[str, ByTone] = {
    "recommendation": {
        "any": ("See our picks", "Take a look", "Find yours"),
        "warm": ("Find your favourite", "Have a browse"),
        "plain": ("See the list", "Compare and choose"),
        "playful": ("Pick me one", "Ooh, show me"),
        "premium": ("See the choice", "Browse at leisure"),
    },
    "promotion": {
        "any": ("See the page", "Take a look", "Browse now"),
        "warm": ("Have a browse", "Treat yourself"),
        "plain": ("See the offer page", "Look now"),
        "playful": ("Yes, please", "Count me in"),
        "premium": ("Explore", "Accept the invitation"),
    },
    "winback": {
        "any": ("Come back in", "Take another look", "Catch up with us"),
        "warm": ("Come and say hello", "Drop by again"),
        "plain": ("See the page", "Look again"),
        "playful": ("Fine, I'm in", "Where were we?"),
        "premium": ("Visit us again", "Look in again"),
    },
    "launch": {
        "any": ("Take a first look", "See the new arrivals", "Explore what's new"),
        "warm": ("Say hello to new", "Come and meet them"),
        "plain": ("See what is new", "Open the page"),
        "playful": ("Ooh, new", "Unbox with us"),
        "premium": ("Explore the new", "A first look"),
    },
    "service": {
        "any": ("Learn more", "Get the details", "Find your answer"),
        "warm": ("We can help", "Ask away"),
        "plain": ("See the answers", "Open the page"),
        "playful": ("Help me out", "Tell me more"),
        "premium": ("At your service", "View the details"),
    },
}
