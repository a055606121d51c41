"""The show: the one place where the parts are put together, and the frame loop. Read this first.

    ports put events -> inbox -> tick(patch, state, events, moment) -> frame -> compositor -> window, film, page
                                                                        `-> jobs -> sampler process -> newest images

The main thread owns the state and GL. Nothing in the loop waits but the clock; no part of it imports torch.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from perf import keys
from perf.core.event import Event, Value
from perf.core.frame import Frame
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import Tick, tick
from perf.errors import ShaderError
from perf.foresight import Foresight
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, is_software, open_stage
from perf.options import ShowOptions
from perf.ports.clock import SystemClock
from perf.ports.library import Library, find_patch
from perf.ports.mailbox import Inbox, Rest
from perf.ports.watch import Change, Watch
from perf.rig import Rig
from perf.worker.client import SamplerClient
from perf.worker.second import SecondSampler

SOFTWARE_FPS = 32.0  # frames a second where the processor draws, too: the sampler needs its share


class Show:
    """A running performance. `report` takes the lines that a person at the terminal reads."""

    def __init__(self, options: ShowOptions, report: Callable[[str], None]) -> None:
        self.options, self.report = options, report
        self.library = Library(find_patch(options.patch), options.model)
        self.patch = self.library.load()
        self.state = State(transport=self.patch.transport)
        self.seen: Mapping[str, Value] = self.patch.floor
        self.inbox = Inbox()
        self.rig = Rig(options, self.library, self.patch, self.inbox)
        self.sampler, self.second = SamplerClient(options.sampler_of(self.patch)), SecondSampler()
        self.clock = SystemClock(options.fps or self.patch.fps)
        self.foresight = Foresight(self._foreseen, self.rig, self.clock.now)
        self.clock.rest = self.rest = Rest(self.clock.now, self.inbox, self.foresight.hear, self.foresight)
        self.pending: Change | None = None
        self.stopping = False

    def run(self) -> None:
        """Play until the window closes, the time is up or Ctrl-C; then close every part: film and take are whole."""
        options, size = self.options, self.options.size or self.patch.size
        sys.setswitchinterval(0.002)  # a busy frame does not keep the sockets' threads waiting until packets are lost
        try:
            self.sampler.start()
            self.stage = open_stage(StageOptions(size, options.headless, options.fullscreen, options.monitor))
            if is_software(self.stage.context) and not options.fps:
                self.clock.pace(min(self.patch.fps, SOFTWARE_FPS))
            self.compositor = Compositor(self.stage.context, size, lambda _: datetime.now(), live=True)
            for name in self.patch.shaders:
                self._load(self.library.shader(name))
            self.rig.open(self.clock.now, (self.sampler, self.second), self.compositor, self.report)
            self.watch = Watch(self.library, self.patch, self.inbox)
            self.report(f"OSC on {options.host}:{self.rig.osc.port} (UDP and TCP)")
            self.report(f"page on http://{options.host}:{self.rig.http.port}/")
            self._play()
        finally:
            self._close()

    def _play(self) -> None:
        for index, seconds in self.clock.frames():
            swap = self._present(frame := self._frame(index, seconds), seconds)
            self.rig.tell(frame)
            self.compositor.took(self.clock.now() - seconds, swap)
            if index == 0:
                self.report(f"first frame after {self.clock.now():.1f} s")
            if self.stopping or self.stage.closing or 0 < self.options.seconds <= seconds:
                return

    def _frame(self, index: int, seconds: float) -> Frame:
        """One tick: the newest image in, the events that came while it was drawn, the picture composed."""
        before = self.state
        self.foresight.begun()
        self.rig.pressed(pressed := self.stage.poll())
        events = self.inbox.drain(seconds) + self.rig.listen(seconds) + keys.events(pressed, seconds, before, self.seen)
        result = tick(self.patch, before, events, Moment(index, seconds), self.rig.delays())
        self.state, self.seen = result.state, result.frame.values
        self.foresight.ticked(before, self.state, seconds)
        self.rig.heard(seconds, events, result)
        if (ahead := self.sampler.follow(result.frame, before.seconds)) is not None:
            self.compositor.show(ahead)
        beside = self.options.second_of(self.patch) if self.rig.meters.newest else None  # once the first has an image
        if (other := self.second.follow(beside, result.frame.second, before.seconds)) is not None:
            self.compositor.show(other, "second")
        for said in filter(None, (self.sampler.supervise(seconds), self.second.supervise(seconds))):
            self.inbox.fault("sampler", said)
        self._reload(before, result.frame.moment)
        self.compositor.draw(result.frame)
        return result.frame

    def _present(self, frame: Frame, ticked: float) -> float:
        """The frame to the screen; the seconds that took."""
        drawn = self.clock.now()
        self.rig.show(frame, self.stage)
        self.rest.glance()  # what is asked of the sampler meanwhile does not wait for the frame's end
        self.rig.meters.latency.presented(ticked, drawn, presented := self.clock.now())
        return presented - drawn

    def _foreseen(self, now: float) -> tuple[State, Tick]:
        return self.state, tick(self.patch, self.state, self.inbox.peek(now), Moment(0, now), self.rig.delays())

    def _reload(self, before: State, moment: Moment) -> None:
        """An edited patch plays from the next beat on; its shaders are compiled before that, one between two frames."""
        change = self.pending = self.watch.take() or self.pending
        beat = before.transport.place(0, before.seconds).beat
        if change and change.shaders:
            self._load(change.shaders.pop())
        elif change and (int(moment.beat) != int(beat) or not moment.playing):
            self.pending = None
            self._adopt(change.patch)

    def _adopt(self, patch: Patch) -> None:
        """Play another patch from here: hands on parameters that it still has stay, and what is not saved."""
        self.state = self.state.on(patch, self.patch)
        if patch.tempo != self.patch.tempo and patch.timeline.course is None:
            self.inbox.put([Event(self.clock.now(), "/transport/tempo", (patch.tempo,), "patch")])
        if (model := self.options.sampler_of(patch)) != self.sampler.options:
            self.sampler.change(model)
        self.patch = patch
        self.rig.adopt(patch)
        unsaved = ", ".join(self.state.automation.fresh)
        self.report(f"playing the edited {patch.name}" + (f"; recorded and not saved: {unsaved}" if unsaved else ""))

    def _load(self, shader) -> None:  # type: ignore[no-untyped-def]
        """Compile a shader; one that fails is reported and its last good self stays."""
        try:
            self.compositor.load(shader)
        except ShaderError as error:
            self.inbox.fault("shader", str(error))

    def _close(self) -> None:
        self.rig.close()
        for name in ("watch", "second", "sampler", "compositor", "stage"):
            if (part := getattr(self, name, None)) is not None:
                (part.release if name == "compositor" else part.close)()
