"""Meters: rates and counts of a running show, as status values and as one line a second.

Reads no clock and prints nothing.
"""

import os
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from perf.core.event import Outcome, Value
from perf.core.frame import Delays

WINDOW = 2.0  # seconds over which rates are taken
# The image that a leap asks for comes after so many steps: one, and what is left of the one that it overtakes.
ANSWER = (1.0, 1.6)


class Rate:
    """Happenings a second over the last two seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def tick(self, now: float) -> None:
        """One happening."""
        self._times.append(now)
        while self._times[0] < now - WINDOW:
            self._times.popleft()

    def at(self, now: float) -> float:
        """The rate at `now`."""
        while self._times and self._times[0] < now - WINDOW:
            self._times.popleft()
        return len(self._times) / min(max(now, 0.5), WINDOW)


class Median:
    """The median of the last few of something; 0 until there are some."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=31)

    def add(self, value: float) -> None:
        """One more."""
        self._last.append(value)

    @property
    def value(self) -> float:
        """What half of them do not reach."""
        return sorted(self._last)[len(self._last) // 2] if len(self._last) >= 5 else 0.0


@dataclass(slots=True)
class Latency:
    """Where the time goes from a tick to the light, in seconds.

    `composite` until the frame is drawn, `swap` until it is presented; `image` from the tick of an image's job to that
    of its first frame; `leap` from a tick that asks for an image at once until half of it has come in; `interval` lies
    between two images, `frame` between two frames.
    """

    composite: Median = field(default_factory=Median)
    swap: Median = field(default_factory=Median)
    image: Median = field(default_factory=Median)
    leap: Median = field(default_factory=Median)
    interval: Median = field(default_factory=Median)
    frame: Median = field(default_factory=Median)
    _drawn: float = 0.0

    def presented(self, asked: float, drawn: float, presented: float) -> None:
        """A frame was presented: the clock times of its tick, when it was drawn, and then."""
        self.composite.add(drawn - asked)
        self.swap.add(presented - drawn)
        if self._drawn:
            self.frame.add(drawn - self._drawn)
        self._drawn = drawn

    @property
    def drawing(self) -> float:
        """Seconds from a frame's tick until it is presented."""
        return self.composite.value + self.swap.value

    def delays(self, step: float) -> Delays:
        """How far ahead curves are read, up to a second; `step` is what one image takes.

        What is due between two frames is due, on average, in the middle. An image comes in over the time to the next:
        so what moves is seen one interval later, half for the coming in, half for the image before it. What leaps is
        asked for at once, in the middle of a step where the sampler is never idle, and comes in over the time since the
        last image, half an interval on average; where it was measured, that counts.
        """
        stage = self.drawing + self.frame.value / 2
        if not (image := self.image.value):
            return Delays(min(stage, 1.0))
        period = self.interval.value
        busy = min(step / period, 1.0) if period else 0.0
        leap = self.leap.value or image + period / 4 + busy * step / 2
        return Delays(min(stage, 1.0), min(image + period + stage, 1.0), min(leap + stage, 1.0))


@dataclass(slots=True)
class Meters:
    """What the show counts. `values` are `/status/…`."""

    frames: Rate = field(default_factory=Rate)
    images: Rate = field(default_factory=Rate)
    latency: Latency = field(default_factory=Latency)
    outcomes: Counter[str] = field(default_factory=Counter)
    events: int = 0
    newest: float = 0.0
    asked: float = 0.0
    message: str = ""
    _leapt: float = 0.0
    _events_before: tuple[float, int] = (0.0, 0)
    _event_rate: float = 0.0

    def leapt(self, now: float) -> None:
        """The tick at `now` asks for an image that is not to wait."""
        self._leapt = self._leapt or now

    @property
    def waiting(self) -> bool:
        """Whether the image that a leap has asked for is still to come."""
        return self._leapt > 0.0

    def hold(self, now: float, step: float) -> float:
        """Seconds that a frame due `now` had better wait for the image that a leap has asked for; `step` is what an
        image takes. A frame that would still be drawn when that comes, would keep it from being seen; where frames are
        drawn in no time, none waits."""
        soonest, latest = (self._leapt + steps * step for steps in ANSWER)
        drawing = self.latency.drawing
        waits = self._leapt and drawing > step / 4 and now + drawing > soonest
        return max(latest - now, 0.0) if waits else 0.0

    def pictured(self, now: float, asked: float) -> None:
        """An image comes in from `now` on, of the job that the tick at `asked` handed out."""
        self.images.tick(now)
        self.latency.image.add(now - asked)
        if self._leapt and asked >= self._leapt:
            self.latency.leap.add(now - self._leapt + (now - self.newest) / 2)
            self._leapt = 0.0
        if self.newest:
            self.latency.interval.add(now - self.newest)
        self.newest, self.asked = now, asked

    def heard(self, outcomes: Iterable[Outcome]) -> None:
        """Count what became of this tick's events."""
        for outcome in outcomes:
            self.events += 1
            self.outcomes[outcome.kind] += 1

    def values(self, now: float, counts: dict[str, float], sampler: str) -> dict[str, Value]:
        """The status parameters at `now`; `counts` are drops, errors, restarts and memory."""
        self._rate_events(now)
        rows = {
            "fps": self.frames.at(now),
            "images": self.images.at(now),
            "age": (now - self.asked) * 1000 if self.newest else 0.0,
            "events": self._event_rate,
            **counts,
        }
        status: dict[str, Value] = {f"/status/{name}": round(float(value), 2) for name, value in rows.items()}
        return status | {"/status/sampler": sampler, "/status/message": self.message}

    def _rate_events(self, now: float) -> None:
        since, before = self._events_before
        if now - since >= 1.0:
            self._event_rate = (self.events - before) / (now - since)
            self._events_before = (now, self.events)


def line(status: dict[str, Value]) -> str:
    """The status line."""
    s = {address.removeprefix("/status/"): value for address, value in status.items()}
    finely = f" at {s['resolution']:.0%}" if s["resolution"] != 1.0 else ""
    return (
        f"sampler {s['images']:4.1f}/s  display {s['fps']:4.1f}/s{finely}  image {s['age']:4.0f} ms old  "
        f"events {s['events']:.0f}/s  drops {s['drops']:.0f}  {s['sampler']}"
    )


def memory_mb() -> float:
    """This process's resident memory in MB; 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0
