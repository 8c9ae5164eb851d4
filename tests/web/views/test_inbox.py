"""The inbox, and the page that puts a chat on other pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assistant import services
from assistant.identity import identity_secret
from assistant.models import Conversation, Feedback, Message
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def base():
    return make.knowledge_base(key="help", name="Shop help", is_published=True)


def waiting(base, question, *, minutes, unit_id=""):
    at = timezone.now() - timedelta(minutes=minutes)
    conversation = services.conversation_start(base, unit_id=unit_id, now=at)
    Message.objects.create(conversation=conversation, role="visitor", text=question, said_at=at)
    services.conversation_hand_over(conversation, now=at)
    return conversation


@pytest.fixture
def olivia(client, owner):
    client.force_login(owner)
    return client


def page_of(conversation, name="inbox_conversation"):
    return reverse(f"web:{name}", args=[conversation.pk])


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_more_visitors_and_more_words_take_no_more_queries(olivia, base, owner):
    one = waiting(base, "Late parcel?", minutes=5)
    pages = [reverse("web:inbox_list"), page_of(one, "inbox_transcript")]
    before = [queries_of(olivia, page) for page in pages]
    for number in range(3):
        waiting(base, f"Late parcel {number}?", minutes=5)
        services.conversation_reply(one, f"It left {number} days ago.", actor=owner, now=NOW)
    assert [queries_of(olivia, page) for page in pages] == before


def test_who_waits_longest_stands_first_with_what_they_said_last(olivia, base):
    waiting(base, "Late parcel?", minutes=5)
    waiting(base, "Wrong size?", minutes=90, unit_id="customer-7")
    services.conversation_start(base, now=NOW)
    shown = olivia.get(reverse("web:inbox_list")).content.decode()
    assert 0 < shown.index("Wrong size?") < shown.index("Late parcel?")
    assert "customer-7" in shown
    assert "1\xa0hour, 30\xa0minutes" in shown


def test_an_empty_inbox_says_so(olivia):
    assert b"Nobody waits" in olivia.get(reverse("web:inbox")).content


def test_a_transcript_shows_sources_thumbs_and_clicks_escaped(olivia, base):
    conversation = waiting(base, "<b>Returns?</b>", minutes=5)
    answer = Message.objects.create(
        conversation=conversation,
        role="assistant",
        outcome="answered",
        text="Free.",
        sentences=[{"text": "Free.", "sources": [1]}],
        sources=[{"number": 1, "document": "returns.md", "heading": "Cost <i>", "url": ""}],
        said_at=NOW,
    )
    Feedback.objects.create(message=answer, is_helpful=False, reason="outdated", note="<u>old</u>")
    services.click_keep(answer, 1, now=NOW)
    shown = olivia.get(page_of(conversation, "inbox_transcript")).content.decode()
    for said in ("&lt;b&gt;Returns?", "Cost &lt;i&gt;", "&lt;u&gt;old", "not helpful: outdated"):
        assert said in shown
    assert '<span class="cl-mark">opened</span>' in shown


def test_staff_say_what_a_visitor_meant(olivia, base, owner):
    conversation = waiting(base, "Late <b>parcel</b>?", minutes=5)
    late = base.intents.create(name="Where an order is", examples="where is it")
    [said] = conversation.messages.filter(role="visitor")
    address = reverse("web:meaning", args=[said.pk])
    assert address in olivia.get(page_of(conversation, "inbox_transcript")).content.decode()
    assert "Late &lt;b&gt;parcel&lt;/b&gt;?" in olivia.get(address).content.decode()
    assert b"choose what it was" in olivia.post(address, {"intent": ""}).content
    for intent, words in ((late.pk, "Where an order is"), ("documents", "for the documents")):
        olivia.post(address, {"intent": intent})
        assert words in olivia.get(page_of(conversation, "inbox_transcript")).content.decode()
    assert said.learnt_example.decided_by == owner


def test_two_people_take_it_and_the_second_is_told_who_has_it(olivia, base, teammate, client):
    conversation = waiting(base, "Late parcel?", minutes=5)
    olivia.post(page_of(conversation, "inbox_take"))
    client.force_login(teammate)
    told = client.post(page_of(conversation, "inbox_take"), follow=True).content.decode()
    assert "olivia has it" in told
    assert "olivia answers this visitor" in told
    assert "Your reply" not in told


def test_a_reply_that_is_refused_is_still_in_the_field(olivia, base, teammate):
    conversation = waiting(base, "Late parcel?", minutes=5)
    page = olivia.get(page_of(conversation))
    assert b"Your reply" in page.content
    olivia.post(page_of(conversation, "inbox_reply"), {"text": "  "})
    services.conversation_take(conversation, actor=teammate)
    olivia.post(page_of(conversation, "inbox_reply"), {"text": "It left on Monday."})
    services.conversation_release(conversation, actor=teammate)
    shown = olivia.get(page_of(conversation)).content.decode()
    assert "It left on Monday.</textarea>" in shown
    assert "theo has it" in shown
    assert not Message.objects.filter(role="staff").exists()


@pytest.mark.parametrize(
    ("step", "status"), [("inbox_solve", "resolved"), ("inbox_return", "open")]
)
def test_it_is_ended_from_the_page(olivia, base, step, status):
    conversation = waiting(base, "Late parcel?", minutes=5)
    answer = olivia.post(page_of(conversation, step))
    assert answer["Location"] == reverse("web:inbox")
    assert Conversation.objects.get().status == status
    again = olivia.post(page_of(conversation, step), follow=True)
    assert b"does not wait for a person" in again.content


def test_looking_at_campaigns_gives_no_right_to_the_inbox(client, stranger, base):
    stranger.user_permissions.set(
        Permission.objects.filter(codename__in=["view_conversation", "change_conversation"])
    )
    client.force_login(stranger)
    conversation = waiting(base, "Late parcel?", minutes=5)
    assert client.get(page_of(conversation)).status_code == 403
    assert client.post(page_of(conversation, "inbox_reply"), {"text": "Hi"}).status_code == 403
    assert reverse("web:inbox") not in client.get("/admin/").content.decode()


def test_the_sidebar_counts_who_waits(olivia, base):
    waiting(base, "Late parcel?", minutes=5)
    page = olivia.get(reverse("web:inbox"))
    groups = page.context["sidebar_navigation"]
    [entry] = [one for group in groups for one in group["items"] if one["title"] == "Inbox"]
    assert str(entry["badge_callback"]) == "1"


def test_the_secret_shows_to_who_may_change_the_base_alone(client, owner, stranger, base):
    stranger.user_permissions.set(Permission.objects.filter(codename="view_knowledgebase"))
    client.force_login(stranger)
    page = reverse("web:embed", args=[base.pk])
    seen = client.get(page).content.decode()
    assert "data-base=&quot;help&quot;" in seen
    assert identity_secret(base) not in seen
    assert client.post(reverse("web:embed_secret", args=[base.pk])).status_code == 403
    client.force_login(owner)
    before = identity_secret(base)
    assert before in client.get(page).content.decode()
    client.post(reverse("web:embed_secret", args=[base.pk]))
    base.refresh_from_db()
    assert before not in client.get(page).content.decode()
    assert identity_secret(base) in client.get(page).content.decode()


def test_origins_are_judged_in_the_admin_too(client, admin_user, base):
    client.force_login(admin_user)
    page = reverse("admin:assistant_knowledgebase_change", args=[base.pk])
    with_forms = client.get(page).context
    shown = with_forms["adminform"].form
    given = {name: shown[name].value() for name in shown.fields}
    for inline in with_forms["inline_admin_formsets"]:
        management = inline.formset.management_form
        given |= {management.add_prefix(name): management[name].value() for name in
                  management.fields}  # fmt: skip
    given = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    refused = client.post(page, given | {"allowed_origins": "shop.example"})
    assert "is not like https://shop.example" in refused.content.decode()
    kept = client.post(page, given | {"allowed_origins": "https://Shop.example/"})
    assert kept.status_code == 302, kept.context["errors"]
    base.refresh_from_db()
    assert base.allowed_origins == ["https://shop.example"]


@pytest.mark.parametrize(
    ("at", "connected"),
    [
        ("", "connect-src http://testserver\n"),
        ("http://testserver", "connect-src http://testserver\n"),
        ("https://hear.example/", "connect-src http://testserver https://hear.example\n"),
    ],
)
def test_the_policy_to_paste_lets_the_chat_hear_of_replies(olivia, base, settings, at, connected):
    settings.ASSISTANT_STREAM_URL = at
    answer = olivia.get(reverse("web:embed", args=[base.pk]))
    snippets = {one.key: one.text for one in answer.context["snippets"]["page"]}
    assert connected in snippets["policy"] + "\n"
    allowed = answer.headers["Content-Security-Policy"].split("; ")
    assert next(one for one in allowed if one.startswith("connect-src")).split() == [
        "connect-src",
        "'self'",
        *([at.rstrip("/")] if at else []),
    ]


def test_an_unpublished_base_shows_no_chat_that_would_not_answer(olivia):
    base = make.knowledge_base(key="draft")
    shown = olivia.get(reverse("web:embed", args=[base.pk])).content.decode()
    assert "answers nobody yet" in shown
    assert "widget.js?v=" not in shown
