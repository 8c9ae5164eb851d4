from __future__ import annotations

import pytest

from events.bots import LONGEST_NAME, is_bot_like, is_bot_name

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/130.0.0.0 Safari/537.36",
    "curl/8.4.0",
    "python-requests/2.31.0",
]
PEOPLE = [
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 9; CUBOT P30) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/90.0.4430.91 Mobile Safari/537.36",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13001; Pro)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.3.1",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "",
]


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_that_say_so_are_known(name):
    assert is_bot_name(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_browsers_and_mail_programs_are_people(name):
    assert not is_bot_name(name)


def test_an_event_is_judged_by_the_user_agent_of_its_context():
    assert is_bot_like({"userAgent": "curl/8.4.0"})
    assert not is_bot_like({"userAgent": CHROME})


@pytest.mark.parametrize("context", [{}, {"userAgent": None}, {"userAgent": 7}, {"userAgent": {}}])
def test_an_event_that_names_no_program_is_no_robots(context):
    assert not is_bot_like(context)


def test_a_name_without_end_is_cut_before_it_is_judged():
    assert not is_bot_name("x" * LONGEST_NAME + " curl/8.4.0")
