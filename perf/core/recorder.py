"""The recorder: what a hand does on armed parameters becomes lanes on the timeline, as in a studio.

It follows what is played, not the ticks: a move is written at its own time, and where a glide or a loop ends is
computed. So the same events make the same lanes at any frame rate. Works on the desk of a tick.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from perf.core import conductor
from perf.core.automation import DEEP, Automation, Writing
from perf.core.curve import Key
from perf.core.event import Value
from perf.core.lane import Book, Lane, Lanes
from perf.core.moment import TOLERANCE
from perf.core.param import Param
from perf.core.simplify import LINES, simplify
from perf.core.state import Hand, Release

RECORD, MODE = "/automation/record", "/automation/mode"
SWITCHES = (RECORD, MODE)
HOLDER = "automation"  # who holds what an overwriting pass writes
SCORED = (conductor.HAND, HOLDER)  # who holds what stands in the patch already, in a cue or a lane
JOIN = 0.1  # seconds: moves closer than this are one movement; a longer rest ends in a step
WINDOW = 64  # points after which they are simplified, so that no tick has many to do
END = 1e6  # the beat up to which a patch may have keys
FINEST = 4  # digits of a beat


class Desk(conductor.Desk, Protocol):
    """What the recorder does its work on: `core.apply.Desk`."""

    automation: Automation

    @property
    def hands(self) -> Mapping[str, Hand]:
        """The hands."""

    @property
    def releases(self) -> Mapping[str, Release]:
        """What is on its way back from a hand."""

    def current(self, address: str, seconds: float) -> Value:
        """What a parameter is at clock time `seconds`."""

    def give_back(self, address: str, since: float, glide: float, source: str = "") -> None:
        """Let a hand go from clock time `since` on."""


def recordable(param: Param) -> bool:
    """Whether what is done to a parameter can be written."""
    own = param.address.startswith("/automation/") or param.address == "/transport/tempo"
    return param.access == "rw" and param.kind != "trigger" and not own


def moved(desk: Desk, address: str, hand: Hand) -> None:
    """A hand is about to take a parameter, or to move it: write that down where it is to be written."""
    if address in desk.automation.writing and desk.transport is not desk.automation.transport:
        _turned(desk)
    writing = desk.automation.writing.get(address)
    if writing is None:
        if hand.source == conductor.HAND or not _running(desk, hand.since):
            return
        writing = Writing()
        desk.automation = replace(desk.automation, transport=desk.transport)
    points = _rested(desk, address, writing, hand)
    line = "linear" if desk.patch.table[address].kind in LINES else "hold"
    beat = max([_beat(desk, hand.since), *(key.at for key in points[-1:])])
    points += (Key(beat, hand.start if hand.glide > 0.0 else hand.value, line),)
    keys, points = _windowed(desk, address, (writing.keys, points))
    if hand.glide > 0.0:
        points += (Key(max(_beat(desk, hand.since + hand.glide), beat), hand.value, line),)
    touched = writing.touched if hand.source == conductor.HAND else max(hand.since, writing.touched)
    _write(desk, address, Writing(keys, points, touched))


def _rested(desk: Desk, address: str, writing: Writing, hand: Hand) -> tuple[Key, ...]:
    """The points up to now. What a glide did not get to is left out; a rest before now holds its value."""
    now, before = _beat(desk, hand.since), desk.hands.get(address)
    points = _reached(writing, now)
    if before is not None and before.since + before.glide + JOIN < hand.since and points:
        points = (*points[:-1], replace(points[-1], ease="hold"))
    if before is None and points:  # it was on its way back
        points += (Key(max(now, points[-1].at), desk.current(address, hand.since), points[-1].ease),)
    return points


def _reached(writing: Writing, beat: float) -> tuple[Key, ...]:
    """The points without the end of a glide that is not there yet."""
    points = writing.points
    return points[:-1] if len(points) > 1 and points[-1].at > beat else points


def _windowed(desk: Desk, address: str, both: tuple[tuple[Key, ...], tuple[Key, ...]]) -> Any:
    """Simplified keys and points: what is more than a window goes from these to those."""
    keys, points = both
    if len(points) <= (WINDOW if keys else 2 + sum(map(ord, address)) % WINDOW):  # not all parameters in one tick
        return both
    done = _simplified(desk, address, points)
    return (*keys, *done[:-1]), done[-1:]


def _simplified(desk: Desk, address: str, points: tuple[Key, ...]) -> tuple[Key, ...]:
    return simplify(points, desk.patch.table[address], _setting(desk, "tolerance", desk.transport.seconds))


def left(desk: Desk, address: str, since: float, glide: float) -> None:
    """A hand has let a parameter go, which is back on the timeline `glide` seconds later: write the way."""
    writing = desk.automation.writing.get(address)
    release = desk.releases.get(address)
    if writing is None or release is None:
        return
    now = _beat(desk, since)
    points = _reached(writing, now)
    ease = points[-1].ease
    points += (Key(max(now, points[-1].at), release.start, ease),)
    _write(desk, address, replace(writing, points=points, ends=since + glide))


def _write(desk: Desk, address: str, writing: Writing) -> None:
    now = desk.automation
    stale = now.stale or address not in now.writing
    desk.automation = replace(now, writing={**now.writing, address: writing}, stale=stale)


def held(desk: Desk, address: str) -> None:
    """A sensor says that the control is being touched: no quiet is too long."""
    writing = desk.automation.writing.get(address)
    if writing is not None:
        _write(desk, address, replace(writing, touched=math.inf))


def lapse(desk: Desk, address: str, seconds: float) -> None:
    """Let go of a control that was quiet for long enough by clock time `seconds`, and end what has glided back."""
    writing = desk.automation.writing.get(address)
    if writing is None:
        return
    if writing.ends == math.inf and address not in desk.hands:
        return close(desk, address, _beat(desk, seconds))  # taken away: it has nothing to glide from
    if writing.ends == math.inf and desk.current(MODE, seconds) == "touch":
        due = writing.touched + _setting(desk, "quiet", seconds)
        if seconds >= due:
            desk.give_back(address, due, _setting(desk, "return", seconds))
            writing = desk.automation.writing[address]
    if seconds >= writing.ends:
        end = max(_beat(desk, writing.ends), writing.points[-1].at)
        last = Key(end, desk.values(writing.ends)[address], writing.points[-1].ease)
        _write(desk, address, replace(writing, points=(*writing.points, last)))
        close(desk, address, end)
        _punch_in(desk, writing.ends)


def _setting(desk: Desk, name: str, seconds: float) -> float:
    return float(desk.current(f"/automation/{name}", seconds))  # type: ignore[arg-type]


def settle(desk: Desk, seconds: float) -> None:
    """Stand as clock time `seconds` has it: passes that jumped or stopped, quiet controls, overwriting."""
    now = desk.automation
    if now.armed or now.writing or now.passed:
        if (now.writing or now.passed) and desk.transport is not now.transport:
            _turned(desk)
        running = _running(desk, seconds)
        for address in tuple(desk.automation.writing):
            lapse(desk, address, seconds)
        if not running and (desk.automation.writing or desk.automation.passed):
            end(desk, seconds)
        _punch_in(desk, seconds)
    if desk.automation.stale:
        desk.automation = desk.automation.told(desk.patch.timeline.lanes)


def _running(desk: Desk, seconds: float) -> bool:
    on = desk.automated and desk.transport.playing and bool(desk.current(RECORD, seconds))
    return on and _beat(desk, seconds) < END


def _beat(desk: Desk, seconds: float) -> float:
    return min(round(desk.transport.place(0, seconds).beat, FINEST), END)


def _punch_in(desk: Desk, seconds: float) -> None:
    """Overwriting: hold every armed parameter as it is, from where the pass begins; what glides goes on."""
    absent = sorted(desk.automation.armed - desk.automation.writing.keys())
    if not absent or desk.current(MODE, seconds) != "overwrite" or not _running(desk, seconds):
        return
    values = desk.values(seconds)
    for address in absent:
        hand = desk.hands.get(address)
        if hand is None:
            desk.hold(address, values[address], seconds, (0.0, HOLDER))
        else:
            rest = max(hand.since + hand.glide - seconds, 0.0)
            desk.hold(address, hand.value, seconds, (rest, HOLDER if hand.source == conductor.HAND else hand.source))


def _turned(desk: Desk) -> None:
    """The transport is another one: where it stopped or jumped, a pass ends; where it jumped, the next begins."""
    before, now = desk.automation.transport, desk.transport
    there = before.place(0, now.seconds)
    desk.automation = replace(desk.automation, transport=now)
    if not now.playing:
        end(desk, now.seconds)
    elif abs(now.beat - there.beat) > TOLERANCE * there.tempo / 60.0:
        writing = desk.automation.writing
        for address in writing:
            close(desk, address, round(there.beat, FINEST))
        desk.automation = replace(desk.automation, passed=frozenset())
        for address, one in writing.items():
            _again(desk, address, one.touched)


def _again(desk: Desk, address: str, touched: float) -> None:
    """Go on with a control that is still held, from where the transport has jumped to."""
    hand, seconds = desk.hands.get(address), desk.transport.seconds
    if hand is not None:
        rest = max(hand.since + hand.glide - seconds, 0.0)
        moved(desk, address, replace(hand, since=seconds, start=hand.at(seconds), value=hand.value, glide=rest))
    if address in desk.automation.writing:
        _write(desk, address, replace(desk.automation.writing[address], touched=touched))


def end(desk: Desk, seconds: float, addresses: frozenset[str] | None = None) -> None:
    """End the pass at clock time `seconds`, of some parameters or of all, and give them back to the timeline."""
    beat = _beat(desk, seconds)
    for address in tuple(desk.automation.writing):
        if addresses is None or address in addresses:
            close(desk, address, beat)
            desk.give_back(address, seconds, _setting(desk, "return", seconds))
    if addresses is None:
        desk.automation = replace(desk.automation, passed=frozenset())


def close(desk: Desk, address: str, beat: float) -> None:
    """Punch out at `beat`: what was written is a lane, and it plays."""
    now = desk.automation
    writing, lanes = now.writing[address], lanes_of(desk, address)
    desk.automation = replace(now, writing={a: w for a, w in now.writing.items() if a != address}, stale=True)
    # a nudge back goes on with the pass: keys may lie behind its end
    keys, points = (tuple(key for key in row if key.at < beat) for row in (writing.keys, writing.points))
    if not points and not keys:
        return
    value = Lane((*writing.keys, *writing.points)).at(beat)
    points += (Key(beat, writing.points[-1].value if value is None else value, writing.points[-1].ease),)
    lane = lanes.playing.punched((*keys, *_simplified(desk, address, points)))
    again = address in now.passed
    change(desk, {address: lanes.mended(lane) if again else lanes.added(lane)}, bool(now.passed))
    desk.automation = replace(desk.automation, passed=now.passed | {address})


def lanes_of(desk: Desk, address: str) -> Lanes:
    """The lanes of a parameter, unsaved or the patch's."""
    return desk.automation.fresh.get(address) or desk.patch.timeline.lanes.get(address) or Lanes()


def change(desk: Desk, book: Book, joined: bool = False) -> None:
    """Have these lanes from now on, and remember those before; `joined` to the change before, as one undo."""
    now = desk.automation
    before = {address: lanes_of(desk, address) for address in book}
    done = (*now.done[:-1], {**before, **now.done[-1]}) if joined and now.done else (*now.done, before)[-DEEP:]
    desk.automation = replace(now, done=done, undone=())
    _have(desk, book)


def travel(desk: Desk, there: tuple[Book, ...]) -> tuple[Book, ...]:
    """Go back (or forth) to the newest book of `there`; what stood in its place is the answer's."""
    before = {address: lanes_of(desk, address) for address in there[-1]}
    _have(desk, there[-1])
    return (before,)


def _have(desk: Desk, book: Book) -> None:
    """Have these lanes; those that are the patch's anyway are not fresh."""
    saved = desk.patch.timeline.lanes
    fresh = {a: lanes for a, lanes in {**desk.automation.fresh, **book}.items() if saved.get(a, Lanes()) != lanes}
    desk.automation = replace(desk.automation, fresh=fresh, stale=True)
