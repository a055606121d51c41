"""Between two frames: when an image is taken in, and where a frame that shows a leap is placed."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from perf import foresight
from perf.core.camera import Pose
from perf.core.curve import Curve, Key
from perf.core.moment import Transport
from perf.core.picture import Picture
from perf.core.state import State
from perf.core.timeline import Timeline, Track
from perf.foresight import ROOM, Foresight
from perf.ports.meters import Meters

HALF = 1 / 120  # seconds, of a frame at 60 frames/s


class Stage:
    """A rig of which only what a foresight looks at is there; a frame takes 6 ms. `taken` counts images, which answer
    what was asked before `asked`."""

    def __init__(self, leap: float = 0.0, headless: bool = True) -> None:
        self.taken, self.said, self.meters = 0, list[str](), Meters()
        for _ in range(5):
            self.meters.latency.presented(0.0, 0.004, 0.006)
        self.sampler = SimpleNamespace(arrived=False, newest=self.newest)
        self.compositor = SimpleNamespace(show=self.show)
        self.report = self.said.append
        self.options = SimpleNamespace(headless=headless)
        curve = Curve([Key(0.0, 0.0, "hold"), Key(leap, 1.0, "hold")])
        timeline = Timeline(tracks=(Track("/master/opacity", curve, "seconds"),) if leap else ())
        self.patch = SimpleNamespace(timeline=timeline)
        self.state = State(Transport(), seconds=1.0)
        rig: Any = self
        self.foresight = Foresight(lambda now: pytest.fail("nobody asked for a tick"), rig, lambda: 3.0)

    def newest(self, now: float) -> Picture | None:
        """An image that has come since the last call."""
        arrived, self.sampler.arrived = self.sampler.arrived, False
        return Picture(0, b"", (1, 1), Pose(), 60.0, now, asked=2.0) if arrived else None

    def show(self, picture: Picture) -> None:
        """Take an image."""
        self.taken += 1


def test_an_image_is_taken_in_as_it_comes_and_one_a_frame() -> None:
    stage = Stage()
    assert not stage.foresight.answered(0.02)
    stage.sampler.arrived = True
    assert not stage.foresight.answered(0.02), "nothing that leapt has asked for it"
    assert stage.taken == 1
    stage.sampler.arrived = True
    stage.foresight.answered(0.01)
    stage.foresight.begun()
    assert stage.taken == 1, "the next frame's"
    stage.foresight.begun()
    assert stage.taken == 2
    assert stage.said == ["first image after 3.0 s"]


def test_the_image_that_a_leap_has_asked_for_hastens_a_frame() -> None:
    stage = Stage()
    stage.meters.leapt(1.0)
    stage.sampler.arrived = True
    assert stage.foresight.answered(0.02)
    assert stage.meters.newest == 1.0
    assert stage.meters.asked == 2.0


@pytest.mark.parametrize("away", [-1.1 * HALF, -0.004, 0.0, 0.005, 1.1 * HALF])
def test_a_leap_near_a_frame_is_presented_as_it_happens(away: float) -> None:
    stage = Stage(leap=10.0)
    due, fixed = stage.foresight.placed(10.0 - 0.006 + away, HALF)
    assert fixed
    assert due == pytest.approx(10.0 - 0.006)


def test_what_is_foreseen_is_not_looked_for_again_in_every_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(foresight, "next_leap", lambda *of: looked.append(of) or 12.0)
    stage = Stage(leap=12.0)
    for n in range(20):
        stage.state = replace(stage.state, cues=replace(stage.state.cues, mark=(float(n), 0.0)))
        stage.foresight.placed(10.0 + n / 100, HALF)
    assert len(looked) == 1
    stage.state = replace(stage.state, cues=replace(stage.state.cues, pending=(0, 11.0)))
    stage.foresight.placed(10.5, HALF)
    assert len(looked) == 2, "a cue waits for its line"


def test_no_leap_or_a_screen_of_its_own_moves_no_frame() -> None:
    assert Stage().foresight.placed(10.0, HALF) == (10.0, False)
    assert Stage(leap=10.1).foresight.placed(10.0, HALF) == (10.0, False)
    assert Stage(leap=10.0, headless=False).foresight.placed(10.0, HALF) == (10.0, False)


def test_an_image_that_would_make_a_placed_frame_late_waits_for_the_next() -> None:
    stage = Stage(leap=10.0)
    for leaps in range(2):
        assert stage.foresight.placed(9.994, HALF)[1]
        stage.sampler.arrived = True
        assert not stage.foresight.answered(ROOM / 2)
        stage.foresight.begun()
        assert stage.taken == leaps, "once: where every frame is placed, images come in all the same"
    stage.foresight.placed(9.994, HALF)
    stage.sampler.arrived = True
    stage.foresight.answered(2 * ROOM)
    assert stage.taken == 2, "there is time"
