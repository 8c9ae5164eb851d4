"""What the chat asks beside questions: what was said, clicks, whether it is solved, and by whom."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest
from django.utils import timezone

from assistant import services
from assistant.identity import identity_secret
from assistant.models import Click, Conversation, Message
from catalog.models import Product
from core.quick_redis import quick_redis
from events.models import Event
from tests.assistant.test_api import ask, base, nobody_waits  # noqa: F401
from tests.factories.catalog import product

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(base, ask):  # noqa: F811
    return ask("Are returns free?").json()


def signed(base, unit_id, until):  # noqa: F811
    """As a shop's server signs it, by the words of the documentation."""
    secret = identity_secret(base).encode()
    signature = hmac.new(secret, f"{until}.{unit_id}".encode(), hashlib.sha256).hexdigest()
    return {"unit_id": unit_id, "unit_until": until, "unit_signature": signature}


def soon():
    return int(time.time()) + 600


def test_a_visitor_reads_their_conversation_back(answered, ask):  # noqa: F811
    given = {"conversation": answered["conversation"]}
    ask("", "feedback", helpful=False, message=answered["message"], **given)
    whole = ask("", "conversations", **given).json()
    question, answer = whole["messages"]
    assert (whole["status"], question["role"], question["text"]) == (
        "open", "visitor", "Are returns free?",
    )  # fmt: skip
    assert (answer["message"], answer["helpful"]) == (answered["message"], False)
    assert answer["sentences"] == answered["sentences"]
    assert answer["sources"] == answered["sources"]


def test_replies_of_staff_come_after_what_is_known_and_the_visitors_own_words_do_not(
    answered, ask, owner  # noqa: F811
):  # fmt: skip
    given = {"conversation": answered["conversation"]}
    waiting = ask("", "hand-over", **given).json()
    again = ask("Anybody there?", **given).json()
    assert again["message"] == waiting["message"]
    conversation = Conversation.objects.get()
    owner.first_name = "Olivia"
    owner.save()
    services.conversation_reply(conversation, "Hello!", actor=owner, now=timezone.now())
    news = ask("", "conversations", after=waiting["message"], **given).json()
    assert news["status"] == "handed_over"
    assert {one["role"] for one in news["messages"]} == {"assistant", "staff"}
    assert (news["messages"][-1]["text"], news["messages"][-1]["by"]) == ("Hello!", "Olivia")


@pytest.mark.parametrize("after", ["7", "00000000-0000-4000-8000-000000000000"])
def test_reading_back_refuses_what_is_not_of_the_conversation(answered, ask, after):  # noqa: F811
    answer = ask("", "conversations", conversation=answered["conversation"], after=after)
    assert (answer.status_code, answer.json()["field"]) == (400, "after")
    assert ask("", "conversations").json()["field"] == "conversation"


def test_a_click_is_kept_once(answered, ask):  # noqa: F811
    given = {"conversation": answered["conversation"], "message": answered["message"]}
    for _ in range(2):
        assert ask("", "clicks", number=1, **given).json() == {"kept": True}
    click = Click.objects.get()
    assert (str(click.message_id), click.number, click.is_product) == (
        answered["message"], 1, False,
    )  # fmt: skip
    for wrong in (7, "1", True, None):
        assert ask("", "clicks", number=wrong, **given).json()["field"] == "number"


@pytest.mark.parametrize(("solved", "status"), [(True, "resolved"), (False, "unresolved")])
def test_a_visitor_says_whether_it_is_solved(answered, ask, solved, status):  # noqa: F811
    given = {"conversation": answered["conversation"]}
    assert ask("", "resolved", solved=solved, **given).json()["status"] == status
    assert ask("", "resolved", solved="yes", **given).json()["field"] == "solved"


def test_who_waits_for_a_person_is_not_taken_off_the_list_by_saying_no(answered, ask):  # noqa: F811
    given = {"conversation": answered["conversation"]}
    ask("", "hand-over", **given)
    assert ask("", "resolved", solved=False, **given).json()["status"] == "handed_over"
    assert ask("", "resolved", solved=True, **given).json()["status"] == "resolved"


def test_a_person_may_be_asked_for_before_anything_else(base, ask):  # noqa: F811
    answer = ask("", "hand-over").json()
    assert answer["outcome"] == "handed_over"
    assert str(Conversation.objects.get().pk) == answer["conversation"]


def test_a_signed_visitor_is_known(base, ask):  # noqa: F811
    ask("Are returns free?", **signed(base, "customer-1", soon()))
    assert Conversation.objects.get().unit_id == "customer-1"


@pytest.mark.parametrize("flaw", ["bare", "other name", "over", "too far", "other base", "renewed"])
def test_anybody_else_is_a_stranger(base, ask, owner, flaw):  # noqa: F811
    from tests.factories import assistant as make

    given = {
        "bare": {"unit_id": "customer-1"},
        "other name": signed(base, "customer-2", soon()) | {"unit_id": "customer-1"},
        "over": signed(base, "customer-1", int(time.time()) - 1),
        "too far": signed(base, "customer-1", int(time.time()) + 3 * 86_400),
        "other base": signed(make.knowledge_base(), "customer-1", soon()),
        "renewed": signed(base, "customer-1", soon()),
    }[flaw]
    services.identity_renew(base, actor=owner)
    assert ask("Are returns free?", **given).status_code == 200
    assert Conversation.objects.get().unit_id == ""


def test_who_logs_in_keeps_their_conversation_and_nobody_else_gets_it(base, answered, ask):  # noqa: F811
    given = {"conversation": answered["conversation"]}
    assert ask("Is it?", **given, **signed(base, "ann", soon())).status_code == 200
    assert Conversation.objects.get().unit_id == "ann"
    other = ask("", "conversations", **given, **signed(base, "ben", soon()))
    assert (other.status_code, other.json()["field"]) == (400, "conversation")


def test_what_visitors_do_is_in_the_event_log_once(answered, ask):  # noqa: F811
    given = {"conversation": answered["conversation"]}
    judged = {"message": answered["message"], **given}
    for _ in range(2):
        ask("", "feedback", helpful=False, **judged)
        ask("", "feedback", helpful=False, reason="missing", **judged)
        ask("", "clicks", number=1, **judged)
        ask("", "hand-over", **given)
        ask("", "resolved", solved=True, **given)
    happened = Event.objects.exclude(name="assistant_answered").values_list("name", "value")
    assert sorted(happened) == [
        ("assistant_feedback", 0),
        ("assistant_handed_over", None),
        ("assistant_resolved", None),
        ("assistant_source_clicked", None),
    ]
    assert set(Event.objects.values_list("unit_id", flat=True)) == {answered["conversation"]}


def test_a_product_among_the_sources_comes_with_its_price_of_now(answered, ask):  # noqa: F811
    """The answer is kept once; what the product costs is the catalog's at every look."""
    dress = product(external_id="d1", title="Linen dress", price="79.00", stock_quantity=3)
    answer = Message.objects.get(pk=answered["message"])
    answer.sources = [{"number": 1, "kind": "catalog", "product": "d1", "document": "Linen dress"}]
    answer.save()
    given = {"conversation": answered["conversation"]}
    Product.objects.filter(pk=dress.pk).update(sale_price="59.00", in_stock=False)
    [source] = ask("", "conversations", **given).json()["messages"][1]["sources"]
    card = source["card"]
    assert (card["price"], card["regular_price"], card["in_stock"]) == ("59.00", "79.00", False)
    assert "cost" not in card
    ask("", "clicks", number=1, message=answered["message"], **given)
    clicked = Event.objects.get(name="assistant_product_clicked")
    assert clicked.properties["product"] == "d1"
    Product.objects.all().delete()
    [source] = ask("", "conversations", **given).json()["messages"][1]["sources"]
    assert "card" not in source


def test_looking_has_a_limit_of_its_own(answered, ask, settings):  # noqa: F811
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 2
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)
    looks = [ask("", "conversations", conversation=answered["conversation"]) for _ in range(31)]
    assert [one.status_code for one in looks].count(200) == 30
    assert looks[-1].status_code == 429
    assert ask("Are returns free?").status_code == 200


# One process: two that count the same addresses would count for each other.
@pytest.mark.xdist_group("visitor-limits")
@pytest.mark.parametrize(
    ("proxies", "forwarded", "is_limited"),
    [
        (0, ["1.1.1.1", "2.2.2.2"], True),
        (1, ["1.1.1.1", "2.2.2.2"], False),
        (1, ["6.6.6.6, 1.1.1.1", "7.7.7.7, 1.1.1.1"], True),
        (2, ["1.1.1.1, 9.9.9.9", "2.2.2.2, 9.9.9.9"], False),
        (1, ["2001:db8::1", "2001:db8::2"], True),
        (2, ["1.1.1.1", "2.2.2.2"], True),
    ],
)
def test_a_visitor_is_whom_our_outermost_proxy_saw(
    base, ask, settings, proxies, forwarded, is_limited  # noqa: F811
):  # fmt: skip
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 1
    settings.TRUSTED_PROXIES = proxies
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)
    answers = [ask("Hello?", headers={"X-Forwarded-For": seen}) for seen in forwarded]
    assert answers[0].status_code == 200
    assert (answers[1].status_code == 429) is is_limited
