"""`retrograde monitor`: every OSC and MIDI message that arrives, and what it did or why it did nothing."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from perf.commands.types import port, seconds
from perf.core.event import Event, Outcome
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import Binding
from perf.core.state import State
from perf.core.tick import Tick, tick
from perf.ports.clock import SystemClock
from perf.ports.library import Library, find_patch
from perf.ports.mailbox import Inbox, Queue
from perf.ports.midi import MidiPorts
from perf.ports.osc import OscServer
from perf.ports.subscribers import subscription
from perf.wire.midi import MidiMap

EXAMPLE = "example:\n  retrograde monitor default --osc-port 9000"
RATE = 100.0  # looks a second
Line = tuple[float, str, str]  # when, from whom, and what
LINES = 1024  # messages that do nothing, kept between two looks


class Controls(MidiMap):
    """Bindings at work that note the messages that do nothing, for another thread to print."""

    def __init__(self, bindings: Iterable[Binding], table: Mapping[str, Param]) -> None:
        super().__init__(bindings, table)
        self.unused: Queue[Line] = Queue(LINES)

    def feed(self, message: Any, seconds: float, port: str) -> list[Event]:
        """The events of one message."""
        events = super().feed(message, seconds, port)
        if not events and (words := self.why(message, port)):
            self.unused.offer((seconds, f"midi:{port}", words))
        return events


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", nargs="?", default="default", help="the patch whose parameters are meant")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--osc-port", type=port, default=9000, metavar="PORT")
    parser.add_argument("--midi", action="append", default=[], metavar="NAME", help="only MIDI ports with this name")
    parser.add_argument("--seconds", type=seconds, default=0.0, metavar="S", help="end after S seconds")


def run(args: argparse.Namespace) -> int:
    """Listen and print until Ctrl-C."""
    patch = Library(find_patch(args.patch)).load()
    inbox, clock = Inbox(), SystemClock(RATE)
    osc = OscServer(args.host, args.osc_port, inbox, clock.now)
    controls = Controls(patch.bindings, patch.table)
    midi = MidiPorts(tuple(args.midi), controls, inbox, clock.now)
    midi.clock(replace(patch.clock, out=()))  # a time code counts from where the patch says; no clock of ours goes out
    print(f"listening to OSC on {args.host}:{osc.port}; Ctrl-C ends", flush=True)
    state = State(transport=patch.transport)
    try:
        for index, now in clock.frames():
            result = tick(patch, state, inbox.drain(now), Moment(index, now))
            state = result.state
            tell(result, osc, controls, inbox)
            midi.observe(result.frame.values)
            if 0 < args.seconds <= now:
                break
    except KeyboardInterrupt:
        print()
    finally:
        midi.close()
        osc.close()
    return 0


def tell(result: Tick, osc: OscServer, controls: Controls, inbox: Inbox) -> None:
    """Print what came of one tick's messages, answer questions, and print what could not be read at all."""
    for line in (*map(_outcome, result.outcomes), *controls.unused.drain(), *map(_request, osc.requests())):
        print("{:9.3f}  {:28}  {}".format(*line), flush=True)
    for reply in result.replies:
        osc.send(reply)
    for kind, words in inbox.faults()[1]:
        print(f"{'':9}  {kind}: {words}", flush=True)


def _outcome(outcome: Outcome) -> Line:
    detail = f": {outcome.detail}" if outcome.detail else ""
    return _line(outcome.event, outcome.kind + detail)


def _request(event: Event) -> Line:
    """A `/subscribe` or `/unsubscribe`, which a show answers."""
    try:
        wish = subscription(event.source, event.args)
    except ValueError as error:
        return _line(event, f"rejected: {error}")
    return _line(event, f"command: while a show plays, for changes of {wish.prefix} to {wish.target}")


def _line(event: Event, became: str) -> Line:
    words = " ".join((event.address, *map(repr, event.args)))
    return event.seconds, event.source, f"{words}  -> {became}"
