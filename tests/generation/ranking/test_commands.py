"""The commands on folders shaped like the shared data, and what the data must let us reach."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from generation.ranking.fitting import design
from generation.ranking.judging import judge
from generation.ranking.upworthy import read_trials
from generation.services.ranking import cache_folder, wording_vectors


@pytest.fixture
def folder(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    rng = np.random.default_rng(2)
    rows = [
        {
            "test": f"t{n}", "h1": f"Look at number {n}", "h2": f"Is {n} a number?",
            "n1": 3000, "x1": int(rng.binomial(3000, 0.03)),
            "n2": 3000, "x2": int(rng.binomial(3000, 0.02)), "story_group": n,
        }
        for n in range(30)
    ]  # fmt: skip
    (tmp_path / "upworthy").mkdir()
    place = tmp_path / "upworthy" / "headline_pairs_same_image.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), place)
    return tmp_path


@pytest.fixture(autouse=True)
def made_up_vectors(monkeypatch, request):
    if "realdata" not in request.keywords:
        path = "generation.management.commands.{}.wording_vectors"
        for name in ("eval_ranker", "train_ranker"):
            monkeypatch.setattr(path.format(name), lambda texts, cache: np.ones((len(texts), 4)))


@pytest.mark.parametrize("with_test", [True, False])
def test_eval_ranker_prints_its_figures(folder, capsys, with_test):
    call_command("eval_ranker", train=folder, test=folder if with_test else None, seed=0, json=True)
    report = json.loads(capsys.readouterr().out)
    names = [verdict["name"] for verdict in report["verdicts"]]
    assert names == ["ranker", "features only", "TF-IDF logit", "longer wins"]
    assert report["verdicts"][0]["accuracy"]["all pairs"]["estimate"] > 0.8


def test_eval_ranker_reads_well(folder, capsys):
    call_command("eval_ranker", train=folder)
    assert "Cross-validated by story on 30 pairs" in capsys.readouterr().out


def test_train_ranker_writes_what_can_be_loaded(folder, tmp_path):
    call_command("train_ranker", data=folder, out=tmp_path / "w.npz")
    assert (tmp_path / "w.npz").stat().st_size < 50_000


def test_a_folder_without_the_pairs_is_named(tmp_path):
    with pytest.raises(CommandError, match="has no upworthy/headline_pairs_same_image"):
        call_command("eval_ranker", train=tmp_path)


@pytest.mark.realdata
@pytest.mark.xdist_group("upworthy")
def test_unseen_stories_are_ranked_well_above_chance(data_folder):
    trials = read_trials(data_folder)
    known = design(trials, wording_vectors(trials.texts, cache=cache_folder()))
    ranker, _, tfidf, _ = judge(known, None).verdicts
    assert ranker.accuracy["p<.05"].estimate > 0.68
    assert ranker.accuracy["p<.001"].estimate > 0.75
    assert ranker.gain.low > 0.08
    assert ranker.accuracy["p<.05"].estimate > tfidf.accuracy["p<.05"].estimate
