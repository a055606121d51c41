"""The rows that a shader's audio and audioFFT inputs show."""

import numpy as np
import pytest

from perf.hearing.spectrum import SILENCE, SIZE, Window

RATE = 48000


def window(frequency: float, loud: float = 1.0, channels: int = 1) -> Window:
    sine = loud * np.sin(np.arange(SIZE) * 2 * np.pi * frequency / RATE)
    return Window(np.repeat(sine[:, None], channels, 1).astype(np.float32), RATE)


def test_a_wave_is_centred_on_a_half_and_its_newest_is_right() -> None:
    rows = window(100, 0.5, 2).wave()
    assert rows.shape == (2, SIZE)
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous
    assert rows.min() == pytest.approx(0.25, abs=0.01)
    assert rows.max() == pytest.approx(0.75, abs=0.01)
    assert np.array_equal(window(100).wave(64), window(100).wave()[:, -64:])
    assert window(100, 3.0).wave().max() == 1.0


def test_a_sine_stands_in_its_column() -> None:
    rows = window(3000, 1.0, 3).spectrum()
    assert rows.shape == (3, SIZE // 2)
    assert rows.dtype == np.float32
    assert rows[2].argmax() == 3000 * SIZE // RATE
    assert rows.max() == pytest.approx(1.0, abs=0.01)
    assert window(3000, 0.01).spectrum().max() == pytest.approx(0.5, abs=0.01), "-40 of -80 dB"
    few = window(3000).spectrum(16)
    assert few.shape == (1, 16)
    assert few[0].argmax() == 2


@pytest.mark.parametrize("columns", [1, 7, SIZE, 10**6, -3])
def test_any_number_of_columns(columns: int) -> None:
    assert 1 <= window(440).wave(columns).shape[1] <= SIZE
    assert 1 <= window(440).spectrum(columns).shape[1] <= SIZE // 2


def test_silence() -> None:
    assert (SILENCE.wave() == 0.5).all()
    assert (SILENCE.spectrum(32) == 0.0).all()
