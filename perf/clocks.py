"""Who leads the time: opens the clock that is chosen, tells every clock what the show does, and says who leads.

Part of the composition root, beside `rig`: MIDI's thread is there anyway, Link and the sound are opened when they are
chosen and closed when another is. Runs on the main thread and never waits.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from perf.core.clock import origin
from perf.core.event import Outcome, Value
from perf.core.meter import FASTEST, SLOWEST
from perf.core.patch import Patch
from perf.core.tick import Tick
from perf.errors import DeviceError
from perf.ports.link import LinkPort, LinkSession
from perf.ports.mailbox import Inbox
from perf.ports.midi import MidiPorts
from perf.ports.sound import Sound


class Clocks:
    """The clocks of one show. `folder` is the patch's, where a sound is looked for."""

    def __init__(self, patch: Patch, folder: Path, inbox: Inbox, now: Callable[[], float]) -> None:
        self._spec, self._folder, self._inbox, self._now = patch.clock, folder, inbox, now
        self._source = ""
        self._link: LinkPort | None = None
        self._sound: Sound | None = None
        self._said: set[str] = set()

    def adopt(self, patch: Patch) -> None:
        """Another patch plays; a sound that it names anew is opened."""
        if (patch.clock.audio, patch.clock.loop) != (self._spec.audio, self._spec.loop):
            self._source = ""
        self._spec = patch.clock

    def heard(self, result: Tick, midi: MidiPorts) -> None:
        """After a tick: the clock that is chosen is open, and every clock knows the transport."""
        values, transport = result.frame.values, result.state.transport
        source = str(values["/clock/source"])
        if source != self._source:
            self.close()
            self._source = source
            self._open(result.frame.moment.tempo, values["/sound/source"] != "none")
        midi.lead(transport, source)
        if self._link is not None:
            self._link.observe(transport, *(bool(values[f"/link/{name}"]) for name in ("send", "receive", "startstop")))
        if self._sound is not None:
            self._sound.observe(transport.playing)
        for outcome in result.outcomes:
            if outcome.kind == "ignored":
                self._say_once(outcome.detail)
            elif outcome.kind in ("command", "clamped"):
                self._done(outcome, result)

    def _done(self, outcome: Outcome, result: Tick) -> None:
        """What a person has done goes to the clock that leads; what a clock or a patch has done does not."""
        source, address = outcome.event.source, outcome.event.address
        if origin(source) or source == "patch":
            return
        if self._link is not None and address == "/transport/tempo":  # the session may have said another since
            self._link.propose(min(max(float(outcome.event.args[0]), SLOWEST), FASTEST))  # type: ignore[arg-type]
        elif self._link is not None and address in ("/transport/tap", "/tap", "/transport/tempo/auto"):
            self._link.propose(result.frame.moment.tempo)
        if self._sound is not None and address == "/transport/seek":
            self._sound.seek(result.state.transport.place(0, self._now()).position)  # the frame's is the light's

    def _open(self, tempo: float, listens: bool) -> None:
        try:
            if self._source == "link":
                self._link = LinkPort(LinkSession(tempo), self._inbox, self._now)
                self._link.start()
            elif self._source == "audio" and self._spec.audio:
                path = Path(self._spec.audio)
                self._sound = Sound(self._folder / path, self._spec.loop, self._inbox, self._now)
            elif self._source == "audio":
                raise DeviceError('/clock/source is audio, but the patch names no sound: [clock] audio = "FILE"')
            elif self._source == "sound" and not listens:
                raise DeviceError("/clock/source is sound, but nothing is listened to; set /sound/source, too")
        except DeviceError as error:
            self._inbox.fault("clock", f"{error}; the show plays by itself")

    def _say_once(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._inbox.fault("clock", message)

    def words(self, values: Mapping[str, Value], midi: MidiPorts) -> str:
        """Who leads, for people: `/status/clock`."""
        if self._source in ("midi", "mtc"):
            return midi.words(self._source)
        if self._source == "auto" and midi.beat(self._now()) is not None:
            return midi.words("midi")
        part = self._link or self._sound
        own = "by ear" if self._source == "sound" else "internal"
        return part.words() if part is not None else f"{own} {values['/transport/tempo']:.1f} BPM"

    def close(self) -> None:
        """Leave Link, let the sound fall silent."""
        for part in (self._link, self._sound):
            if part is not None:
                part.close()
        self._link = self._sound = None
