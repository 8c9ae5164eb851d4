"""The evaluation on small folders of the public sets' shape: what is asked, and what is said."""

import csv
import gzip
import json
import random
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audience.evaluation.intents import banking_section, clinc_section
from audience.evaluation.purchase import elsewhere, nine_months, two_years
from audience.evaluation.reading import (
    DataMissing,
    months_after,
    read_baskets,
    read_purchases,
    read_reviews,
)
from audience.evaluation.sections import keeping
from audience.evaluation.sentiment import sentiment_section
from audience.training import without_words
from inference.encoders import ScriptedEncoder

ASKED = ["where", "when", "why", "how"]
ENCODER = ScriptedEncoder(32)


def write_csv(place, rows):
    place.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(place, "wt", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_reviews(folder, count, seed):
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        is_good = rng.random() < 0.7
        said = rng.choices(
            ["love", "soft", "perfect"] if is_good else ["itchy", "huge", "tore"], k=2
        )
        body = f"{' '.join(said)} dress number {number} {rng.choice(['wool', 'linen'])}"
        rows.append({"Title": "", "Review Text": body, "Recommended IND": str(int(is_good))})
    rows.append({"Title": "", "Review Text": "", "Recommended IND": "1"})
    rows.append({**rows[0]})
    write_csv(folder / "womens_reviews/womens_clothing_reviews.csv.gz", rows)


def question(rng, label):
    return f"{label} {rng.choice(ASKED)} my {label} {rng.randrange(40)}"


def write_questions(folder, part, count, seed):
    rng = random.Random(seed)
    labels = [["card", "cash", "loan"][number % 3] for number in range(count)]
    rows = [{"text": question(rng, label), "category": label} for label in labels]
    write_csv(folder / f"banking77/{part}.csv.gz", rows)


def write_clinc(folder, parts, seed):
    rng = random.Random(seed)
    known = {
        part: [[question(rng, ["card", "cash", "loan"][n % 3]), ["card", "cash", "loan"][n % 3]]
               for n in range(60)]
        for part in parts if not part.startswith("oos")
    }  # fmt: skip
    other = {
        part: [[f"weather {rng.randrange(99)} guitar planet soup", "oos"] for _ in range(30)]
        for part in parts
        if part.startswith("oos")
    }
    place = folder / "clinc150/data_full.json.gz"
    place.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(place, "wt") as handle:
        json.dump(known | other, handle)


def write_invoices(folder, first, days, customers, seed, name="year"):
    rng = random.Random(seed)
    rows = []
    for number in range(customers * 3):
        customer = 1000 + number % customers
        at = first + timedelta(days=rng.random() * days)
        rows.append((f"{seed}{number:05d}", 2, at, 5.0, customer, "CANDLE"))
        rows.append((f"{seed}{number:05d}", 1, at, 3.0, customer, "MUG"))
    rows.append(("C99999", -2, first, 5.0, 1000, "CANDLE"))
    rows.append(("77777", 1, first, 5.0, None, "MUG"))
    columns = ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Description"]
    table = pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True)))
    (folder / "online_retail").mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "online_retail" / f"{name}.parquet")


def figure(section, name):
    return next(one for one in section.figures if one.name == name)


def test_sentiment_is_cross_validated_where_test_has_no_reviews(tmp_path):
    write_reviews(tmp_path, 300, seed=1)

    section = sentiment_section(tmp_path, None, ENCODER.encode)

    # The empty and the repeated one are left out.
    assert "5-fold cross-validation over 300 reviews" in section.how
    assert figure(section, "AUC, words and vectors").value > 0.98
    assert figure(section, "AUC, words and vectors").least == pytest.approx(
        figure(section, "AUC, TF-IDF logit").value
    )


def test_sentiment_is_judged_on_the_test_folder_where_there_is_one(tmp_path):
    write_reviews(tmp_path / "train", 200, seed=1)
    write_reviews(tmp_path / "test", 80, seed=2)

    section = sentiment_section(tmp_path / "train", tmp_path / "test", ENCODER.encode)

    assert "judged on --test, 80 reviews" in section.how
    assert figure(section, "AUC, words and vectors").value > 0.98


def test_intents_are_cross_validated_or_judged_on_the_official_test(tmp_path):
    write_questions(tmp_path / "train", "train", 150, seed=1)
    write_questions(tmp_path / "test", "test", 60, seed=2)

    alone = banking_section(tmp_path / "train", None, ENCODER.encode)
    judged = banking_section(tmp_path / "train", tmp_path / "test", ENCODER.encode)

    assert "5-fold cross-validation over train's 150 questions" in alone.how
    assert "judged on the official test" in judged.how
    assert figure(alone, "accuracy").value > 0.95
    assert figure(judged, "accuracy").value > 0.95


@pytest.mark.parametrize(("is_test", "part"), [(False, "val"), (True, "test")])
def test_scope_is_judged_on_validation_or_on_the_test_folder(tmp_path, is_test, part):
    write_clinc(tmp_path / "train", ["train", "val", "oos_train", "oos_val"], seed=1)
    write_clinc(tmp_path / "test", ["test", "oos_test"], seed=2)

    section = clinc_section(
        tmp_path / "train", tmp_path / "test" if is_test else None, ENCODER.encode
    )

    assert f"judged on {part}: 60 questions in scope, 30 out of it" in section.how
    assert figure(section, "AUROC, in or out of scope").value > 0.95
    assert figure(section, "out-of-scope recall at 5 % false refusals").value > 0.8


def test_nine_months_are_asked_about_the_next_three(tmp_path):
    write_invoices(tmp_path, datetime(2009, 12, 1, 8), 372, customers=60, seed=1)

    asked = nine_months(tmp_path)

    epoch = datetime(1970, 1, 1)
    assert asked.at == (datetime(2010, 9, 1) - epoch).days
    assert asked.days == (datetime(2010, 12, 1) - datetime(2010, 9, 1)).days
    assert asked.orders.at.max() < asked.at
    assert asked.orders.value.tolist() == [13.0] * len(asked.orders.value)
    assert set(asked.orders.words) == {"candle mug"}
    assert set(without_words(asked).orders.words) == {""}


def write_baskets(folder, first, days, households, seed):
    rng = random.Random(seed)
    rows = []
    for number in range(households * 4):
        at = first + timedelta(days=rng.random() * days)
        rows.append((str(number % households), f"b-{number}", "p-1", 2.5, at))
        rows.append((str(number % households), f"b-{number}", "p-2", 1.5, at))
    names = ["household_id", "basket_id", "product_id", "sales_value", "transaction_timestamp"]
    table = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    (folder / "completejourney").mkdir(parents=True)
    pq.write_table(table, folder / "completejourney" / "transactions_sample.parquet")
    pq.write_table(
        pa.table({"product_id": ["p-1", "p-2"], "product_category": ["TEA", None]}),
        folder / "completejourney" / "products.parquet",
    )


def test_baskets_are_orders_of_households(tmp_path):
    write_baskets(tmp_path, datetime(2017, 1, 1, 8), 364, households=20, seed=1)

    baskets = read_baskets(tmp_path)

    assert len(baskets.at) == 80
    assert baskets.value.tolist() == [4.0] * 80
    assert baskets.lines.tolist() == [2.0] * 80
    assert {words.strip() for words in baskets.words} == {"tea"}


def test_other_questions_than_the_settings_were_chosen_on_are_asked_too(tmp_path):
    write_invoices(tmp_path, datetime(2009, 12, 1, 8), 360, customers=40, seed=1)
    alone = elsewhere(tmp_path)
    write_baskets(tmp_path, datetime(2017, 1, 1, 8), 364, households=90, seed=2)

    half, fortnight = elsewhere(tmp_path).values()

    assert len(alone) == 1
    epoch = datetime(1970, 1, 1)
    assert (half.at, half.days) == ((datetime(2010, 6, 1) - epoch).days, 183)
    assert (fortnight.at, fortnight.days) == ((datetime(2017, 10, 1) - epoch).days, 14)
    assert fortnight.orders.at.max() < fortnight.at
    assert 0 < fortnight.bought.mean() < half.bought.mean() < 1


def test_with_a_second_year_the_first_is_asked_about_it(tmp_path):
    write_invoices(tmp_path / "train", datetime(2009, 12, 1, 8), 372, customers=60, seed=1)
    write_invoices(tmp_path / "test", datetime(2010, 12, 1, 8), 372, customers=30, seed=2)

    asked = two_years(tmp_path / "train", tmp_path / "test")

    first_year = read_purchases(tmp_path / "train")
    assert len(asked.orders.at) == len(first_year.at) == 180
    assert asked.orders.units == 60
    # Customers 1000 to 1029 alone bought in the second year.
    assert asked.bought.tolist() == [True] * 30 + [False] * 30


def test_cancelled_and_nameless_invoices_are_no_purchases(tmp_path):
    write_invoices(tmp_path, datetime(2009, 12, 1, 8), 100, customers=5, seed=1)

    purchases = read_purchases(tmp_path)

    assert len(purchases.at) == 15
    assert purchases.lines.tolist() == [2.0] * 15


@pytest.mark.parametrize("read", [read_reviews, read_purchases])
def test_a_missing_set_is_named(tmp_path, read):
    with pytest.raises(DataMissing, match=r"womens_reviews|online_retail"):
        read(tmp_path)


def test_the_first_of_a_month_is_counted_over_the_turn_of_a_year():
    start = (datetime(2009, 12, 14) - datetime(1970, 1, 1)).days

    ends = [months_after(start, months) for months in (1, 12, 13)]

    days = [(datetime(*one) - datetime(1970, 1, 1)).days
            for one in ((2010, 1, 1), (2010, 12, 1), (2011, 1, 1))]  # fmt: skip
    assert ends == days


def test_vectors_are_kept_and_read_again(tmp_path):
    class Once(ScriptedEncoder):
        asked = 0

        def encode(self, texts, *, progress=None):
            self.asked += 1
            return super().encode(texts)

    encoder = Once(8)
    encode = keeping(encoder, tmp_path)

    first, again = encode(["wool", "silk"]), encode(["wool", "silk"])

    assert encoder.asked == 1
    assert np.array_equal(first, again)


def test_of_another_list_only_what_is_new_is_encoded(tmp_path):
    class Seen(ScriptedEncoder):
        texts: ClassVar[list[str]] = []

        def encode(self, texts, *, progress=None):
            self.texts.extend(texts)
            return super().encode(texts)

    first = keeping(Seen(8), tmp_path)(["wool", "silk", "wool"])
    again = keeping(Seen(8), tmp_path)(["silk", "linen"])

    assert Seen.texts == ["wool", "silk", "linen"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(again, ScriptedEncoder(8).encode(["silk", "linen"]))
    assert [place.suffix for place in tmp_path.iterdir()] == [".npz"]
