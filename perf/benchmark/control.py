"""The control side's figures: the tick, the cost of a message, a flood of messages. No GL and no torch."""

import socket
import subprocess
import sys
import time
from collections.abc import Mapping

from perf.benchmark.row import Row, percentile
from perf.core.curve import Curve, Key
from perf.core.event import Value
from perf.core.layers import layer_params
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.table import table
from perf.core.tick import tick
from perf.core.timeline import Timeline, Track
from perf.ports.clock import SystemClock
from perf.ports.mailbox import Inbox
from perf.ports.osc import OscServer
from perf.wire.osc import decode, encode

ADDRESSES = 200
FLOOD = 10_000  # messages a second
FPS = 60.0

SENDER = """
import socket, struct, sys, time
port, seconds, rate, count = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
heads = []
for n in range(count):
    address = f"/bench/{n}".encode(); heads.append(address + bytes(4 - len(address) % 4) + b",f\\0\\0")
total, start, sent = int(seconds * rate), time.perf_counter(), 0
while sent < total:
    due = min(int((time.perf_counter() - start) * rate) + 1, total)
    while sent < due:
        out.sendto(heads[sent % count] + struct.pack(">f", (sent // count % 1000) / 1000), ("127.0.0.1", port))
        sent += 1
    time.sleep(0.0005)
print(time.perf_counter() - start)
"""


def bench_patch(params: int, tracks: int) -> Patch:
    """A patch with `params` further parameters, the first `tracks` of which are moved by tracks."""
    own = [Param(f"/bench/{n}", "float", 0.0) for n in range(params)]
    curve = Curve([Key(0, 0.0), Key(4, 1.0, "in-out-sine"), Key(8, 0.0)])
    moved = tuple(Track(param.address, curve, loop=8.0) for param in own[:tracks])
    return Patch(table=table([*layer_params(1, 1.0, "normal"), *own]), timeline=Timeline(moved))


def bench_tick() -> Row:
    """Time a tick with 300 parameters of its own (beside the built-in ones) and 300 tracks."""
    patch, state, times = bench_patch(300, 300), State(), []
    for index in range(2000):
        began = time.perf_counter()
        state = tick(patch, state, [], Moment(index, index / FPS)).state
        times.append((time.perf_counter() - began) * 1000)
    median, p99 = percentile(times, 0.5), percentile(times, 0.99)
    found = f"{median:.3f} ms median, {p99:.3f} ms p99 ({len(patch.table)} parameters)"
    figures = {"median_ms": median, "p99_ms": p99}
    return Row("tick, 300 parameters, 300 tracks", found, "≤ 0.3 ms", median <= 0.3, figures)


def bench_message() -> Row:
    """The cost of one message from its packet to the state, beside python-osc's own dispatcher on the same packets."""
    patch, inbox = bench_patch(ADDRESSES, 0), Inbox()
    packets = [encode(f"/bench/{n % ADDRESSES}", (n / 20_000,)) for n in range(20_000)]
    ours = min(_ours(patch, inbox, packets) for _ in range(3))
    theirs = min(_theirs(packets[:4000]) for _ in range(3))
    found = f"{ours:.1f} µs; python-osc's dispatcher {theirs:.1f} µs (× {theirs / ours:.1f})"
    figures = {"ours_us": ours, "dispatcher_us": theirs}
    return Row("one OSC message, packet to state", found, "≤ 10 µs", ours <= 10, figures)


def _ours(patch: Patch, inbox: Inbox, packets: list[bytes]) -> float:
    """Microseconds a message: decode, put, drain and apply, in ticks of 167 messages (10,000 a second at 60 Hz)."""
    state, began = State(), time.perf_counter()
    for index in range(0, len(packets), 167):
        for packet in packets[index : index + 167]:
            for bundle in decode(packet, 0.0, "bench"):
                inbox.put(bundle.events)
        state = tick(patch, state, inbox.drain(0.0), Moment(index, index / FPS)).state
    took = time.perf_counter() - began
    began = time.perf_counter()
    for index in range(0, len(packets), 167):
        state = tick(patch, state, [], Moment(index, index / FPS)).state
    return (took - (time.perf_counter() - began)) / len(packets) * 1e6


def _theirs(packets: list[bytes]) -> float:
    from pythonosc.dispatcher import Dispatcher

    values: dict[str, float] = {}
    dispatcher = Dispatcher()
    for n in range(ADDRESSES):
        dispatcher.map(f"/bench/{n}", values.__setitem__)
    began = time.perf_counter()
    for packet in packets:
        dispatcher.call_handlers_for_packet(packet, ("127.0.0.1", 9))
    return (time.perf_counter() - began) / len(packets) * 1e6


def bench_flood(seconds: float = 10.0) -> Row:
    """10,000 messages a second from another process through a real socket; each address must end on its last value."""
    patch, inbox, clock = bench_patch(ADDRESSES, 0), Inbox(), SystemClock(FPS)
    server = OscServer("127.0.0.1", 0, inbox, clock.now)
    arguments = [str(server.port), str(seconds), str(FLOOD), str(ADDRESSES)]
    sender = subprocess.Popen([sys.executable, "-c", SENDER, *arguments], stdout=subprocess.PIPE, text=True)
    state, times, received = State(), [], 0
    for index, now in clock.frames():
        began = time.perf_counter()
        events = inbox.drain(now)
        result = tick(patch, state, events, Moment(index, now))
        state = result.state
        times.append((time.perf_counter() - began) * 1000)
        received += len(events)
        if sender.poll() is not None and not events:
            break
    server.close()
    took = float(sender.communicate()[0])
    total = int(seconds * FLOOD)
    lost = _last_values_lost(result.frame.values, total)
    p99 = percentile(times, 0.99)
    found = f"{received} of {total} messages in {took:.1f} s, {lost} last values lost, tick p99 {p99:.1f} ms"
    met = lost == 0 and p99 <= 1000 / FPS
    figures = {"received": received, "sent": total, "lost_last_values": lost, "tick_p99_ms": p99}
    return Row("OSC in, 10,000 messages/s, 200 addresses", found, "no last value lost, p99 ≤ 16.7 ms", met, figures)


def _last_values_lost(values: Mapping[str, Value], total: int) -> int:
    lost = 0
    for n in range(ADDRESSES):
        last = total - 1 - (total - 1 - n) % ADDRESSES
        expected = (last // ADDRESSES % 1000) / 1000
        lost += abs(float(values[f"/bench/{n}"]) - expected) > 1e-4  # type: ignore[arg-type]
    return lost


def free_port() -> int:
    """A UDP port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
