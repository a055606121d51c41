"""The show: the one place where the parts are put together, and the frame loop. Read this first.

    ports put events -> inbox -> tick(patch, state, events, moment) -> frame -> compositor -> window, film, page
                                                                        `-> job -> sampler process -> newest image

The main thread owns the state and GL. Nothing in the loop waits but the clock; no part of it imports torch.
"""

from collections.abc import Callable
from dataclasses import replace

from perf.core.event import Event
from perf.core.frame import Frame
from perf.core.moment import Moment, Transport
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.rig import Rig, ShowOptions, keys_to_events
from perf.errors import RetrogradeError, ShaderError
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, open_stage
from perf.ports.clock import SystemClock
from perf.ports.library import Library, find_patch
from perf.ports.mailbox import Inbox
from perf.ports.watch import Change, Watch
from perf.worker.client import SamplerClient, SamplerOptions

Report = Callable[[str], None]


class Show:
    """A running performance. `report` takes the lines that a person at the terminal reads."""

    def __init__(self, options: ShowOptions, report: Report) -> None:
        self.options, self.report = options, report
        self.library = Library(find_patch(options.patch))
        self.patch = self.library.load()
        self.size = options.size or self.patch.size
        self.state = State(transport=Transport(tempo=self.patch.tempo, beats_per_bar=self.patch.beats_per_bar))
        self.inbox = Inbox()
        self.sampler = SamplerClient(SamplerOptions(options.model_of(self.patch), options.device))
        self.sampler.start()
        self.clock = SystemClock(options.fps or self.patch.fps)
        self.pending: Change | None = None
        self.closing = False

    def run(self) -> None:
        """Play until the window closes, the time is up or Ctrl-C."""
        window = StageOptions(self.size, self.options.headless, self.options.fullscreen, self.options.monitor)
        self.stage = open_stage(window)
        self.compositor = Compositor(self.stage.context, self.size)
        for name in self.patch.shaders:
            self._load(self.library.shader(name))
        self.rig = Rig(self.options, self)
        self.watch = Watch(self.library, self.patch, self.inbox)
        try:
            self._play()
        finally:
            self.close()

    def _play(self) -> None:
        for index, seconds in self.clock.frames():
            frame = self._frame(index, seconds)
            self.rig.show(frame, self.compositor, self.stage)
            self.stage.present()
            over = self.options.seconds and seconds >= self.options.seconds
            if over or self.stage.closing or self.closing:
                return

    def _frame(self, index: int, seconds: float) -> Frame:
        """One tick: events in, the newest image in, the picture composed."""
        events = self.inbox.drain(seconds) + keys_to_events(self.stage.poll(), seconds, self.state)
        result = tick(self.patch, self.state, events, Moment(index, seconds))
        before, self.state = self.state, result.state
        self.rig.heard(seconds, events, result)
        self.sampler.submit(result.frame.job)
        picture = self.sampler.newest(seconds)
        if picture is not None:
            self.compositor.show(picture)
            self.rig.meters.pictured(seconds, picture.asked)
        self._reload(before, result.frame.moment)
        self.compositor.draw(result.frame)
        return result.frame

    def _reload(self, before: State, moment: Moment) -> None:
        """An edited patch plays from the next beat on."""
        self.pending = self.watch.take() or self.pending
        beat = before.transport.place(0, before.seconds).beat
        if self.pending and (int(moment.beat) != int(beat) or not moment.playing):
            change, self.pending = self.pending, None
            for shader in change.shaders:
                self._load(shader)
            self._adopt(change.patch)

    def _adopt(self, patch: Patch) -> None:
        """Play another patch from here: hands on parameters that it still has stay."""
        hands = {address: hand for address, hand in self.state.hands.items() if address in patch.table}
        releases = {a: r for a, r in self.state.releases.items() if a in patch.table}
        self.state = replace(self.state, hands=hands, releases=releases)
        if patch.tempo != self.patch.tempo:
            self.inbox.put([Event(self.clock.now(), "/transport/tempo", (patch.tempo,), "patch")])
        self.patch = patch
        self.rig.adopt(patch)

    def _load(self, shader: object) -> None:
        """Compile a shader; one that fails is reported and its last good self stays."""
        try:
            self.compositor.load(shader)
        except ShaderError as error:
            self.inbox.fault("shader", str(error))

    def close(self) -> None:
        """Close every part, whatever one of them says: film and take are whole."""
        for part in (self.rig, self.watch, self.sampler, self.compositor, self.stage):
            try:
                part.close()
            except (RetrogradeError, OSError) as error:
                self.report(f"while closing: {error}")
