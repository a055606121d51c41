"""Images leave through their box, or stay on the GPU that draws them and leave ten times a second."""

import ctypes
from collections.abc import Callable, Iterator

import pytest
import torch
from simulated_cuda import OUT_OF_MEMORY, SimulatedCuda

from perf.core.frame import Job
from perf.core.picture import Picture
from perf.worker import outgoing
from perf.worker.box import Box
from perf.worker.message import decode_picture
from perf.worker.outgoing import FIRST, WHOLE, Outgoing

JOB = Job(epoch=3)


class OnGpu(torch.Tensor):
    """A tensor that says it is on a GPU."""

    @property
    def device(self) -> torch.device:
        return torch.device("cuda", 0)

    def cpu(self) -> torch.Tensor:
        return self.as_subclass(torch.Tensor)


def image(seed: int, channels: int = 3) -> torch.Tensor:
    return torch.randint(0, 256, (6, 8, channels), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))


class Hall:
    def __init__(self) -> None:
        self.images, self.previews = Box(2**20), Box(2**20)
        self.outgoing = Outgoing(self.images, self.previews, (0, 0))

    def sent(self, made: torch.Tensor) -> Picture:
        self.outgoing.image(made, JOB, None)
        message = self.images.take()
        assert message is not None
        return decode_picture(message, 0.0)[0]


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    for box in (hall.images, hall.previews):
        box.close(unlink=True)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> SimulatedCuda:
    library = SimulatedCuda()
    monkeypatch.setattr(outgoing, "Driver", lambda: library.driver)
    return library


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr(outgoing.time, "perf_counter", lambda: now[0])

    def go(seconds: float) -> None:
        now[0] += seconds

    return go


def lent(cuda: SimulatedCuda, picture: Picture) -> bytes:
    """What lies where a picture is lent."""
    assert picture.lent is not None
    return ctypes.string_at(ctypes.addressof(cuda.memory[picture.lent.handle[0]]) + picture.lent.at, 4 * 6 * 8)


@pytest.mark.parametrize("channels", [3, 4])
def test_an_image_stays_where_it_is_drawn_and_comes_whole_now_and_then(
    hall: Hall, cuda: SimulatedCuda, clock: Callable[[float], None], channels: int
) -> None:
    hall.outgoing.borrows = (0,)
    wholes = []
    for seed in range(12):
        plain = image(seed, channels)
        picture = hall.sent(plain.as_subclass(OnGpu))
        rgba = torch.frombuffer(bytearray(lent(cuda, picture)), dtype=torch.uint8).reshape(6, 8, 4)
        assert (rgba[..., :channels] == plain).all()
        assert channels == 4 or (rgba[..., 3] == 255).all()
        assert bytes(picture.pixels) in (b"", plain.numpy().tobytes())
        wholes.append(len(picture.pixels) > 0)
        clock(WHOLE / 4 if seed else FIRST)
    assert wholes == [True] * 2 + [False, False, False, True] * 2 + [False] * 2
    assert len(cuda.memory) == 1, "memory is taken once"


def test_an_image_comes_whole_where_another_gpu_or_the_processor_draws(hall: Hall, cuda: SimulatedCuda) -> None:
    for borrows, made in (((), image(1).as_subclass(OnGpu)), ((1,), image(1).as_subclass(OnGpu)), ((0,), image(1))):
        hall.outgoing.borrows = borrows
        picture = hall.sent(made)
        assert picture.lent is None
        assert bytes(picture.pixels) == image(1).numpy().tobytes()
    assert not cuda.memory


def test_a_driver_that_refuses_is_asked_once_and_told(hall: Hall, cuda: SimulatedCuda) -> None:
    cuda.broken["cuIpcGetMemHandle"] = OUT_OF_MEMORY
    hall.outgoing.borrows = (0,)
    for seed in (1, 2):
        picture = hall.sent(image(seed).as_subclass(OnGpu))
        assert bytes(picture.pixels) == image(seed).numpy().tobytes()
    words = "images go through the host's memory (cuIpcGetMemHandle: CUDA_ERROR_OUT_OF_MEMORY)"
    assert hall.outgoing.said == words
    assert len(cuda.memory) == 1


def test_what_is_rendered_ahead_comes_whole(hall: Hall, cuda: SimulatedCuda) -> None:
    hall.outgoing.borrows = (0,)
    hall.outgoing.preview(image(1).as_subclass(OnGpu), JOB, 5)
    message = hall.previews.take()
    assert message is not None
    picture, subject = decode_picture(message, 0.0)
    assert (subject, picture.lent, bytes(picture.pixels)) == (5, None, image(1).numpy().tobytes())
