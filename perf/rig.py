"""What stands around the loop: OSC, MIDI, page, outlets, take, meters, overlay. The show's second half.

Part of the composition root: it wires and forwards; what any of it means is decided below. Runs on the main thread and
never waits.
"""

import gc
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from perf.clocks import Clocks
from perf.core.event import Event, Value
from perf.core.frame import Delays, Frame
from perf.core.patch import Patch
from perf.core.picture import Picture
from perf.core.recorder import RECORD, SCORED
from perf.core.state import State
from perf.core.tick import Tick
from perf.errors import DeviceError
from perf.gl.compositor import Compositor
from perf.gl.overlay import inset, panel
from perf.gl.stage import Stage
from perf.keys import HELP, Mouse
from perf.notices import Notices
from perf.options import ShowOptions
from perf.outlets import Outlets
from perf.ports import meters
from perf.ports.http import HttpServer
from perf.ports.http_gate import Site
from perf.ports.library import Library
from perf.ports.listener import Listener
from perf.ports.mailbox import Inbox
from perf.ports.media import Bay
from perf.ports.meters import Meters
from perf.ports.midi import MidiPorts
from perf.ports.osc import OscServer
from perf.ports.plates import Plates
from perf.ports.saver import Saver
from perf.ports.statuslog import StatusLog
from perf.recording import Recording
from perf.wire.midi import MidiMap
from perf.wire.oscquery import Namespace
from perf.worker.client import SamplerClient
from perf.worker.second import SecondSampler

PREVIEW = 640  # pixels: the page's picture's width
UNSAVED = (RECORD, "/mapping/card")  # switches of whoever works on the patch
NOTICE = 6.0  # seconds that a message stays on the window
READING = 0.1  # seconds between two readings of the status for the patch's formulas


class Part(Protocol):
    """What can be closed."""

    def close(self) -> object:
        """Let go."""


P = TypeVar("P", bound=Part)


class Rig:
    """The ports of one show. Raises DeviceError while it is built when a port is taken; nothing is left open then."""

    def __init__(self, options: ShowOptions, library: Library, patch: Patch, inbox: Inbox) -> None:
        self.options, self.library, self.patch, self.inbox = options, library, patch, inbox
        self.meters = Meters()
        self.state = State()
        self._closers: list[Callable[[], object]] = []
        self._help = self._inset = False
        self._mouse = Mouse()
        self._notice, self._notices = (0.0, ""), Notices()
        self._news: dict[str, Value] = {}  # what the last frame's readings were
        self._shown: object = None
        self._previewed: Picture | None = None
        self._second, self._reading = -1, 0.0
        self._told: dict[str, Value] = {}
        self._faults: Counter[str] = Counter()

    def open(
        self,
        now: Callable[[], float],
        samplers: tuple[SamplerClient, SecondSampler],
        compositor: Compositor,
        report: Callable[[str], None],
    ) -> None:
        """Open every port. Raises DeviceError naming the one that could not be had."""
        options, patch = self.options, self.patch
        self.sampler, self.second = samplers
        self.compositor, self.report = compositor, report
        try:
            self.log = StatusLog(options.status_json, self.inbox.fault)
            self.saver = self._opened(Saver(self.library, self.inbox, report))
            self.osc = self._opened(OscServer(options.host, options.osc_port, self.inbox, now))
            site = Site(options.host, options.http_port, self.osc.port)
            self.http = self._opened(HttpServer(site, Namespace.of(patch), self.inbox, now))
            self.midi = self._opened(MidiPorts(options.midi, MidiMap(patch.bindings, patch.table), self.inbox, now))
            self.midi.clock(patch.clock)
            if options.link:
                self.inbox.put([Event(now(), "/clock/source", ("link",), "option")])
            self.clocks = self._opened(Clocks(patch, self.library.path.parent, self.inbox, now))
            self.listener = self._opened(Listener(patch, self.library.path.parent, self.inbox, now))
            self.bay = self._opened(Bay(patch, self.library.path.parent, compositor.size, self.inbox.fault))
            self.plates = self._opened(Plates(patch, self.library.path.parent, self.bay.newest, self.inbox.fault))
            recording = Recording(options, self.library, patch, report)
            self.outlets = self._opened(Outlets(options, self.library, recording, self.inbox.fault))
            self.take = self._opened(recording.take(self.inbox, now)) if options.take else None
        except BaseException:
            self.close()
            raise
        self.osc.outputs(patch.outputs)
        gc.collect()
        gc.freeze()  # what is there now stays: no frame waits while a long score is searched for garbage
        self._closers.append(gc.unfreeze)

    def _opened(self, part: P) -> P:
        self._closers.append(part.close)
        return part

    def listen(self, seconds: float) -> list[Event]:
        """Before a tick: what is heard, as far as the patch's formulas look at it, and the beat if it leads."""
        self.compositor.hear(self.listener.window())
        return self.listener.events(self.patch.timeline.reads, seconds)

    def heard(self, seconds: float, events: list[Event], result: Tick) -> None:
        """After a tick: log, answer, count, and act on the few commands that are a port's to do."""
        self.state = result.state
        if self.take is not None:
            self.take.write(seconds, events)
        self._notices.heard(result.outcomes, result.state)
        for reply in result.replies:
            if (read := self._news.get(reply.address)) is not None:
                reply = replace(reply, args=(read,))
            (self.http if reply.source.startswith("web:") else self.osc).send(reply)
        self.meters.heard(result.outcomes)
        self.clocks.heard(result, self.midi)
        self.listener.observe(result.frame.values, result.state.transport)
        self.compositor.film(self.bay.shots(result.frame))
        self.sampler.look(self.plates.take(result.frame.job))
        self.sampler.borrows = self.second.borrows = self.compositor.borrows
        for outcome in result.outcomes:
            if outcome.kind in ("unknown", "rejected"):
                self.inbox.fault("event", f"{outcome.event.source} {outcome.event.address}: {outcome.detail}")
            elif outcome.event.address.startswith("/midi/"):
                self.midi.command(outcome)
        if result.frame.values["/patch/save"]:
            self._save()

    def show(self, frame: Frame, stage: Stage) -> None:
        """After a frame is drawn: the window and the further monitors."""
        now = frame.moment.seconds
        self.meters.frames.tick(now)
        self._overlay(now, public=frame.blackout or stage.fullscreen)
        if not self.options.headless:
            self.compositor.present(stage.framebuffer)
            for number, screen in stage.screens(self.compositor.monitors):
                self.compositor.present(screen.framebuffer, number)
                screen.present()
            for words in stage.said():
                self.inbox.fault("monitor", words)
            if moved := self._mouse.events(stage.pointer, frame, now):
                self.inbox.put(moved)
        stage.present()

    def tell(self, frame: Frame) -> None:
        """After it is presented: the film, the page, everyone who listens, and the terminal."""
        now = frame.moment.seconds
        self.outlets.show(frame, self.patch, self.compositor)
        if self.http.picture_due(now):
            self.http.picture(*self.compositor.thumbnail(PREVIEW))
        self._ahead()
        status = self._status(now, frame) | self.compositor.status()
        self._read(now, status)
        self._news = status | self.listener.status(now)
        values = {**frame.values, **self._news}
        self.osc.publish(now, values, self._author)
        self.http.publish(now, values, self._author)
        if (learned := self.midi.observe(values)) is not None:
            self.report(f"learned {learned.kind} {learned.number} of {learned.port} for {learned.address}")
        if int(now) != self._second:
            self._second = int(now)
            self._every_second(now, status)

    def _ahead(self) -> None:
        """The page's second picture, when there is another."""
        if (picture := self.sampler.bus.picture) is not self._previewed:
            self._previewed = picture
            self.http.preview((*picture.size, picture.rgb) if picture else None)

    def _author(self, address: str) -> str:
        hand = self.state.hands.get(address)
        return hand.source if hand is not None else ""

    def _status(self, now: float, frame: Frame) -> dict[str, Value]:
        sampler = self.sampler.status()
        counts = {
            "drops": float(self.outlets.drops + self._faults["full inbox"]),
            "errors": float(sampler.errors + self._faults.total()),
            "restarts": float(self.sampler.restarts),
            "memory": meters.memory_mb() + sampler.memory_mb + self.second.memory_mb,
        }
        delays, latency = self.delays(), self.meters.latency
        counts |= {
            "latency/encode": sampler.encode_ms,
            "latency/sample": sampler.sample_ms,
            "latency/decode": sampler.decode_ms,
            "latency/composite": 1000 * latency.composite.value,
            "latency/swap": 1000 * latency.swap.value,
            "latency/stage": 1000 * delays.stage,
            "latency/sampler": 1000 * delays.sampler,
            "latency/leap": 1000 * delays.leap,
        }
        words = sampler.state + (f": {sampler.message}" if sampler.message else "")
        clock: dict[str, Value] = {"/status/clock": self.clocks.words(frame.values, self.midi)}
        clock["/status/second"] = self.second.words
        seen: dict[str, Value] = {f"/status/{name}": value for name, value in sampler.seen.items()}
        return self.meters.values(now, counts, words) | clock | seen | self.sampler.bus.status(now, sampler)

    def _read(self, now: float, status: Mapping[str, Value]) -> None:
        """What the patch's formulas look at goes to the tick as events, so that a take of it plays the same."""
        if now < self._reading:
            return
        self._reading = now + READING
        wanted = {address: status[address] for address in self.patch.timeline.reads if address in status}
        changed = {address: value for address, value in wanted.items() if self._told.get(address) != value}
        self._told |= changed
        if changed:
            self.inbox.put([Event(now, address, (value,), "status") for address, value in changed.items()])

    def delays(self) -> Delays:
        """How far ahead curves are to be read now."""
        return self.meters.latency.delays(self.sampler.status().step_ms / 1000)

    def _every_second(self, now: float, status: dict[str, Value]) -> None:
        self._faults, messages = self.inbox.faults()
        messages += self._notices.said(self.sampler.status()) + self.outlets.said()
        messages += [("shader", words) for words in self.compositor.said()]
        for kind, words in messages[-5:]:
            self.report(f"{kind}: {words}")
            self._notice = (now + NOTICE, f"{kind}: {words}")
            self.meters.message = words
        shown: dict[str, object] = {address.removeprefix("/status/"): value for address, value in status.items()}
        cues, current = self.patch.timeline.cues, self.state.cues.current
        shown["cue"] = cues[current].name if 0 <= current < len(cues) else ""
        bar = self.patch.meter.size(self.state.transport.place(0, now).beat)
        more = {"patch": self.patch.name, "beats_per_bar": bar, "automated": self.state.automated}
        self.http.status(shown | more, messages)
        self.report(meters.line(status))
        self.log.write(now, status)

    def pressed(self, pressed: Collection[str]) -> None:
        """Keys that change what lies over the window: its help, and the next cue's picture."""
        self._help ^= "h" in pressed
        self._inset ^= "v" in pressed

    def _overlay(self, now: float, *, public: bool) -> None:
        """Help, a message (none where an audience sees it) or the next cue's picture, over the window alone."""
        until, words = self._notice
        lines: tuple[str, ...] = HELP if self._help else (words,) if now < until and not public else ()
        ahead = self.sampler.bus.picture if self._inset and not lines else None
        wanted = (lines, ahead and ahead.asked, self.sampler.bus.cue if ahead else "")
        if wanted == self._shown or self.options.headless:
            return
        self._shown = wanted
        if ahead is not None:
            self.compositor.overlay(inset(ahead.size, ahead.rgb, self.sampler.bus.cue), (1.0, 0.0))
        else:
            self.compositor.overlay(panel(lines, 20, warning=not self._help) if lines else None)

    def adopt(self, patch: Patch) -> None:
        """Another patch plays: its parameters, controls and destinations."""
        self.patch = patch
        self.http.replace_table(Namespace.of(patch))
        self.midi.adopt(MidiMap(patch.bindings, patch.table))
        self.midi.clock(patch.clock)
        self.clocks.adopt(patch)
        self.listener.adopt(patch)
        self.bay.adopt(patch)
        self.plates.adopt(patch)
        self.osc.outputs(patch.outputs)

    def _save(self) -> None:
        """Write what hands hold, learned controls and recorded lanes into the patch file, comments kept."""
        hands = {a: hand for a, hand in self.state.hands.items() if hand.source not in SCORED and a not in UNSAVED}
        held = {a: hand.value for a, hand in hands.items() if self.patch.table[a].access == "rw"}
        self.saver.ask(held, self.midi.bindings, self.state.automation.fresh)

    def close(self) -> None:
        """Close what was opened, the last first. What one says while closing stops no other, and is said."""
        opened = bool(self._closers)
        while self._closers:
            try:
                self._closers.pop()()
            except (DeviceError, OSError) as error:
                self.report(f"while closing: {error}")
        outlets = getattr(self, "outlets", None)  # what is not there was not opened
        for kind, words in (self.inbox.faults()[1] + (outlets.said() if outlets else [])) if opened else ():
            self.report(f"{kind}: {words}")
