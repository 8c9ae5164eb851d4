"""By the name that the program itself gives. Pure.

It finds the honest ones: crawlers, previews, command-line tools. A scanner that calls itself a
browser is not found by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import crawleruseragents

# Mail programs fetch pictures through these when a person opens the mail, so it is a person's open.
FETCHES_FOR_A_PERSON = ("GoogleImageProxy", "YahooMailProxy")
# No honest name is longer, and a very long one would keep the patterns busy.
LONGEST_NAME = 512


@lru_cache(maxsize=4096)
def is_bot_name(user_agent: str) -> bool:
    """Whether a `User-Agent` is that of a known robot; an empty one says nothing.

    >>> is_bot_name("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    True
    >>> is_bot_name("Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)")
    False
    """
    name = user_agent[:LONGEST_NAME]
    if any(proxy in name for proxy in FETCHES_FOR_A_PERSON):
        return False
    return bool(crawleruseragents.is_crawler(name))


def is_bot_like(context: Mapping[str, Any]) -> bool:
    """Whether an event's context (Segment's shape) names a robot in `userAgent`.

    >>> is_bot_like({"userAgent": "curl/8.4.0"}), is_bot_like({})
    (True, False)
    """
    user_agent = context.get("userAgent")
    return isinstance(user_agent, str) and is_bot_name(user_agent)
