"""Applying events: the mutable desk on which one tick works, between two frozen states.

Lives for one call of `tick` and is never seen outside it. Every event ends in exactly one outcome.
"""

from collections.abc import Callable
from dataclasses import replace

from perf.core.clock import leads, origin
from perf.core.event import Event, Outcome, Reply, Value
from perf.core.moment import Transport
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.state import Hand, Release, State

ALIASES = {
    "/panic": "/master/panic",
    "/blackout": "/master/blackout",
    "/freeze": "/master/freeze",
    "/tap": "/transport/tap",
}
RELEASE = 0.25  # seconds in which `/auto` gives a parameter without a glide of its own back


class Desk:
    """One tick's working copy of the state. Counters and texts are left to the outcomes."""

    def __init__(self, patch: Patch, state: State, now: float) -> None:
        self._patch, self._state, self._now = patch, state, now
        self.transport: Transport = state.transport
        self._hands: dict[str, Hand] | None = None
        self._releases = dict(state.releases)
        self._automated, self._epoch, self._cue = state.automated, state.epoch, state.cue
        self._touches = state.touches
        self._leader, self._ahead = "", 0.0  # the clock whose event is being applied, and the seconds it is led by
        self.outcomes: list[Outcome] = []
        self.replies: list[Reply] = []
        self.fired: dict[str, Value] = {}  # triggers are true for this tick alone

    @property
    def hands(self) -> dict[str, Hand]:
        """The hands, copied once a tick and only when one moves."""
        if self._hands is None:
            self._hands = dict(self._state.hands)
        return self._hands

    def state(self) -> State:
        """The frozen state after the events taken so far."""
        return replace(
            self._state,
            transport=self.transport,
            hands=self._state.hands if self._hands is None else self._hands,
            releases=self._releases,
            automated=self._automated,
            epoch=self._epoch,
            cue=self._cue,
            touches=self._touches,
        )

    def take(self, event: Event) -> None:
        """Apply one event; its outcome is appended."""
        address = event.address
        param = self._patch.table.get(address)
        try:
            if param is not None and event.args != ("?",) and param.access == "rw" and address not in _COMMANDS:
                kind, detail = self._set(param, event)
            else:
                kind, detail = self._other(ALIASES.get(address, address), event)
        except ValueError as error:
            kind, detail = "rejected", str(error)
        self.outcomes.append(Outcome(event, kind, detail))

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
            return self._fire(address.split("/")[2], event.seconds)
        return self._each(address, event, self._one)

    def _each(self, address: str, event: Event, act: Callable[[Param, Event], tuple[str, str]]) -> tuple[str, str]:
        """Act on every parameter that the address reaches; the worst outcome stands for all."""
        params = self._patch.table.matching(address)
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
        command = _COMMANDS.get(param.address)
        if command is not None:
            value, clamped = param.coerce(event.args)
            if param.kind == "trigger" and not value:
                return "command", "a trigger let go"
            if not self._obeyed(param.address, event.source):
                return "ignored", f"{origin(event.source) or 'it'} does not lead: /clock/source is {self._leader}"
            detail = command(self, value, min(event.seconds, self._now))
            return ("clamped" if clamped else "command"), detail
        if param.access == "r":
            raise ValueError(f"{param.address} can only be read; send ? to ask for it")
        return self._set(param, event)

    def _obeyed(self, address: str, source: str) -> bool:
        """Whether the sender may move the transport: a clock, or whoever says where one is, only while it leads."""
        kind, self._leader, self._ahead = origin(source), "", 0.0
        if not kind and address not in ("/transport/follow", "/transport/position"):
            return True
        self._leader = str(self._current("/clock/source", self._now))
        self._ahead = float(self._current("/clock/offset", self._now)) / 1000.0  # type: ignore[arg-type]
        return leads(self._leader, kind)

    def _set(self, param: Param, event: Event) -> tuple[str, str]:
        args, glide = event.args, param.glide
        if len(args) == 2 and param.kind in ("float", "int") and isinstance(args[1], int | float):
            glide = min(max(float(args[1]), 0.0), 3600.0) if args[1] == args[1] else glide
        value, clamped = param.coerce(args)
        if param.kind == "trigger":
            self.fired.update({param.address: True} if value else {})
            return "set", ""
        self._hold(param.address, value, min(event.seconds, self._now), (glide, event.source))
        return ("clamped", f"{args[:4]!r} became {value!r}") if clamped else ("set", "")

    def _set_normalised(self, param: Param, event: Event) -> tuple[str, str]:
        place, clamped = _UNIT.coerce(event.args)
        kind, detail = self._one(param, replace(event, args=(param.denormalise(float(place)),)))  # type: ignore[arg-type]
        return ("clamped", "cut to 0…1") if clamped else (kind, detail)

    def _hold(self, address: str, value: Value, since: float, how: tuple[float, str]) -> None:
        glide, source = how
        start = value if glide <= 0 else self._current(address, since)
        self.hands[address] = Hand(value, start, since, glide, source)
        self._touches += 1
        if self._releases:
            self._releases.pop(address, None)

    def _current(self, address: str, seconds: float) -> Value:
        """The value now under a hand that is about to move: its own, or the floor's below."""
        hand = self.hands.get(address)
        if hand is not None:
            return hand.at(seconds)
        below = self._patch.values.get(address, self._patch.table[address].default)
        if self._automated:
            moment = self.transport.place(0, seconds)
            for track in self._patch.timeline.tracks:
                below = track.at(moment) if track.address == address else below
        release = self._releases.get(address)
        return release.over(below, seconds) if release else below

    def _give_back(self, param: Param, event: Event) -> tuple[str, str]:
        """`/ADDRESS/auto`: the timeline (or the default) takes over, gliding."""
        hand = self.hands.pop(param.address, None)
        if hand is not None:
            since = min(event.seconds, self._now)
            self._releases[param.address] = Release(hand.at(since), since, param.glide or RELEASE)
        return "command", "given back to the timeline"

    def _touch(self, param: Param, event: Event) -> tuple[str, str]:
        """`/ADDRESS/touch 1` holds the present value, `0` gives it back: a fader with a touch sensor."""
        held, _ = Param(param.address + "/touch", "bool", False).coerce(event.args)
        if not held:
            return self._give_back(param, event)
        since = min(event.seconds, self._now)
        self._hold(param.address, self._current(param.address, since), since, (0.0, event.source))
        return "command", "held"

    def _fire(self, name: str, seconds: float) -> tuple[str, str]:
        for index, cue in enumerate(self._patch.timeline.cues):
            if cue.name == name:
                self._cue = index
                since = min(seconds, self._now)
                for address, value in cue.values.items():
                    self._hold(address, value, since, (cue.fade, "cue"))
                return "command", f"cue {name}"
        names = ", ".join(cue.name for cue in self._patch.timeline.cues) or "none"
        raise ValueError(f"no cue is called {name!r}; the patch has: {names}")

    def panic(self, value: Value, seconds: float) -> str:
        """Every parameter to its default: hands let go, the timeline disarmed until the next play."""
        self.hands.clear()
        self._releases.clear()
        self._automated = False
        self._epoch += 1
        return "all parameters at their defaults; /transport/play arms the timeline again"

    def play(self, value: Value, seconds: float) -> str:
        """Start the transport and arm the timeline."""
        self.transport = self.transport.with_playing(seconds, True)
        self._automated = True
        return "playing"

    def restart(self, value: Value, seconds: float) -> str:
        """Begin the recursion anew."""
        self._epoch += 1
        return "the recursion starts anew"

    def next_cue(self, value: Value, seconds: float) -> str:
        """Fire the cue behind the last one fired, round and round."""
        cues = self._patch.timeline.cues
        if not cues:
            raise ValueError("the patch has no cues; add [[cue]] with a name and values")
        return self._fire(cues[(self._cue + 1) % len(cues)].name, seconds)[1]

    def named_cue(self, value: Value, seconds: float) -> str:
        """Fire a cue by name."""
        return self._fire(str(value), seconds)[1]

    def addressed(self, value: Value, seconds: float) -> str:
        """Check the address that a MIDI command names; the MIDI port acts on the outcome."""
        if value not in self._patch.table:
            raise ValueError(f"no parameter is called {value}; `retrograde params` lists them")
        return str(value)

    def seek(self, value: Value, seconds: float) -> str:
        """Go to a beat; a clock that says so leads from then on, without a way to it."""
        beat = float(value) + self._ahead * self.transport.tempo / 60.0  # type: ignore[arg-type]
        detail = self.turn("sought", seconds, max(beat, 0.0))
        self._led()
        return detail

    def follow(self, value: Value, seconds: float) -> str:
        """Be where the clock that leads is: beat and BPM."""
        beat, tempo = (float(part) for part in value)  # type: ignore[union-attr]
        beat += self._ahead * tempo / 60.0
        self.transport = self.transport.handed(seconds, beat, self._leader)
        return self.turn("followed", seconds, beat, tempo)

    def locate(self, value: Value, seconds: float) -> str:
        """Be where the clock that leads is: seconds."""
        self._led()
        return self.turn("positioned", seconds, max(float(value) + self._ahead, 0.0))  # type: ignore[arg-type]

    def _led(self) -> None:
        """Note a clock that says where it is as the leader; how far a former one was kept away is forgotten."""
        if self._leader and self._leader != self.transport.leader:
            self.transport = replace(self.transport, leader=self._leader, lag=0.0, apart=0.0, sliding=False)

    def turn(self, method: str, *args: float | bool) -> str:
        """Change the transport by one of its methods."""
        self.transport = getattr(self.transport, method)(*args)
        return f"beat {self.transport.beat:.3f} at {self.transport.tempo:g} BPM"


_UNIT = Param("/norm", "float", 0.0)
_COMMANDS: dict[str, Callable[[Desk, Value, float], str]] = {
    "/master/panic": Desk.panic,
    "/transport/play": Desk.play,
    "/transport/stop": lambda desk, value, s: desk.turn("with_playing", s, False),
    "/transport/seek": Desk.seek,
    "/transport/tempo": lambda desk, value, s: desk.turn("with_tempo", s, float(value)),  # type: ignore[arg-type]
    "/transport/tap": lambda desk, value, s: desk.turn("tapped", s),
    "/transport/follow": Desk.follow,
    "/transport/position": Desk.locate,
    "/midi/learn": Desk.addressed,
    "/midi/forget": Desk.addressed,
    "/patch/save": lambda desk, value, s: "asked for",
    "/transport/nudge": lambda desk, value, s: desk.turn("nudged", s, float(value)),  # type: ignore[arg-type]
    "/sampler/restart": Desk.restart,
    "/cue/go": Desk.named_cue,
    "/cue/next": Desk.next_cue,
}
