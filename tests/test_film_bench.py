"""What the film's row measures: claps that are heard and seen."""

import pytest

from perf.benchmark import filmed


def test_each_clap_is_seen_where_it_is_heard() -> None:
    row = filmed.bench_sound(6.37)
    assert row.met, row.found
    assert row.figures["pictures_s"] == pytest.approx(6.37, abs=1 / filmed.FPS)
    assert row.figures["most_frames"] < 1.0
