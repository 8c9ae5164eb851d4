"""The chat in a real browser: on a shop's page of another origin, under the strictest policy."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from assistant import services
from assistant.identity import identity_secret, identity_signature
from assistant.models import Click, Conversation, Feedback, KnowledgeBase, Message
from assistant.understanding.speaking import Voice, language_of
from catalog.models import Product
from core.quick_redis import quick_redis
from tests.factories.catalog import product
from tests.web.pages import ask, log_of, open_chat
from tests.web.shop_page import shop_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTION = "Can I return a dress?"


def test_from_a_question_to_a_persons_answer(visitor, staff, shop_help):
    chat = open_chat(visitor)
    ask(visitor, QUESTION)
    log_of(visitor).get_by_text("You can return a dress within 30 days.").wait_for()
    source = chat.get_by_role("list", name="Sources").get_by_role("link")
    assert source.first.get_attribute("href") == "https://shop.example/help"
    assert source.first.get_attribute("rel") == "noopener"

    ask(visitor, "And what does it cost?")
    log_of(visitor).get_by_text("Returns are free.").wait_for()

    chat.get_by_role("button", name="Not helpful").last.click()
    chat.get_by_role("button", name="Something is missing").click()
    chat.get_by_role("textbox", name="Tell us more").fill("Who pays for the parcel?")
    with visitor.expect_response(lambda answer: "parcel" in (answer.request.post_data or "")):
        chat.get_by_role("button", name="Send note").click()
    kept = Feedback.objects.get()
    assert (kept.is_helpful, kept.reason, kept.note) == (
        False, "missing", "Who pays for the parcel?",
    )  # fmt: skip
    assert kept.message.looked_for == f"{QUESTION} And what does it cost?"

    chat.get_by_role("button", name="Talk to a person").first.click()
    log_of(visitor).get_by_text("A person will answer you here").wait_for()
    staff.goto("/assistant/inbox/")
    staff.get_by_role("link", name="And what does it cost?").click()
    staff.get_by_text("not helpful: something is missing").wait_for()
    staff.get_by_role("button", name="I take it").click()
    staff.get_by_label("Your reply").fill("We pay for it.")
    staff.get_by_role("button", name="Send").click()
    log_of(visitor).get_by_text("We pay for it.").wait_for()

    ask(visitor, "Thanks!")
    staff.get_by_text("Thanks!").wait_for()
    staff.get_by_role("button", name="Mark as solved").click()
    log_of(visitor).get_by_text("marked as solved").wait_for()
    assert Conversation.objects.get().status == "resolved"
    assert visitor.complaints == []


def test_the_button_is_there_before_its_words_are_and_opens_once_they_came(browser, chat_shop):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    held = []

    def hold(route):
        held.append(route)

    page.route("**/assistant/texts/**", hold)
    page.goto(chat_shop)
    page.get_by_role("button", name="Open chat").click()
    page.wait_for_timeout(200)
    assert not page.get_by_role("textbox", name="Your question").is_visible()

    [route] = held
    route.continue_()

    box = page.get_by_role("textbox", name="Your question")
    box.wait_for()
    assert box.evaluate("(field) => field.getRootNode().activeElement === field")


def test_the_chat_is_used_by_keyboard_alone(visitor):
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    box = visitor.get_by_role("textbox", name="Your question")
    box.wait_for()
    assert box.evaluate("(field) => field.getRootNode().activeElement === field")
    visitor.keyboard.type(QUESTION)
    visitor.keyboard.press("Enter")
    visitor.get_by_role("button", name="Yes, solved").wait_for()
    assert visitor.get_by_role("button", name="Close chat", expanded=True).count() == 1
    visitor.keyboard.press("Escape")
    button = visitor.get_by_role("button", name="Open chat")
    assert button.get_attribute("aria-expanded") == "false"
    assert button.evaluate("(it) => it.getRootNode().activeElement === it")


def test_after_a_reload_the_conversation_is_there_again_and_starting_over_forgets_it(visitor):
    open_chat(visitor)
    ask(visitor, QUESTION)
    with visitor.expect_response("**/v1/assistant/feedback"):
        visitor.get_by_role("button", name="Not helpful").click()
    visitor.reload()
    log_of(visitor).get_by_text("You can return a dress within 30 days.").wait_for()
    assert visitor.get_by_role("button", name="Not helpful").get_attribute("aria-pressed") == "true"
    visitor.get_by_role("button", name="Start over").click()
    assert log_of(visitor).get_by_text("within 30 days").count() == 0
    ask(visitor, "Are returns free?")
    log_of(visitor).get_by_text("Returns are free.").wait_for()
    assert Conversation.objects.count() == 2


def test_what_did_not_get_through_is_kept_and_sent_again(visitor):
    open_chat(visitor)
    visitor.context.set_offline(True)
    ask(visitor, QUESTION)
    visitor.get_by_role("alert").get_by_text("did not get through").wait_for()
    assert log_of(visitor).get_by_text(QUESTION).is_visible()
    visitor.context.set_offline(False)
    visitor.get_by_role("button", name="Try again").click()
    log_of(visitor).get_by_text("You can return a dress within 30 days.").wait_for()
    assert Message.objects.filter(role="visitor").count() == 1
    assert log_of(visitor).get_by_text(QUESTION).count() == 1


def test_a_question_whose_answer_broke_off_is_not_asked_twice(visitor):
    open_chat(visitor)
    ask(visitor, "Are returns free?")
    log_of(visitor).get_by_text("Returns are free.").wait_for()
    visitor.route("**/v1/assistant/messages", lambda route: (route.fetch(), route.abort()))
    ask(visitor, QUESTION)
    visitor.get_by_role("alert").wait_for()
    visitor.unroute("**/v1/assistant/messages")
    visitor.get_by_role("button", name="Try again").click()
    log_of(visitor).get_by_text("You can return a dress within 30 days.").wait_for()
    assert Message.objects.filter(role="visitor", text=QUESTION).count() == 1
    assert log_of(visitor).get_by_text(QUESTION).count() == 1


def test_a_reply_to_who_closed_the_chat_is_counted_on_its_button(visitor, owner):
    chat = open_chat(visitor)
    chat.get_by_role("button", name="Talk to a person").click()
    log_of(visitor).get_by_text("A person will answer you here").wait_for()
    chat.get_by_role("button", name="Close chat").click()
    for text in ("Hello!", "Are you there?"):
        services.conversation_reply(
            Conversation.objects.get(), text, actor=owner, now=timezone.now()
        )
    visitor.get_by_role("button", name="Open chat, 2 new").click()
    log_of(visitor).get_by_text("Are you there?").wait_for()
    assert visitor.get_by_role("button", name="Open chat, 2 new").count() == 0


@pytest.fixture
def products(shop_help):
    """Before the first question: their names are read once."""
    sale = {"price": "79.00", "sale_price": "59.00"}
    product(external_id="d1", title="Linen dress", url="https://shop.example/d1", **sale)
    for colour in ("grey", "moss"):
        title = f"Merino cardigan {colour}"
        product(external_id=colour, title=title, url=f"https://shop.example/{colour}")


def test_a_product_is_shown_with_the_price_of_now(products, visitor):
    chat = open_chat(visitor)
    ask(visitor, "How much is the linen dress?")
    card = chat.get_by_role("list", name="Sources").get_by_role("link")
    card.wait_for()
    assert "€59.00" in card.inner_text()
    assert "€79.00" in card.inner_text()
    assert card.get_attribute("href") == "https://shop.example/d1"
    Product.objects.filter(external_id="d1").update(sale_price="49.00")
    visitor.reload()
    card.get_by_text("€49.00").wait_for()
    with visitor.expect_response("**/v1/assistant/clicks"), visitor.expect_popup():
        card.click()
    assert Click.objects.get().is_product


def test_a_question_back_is_answered_by_a_press(products, visitor):
    chat = open_chat(visitor)
    ask(visitor, "How much is the merino cardigan?")
    chat.get_by_role("button", name="Merino cardigan moss").click()
    card = chat.get_by_role("list", name="Sources").get_by_role("link")
    card.wait_for()
    assert card.get_attribute("href") == "https://shop.example/moss"
    assert chat.get_by_role("button", name="Merino cardigan").count() == 0


def test_who_asks_too_often_is_told_for_how_long_to_wait(visitor, settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 1
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)
    open_chat(visitor)
    for _ in range(2):
        ask(visitor, QUESTION)
        visitor.get_by_role("button", name="Send").and_(
            visitor.locator(":not([disabled])")
        ).wait_for()
    visitor.get_by_text("You can try again in").wait_for()
    assert visitor.get_by_role("button", name="Try again").is_disabled()


def test_what_anybody_wrote_is_never_read_as_a_page(visitor, owner):
    """Neither a visitor's words, nor a reply, nor the address of a source."""
    hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    open_chat(visitor)
    ask(visitor, f"{QUESTION} {hostile}")
    visitor.get_by_role("button", name="Yes, solved").wait_for()
    conversation = Conversation.objects.get()
    Message.objects.create(
        conversation=conversation,
        role="assistant",
        outcome="answered",
        text=hostile,
        sentences=[{"text": hostile, "sources": [1]}],
        sources=[{"number": 1, "document": hostile, "url": "javascript:window.hit=1"}],
        said_at=timezone.now(),
    )
    Message.objects.create(
        conversation=conversation, role="staff", text=hostile, said_at=timezone.now()
    )
    visitor.reload()
    log_of(visitor).get_by_text("onerror").nth(3).wait_for()
    assert visitor.evaluate("window.hit") is None
    assert visitor.locator("copylift-chat").locator("img, script").count() == 0
    assert visitor.locator("copylift-chat").locator('a[href^="javascript"]').count() == 0


def test_a_page_that_is_not_allowed_gets_no_answer(visitor, shop_help):
    KnowledgeBase.objects.update(allowed_origins=["https://elsewhere.example"])
    open_chat(visitor)
    ask(visitor, QUESTION)
    visitor.get_by_role("alert").wait_for()
    assert log_of(visitor).get_by_text("within 30 days").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_is_filled_and_nothing_sticks_out(browser, chat_shop, scheme):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(chat_shop)
    box = open_chat(page).bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = page.get_by_role("dialog").evaluate("(it) => getComputedStyle(it).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(24, 24, 27)"}[scheme]


def test_attributes_give_it_other_words_colours_and_a_visitor(browser, shop_help, live_server):
    chat = """<script src="{server}/assistant/widget.js" async></script>
        <copylift-chat base="help" lang="de" side="left" open
        texts='{"title": "Hallo", "ask": "Frage"}'
        suggestions='["Can I return a dress?"]'></copylift-chat>"""
    told = "window.told = []; addEventListener('copylift', (event) => told.push(event.detail.what))"
    with shop_page(live_server.url, chat) as address:
        KnowledgeBase.objects.update(allowed_origins=[address])
        page = browser.new_page()
        page.add_init_script(told)
        page.goto(address)
        dialog = page.get_by_role("dialog", name="Hallo")
        dialog.get_by_role("button", name=QUESTION).click()
        dialog.get_by_text("You can return a dress within 30 days.").wait_for()
        assert page.get_by_role("textbox", name="Frage").is_visible()
        assert dialog.bounding_box()["x"] < 100
        assert page.evaluate("window.told") == ["open", "answer"]


@pytest.mark.parametrize(
    ("lang", "title", "field"),
    [
        ("de-AT", "Wie können wir helfen?", "Ihre Frage"),
        ("pt-BR", "Como podemos ajudar?", "A sua pergunta"),
        ("hu", "How can we help?", "Your question"),
    ],
)
def test_it_speaks_the_language_of_the_page(browser, shop_help, live_server, lang, title, field):
    chat = f"""<script src="{{server}}/assistant/widget.js" async></script>
        <div lang="{lang}"><copylift-chat base="help" open></copylift-chat></div>"""
    with shop_page(live_server.url, chat) as address:
        KnowledgeBase.objects.update(allowed_origins=[address])
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("dialog", name=title).wait_for()
        box = page.get_by_role("textbox", name=field)
        box.fill("Xyzzy?")
        box.press("Enter")
        nothing = Voice(language_of(lang)).say("nothing_known")
        page.get_by_role("log").get_by_text(nothing).wait_for()


def test_a_signed_visitor_is_known_and_the_next_one_reads_nothing_of_theirs(visitor, shop_help):
    until = int(time.time()) + 600
    signed = {
        "unit-id": "ann",
        "unit-until": str(until),
        "unit-signature": identity_signature(identity_secret(shop_help), "ann", until=until),
    }
    visitor.evaluate(
        "(signed) => Object.entries(signed).forEach(([name, value]) => "
        "document.querySelector('copylift-chat').setAttribute(name, value))",
        signed,
    )
    open_chat(visitor)
    ask(visitor, QUESTION)
    log_of(visitor).get_by_text("within 30 days").wait_for()
    assert Conversation.objects.get().unit_id == "ann"
    # The page no longer says who it is: she logged out, and somebody else sits there.
    visitor.reload()
    open_chat(visitor)
    ask(visitor, "Are returns free?")
    log_of(visitor).get_by_text("Returns are free.").wait_for()
    assert log_of(visitor).get_by_text("within 30 days").count() == 0
    assert sorted(Conversation.objects.values_list("unit_id", flat=True)) == ["", "ann"]


def test_the_page_for_embedding_holds_the_chat_itself(staff, shop_help):
    staff.goto(f"/admin/assistant/knowledgebase/{shop_help.pk}/change/")
    staff.get_by_role("link", name="Put its chat on your pages").click()
    staff.get_by_label("Allowed origins").fill("https://shop.example\nhttp://shop.example")
    staff.get_by_role("button", name="Save").click()
    staff.get_by_text("“http://shop.example” is not like").wait_for()
    staff.get_by_label("Allowed origins").fill("https://Shop.example/\n\nhttps://www.shop.example")
    staff.get_by_role("button", name="Save").click()
    staff.get_by_text("Saved").wait_for()
    shop_help.refresh_from_db()
    assert shop_help.allowed_origins == ["https://shop.example", "https://www.shop.example"]
    open_chat(staff)
    ask(staff, QUESTION)
    log_of(staff).get_by_text("You can return a dress within 30 days.").wait_for()
