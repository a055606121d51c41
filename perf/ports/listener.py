"""Listening while the show plays: a thread hears the sound card's input, or a file at the show's place in it.

The card's callback only copies; the thread analyses, and the loop takes the readings before each tick. A device that is
missing or goes away is said and looked for again, and the show plays on in silence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from perf.core.event import Event, Value
from perf.core.hearing import PREFIX, READINGS, Settings, settings_of
from perf.core.moment import Transport
from perf.core.patch import Patch
from perf.errors import DeviceError
from perf.hearing.ear import Ear
from perf.hearing.lead import Lead
from perf.hearing.spectrum import SILENCE, Window
from perf.ports.mailbox import Guarded, Inbox, Queue, Stop
from perf.ports.sound import RATE, read_sound
from perf.ports.soundcard import SoundInput
from perf.ports.soundtrack import sound_file
from perf.wire.midiclock import Stamps

BLOCKS = 64  # that wait for the thread, at most; more are lost
GONE = 1.5  # seconds without a block after which a device has gone
RETRY = 2.0  # seconds between two looks for it
POLL = 0.01  # seconds between two looks at where the show is in the file
STALL = 0.25  # seconds that are made up for after the thread was held up
NEAR = 0.25  # seconds from the show's place in the file beyond which it was sought; up to there it slides along
FREE = 1.0  # the same while the beat leads: the show slides to it, and must not take the file along
Blocks = Queue[tuple[NDArray[np.float32], float]]  # and the clock time of its last sample
NOTHING = {PREFIX + name: 0.0 for name in READINGS}


@dataclass(slots=True)
class _Shared:
    """What the thread and the show use in turn."""

    settings: Settings = field(default_factory=Settings)
    transport: Transport = field(default_factory=Transport)
    leads: bool = False
    readings: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    seconds: float = 0.0  # of the readings
    said: list[Event] = field(default_factory=list)
    window: Window = SILENCE
    words: str = "none"


class Listener:
    """What is heard in one show. `folder` is the patch's, where files are looked for. Nothing is open at first."""

    def __init__(self, patch: Patch, folder: Path, inbox: Inbox, now: Callable[[], float]) -> None:
        self._patch, self._folder, self._inbox, self._now = patch, folder, inbox, now
        self._source = "none"
        self._shared = Guarded(_Shared())
        self._told: dict[str, float] = dict(NOTHING)
        self._stop, self._thread = Stop(), Thread()

    def adopt(self, patch: Patch) -> None:
        """Another patch plays; what it names anew is opened at the next tick."""
        if (patch.hearing, sound_file(patch)) != (self._patch.hearing, sound_file(self._patch)):
            self._source = ""
        self._patch = patch

    def observe(self, values: Mapping[str, Value], transport: Transport) -> None:
        """After a tick: how to listen, to what, and where the show is."""
        with self._shared as shared:
            shared.settings, shared.transport = settings_of(values), transport
            shared.leads = values["/clock/source"] == "sound"
        source = str(values["/sound/source"])
        if source != self._source:
            self._end()
            self._source = source
            self._open()

    def events(self, wanted: Iterable[str], seconds: float) -> list[Event]:
        """Before a tick: where the beat is, if it leads, and the readings among `wanted` that have changed."""
        with self._shared as shared:
            said, shared.said = shared.said, []
        readings = self._readings(seconds)
        changed = {a: readings[a] for a in wanted if a in readings and readings[a] != self._told[a]}
        self._told |= changed
        return [*said, *(Event(seconds, address, (value,), "status") for address, value in changed.items())]

    def status(self, seconds: float) -> dict[str, Value]:
        """`/status/sound/…` at clock time `seconds`."""
        with self._shared as shared:
            words = shared.words
        return {**self._readings(seconds), PREFIX + "source": words}

    def window(self) -> Window:
        """What shaders see: the newest samples."""
        with self._shared as shared:
            return shared.window

    def _readings(self, seconds: float) -> dict[str, float]:
        with self._shared as shared:
            readings, since = dict(shared.readings), shared.seconds
        beats = max(seconds - since, 0.0) * readings[PREFIX + "tempo"] / 60.0
        readings[PREFIX + "beat"] = round(readings[PREFIX + "beat"] + beats, 4)
        return readings

    def _open(self) -> None:
        if self._source == "none":
            return
        self._stop = Stop()
        work = self._input if self._source == "input" else self._file
        self._thread = Thread(target=work, args=(self._patch, self._stop), name="sound", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and wait for the device to be let go."""
        self._end()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _end(self) -> None:
        """Stop listening; every reading is 0 then. The thread lets go by itself: a driver may take its time."""
        self._stop.set()
        with self._shared as shared:
            shared.readings, shared.said, shared.window, shared.words = NOTHING, [], SILENCE, "none"

    def _input(self, patch: Patch, stop: Stop) -> None:
        """Listen to the card, and look for it again when it is not there."""
        said = ""
        while not stop:
            blocks: Blocks = Queue(BLOCKS)
            try:
                device = self._device(patch.hearing.input, blocks)
            except OSError as error:
                said = self._lost(str(error), said, stop)
            else:
                try:
                    self._attend(device, blocks, stop)
                    if not stop:  # said first: a driver may never come back from closing what has gone
                        said = self._lost(f"{device.name} has gone silent", "", stop)
                finally:
                    device.close()
            stop.wait(RETRY)

    def _lost(self, trouble: str, said: str, stop: Stop) -> str:
        """There is nothing to be heard, and that is said, unless it was what was `said` last."""
        with self._shared as shared:
            if not stop:
                shared.readings, shared.window, shared.words = NOTHING, SILENCE, f"input: {trouble}"
        if trouble != said:
            self._inbox.fault("sound", f"nothing is heard: {trouble}; it is looked for again")
        return trouble

    def _device(self, name: str, blocks: Blocks) -> SoundInput:
        return SoundInput(name, lambda block, ago: blocks.offer((block, self._now() - ago)))

    def _attend(self, device: SoundInput, blocks: Blocks, stop: Stop) -> None:
        """Hear a device until it goes away."""
        who, stamps, last = (Ear(device.rate), Lead(), stop), Stamps(), self._now()
        while not stop:
            taken = blocks.drain(GONE / 3)
            if not taken and self._now() - last > GONE:
                return
            for block, arrival in taken:
                last = self._now()
                self._hear(who, block, stamps.at(len(block) / device.rate, arrival))
                self._words(f"input: {device.name}", stop)

    def _file(self, patch: Patch, stop: Stop) -> None:
        """Be in the file where the show is."""
        name = sound_file(patch)
        if not name:
            trouble = '/sound/source is file, but the patch names none: [sound] file = "FILE"'
            self._inbox.fault("sound", f"nothing is heard: {trouble}")
            return self._words(f"file: {trouble}", stop)
        samples = self._read(self._folder / name, stop)
        self._words(f"file: {Path(name).name}", stop)
        who, here, last = (Ear(RATE), Lead(), stop), 0.0, self._now()
        while not stop.wait(POLL):
            now = self._now()
            elapsed, last = min(now - last, STALL), now
            with self._shared as shared:
                place, leads = shared.transport.place(0, now), shared.leads
            reach = FREE if leads else NEAR
            if not place.playing:
                self._hear(who, np.zeros((round(elapsed * RATE), samples.shape[1]), np.int16), now)
                continue
            start, free = here, here + elapsed
            if abs(free - place.position) > reach:
                start, free = place.position - elapsed, place.position
            here = free if leads else place.position
            self._hear(who, cut(samples, round(start * RATE), round(here * RATE)), now)
        return None

    def _read(self, path: Path, stop: Stop) -> NDArray[np.int16]:
        """A file's samples, as soon as there are any; none when it is no longer wanted."""
        said = ""
        while not stop:
            try:
                return read_sound(path)
            except DeviceError as error:
                if str(error) != said:
                    said = str(error)
                    self._inbox.fault("sound", f"nothing is heard: {error}; it is looked for again")
                self._words(f"file: {error}", stop)
            stop.wait(RETRY)
        return np.zeros((0, 2), np.int16)

    def _words(self, words: str, stop: Stop) -> None:
        with self._shared as shared:
            shared.words = shared.words if stop else words

    def _hear(self, who: tuple[Ear, Lead, Stop], block: NDArray[np.generic], end: float) -> None:
        """Hear a block whose last sample is of clock time `end`, and leave what it says."""
        ear, lead, stop = who
        with self._shared as shared:
            settings, transport, leads = shared.settings, shared.transport, shared.leads
        said: list[Event] = []
        for left in ear.feed(block, settings):
            if leads:
                said += lead.events(end - left, ear.beat, transport.place(0, end - left).beat)
        readings, window = ear.readings(), ear.window()
        with self._shared as shared:
            if not stop:
                shared.readings, shared.seconds, shared.window = readings, end, window
                shared.said += said


def cut(samples: NDArray[np.generic], start: int, end: int) -> NDArray[np.generic]:
    """Samples `start` to `end`; before the first and after the last there is silence."""
    there = samples[max(start, 0) : max(end, 0)]
    before, after = max(min(-start, end - start), 0), max(end - max(start, len(samples)), 0)
    return np.pad(there, ((before, after), (0, 0)))
