"""`make bench-assistant`: folders in BEIR's layout, nDCG by the book, and what the page says."""

from __future__ import annotations

import gzip
import json
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from assistant.finding.fusion import Candidates
from assistant.selectors import Found
from benchmarks.assistant import finding
from benchmarks.assistant.__main__ import main
from benchmarks.assistant.corpus import CHUNKS, read_corpus
from benchmarks.assistant.page import SPEED, WRITTEN, page
from benchmarks.doors.page import Run

WAYS = (
    "documents",
    "queries",
    "words",
    "meaning",
    "both, words weighing as pages do",
    "both, weight tuned on other queries",
)


@pytest.fixture
def folder(tmp_path):
    corpus = [
        {"_id": "d1", "title": "Wool", "text": "Sheep give wool, which keeps you warm in winter."},
        {"_id": "d2", "title": "", "text": "Linen is made of flax and is cool in summer."},
        {"_id": "d3", "title": "Delivery", "text": "A parcel to Norway takes four days."},
    ]
    queries = [
        {"_id": "q1", "text": "what keeps warm in winter"},
        {"_id": "q2", "text": "how long does a parcel to Norway take"},
        {"_id": "q3", "text": "a query of the training part"},
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td3\t1\nq2\td1\t0\n"
    )
    return tmp_path


def test_only_the_test_part_is_asked_and_only_what_is_worth_something_is_wanted(folder):
    task = finding.read_beir(folder)
    assert task.documents["d2"] == ("", "Linen is made of flax and is cool in summer.")
    assert task.queries == [
        ("what keeps warm in winter", {"d1": 2.0, "d2": 1.0}),
        ("how long does a parcel to Norway take", {"d3": 1.0}),
    ]


@pytest.mark.django_db
def test_a_folder_is_judged_through_the_products_own_finding(folder):
    figures = finding.beir(folder)
    assert [name.split(", ", 1)[1] for name in figures] == list(WAYS)
    assert figures[f"{folder.name}, documents"] == 3
    assert figures[f"{folder.name}, meaning"] > 0.9


@pytest.fixture
def stackfaq(tmp_path):
    """Three written questions in the shape of the public data set, two with paraphrases."""
    pairs = (
        ("How long does a parcel to Norway take?", "Four days.", "When is my order in Oslo?"),
        ("How do I wash wool?", "By hand in cold water.", "Cleaning a woollen jumper"),
        ("Can I pay by invoice?", "Yes, within 30 days.", "*"),
    )
    entries = "".join(
        f"<qapair><question>{question}</question><answer>{answer}</answer>"
        f"<rephr>{other}</rephr></qapair>"
        for question, answer, other in pairs
    )
    file = tmp_path / "stackfaq" / "stackExchange-FAQ.xml.gz"
    file.parent.mkdir()
    file.write_bytes(gzip.compress(f"<faq>{entries}</faq>".encode()))
    return tmp_path


@pytest.mark.django_db
def test_written_questions_are_found_by_their_paraphrases(stackfaq):
    figures = finding.written_questions(stackfaq)
    assert set(figures) == {row.figure for row in WRITTEN}
    assert figures["StackFAQ, meaning"] == 1


@pytest.mark.django_db
def test_long_answers_are_asked_for_by_questions_and_paraphrases(stackfaq):
    figures = finding.long_answers(stackfaq)
    assert [name.split(", ", 1)[1] for name in figures] == list(WAYS)
    assert (figures["long answers, documents"], figures["long answers, queries"]) == (3, 5)
    assert figures["long answers, meaning"] > 0.9


def test_a_part_that_there_is_not_is_refused_by_name(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks.assistant", "faqs"])
    with pytest.raises(SystemExit):
        main()
    assert "no part faqs: there is speed, faq, long" in capsys.readouterr().err


def test_the_figure_is_scikit_learns():
    rng = np.random.default_rng(2)
    for _ in range(20):
        gains, scores = rng.integers(0, 3, 30).astype(float), rng.random(30)
        if not gains.any():
            continue
        ids = np.arange(30)
        found = Found(Candidates(ids, scores, scores, np.zeros(30, dtype=bool)), ids, scores)
        wanted = {number: gain for number, gain in enumerate(gains) if gain}
        expected = ndcg_score([gains], [scores], k=10)
        assert finding.gained(found, scores, wanted) == pytest.approx(expected)


def test_a_weight_is_not_judged_on_what_it_was_tuned_on():
    # Each query has a weight of its own that is right: none is found from the others.
    assert finding.tuned(np.eye(10)) == 0
    assert finding.tuned(np.vstack([np.ones(10), np.zeros(10)])) == 1


def test_the_page_says_what_was_missed():
    figures = {row.figure: 1.0 for row in (*SPEED, *WRITTEN)} | {"finding, p95 ms": 61.0}
    figures |= {f"long answers, {name}": 0.5 for name in WAYS}
    figures |= {f"scifact, {name}": 0.7 for name in WAYS} | {"scifact, documents": 5_183.0}
    del figures["answers per second"]
    text = page(Run(date(2026, 11, 27), 2, 3.0, figures))
    assert "| finding, question encoded along, p95 | 61 ms | below 60 ms: **missed** |" in text
    assert "the machine was shared" in text
    assert text.count("## Long documents") == 2
    assert "scifact, in BEIR's layout. nDCG@10, 5,183 documents" in text
    assert "| answers a second, 8 conversations at once | not measured | |" in text


@pytest.mark.realdata
def test_the_corpus_is_real_and_large_enough(data_folder):
    corpus = read_corpus(data_folder)
    chunks = sum(file.content.count(b"\n\n## ") + 1 for file in corpus.files[1:])
    answers = corpus.files[0].content.count(b"\r\n") - 1
    assert chunks + answers >= CHUNKS - 50
    assert len(corpus.questions) > 400
    kept = b"".join(file.content for file in corpus.files)
    assert len(kept) > 2_000_000
