"""Checkpoints come back as they were, or not at all."""

import pytest

from perf.errors import UsageError
from perf.ports.checkpoint import load, save

VALUE = {"frame": 7, "share": 0.1 + 0.2, "rows": [{"key": ["a", 1], "pixels": b"\x00\n\xff"}, None], "more": b""}


def test_what_is_saved_comes_back(tmp_path):
    assert load(tmp_path / "c") is None
    save(tmp_path / "c", {"first": 1})
    save(tmp_path / "c", VALUE)
    assert load(tmp_path / "c") == VALUE
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_one_that_cannot_be_written_leaves_the_last(tmp_path):
    save(tmp_path / "c", VALUE)
    (tmp_path / "c.new").mkdir()
    with pytest.raises(OSError):
        save(tmp_path / "c", {"first": 1})
    assert load(tmp_path / "c") == VALUE


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_half_of_one_is_said(tmp_path, cut):
    save(tmp_path / "c", {"pixels": b"x" * 9})
    (tmp_path / "c").write_bytes((tmp_path / "c").read_bytes()[:cut])
    with pytest.raises(UsageError, match="--fresh starts over"):
        load(tmp_path / "c")
