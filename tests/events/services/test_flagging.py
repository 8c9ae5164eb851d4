from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.transactions import current_transaction
from events.models import Event
from events.services import bots_flag, bots_flag_news
from tests.factories.events import NOON, event
from tests.waiting import wait_until_readable

HOUR = timedelta(hours=1)


def happened(name, seconds, unit="u1", *, url="", **given):
    properties = {"delivery": "d1", **({"url": url} if url else {}), **given.pop("properties", {})}
    return event(
        unit_id=unit,
        name=name,
        occurred_at=NOON + timedelta(seconds=seconds),
        properties=properties,
        **given,
    )


def scanned(unit):
    """A mail that a scanner went through twenty seconds after its delivery."""
    happened("Email Delivered", 0, unit)
    return [happened("Email Link Clicked", 20 + at / 2, unit, url=f"l{at}") for at in range(4)]


def flag(**options):
    return bots_flag(since=NOON - HOUR, until=NOON + HOUR, **options)


def flag_news():
    wait_until_readable()
    return bots_flag_news(now=NOON + HOUR)


def reasons_of(events):
    kept = dict(Event.objects.values_list("pk", "bot_reasons"))
    return [kept[each.pk] for each in events]


@pytest.mark.django_db
class TestInHindsight:
    def test_a_scanners_clicks_are_flagged_and_a_persons_are_not(self):
        robot, person = scanned("u1"), [happened("Email Link Clicked", 300, "u2", url="l1")]
        report = flag()
        assert reasons_of(robot) == [["burst"]] * 4
        assert reasons_of(person) == [[]]
        clicks = next(day for day in report.days if day.name == "Email Link Clicked")
        assert (clicks.events, clicks.before, clicks.after) == (5, 0, 4)
        assert (report.changed, report.reasons) == (4, {"burst": 4})

    def test_again_it_changes_nothing(self):
        scanned("u1")
        flag()
        stamps = set(Event.objects.values_list("pk", "transaction_id"))
        assert flag().changed == 0
        assert set(Event.objects.values_list("pk", "transaction_id")) == stamps

    def test_what_holds_no_longer_is_taken_back(self):
        wrong = happened("Email Opened", 300, bot_reasons=["scanner_network"])
        report = flag()
        assert reasons_of([wrong]) == [[]]
        assert (report.days[0].before, report.days[0].after) == (1, 0)

    def test_a_dry_run_changes_nothing(self):
        robot = scanned("u1")
        assert flag(is_dry=True).changed == 4
        assert reasons_of(robot) == [[]] * 4

    def test_a_neighbour_outside_the_time_counts_as_neighbour(self):
        happened("Email Delivered", 7_200)
        early = happened("Email Opened", 60)
        flag()
        assert reasons_of([early]) == [["before_delivery"]]

    def test_readers_of_the_log_see_a_changed_event_again(self):
        robot = scanned("u1")
        Event.objects.update(transaction_id=1)
        flag()
        assert {e.transaction_id for e in Event.objects.filter(pk__in=[e.pk for e in robot])} == {
            current_transaction()
        }
        assert Event.objects.get(name="Email Delivered").transaction_id == 1

    def test_an_honest_robot_on_the_shops_pages_is_flagged_too(self):
        seen = happened("Product Viewed", 0, context={"userAgent": "curl/8.4.0"})
        flag()
        assert reasons_of([seen]) == [["robot_name"]]

    def test_the_command_shows_before_and_after(self):
        scanned("u1")
        out = StringIO()
        day = NOON.date().isoformat()
        call_command("flag_bots", since=day, until=day, stdout=out)
        text = out.getvalue()
        assert "4 events changed their reasons." in text
        assert "Three or more different links" in text
        call_command("flag_bots", since=day, until=day, dry_run=True, stdout=out)
        assert "0 events would change their reasons." in out.getvalue()

    @pytest.mark.parametrize(
        "options", [{"since": "soon"}, {"since": "2026-11-02", "until": "2026-11-01"}]
    )
    def test_the_command_refuses_a_time_that_is_none(self, options):
        with pytest.raises(CommandError):
            call_command("flag_bots", **options)


@pytest.mark.django_db(transaction=True)
class TestAsTheyCome:
    def test_only_mails_with_news_are_judged(self):
        robot = scanned("u1")
        assert flag_news() == 4
        # What was changed is news once more, and then no longer.
        assert flag_news() == 0
        other = scanned("u2")
        Event.objects.filter(pk=robot[0].pk).update(bot_reasons=[])
        assert flag_news() == 4
        assert reasons_of(other) == [["burst"]] * 4
        assert reasons_of(robot[:1]) == [[]]

    def test_a_click_that_comes_late_is_seen_with_its_neighbours(self):
        first = [happened("Email Link Clicked", 20 + at / 2, url=f"l{at}") for at in range(2)]
        assert flag_news() == 0
        happened("Email Link Clicked", 21, url="l9")
        assert flag_news() == 3
        assert reasons_of(first) == [["burst"]] * 2
        assert flag_news() == 0
