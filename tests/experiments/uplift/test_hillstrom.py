"""The public e-mail test, cross-fitted: what the issue asks, and what whole-set figures say."""

import csv
import gzip

import numpy as np
import pytest

from core.errors import DomainError
from experiments.uplift import TLearner, cross_fitted_effects, draw_folds, qini
from experiments.uplift.choices import DEFAULT_LEARNER
from experiments.uplift.evaluation import sections
from experiments.uplift.hillstrom import FILE, read_trial

# One process, since what they share takes a minute to fit.
pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("uplift-hillstrom")]


@pytest.fixture(scope="module")
def evaluated(data_folder):
    return {section.title: section.figures for section in sections(data_folder, None)}


@pytest.fixture(scope="module")
def by_name(evaluated):
    return {figure.name: figure for figures in evaluated.values() for figure in figures}


def test_the_file_is_read_as_pandas_reads_it(data_folder):
    import pandas as pd

    frame = pd.read_csv(data_folder / "hillstrom" / "hillstrom.csv.gz")
    two = frame[frame.treatment != "Mens E-Mail"]
    trial = read_trial(data_folder, outcome="spend")
    assert trial.units == len(two)
    assert trial.outcome.sum() == pytest.approx(two.spend.sum())
    assert trial.features[:, 0].sum() == two.recency.sum()
    assert trial.features[:, 5:].sum() == 2 * len(two)


def test_the_ranking_is_at_least_a_t_learner_of_logits(by_name):
    ours = by_name[f"Qini, {DEFAULT_LEARNER.name}"]
    assert ours.is_met
    assert ours.low > 0
    assert by_name["Qini, T-learner, logit"].value == ours.least


def test_so_it_is_on_average_over_cross_fits(data_folder):
    trial = read_trial(data_folder)
    better = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        folds = draw_folds(trial, folds=5, rng=rng)
        pair = [
            qini(trial, cross_fitted_effects(learner, trial, folds, rng=rng)[:, 0])
            for learner in (DEFAULT_LEARNER, TLearner(base="logit"))
        ]
        better.append(pair[0] - pair[1])
    assert np.mean(better) >= 0


def test_the_known_figure_lies_in_the_interval(by_name):
    """A T-learner of logits reaches .161 on the whole set, of which about half is here."""
    found = by_name["Qini, T-learner, logit"]
    assert found.low < 0.161 < found.high


def test_the_plan_beats_chance_at_thirty_percent(by_name):
    assert by_name["Plan minus random 30%"].low > 0
    values = [by_name[f"Visits per customer, {who}"].value for who in (
        "nobody e-mailed", "30% at random", "30% chosen by the plan", "everyone e-mailed",
    )]  # fmt: skip
    assert values == sorted(values)


def test_values_of_everyone_are_plain_means(by_name, data_folder):
    trial = read_trial(data_folder)
    for arm, who in ((0, "nobody"), (1, "everyone")):
        mean = trial.outcome[trial.treatment == arm].mean()
        assert by_name[f"Visits per customer, {who} e-mailed"].value == pytest.approx(
            mean, abs=5e-4
        )


def test_the_difference_between_customers_is_real(by_name):
    assert by_name["p-value of no difference"].value < 0.01


def test_a_folder_of_its_own_is_judged_without_cross_fitting(data_folder, tmp_path):
    with gzip.open(data_folder / FILE, "rt", newline="") as file:
        rows = list(csv.reader(file))
    (tmp_path / "hillstrom").mkdir()
    with gzip.open(tmp_path / FILE, "wt", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[1::4]])
    first = next(sections(data_folder, tmp_path))
    assert first.how.startswith("Learnt on 21,313 customers, judged on 5,")


def test_a_missing_file_is_said_in_a_sentence(tmp_path):
    with pytest.raises(DomainError, match="copy the Hillstrom data there"):
        next(sections(tmp_path, None))
