"""Sound textures: the newest samples centred on 0.5, the spectrum at the width that is asked for."""

import moderngl
import numpy as np
import pytest

from perf.gl.hearing import Ears, Hearing, spectrum, waveform


def test_a_waveform_is_centred_and_its_newest_samples_are_kept() -> None:
    samples = np.array([[-1.0, 0.0, 0.5, 1.0, 3.0], [0.0] * 5], np.float32)
    assert waveform(samples).tolist() == [[0.0, 0.5, 0.75, 1.0, 1.0], [0.5] * 5]
    assert waveform(samples, 2)[0].tolist() == [1.0, 1.0]
    assert waveform(samples, 7)[0].tolist() == [0.5, 0.5, 0.0, 0.5, 0.75, 1.0, 1.0]


def test_a_spectrum_keeps_its_peaks_when_columns_share_bins() -> None:
    bins = np.array([[0.1, 0.9, 0.2, 0.3, np.nan, 7.0]], np.float32)
    assert spectrum(bins, 3)[0].tolist() == pytest.approx([0.9, 0.3, 1.0])
    assert spectrum(bins)[0].tolist() == pytest.approx([0.1, 0.9, 0.2, 0.3, 0.0, 1.0])
    wide = spectrum(bins, 12)[0]
    assert wide.shape == (12,)
    assert wide.max() == pytest.approx(1.0)


def test_it_is_silent_until_something_is_heard_and_uploads_only_then(context: moderngl.Context) -> None:
    ears = Ears(context)
    silent = ears.texture("audio", 4)
    assert np.frombuffer(silent.read(), np.float32).tolist() == [0.5] * 4
    assert not np.frombuffer(ears.texture("audioFFT", 0).read(), np.float32).any()
    assert ears.texture("audio", 4) is silent
    ears.hear(Hearing(np.ones((2, 8), np.float32), np.full((2, 3), 0.25, np.float32)))
    heard = ears.texture("audio", 4)
    assert heard.size == (4, 2)
    assert np.frombuffer(heard.read(), np.float32).tolist() == [1.0] * 8
    assert ears.texture("audioFFT", 0).size == (3, 2)
    ears.release()


@pytest.mark.parametrize("shape", [(4,), (0, 4), (1, 0), (17, 4), (1, 5000)])
def test_what_is_no_sound_is_refused(context: moderngl.Context, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"a waveform of shape .* 1…16 channels × 1…4096 columns"):
        Ears(context).hear(Hearing(waveform=np.zeros(shape, np.float32)))
