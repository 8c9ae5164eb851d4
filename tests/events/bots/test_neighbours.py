from datetime import timedelta
from itertools import count

from events.bots import MailEvent, reasons_by_neighbours
from tests.factories.events import NOON

_ids = count(1)


def mail(kind, seconds, *, url="", mail=("u1", "d1"), is_decoy=False):
    return MailEvent(
        id=next(_ids),
        mail=mail,
        kind=kind,
        occurred_at=NOON + timedelta(seconds=seconds),
        url=url,
        is_decoy=is_decoy,
    )


def judged(*events):
    found = reasons_by_neighbours(events)
    return [sorted(found.get(event.id, ())) for event in events]


def test_three_links_within_two_seconds_are_a_scanners():
    clicks = [mail("clicked", 40 + at, url=f"l{at}") for at in (0, 0.5, 1.5, 30)]
    assert judged(*clicks) == [["burst"], ["burst"], ["burst"], []]


def test_a_scanner_that_takes_its_time_over_many_links_is_seen_whole():
    clicks = [mail("clicked", 40 + at / 2, url=f"l{at}") for at in range(10)]
    assert judged(*clicks) == [["burst"]] * 10


def test_the_same_link_again_and_again_is_an_impatient_person():
    clicks = [mail("clicked", 40 + at / 2, url="l1") for at in range(5)]
    assert judged(*clicks) == [[]] * 5


def test_links_of_different_mails_or_people_are_no_burst():
    mails = [("u1", "d1"), ("u1", "d2"), ("u2", "d1")]
    clicks = [mail("clicked", 40, url=f"l{at}", mail=each) for at, each in enumerate(mails)]
    assert judged(*clicks) == [[]] * 3


def test_nobody_reads_a_mail_before_it_is_there():
    events = [mail("delivered", 0), mail("opened", -5), mail("clicked", -60, url="l1")]
    assert judged(*events) == [[], ["before_delivery"], ["before_delivery"]]


def test_whole_seconds_of_two_clocks_may_differ_by_one():
    assert judged(mail("delivered", 0), mail("opened", -1)) == [[], ["at_delivery"]]


def test_nobody_is_quicker_than_two_seconds():
    events = [mail("delivered", 0), mail("opened", 1.9), mail("opened", 2.1)]
    assert judged(*events) == [[], ["at_delivery"], []]


def test_a_mail_without_a_delivery_says_nothing_of_when_it_came():
    assert judged(mail("opened", 0), mail("clicked", 3, url="l1")) == [[], []]


def test_whoever_follows_the_decoy_followed_the_other_links_too():
    decoy = mail("clicked", 100, url="d", is_decoy=True)
    near, far = mail("clicked", 10, url="l1"), mail("clicked", 500, url="l2")
    assert judged(near, decoy, far) == [["decoy_link"], ["decoy_link"], []]
