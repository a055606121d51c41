"""Free memory goes back to the system."""

import sys

import pytest

from perf.ports.meters import memory_mb
from perf.worker.heap import give_back


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_freed_blocks_below_a_kept_one_are_given_back() -> None:
    blocks = [bytes(100_000) for _ in range(2000)]  # below malloc's threshold for mappings of their own
    blocks = blocks[-1:]
    before = memory_mb()
    give_back()
    assert memory_mb() < before - 50
