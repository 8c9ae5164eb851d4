"""What belongs to a tone whatever the angle: greeting, offer, link, farewell."""

from __future__ import annotations

from collections.abc import Mapping

from inference.composer.inventory import ByTone

GREETINGS: ByTone = {
    "warm": ("Hello {name},", "Hi {name},"),
    "plain": ("Hello {name},", "Hi {name},"),
    "playful": ("Hey {name},", "Hi {name},"),
    "premium": ("Hello {name},", "Good day, {name},"),
}
NAMELESS_GREETINGS: ByTone = {
    "warm": ("Hello there,", "Hello,"),
    "plain": ("Hello,",),
    "playful": ("Hey there,", "Hi there,"),
    "premium": ("Hello,", "Good day,"),
}
# A colon takes any wording of an offer; the running sentence only one in lower case.
OFFERS: ByTone = {
    "any": ("Here is the offer: {offer}.",),
    "warm": ("And a little something from us: {offer}.", "For you: {offer}."),
    "plain": ("The offer: {offer}.", "What you get: {offer}."),
    "playful": ("Also, there is this: {offer}.", "The cherry on top: {offer}."),
    "premium": ("With our compliments: {offer}.", "It comes with the following: {offer}."),
}
RUNNING_OFFERS: ByTone = {
    "any": ("It comes with {offer}.",),
    "warm": ("We would love you to enjoy {offer}.",),
    "plain": ("You get {offer}.",),
    "playful": ("Have we mentioned {offer}? We have now.",),
    "premium": ("We are pleased to offer you {offer}.",),
}
CODES: ByTone = {
    "any": ("Use code {code} at checkout.", "The code is {code}."),
    "warm": ("Just enter {code} at checkout.",),
    "plain": ("Code: {code}.",),
    "playful": ("The magic word is {code}.",),
    "premium": ("Kindly use {code} at checkout.",),
}
EXPIRIES: ByTone = {
    "any": ("It is valid until {expires}.",),
    "plain": ("Valid until {expires}.",),
    "playful": ("It is good until {expires}.",),
}
PRODUCTS: ByTone = {
    "any": ("You could start with {product}.",),
    "warm": ("We would start with {product}.",),
    "plain": ("Start with {product}.",),
    "playful": ("Exhibit A: {product}.",),
    "premium": ("May we draw your attention to {product}.",),
}
LINKS: ByTone = {
    "any": ("Have a look: {url}", "See for yourself: {url}"),
    "warm": ("Come on in: {url}", "It is all here: {url}"),
    "plain": ("Here is the link: {url}", "Go to the page: {url}"),
    "playful": ("This way, please: {url}", "Off you go: {url}"),
    "premium": ("You will find it here: {url}", "We look forward to your visit: {url}"),
}
FAREWELLS: ByTone = {
    "warm": ("Warmly,", "Take care,", "With warm wishes,"),
    "plain": ("Regards,", "Kind regards,", "Until soon,"),
    "playful": ("See you there,", "Cheers,", "Over to you,"),
    "premium": ("Sincerely,", "With kind regards,", "Yours sincerely,"),
}
# A template that uses a tag more than once keeps it as often: these lines carry the further ones.
FURTHER: Mapping[str, str] = {
    "name": "It is good to have you here, {name}.",
    "offer": "Once more, so that it is easy to find: {offer}.",
    "code": "The code again: {code}.",
    "expires": "The date again: {expires}.",
    "product": "To say it once more: {product}.",
    "url": "And here is the link once more: {url}",
    "brand": "With greetings from {brand}.",
    "terms": "{terms}",
}
