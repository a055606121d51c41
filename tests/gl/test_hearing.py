"""Sound textures: silent until something is heard, and made once for what is heard."""

import moderngl
import numpy as np
from stagecraft import Heard

from perf.gl.hearing import CHANNELS, Ears


def test_it_is_silent_until_something_is_heard_and_uploads_only_then(context: moderngl.Context) -> None:
    ears = Ears(context)
    silent = ears.texture("audio", 4)
    assert np.frombuffer(silent.read(), np.float32).tolist() == [0.5] * 4
    assert not np.frombuffer(ears.texture("audioFFT", 0).read(), np.float32).any()
    assert ears.texture("audio", 4) is silent
    ears.hear(Heard(np.ones((2, 8), np.float32), np.full((2, 3), 0.25, np.float32)))
    heard = ears.texture("audio", 4)
    assert heard.size == (4, 2)
    assert np.frombuffer(heard.read(), np.float32).tolist() == [1.0] * 8
    assert ears.texture("audioFFT", 0).size == (3, 2)
    assert ears.texture("audio", 4) is heard
    ears.release()


def test_of_many_channels_the_first_are_shown(context: moderngl.Context) -> None:
    ears = Ears(context)
    ears.hear(Heard(np.ones((40, 8), np.float32), np.ones((40, 8), np.float32)))
    assert ears.texture("audio", 0).size == (8, CHANNELS)
    ears.release()
