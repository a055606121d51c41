"""Pictures lent and taken, through the driver's calls as C has them; on a GPU where there is one."""

import ctypes
import multiprocessing
from collections.abc import Iterator

import moderngl
import numpy as np
import pytest
import torch
from simulated_cuda import OUT_OF_MEMORY, SimulatedCuda

from perf.core.picture import Lent
from perf.cuda import SLOTS, Borrower, CudaError, Driver, Lender
from perf.gl.headless import create_context

SIZE = (6, 4)
ROOM = 4 * SIZE[0] * SIZE[1]


@pytest.fixture
def texture() -> Iterator[moderngl.Texture]:
    context = create_context()
    yield context.texture(SIZE, 4)
    context.release()


def image(seed: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, ROOM, np.uint8).tobytes()


def lend(lender: Lender, pixels: bytes) -> Lent:
    kept = ctypes.create_string_buffer(pixels, len(pixels))
    return lender.lend(ctypes.addressof(kept), len(pixels))


def test_what_is_lent_arrives_in_a_texture(texture: moderngl.Texture) -> None:
    cuda = SimulatedCuda(texture)
    lender, borrower = Lender(cuda.driver, 0, ROOM), Borrower(cuda.driver)
    assert borrower.devices == (0,)
    for seed in range(2 * SLOTS):
        borrower.take(lend(lender, image(seed)), texture.glo, SIZE)
        assert texture.read() == image(seed)
    assert (cuda.opened, cuda.registered, cuda.mapped) == (1, [texture.glo], set())
    borrower.forget(texture.glo)
    borrower.forget(texture.glo)
    assert cuda.registered == [None]


def test_the_newest_ones_are_kept(texture: moderngl.Texture) -> None:
    cuda = SimulatedCuda(texture)
    lender, borrower = Lender(cuda.driver, 0, ROOM), Borrower(cuda.driver)
    lent = [lend(lender, image(seed)) for seed in range(SLOTS)]
    for seed in range(SLOTS):
        borrower.take(lent[seed], texture.glo, SIZE)
        assert texture.read() == image(seed)


def test_of_lenders_that_have_ended_the_memory_is_let_go(texture: moderngl.Texture) -> None:
    cuda = SimulatedCuda(texture)
    borrower = Borrower(cuda.driver)
    for seed in range(20):
        borrower.take(lend(Lender(cuda.driver, 0, ROOM), image(seed)), texture.glo, SIZE)
        assert texture.read() == image(seed)
    assert cuda.opened <= SLOTS + 1


def test_what_the_driver_cannot_do_is_said_in_its_words_and_leaves_nothing_mapped(texture: moderngl.Texture) -> None:
    cuda = SimulatedCuda(texture)
    lender, borrower = Lender(cuda.driver, 0, ROOM), Borrower(cuda.driver)
    lent = lend(lender, image(1))
    cuda.broken["cuMemcpy2D_v2"] = OUT_OF_MEMORY
    with pytest.raises(CudaError, match=r"^cuMemcpy2D_v2: CUDA_ERROR_OUT_OF_MEMORY$"):
        borrower.take(lent, texture.glo, SIZE)
    assert not cuda.mapped
    with pytest.raises(CudaError, match="a picture of 97 bytes; there is room for 96"):
        lend(lender, bytes(97))
    with pytest.raises(CudaError, match="cuDevicePrimaryCtxRetain: CUDA_ERROR_INVALID_VALUE"):
        Lender(cuda.driver, 1, ROOM)


def test_a_machine_without_the_driver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perf.cuda.LIBRARY", "libnothing.so.1")
    with pytest.raises(CudaError, match="no CUDA driver: libnothing"):
        Driver()
    with pytest.raises(CudaError, match=r"no CUDA driver: .*cuInit"):
        Driver(object())


def lending(pipe: "multiprocessing.connection.Connection") -> None:
    """A process that lends a picture, and then another."""
    lender = Lender(Driver(), 0, ROOM)
    for seed in (1, 2):
        rgba = torch.frombuffer(bytearray(image(seed)), dtype=torch.uint8).to("cuda:0")
        pipe.send(lender.lend(rgba.data_ptr(), rgba.numel()))
        pipe.recv()


def draws() -> bool:
    """Whether a GPU of CUDA's draws here."""
    if not torch.cuda.is_available():
        return False
    context = create_context()
    try:
        return 0 in Borrower(Driver()).devices
    except CudaError:
        return False
    finally:
        context.release()


@pytest.mark.skipif(not draws(), reason="no CUDA device draws here")
def test_another_process_s_pictures_arrive_in_a_texture(texture: moderngl.Texture) -> None:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=lending, args=(there,))
    process.start()
    try:
        borrower = Borrower(Driver())
        for seed in (1, 2):
            borrower.take(here.recv(), texture.glo, SIZE)
            assert texture.read() == image(seed)
            here.send("next")
    finally:
        process.join()
