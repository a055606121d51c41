"""The GPU's figures come from a real folder in the real engine: here of a tiny network on the processor."""

from pathlib import Path

import pytest
import torch

from perf.benchmark.gpu import Built, bench_gpu, measure, save
from perf.diffusion.engine import Engine
from perf.diffusion.family import load

TINY = Built(widths=(16, 32), heads=(2, 4), layers=1, text=16, text_layers=1, autoencoder=8)


def test_a_network_of_those_sizes_is_saved_and_measured(tmp_path: Path) -> None:
    save(tmp_path, TINY)
    found = measure(Engine(load(str(tmp_path), "cpu")), 64, 0.1, recorded=True)
    assert found["images_s"] > 0.0
    assert found["network"] > 0.0
    assert found["autoencoder"] > 0.0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_nothing_is_claimed() -> None:
    assert bench_gpu().met is None
    assert "no CUDA device" in bench_gpu().found
