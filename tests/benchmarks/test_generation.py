"""The benchmarks of writing run, on a model so small that its figures say nothing."""

from __future__ import annotations

from benchmarks import generation_gpu, generation_speed


def test_the_three_ways_are_measured_side_by_side():
    figures = generation_speed.run("tiny", briefs=3, texts=2, repeats=1)
    speeds = [value for name, value in figures.items() if name.startswith("useful tokens/s")]
    assert len(speeds) == 3
    assert all(speed > 0 for speed in speeds)


def test_the_gpu_script_runs_where_there_is_none(monkeypatch):
    monkeypatch.setattr(generation_gpu, "NEW", 4)
    monkeypatch.setattr(generation_gpu, "continuous", generation_gpu.batched)
    figures = generation_gpu.run("tiny", briefs=2, seconds=60)
    assert figures["ours"] > 0
    assert figures["roofline_shared"] > figures["roofline"] > 0
