"""Applying events: the mutable desk on which one tick works, between two frozen states.

Lives for one call of `tick` and is never seen outside it. Every event ends in exactly one outcome.
"""

from collections.abc import Callable
from dataclasses import replace

from perf.core import conductor, recorder
from perf.core.clock import leads, origin
from perf.core.command import COMMANDS, fire
from perf.core.condition import hangs_on
from perf.core.event import Event, Outcome, Reply, Value
from perf.core.job import ASKED
from perf.core.moment import Transport
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.resolve import resolve, seen
from perf.core.state import Hand, Release, State

ALIASES = {
    "/panic": "/master/panic",
    "/blackout": "/master/blackout",
    "/freeze": "/master/freeze",
    "/tap": "/transport/tap",
}
TEMPO = "/transport/tempo"
RELEASE = 0.25  # seconds in which `/auto` gives a parameter without a glide of its own back


class Desk:
    """One tick's working copy of the state. Counters and texts are left to the outcomes."""

    def __init__(self, patch: Patch, state: State, now: float) -> None:
        self.patch, self._state, self._now = patch, state, now
        self.transport: Transport = state.transport
        self._hands: dict[str, Hand] | None = None
        self._releases = dict(state.releases)
        self.automated, self.epoch, self.cues = state.automated, state.epoch, state.cues
        self._readings = state.readings
        self._touches, self._second = state.touches, state.second_touches
        self.shots, self.placed = state.shots, state.placed
        self.automation = state.automation
        self.looked, self.looks = state.seconds, 0  # when conditions were looked at last; for how many messages
        self.leader, self.ahead = "", 0.0  # the clock whose event is being applied, and the seconds it is led by
        self._seen: tuple[object, object] = (None, None)  # cues and transport of which none is due in this tick
        self.outcomes: list[Outcome] = []
        self.replies: list[Reply] = []
        self.fired: dict[str, Value] = {}  # triggers are true for this tick alone

    @property
    def hands(self) -> dict[str, Hand]:
        """The hands, copied once a tick and only when one moves."""
        if self._hands is None:
            self._hands = dict(self._state.hands)
        return self._hands

    @property
    def releases(self) -> dict[str, Release]:
        """What is on its way back from a hand."""
        return self._releases

    def let_go(self, source: str = "") -> None:
        """Drop what `source` holds; without one, what anybody holds, and all that is on its way back."""
        for address in [address for address, hand in self.hands.items() if source in ("", hand.source)]:
            del self.hands[address]
        if not source:
            self._releases.clear()
        if source == conductor.HAND and self.transport.cued:
            self.give_back(TEMPO, self.transport.seconds, 0.0)

    def values(self, seconds: float) -> dict[str, Value]:
        """Every parameter as it stands at clock time `seconds`."""
        return resolve(self.patch, self.state(), self.transport.place(0, seconds))

    def state(self) -> State:
        """The frozen state after the events taken so far."""
        return replace(
            self._state,
            transport=self.transport,
            hands=self._state.hands if self._hands is None else self._hands,
            releases=self._releases,
            automated=self.automated,
            epoch=self.epoch,
            cues=self.cues,
            readings=self._readings,
            shots=self.shots,
            placed=self.placed,
            touches=self._touches,
            second_touches=self._second,
            automation=self.automation,
        )

    def take(self, event: Event) -> None:
        """Apply one event; its outcome is appended."""
        address = event.address
        param = self.patch.table.get(address)
        if self.automated and self.patch.timeline.cues:
            self._catch_up(address, min(event.seconds, self._now))
        try:
            if param is not None and event.args != ("?",) and param.access == "rw" and address not in COMMANDS:
                kind, detail = self._set(param, event)
            else:
                kind, detail = self._other(ALIASES.get(address, address), event)
        except ValueError as error:
            kind, detail = "rejected", str(error)
        self.outcomes.append(Outcome(event, kind, detail))
        if self.automated and hangs_on(self, address):
            self._look(min(event.seconds, self._now))

    def _look(self, seconds: float) -> None:
        """Let the cues go that are due or whose conditions hold."""
        conductor.advance(self, seconds)
        self.looked, self.looks = max(self.looked, seconds), self.looks + 1

    def _catch_up(self, address: str, seconds: float) -> None:
        """Let the cues go that were due before an event, which so finds them gone however rare ticks are."""
        if hangs_on(self, address):
            self._look(seconds)
        elif self.cues is self._seen[0] and self.transport is self._seen[1]:
            return
        elif conductor.first_due(self, self._now, looks=False) is None:
            self._seen = (self.cues, self.transport)
        else:
            conductor.advance(self, seconds, looks=False)

    def _other(self, address: str, event: Event) -> tuple[str, str]:
        """Everything but a plain value for a plain address."""
        if address == "/ping":
            self.replies.append(Reply(event.source, "/pong", event.args or (self._now,)))
            return "query", "pong"
        if address.startswith("/norm/"):
            return self._each(address[5:], event, self._set_normalised)
        if address.endswith("/auto"):
            return self._each(address[:-5], event, self._give_back)
        if address.endswith("/touch"):
            return self._each(address[:-6], event, self._touch)
        if address.startswith("/cue/") and address.endswith("/go") and address.count("/") == 3:
            return "command", fire(self, address.split("/")[2], min(event.seconds, self._now))
        return self._each(address, event, self._one)

    def _each(self, address: str, event: Event, act: Callable[[Param, Event], tuple[str, str]]) -> tuple[str, str]:
        """Act on every parameter that the address reaches; the worst outcome stands for all."""
        params = self.patch.table.matching(address)
        if not params and address.startswith("/mapping/"):
            return "unknown", f"{address}: this patch has no such [[mapping]]; put one in it (docs/stage.md)"
        if not params:
            return "unknown", f"no parameter is called {address}; `retrograde params` lists them"
        results, errors = [], []
        for param in params:
            try:
                results.append(act(param, event))
            except ValueError as error:
                errors.append(str(error))
        if not results:
            raise ValueError(errors[0])
        worst = next((r for r in results if r[0] == "clamped"), results[0])
        return worst if len(params) == 1 else (worst[0], f"{len(results)} of {len(params)} parameters")

    def _one(self, param: Param, event: Event) -> tuple[str, str]:
        if event.args == ("?",):
            self.replies.append(Reply(event.source, param.address))
            return "query", ""
        command = COMMANDS.get(param.address)
        if command is not None:
            several = param.kind == "text" and len(event.args) > 1
            value, clamped = param.coerce((" ".join(map(str, event.args)),) if several else event.args)
            if param.kind == "trigger" and not value:
                return "command", "a trigger let go"
            if not self._obeyed(param.address, event.source):
                return "ignored", f"{origin(event.source) or 'it'} does not lead: /clock/source is {self.leader}"
            since = min(event.seconds, self._now)
            recorder.settle(self, since)  # what was due before, while the transport was what it was
            detail = command(self, value, since)
            recorder.settle(self, since)
            return ("clamped" if clamped else "command"), detail
        if param.access == "r" and event.source == "status":
            self._readings = {**self._readings, param.address: param.coerce(event.args)[0]}
            return "set", ""
        if param.access == "r":
            raise ValueError(f"{param.address} can only be read; send ? to ask for it")
        return self._set(param, event)

    def _obeyed(self, address: str, source: str) -> bool:
        """Whether the sender may move the transport: a clock, or whoever says where one is, only while it leads."""
        kind, self.leader, self.ahead = origin(source), "", 0.0
        if not kind and address not in ("/transport/follow", "/transport/position"):
            return True
        self.leader = str(self.current("/clock/source", self._now))
        self.ahead = float(self.current("/clock/offset", self._now)) / 1000.0  # type: ignore[arg-type]
        return leads(self.leader, kind)

    def _set(self, param: Param, event: Event) -> tuple[str, str]:
        args, glide = event.args, param.glide
        if len(args) == 2 and param.kind in ("float", "int") and isinstance(args[1], int | float):
            glide = min(max(float(args[1]), 0.0), 3600.0) if args[1] == args[1] else glide
        value, clamped = param.coerce(args)
        if param.kind == "trigger":
            self.fired.update({param.address: True} if value else {})
            return "set", ""
        self.hold(param.address, value, min(event.seconds, self._now), (glide, event.source))
        return ("clamped", f"{args[:4]!r} became {value!r}") if clamped else ("set", "")

    def _set_normalised(self, param: Param, event: Event) -> tuple[str, str]:
        place, clamped = _UNIT.coerce(event.args)
        kind, detail = self._one(param, replace(event, args=(param.denormalise(float(place)),)))  # type: ignore[arg-type]
        return ("clamped", "cut to 0…1") if clamped else (kind, detail)

    def hold(self, address: str, value: Value, since: float, how: tuple[float, str]) -> None:
        """Set a value by hand from clock time `since` on; `how` is the glide in seconds, and who. A tempo is the
        transport's own: it has no glide."""
        if address == TEMPO:
            transport = self.transport.with_tempo(self._unleapt(since), float(value))  # type: ignore[arg-type]
            self.transport = replace(transport, cued=how[1] == conductor.HAND)
            return
        glide, source = how
        written = address in self.automation.armed or address in self.automation.writing
        if written:
            recorder.lapse(self, address, since)
        start = value if glide <= 0 else self.current(address, since)
        hand = Hand(value, start, since, glide, source)
        if written:
            recorder.moved(self, address, hand)
        self.hands[address] = hand
        if address.startswith(ASKED):
            self._touches += 1
        elif address.startswith("/second/"):
            self._second += 1
        if self._releases:
            self._releases.pop(address, None)
        if address in recorder.SWITCHES:
            recorder.settle(self, since)

    def _unleapt(self, since: float) -> float:
        """When a tempo begins that a cue sets: one that a clock has leapt over does not move the beat leapt to."""
        return max(since, self.transport.seconds)

    def current(self, address: str, seconds: float) -> Value:
        """The value now under a hand that is about to move: its own, or the floor's below."""
        if address == TEMPO:
            return self.transport.place(0, seconds).tempo
        hand = self.hands.get(address)
        if hand is not None:
            return hand.at(seconds)
        below = self._below(address, seconds) if self.automated else self._unmoved(address)
        release = self._releases.get(address)
        return release.over(below, seconds) if release else below

    def _unmoved(self, address: str) -> Value:
        return self.patch.values.get(address, self.patch.table[address].default)

    def _below(self, address: str, seconds: float) -> Value:
        """The timeline's value, or the default."""
        lanes = recorder.lanes_of(self, address)
        if not lanes.chosen and address not in self.patch.timeline.addresses:
            return self._unmoved(address)
        moment = self.transport.place(0, seconds)
        recorded = lanes.at(moment.beat)
        if recorded is not None:
            return recorded
        values = self.patch.floor
        self.patch.timeline.resolve(values, moment, seen(self.patch.timeline, self.hands, seconds))
        return values[address]

    def _give_back(self, param: Param, event: Event) -> tuple[str, str]:
        """`/ADDRESS/auto`: the timeline (or the default) takes over, gliding."""
        since = min(event.seconds, self._now)
        recorder.lapse(self, param.address, since)
        self.give_back(param.address, since, param.glide or RELEASE)
        return "command", "given back to the timeline"

    def give_back(self, address: str, since: float, glide: float, source: str = "") -> None:
        """Let a hand go from clock time `since` on; what was below takes over in `glide` seconds. With a `source` only
        that one's hand. The tempo is the patch's again, whoever set it."""
        if address == TEMPO:
            course = self.patch.timeline.course
            here = self._unleapt(since)
            self.transport = self.transport.with_tempo(here, self.patch.tempo).with_course(here, course)
        hand = self.hands.get(address)
        if hand is None or source not in ("", hand.source):
            return
        del self.hands[address]
        if glide > 0:
            self._releases[address] = Release(hand.at(since), since, glide)
        recorder.left(self, address, since, glide)

    def _touch(self, param: Param, event: Event) -> tuple[str, str]:
        """`/ADDRESS/touch 1` holds the present value, `0` gives it back: a fader with a touch sensor."""
        if param.access != "rw":
            raise ValueError(f"{param.address} cannot be held; only what can be set is")
        held, _ = Param(param.address + "/touch", "bool", False).coerce(event.args)
        if not held:
            return self._give_back(param, event)
        since = min(event.seconds, self._now)
        self.hold(param.address, self.current(param.address, since), since, (0.0, event.source))
        recorder.held(self, param.address)
        return "command", "held"


_UNIT = Param("/norm", "float", 0.0)
