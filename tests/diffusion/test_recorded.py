"""Recordings: the same bits as the ordinary way, for their shapes alone, and never of a network that was turned."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from perf.core.frame import Job, Knobs
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.recorded import Captured, Recorded


class Counted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = nn.Conv2d(2, 2, 3, padding=1), 0

    def forward(self, x: Tensor, gain: Tensor) -> Tensor:
        self.calls += 1
        answer: Tensor = self.layer(x) * gain
        return answer


def test_only_recorded_shapes_are_played_from_the_recording() -> None:
    network = Counted().requires_grad_(False)
    passes, gain = Recorded(network), torch.ones(1)
    small, large = torch.rand(1, 2, 4, 4), torch.rand(1, 2, 8, 8)
    meant = network(small, gain), network(large, gain)
    assert passes.record(small, gain)
    before = network.calls
    with torch.inference_mode():
        assert torch.equal(passes(small, gain), meant[0])
        assert network.calls == before
        assert torch.equal(passes(large, gain), meant[1])
        assert network.calls == before + 1
        with passes.aside():
            passes(small, gain)
    assert network.calls == before + 2


def test_a_pass_that_would_not_be_the_same_is_not_recorded() -> None:
    passes = Recorded(lambda x: x + torch.rand(1))
    assert not passes.record(torch.zeros(3))
    assert not torch.equal(passes(torch.zeros(3)), passes(torch.zeros(3)))


def test_a_pass_that_memory_has_no_room_for_is_not_recorded() -> None:
    def full(x: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    assert not Recorded(full).record(torch.zeros(3))


class Streams:
    """CUDA's streams as far as a capture goes, which fails, and leaves its own behind as torch's does."""

    def __init__(self) -> None:
        self.current: object = self
        self.mode = ""

    def wait_stream(self, other: object) -> None:
        """Nothing to wait for."""

    @contextmanager
    def stream(self, stream: object) -> Iterator[None]:
        before, self.current = self.current, stream
        try:
            yield
        finally:
            self.current = before

    @contextmanager
    def graph(self, graph: object, capture_error_mode: str = "global") -> Iterator[None]:
        self.mode, self.current = capture_error_mode, graph
        yield
        raise RuntimeError("operation failed due to a previous error during capture")


def test_a_failed_capture_leaves_the_stream_and_other_threads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams()
    for name in ("stream", "graph"):
        monkeypatch.setattr(torch.cuda, name, getattr(streams, name))
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: streams.current)
    monkeypatch.setattr(torch.cuda, "Stream", Streams)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", object)
    with pytest.raises(RuntimeError, match="during capture"):
        Captured(torch.neg, (torch.zeros(3),))
    assert streams.current is streams
    assert streams.mode == "thread_local"


@pytest.mark.parametrize("kind", ["flow", "lcm"])
@pytest.mark.parametrize("knobs", [Knobs(), Knobs(b1=1.3, s2=0.7), Knobs(attention=0.5)])
def test_an_engine_plays_the_same_bits_with_recordings(
    model_folder: Callable[[str], Path], kind: str, knobs: Knobs
) -> None:
    engines = [Engine(load(str(model_folder(kind)), "cpu")) for _ in range(2)]
    assert engines[1].family.record((64, 64))
    job = Job(prompts=(("sea", 1.0),), size=(64, 64), knobs=knobs, steps=2)
    pictures = []
    for engine in engines:
        image, carry = engine.step(job, None)
        pictures += [image, engine.step(replace(job, index=1, seconds=0.1), carry)[0]]
    assert torch.equal(pictures[0], pictures[2])
    assert torch.equal(pictures[1], pictures[3])


def test_a_recording_is_tried_on_noise(model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    family = load(str(model_folder("flow")), "cpu")
    tried: list[Tensor] = []
    monkeypatch.setattr(family.network.passes, "record", lambda x, *rest: tried.append(x) or True)  # type: ignore[union-attr]
    assert family.record((64, 64))
    assert tried[0].std() > 0.5


def test_what_cannot_be_recorded_says_so(model_folder: Callable[[str], Path]) -> None:
    assert not load(str(model_folder("sdxl")), "cpu").record((64, 64))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
@pytest.mark.parametrize("kind", ["turbo", "lcm"])
def test_captured_passes_say_what_the_ordinary_ones_do(model_folder: Callable[[str], Path], kind: str) -> None:
    engines = [Engine(load(str(model_folder(kind)), "cuda")) for _ in range(2)]
    assert engines[1].family.record((64, 64))
    for job in (Job(prompts=(("sea", 1.0),), size=(64, 64)), Job(prompts=(("city", 1.0),), size=(64, 64), seed=3.0)):
        plain, captured = (engine.step(job, None)[0].float() for engine in engines)
        assert (plain - captured).abs().mean() < 0.5


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_captured_pass_hears_a_lora_move(model_folder: Callable[[str], Path], tmp_path: Path) -> None:
    file = tmp_path / "ink.safetensors"
    halves = {"A": torch.randn(2, 4, 3, 3), "B": torch.randn(16, 2, 1, 1)}
    save_file({f"unet.conv_in.lora_{half}.weight": tensor for half, tensor in halves.items()}, file)
    engine = Engine(load(str(model_folder("turbo")), "cuda", [("ink", str(file))]))
    assert engine.family.record((64, 64))
    job = Job(prompts=(("sea", 1.0),), size=(64, 64))
    for weight in (0.0, 1.0, 2.0):
        asked = replace(job, loras=(("ink", weight),))
        captured = engine.step(asked, None)[0].float()
        with engine.family.aside():
            assert (engine.step(asked, None)[0].float() - captured).abs().mean() < 0.5
