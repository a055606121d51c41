"""Free memory goes back to the system."""

import subprocess
import sys

import pytest

ALONE = """
from perf.ports.meters import memory_mb
from perf.worker.heap import give_back
blocks = [bytes(100_000) for _ in range(2000)]  # below malloc's threshold for mappings of their own
blocks = blocks[-1:]
before = memory_mb()
give_back()
print(before - memory_mb())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_freed_blocks_below_a_kept_one_are_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 100, "of 200 MB"
