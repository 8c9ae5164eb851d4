import pytest

from audience.rule_checks import rule_check, segments_naming
from audience.rule_queries import MAX_SEGMENTS, contacts_matching
from audience.rules import parse_rule
from core.errors import InputRefused
from tests.factories.audience import NOON, clustering, contact, profile, rule_segment

pytestmark = pytest.mark.django_db


def refused(rule, *, key=""):
    with pytest.raises(InputRefused) as refusal:
        rule_check(rule, now=NOON, key=key)
    return refusal.value


def test_a_rule_over_other_segments_is_checked_through_them():
    rule_segment({"attribute": "age", "gte": 18}, "adults")
    rule_segment({"segment": "adults"}, "grown-ups")

    rule_check({"all": [{"segment": "grown-ups"}, {"segment": "adults"}]}, now=NOON, key="new")


def test_a_circle_is_refused_with_its_place_and_its_path():
    rule_segment({"not": {"segment": "c"}}, "b")
    rule_segment({"any": [{"cluster": 1}, {"segment": "a"}]}, "c")

    refusal = refused({"all": [{"everyone": True}, {"segment": "b"}]}, key="a")

    assert refusal.field == "all[1].segment"
    assert str(refusal) == "all[1].segment “a” leads back to itself: a → b → c → a"


def test_a_segment_cannot_name_itself():
    rule_segment({"everyone": True}, "a")

    assert "a → a" in str(refused({"segment": "a"}, key="a"))


def test_a_circle_that_closed_since_is_refused_when_it_is_counted():
    rule_segment({"segment": "b"}, "a")
    rule_segment({"segment": "a"}, "b")

    with pytest.raises(InputRefused, match="leads back to itself: a → b → a"):
        contacts_matching(parse_rule({"segment": "a"}), now=NOON).count()


def test_a_segment_that_is_not_there_is_named():
    refusal = refused({"not": {"segment": "nobody"}})

    assert str(refusal) == "not.segment “nobody” is not the key of a segment: choose one that is"


def test_segments_that_branch_without_end_are_refused_before_they_are_followed():
    rule_segment({"everyone": True}, "s0")
    for number in range(1, 9):
        rule_segment({"all": [{"segment": f"s{number - 1}"}] * 100}, f"s{number}")

    assert "more than 50 segments" in str(refused({"segment": "s8"}))


def test_many_segments_are_too_many_though_each_is_fine():
    rule_segment({"everyone": True}, "s0")
    rule_check({"any": [{"segment": "s0"}] * MAX_SEGMENTS}, now=NOON)

    assert "more than 50 segments" in str(refused({"any": [{"segment": "s0"}] * 51}))


def test_a_segment_of_a_cluster_can_be_named():
    fitted = clustering(0)
    profile(contact("ann"), cluster=fitted.clusters.get())
    contact("ben")
    made = rule_segment({"everyone": True}, "c")
    made.kind, made.rule, made.cluster = "cluster", None, fitted.clusters.get()
    made.save()

    found = contacts_matching(parse_rule({"not": {"segment": "c"}}), now=NOON)

    assert [one.external_id for one in found] == ["ben"]


def test_who_names_a_segment_is_known():
    rule_segment({"everyone": True}, "a")
    naming = rule_segment({"all": [{"not": {"segment": "a"}}]}, "b")

    assert segments_naming("a") == [naming]
    assert segments_naming("b") == []
