"""What a killed show left in shared memory goes with the next one; what somebody holds stays."""

import os
import sys
from pathlib import Path

import pytest

from perf.worker import orphans
from perf.worker.box import Box
from perf.worker.client import SamplerClient, SamplerOptions
from perf.worker.orphans import PLACE, hold, sweep

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lists its shared memory")


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(orphans, "PLACE", tmp_path)
    monkeypatch.setattr(orphans, "YOUNG", 0.0)
    path = tmp_path / "retrograde_1"
    path.write_bytes(b"x")
    return path


def test_what_nobody_holds_goes_when_a_show_starts(left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = left.with_name("psm_1")
    others.write_bytes(b"x")
    held = hold(left.name)
    sweep()
    assert left.exists(), "its show lives"
    os.close(held)
    with monkeypatch.context() as moment:
        moment.setattr(orphans, "YOUNG", 10.0)
        sweep()
        assert left.exists(), "it may not be held yet"
    client = SamplerClient(SamplerOptions("nobody plays", "cpu"))
    client.close()
    assert not left.exists()
    assert others.exists(), "another program's"


def test_a_box_is_held_until_it_is_closed() -> None:
    import fcntl

    Box(256).close(unlink=True)  # Python's own tracker of what is shared keeps a descriptor from the first on
    descriptors = len(os.listdir("/proc/self/fd"))
    box = Box(256)
    path = PLACE / box.name
    with path.open("rb") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    box.close(unlink=True)
    assert not path.exists()
    assert len(os.listdir("/proc/self/fd")) == descriptors
