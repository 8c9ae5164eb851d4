from types import SimpleNamespace

from inference.threads import share_cores


def test_each_child_gets_its_part_of_the_cores(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 8)

    share_cores(SimpleNamespace(concurrency=4))

    import os

    assert os.environ["OMP_NUM_THREADS"] == "2"


def test_a_given_number_of_threads_stays(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")

    share_cores(SimpleNamespace(concurrency=1))

    import os

    assert os.environ["OMP_NUM_THREADS"] == "5"


def test_an_automatic_number_of_children_is_one_per_core(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)

    share_cores(SimpleNamespace(concurrency="auto"))

    import os

    assert os.environ["OMP_NUM_THREADS"] == "1"
