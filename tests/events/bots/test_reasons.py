from decimal import Decimal

import pytest

from events.bots import MEANINGS, event_reasons
from events.bots.networks import Networks, Ranges, network_of
from events.known_networks import known_networks
from tests.events.bots.test_agents import CHROME

SCANNER = "209.222.82.14"


def reasons(name="Email Opened", *, value=None, kind="track", networks=None, said=None, **context):
    return list(
        event_reasons(
            kind=kind,
            name=name,
            value=value,
            properties=said or {},
            context=context,
            networks=networks,
        )
    )


def test_a_persons_open_has_no_reason():
    assert reasons(userAgent=CHROME, ip="203.0.113.7") == []
    assert reasons() == []


def test_apples_privacy_is_an_open_of_nobody_and_the_same_name_on_a_click_a_scanner():
    assert reasons(userAgent="Mozilla/5.0") == ["apple_mpp"]
    assert reasons("Email Link Clicked", userAgent="Mozilla/5.0") == ["bare_name"]


def test_gmails_proxy_fetches_for_a_person():
    agent = (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
    )
    assert reasons(userAgent=agent) == []


@pytest.mark.parametrize(
    "said",
    [
        {"sg_machine_open": True},
        {"is_suspected_bot_click": True},
        {"machine": "apple"},
        {"isBot": "true"},
        {"is_prefetched": 1},
    ],
)
def test_the_tools_own_word_is_taken(said):
    assert reasons(said=said) == ["tool_says_so"]


@pytest.mark.parametrize(
    "said",
    [{"machine": "gmail"}, {"isBot": False}, {"isBot": "false"}, {"bot": {}}, {"machine": None}],
)
def test_a_tool_that_says_no_is_believed(said):
    assert reasons(said=said) == []


def test_klaviyo_names_apple():
    assert reasons("Opened Email", said={"Apple Privacy Open": "true"}) == [
        "apple_mpp",
        "tool_says_so",
    ]


def test_a_scanners_network_is_known_by_its_addresses_and_by_what_is_kept_of_them():
    assert reasons(ip=SCANNER, networks=known_networks()) == ["scanner_network"]
    assert reasons(network=network_of(SCANNER), networks=known_networks()) == ["scanner_network"]
    assert reasons(ip=f"::ffff:{SCANNER}", networks=known_networks()) == ["scanner_network"]


def test_what_was_worth_money_is_a_persons():
    assert reasons("Order Completed", userAgent="curl/8.4.0", value=Decimal(10)) == []
    assert reasons("Order Completed", userAgent="curl/8.4.0") == ["robot_name"]


@pytest.mark.parametrize("name", ["Unsubscribed", "Email Marked as Spam", "Email Bounced"])
def test_who_wants_no_more_is_heard_whatever_they_use(name):
    assert reasons(name, userAgent="curl/8.4.0") == []


def test_identify_is_nobodys_deed():
    assert reasons("", kind="identify", userAgent="curl/8.4.0") == []


def test_every_reason_has_a_meaning():
    networks = Networks(scanners=Ranges(["10.0.0.0/8"]), apple_relay=Ranges(["10.0.0.0/8"]))
    found = reasons(
        said={"isDecoy": True, "isBot": True},
        userAgent="curl/8.4.0",
        ip="10.1.2.3",
        method="HEAD",
        networks=networks,
    )
    assert len(found) == 6
    assert set(found) <= MEANINGS.keys()


def test_files_of_networks_are_added(settings, tmp_path):
    own, apple = tmp_path / "own.txt", tmp_path / "apple.csv"
    own.write_text("# ours\n198.51.100.0/24 Example Scanner\n\n")
    apple.write_text("172.224.226.0/27,GB,GB-EN,London,\n2a02:26f7::/32,US,US-CA,Cupertino,\n")
    settings.SCANNER_NETWORKS_FILE, settings.APPLE_RELAY_FILE = str(own), str(apple)
    assert reasons(ip="198.51.100.9", networks=known_networks()) == ["scanner_network"]
    assert reasons(ip=SCANNER, networks=known_networks()) == ["scanner_network"]
    assert reasons(ip="2a02:26f7:1::9", networks=known_networks()) == ["apple_mpp"]
    # People browse through the same relay: a click from there is theirs.
    assert reasons("Email Link Clicked", ip="172.224.226.5", networks=known_networks()) == []


def test_ranges_that_touch_and_overlap_are_one():
    ranges = Ranges(["10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/30", "192.0.2.1/32"])
    inside = ["10.0.0.0", "10.0.0.127", "10.0.0.255", "192.0.2.1"]
    outside = ["9.255.255.255", "10.0.1.0", "192.0.2.0", "192.0.2.2", "::1", "nonsense", None, 7]
    assert all(address in ranges for address in inside)
    assert not any(address in ranges for address in outside)
