import pytest

from audience.boilerplate import is_spam, without_boilerplate
from audience.cleaning import clean_text, drop_reason


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Where is it?\n\nOn Mon, 3 Jun 2024, Shop wrote:\n> We sent it.", "Where is it?"),
        ("Too small.\n-----Original Message-----\nFrom: Shop", "Too small."),
        ("Zu klein.\nAm 3. Juni 2024 schrieb Laden:\n> Hallo", "Zu klein."),
        ("Runs large\nSent from my iPhone", "Runs large"),
        ("Love it\n12 people found this helpful\nReport abuse", "Love it"),
        ("Soft. (This review was collected as part of a promotion.)", "Soft."),
        ("I read more books than I buy dresses", "I read more books than I buy dresses"),
        ("On Monday I wrote: too small", "On Monday I wrote: too small"),
    ],
)
def test_what_programs_add_is_taken_away(written, said):
    assert without_boilerplate(written) == said


def test_lines_of_markup_are_lines_to_boilerplate():
    assert clean_text("", "<p>Lovely knit</p><p>Sent from my phone</p>") == "Lovely knit"


@pytest.mark.parametrize(
    "text",
    [
        "Earn money online, visit my site [link]",
        "[link] [link] cheap watches",
        "Payday loans! Click here",
        "buy followers [email]",
    ],
)
def test_sales_talk_is_spam(text):
    assert is_spam(text)
    assert drop_reason(text) == "spam"


@pytest.mark.parametrize(
    "text",
    [
        "Like the one on [link] but softer",
        "I wore it to the casino and got so many compliments",
        "Please call me back on [phone] about my order of two dresses",
    ],
)
def test_what_customers_write_is_not_spam(text):
    assert not is_spam(text)


@pytest.mark.realdata
@pytest.mark.xdist_group("reviews")
def test_no_real_review_is_spam(real_reviews):
    assert [text for text in real_reviews if is_spam(text)] == []
