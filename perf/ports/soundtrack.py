"""A sound file as what is heard: live at the show's place in it, and in a film from its first frame on."""

from collections.abc import Mapping
from functools import cached_property
from heapq import merge
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from perf.core.event import Value
from perf.core.hearing import PREFIX, settings_of
from perf.core.patch import Patch
from perf.hearing.rehearsal import Timed, listens, rehearsed
from perf.hearing.spectrum import SIZE, Window
from perf.ports.sound import RATE, read_sound


def sound_file(patch: Patch) -> str:
    """The file that a patch listens to: `[sound]`'s, else the one that leads, else its film's, else ""."""
    return patch.hearing.file or patch.clock.audio or patch.sound


class Soundtrack:
    """What a film hears of the file at `path`, which is read when something listens."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _samples(self) -> NDArray[np.int16]:
        return read_sound(self.path)

    def heard(self, patch: Patch, events: list[Timed], seconds: float) -> list[Timed]:
        """The events of a film of `seconds` with what it hears among them; a take that has heard is left as it is."""
        if not listens(patch) or any(event.address.startswith(PREFIX) for _, event in events):
            return events
        own = rehearsed(patch, events, self._samples[: round(seconds * RATE)], RATE)
        return list(merge(events, own, key=lambda timed: timed[0]))

    def window(self, seconds: float, values: Mapping[str, Value]) -> Window:
        """What shaders see in the frame at `seconds`, `values` being its parameters."""
        end = min(max(round(seconds * RATE), 0), len(self._samples))
        newest = self._samples[max(end - SIZE, 0) : end].astype(np.float32) / 32768 * settings_of(values).gain
        return Window(np.pad(newest, ((SIZE - len(newest), 0), (0, 0))).astype(np.float32), RATE)
