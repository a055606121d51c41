"""`retrograde monitor`: every OSC and MIDI message that arrives, and what it did or why it did nothing."""

import argparse

from perf.commands.types import port, seconds
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import Tick, tick
from perf.ports.clock import SystemClock
from perf.ports.library import Library, find_patch
from perf.ports.mailbox import Inbox
from perf.ports.midi import MidiPorts
from perf.ports.osc import OscServer
from perf.wire.midi import MidiMap

EXAMPLE = "example:\n  retrograde monitor default --osc-port 9000"
RATE = 100.0  # looks a second


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
    midi = MidiPorts(tuple(args.midi), MidiMap(patch.bindings, patch.table), inbox, clock.now)
    print(f"listening to OSC on {args.host}:{osc.port}; Ctrl-C ends", flush=True)
    state = State()
    try:
        for index, now in clock.frames():
            result = tick(patch, state, inbox.drain(now), Moment(index, now))
            state = result.state
            tell(result, osc, inbox)
            midi.observe(result.frame.values)
            if 0 < args.seconds <= now:
                break
    except KeyboardInterrupt:
        print()
    finally:
        midi.close()
        osc.close()
    return 0


def tell(result: Tick, osc: OscServer, inbox: Inbox) -> None:
    """Print the outcomes of one tick, answer questions, and print what could not be read at all."""
    for outcome in result.outcomes:
        event = outcome.event
        args = " ".join(map(repr, event.args))
        detail = f": {outcome.detail}" if outcome.detail else ""
        print(f"{event.seconds:9.3f}  {event.source:28}  {event.address} {args}  -> {outcome.kind}{detail}", flush=True)
    for reply in result.replies:
        osc.send(reply)
    for kind, words in inbox.faults()[1]:
        print(f"{'':9}  {kind}: {words}", flush=True)
