"""The figures of next items, on a small set made here and on the real one."""

import gzip
import json

import numpy as np
import pytest

from catalog.evaluation import DataMissing, read_beauty, sections
from catalog.ranking import Transitions, measure


def write(folder, sequences):
    place = folder / "amazon_sequential"
    place.mkdir(parents=True)
    with gzip.open(place / "Beauty.txt.gz", "wt") as file:
        file.writelines(f"{n} {' '.join(map(str, s))}\n" for n, s in enumerate(sequences))
    with gzip.open(place / "Beauty_item2attributes.json.gz", "wt") as file:
        json.dump({"1": [7], "2": [7, 9]}, file)
    return folder


def circles(seed):
    rng = np.random.default_rng(seed)
    return [[(start + step) % 15 + 1 for step in range(5)] for start in rng.integers(0, 15, 80)]


def test_the_last_item_is_never_learnt_from(tmp_path):
    """Item 99 comes only last, so that no fit can know it."""
    beauty = read_beauty(write(tmp_path, [[1, 2, 3, 99], [2, 3, 4, 99]]), None)
    last = beauty.following[0]
    assert beauty.following.tolist() == [last, last]
    assert last not in beauty.learnt.items
    assert last not in beauty.known.items


def test_a_test_folder_is_judged_and_its_last_items_are_kept_out(tmp_path):
    train = write(tmp_path / "train", [[1, 2, 3, 4]])
    test = write(tmp_path / "test", [[1, 2, 3, 99]])
    beauty = read_beauty(train, test)
    assert len(beauty.learnt) == 2
    assert len(beauty.known) == 1
    assert beauty.following[0] not in beauty.learnt.items


def test_every_recommender_stands_in_the_table(tmp_path):
    (section,) = sections(write(tmp_path, circles(1)), None)
    names = [figure.name.partition(", ")[2] for figure in section.figures]
    assert names[::2] == names[1::2] == [
        "popularity", "one step", "bought together", "alike", "next item", "linear", "hybrid",
    ]  # fmt: skip
    values = {figure.name: figure.value for figure in section.figures}
    assert values["HR@10, hybrid"] == 1
    assert values["nDCG@10, one step"] == 1


def test_a_folder_without_the_set_is_said(tmp_path):
    with pytest.raises(DataMissing, match=r"Beauty\.txt\.gz is not in"):
        next(sections(tmp_path, None))


@pytest.mark.realdata
def test_on_the_real_set_the_chain_is_beaten_without_its_own_test_items(data_folder):
    """The published one-step chain: HR@10 .0708, nDCG@10 .0481."""
    beauty = read_beauty(data_folder, None)
    assert (len(beauty.known), beauty.learnt.item_count) == (22_363, 12_101)
    quality = measure(Transitions(keep=200).fit(beauty.learnt), beauty.known, beauty.following)
    assert quality.hit_rate_interval[0] > 0.0708
    assert quality.ndcg_interval[0] > 0.0481
