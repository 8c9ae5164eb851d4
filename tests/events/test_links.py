from uuid import uuid4

import pytest

from core.errors import InputRefused
from core.sealing import SealBroken
from events import links
from events.links import Mail

MAIL = Mail("ann@shop.example", uuid4(), "autumn", "d1", "urgency")


def token(address):
    return address.rpartition("/")[2].removesuffix(".gif")


def test_a_picture_a_link_and_a_way_out_say_which_mail_it_is():
    assert links.opened_mail(token(links.open_picture(MAIL))) == MAIL
    link = links.tracked_link(MAIL, "https://shop.example/a?b=c")
    assert links.followed_link(token(link)) == (MAIL, "https://shop.example/a?b=c", False)
    assert links.left_mail(token(links.unsubscribe_link(MAIL))) == MAIL


def test_addresses_begin_with_where_the_installation_is(settings):
    settings.PUBLIC_URL = "https://go.shop.example/"
    assert links.open_picture(MAIL).startswith("https://go.shop.example/o/")
    given = links.open_picture(MAIL, base_url="http://other.example")
    assert given.startswith("http://other.example/o/")


def test_a_link_does_not_show_who_it_was_sent_to():
    address = links.tracked_link(MAIL, "https://shop.example/")
    assert "ann" not in address
    assert "shop" not in token(address)


def test_one_kind_of_token_is_no_other():
    with pytest.raises(SealBroken):
        links.left_mail(token(links.open_picture(MAIL)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/inside",
        "ftp://shop.example/",
        "https://",
        "https://user@shop.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/a b",
        "https://[::1",
        "https://shop.example/" + "x" * 2_000,
        "",
    ],
)
def test_a_link_leads_to_a_web_address_only(url):
    with pytest.raises(InputRefused):
        links.tracked_link(MAIL, url)


def test_where_domains_are_named_a_link_leads_nowhere_else(settings):
    settings.LINK_DOMAINS = ["shop.example"]
    links.tracked_link(MAIL, "https://shop.example/")
    links.tracked_link(MAIL, "https://www.SHOP.example/")
    for url in ("https://evil.example/", "https://notshop.example/", "https://shop.example.evil/"):
        with pytest.raises(InputRefused):
            links.tracked_link(MAIL, url)


def test_a_link_made_before_its_domain_was_taken_off_the_list_leads_nowhere(settings):
    address = links.tracked_link(MAIL, "https://old.example/")
    settings.LINK_DOMAINS = ["shop.example"]
    with pytest.raises(InputRefused):
        links.followed_link(token(address))


def test_the_headers_of_rfc_8058():
    headers = links.list_unsubscribe(MAIL, base_url="https://go.example")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"]
    assert address.startswith("<https://go.example/u/")
    assert address.endswith(">")


def test_a_way_out_needs_to_know_whose():
    with pytest.raises(InputRefused, match="subject"):
        links.unsubscribe_link(Mail("u1"))
