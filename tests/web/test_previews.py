from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generation.briefs import Copy
from web.previews import Sample, preview

ADA = Sample("Ada", {"first_name": "Ada", "url": "https://shop.example/x"})


def copy(**texts):
    return Copy(**{"subject": "s", "preheader": "p", "body": "b", "call_to_action": "c", **texts})


def test_what_a_merge_tag_filled_in_is_marked():
    assert preview(copy(subject="Hi {{ first_name }}!"), ADA).parts["subject"] == (
        'Hi <mark class="cl-tag">Ada</mark>!'
    )


def test_filters_work_as_they_will_in_the_email():
    shown = preview(copy(subject="{{ nobody | default: 'you' | upcase }}"), ADA).parts["subject"]
    assert shown == '<mark class="cl-tag">YOU</mark>'


def test_an_empty_merge_tag_is_seen():
    assert "empty" in preview(copy(subject="{{ missing }}"), ADA).parts["subject"]


def test_values_are_escaped():
    hostile = Sample("x", {"first_name": "<img src=x onerror=alert(1)>"})
    assert "<img" not in preview(copy(subject="{{ first_name }}"), hostile).parts["subject"]


def test_a_body_of_html_goes_into_a_frame_with_its_tags_whole():
    frame = preview(
        copy(body='<p>Hi {{ first_name }}, <a href="{{ url }}">look</a></p>'), ADA
    ).frame
    assert '<a href="https://shop.example/x">' in frame
    assert "<mark>Ada</mark>" in frame


def test_a_plain_body_needs_no_frame():
    assert preview(copy(body="1 < 2 and 3 > 2"), ADA).frame == ""


def test_a_text_that_cannot_be_filled_in_is_shown_as_written_with_the_reason():
    shown = preview(copy(subject="{% include 'x' %}<b>"), ADA)
    assert shown.parts["subject"] == "{% include &#x27;x&#x27; %}&lt;b&gt;"
    assert shown.error


@given(st.text(max_size=200))
def test_no_text_becomes_markup(text):
    shown = preview(copy(subject=text), ADA).parts["subject"]
    left = shown.replace('<mark class="cl-tag">', "").replace("</mark>", "")
    assert "<" not in left.replace('<mark class="cl-tag cl-tag-empty">', "")


def test_an_sms_says_how_many_segments_it_takes_for_this_reader():
    sms = Copy(channel="sms", text="{{ first_name }} " + "a" * 160)
    size = preview(sms, ADA).size
    assert (size.encoding, size.units, size.parts) == ("GSM-7", 164, 2)


def test_texts_of_other_channels_are_filled_in_and_marked():
    shown = preview(Copy(channel="push", title="Hi {{ first_name }}", body="Look"), ADA)
    assert shown.opening == 'Hi <mark class="cl-tag">Ada</mark>'
    assert (shown.channel, shown.frame, shown.size) == ("push", "", None)
