"""What is said: that a panic disarms the timeline, that nothing is armed, what the sampler cannot play as asked."""

import pytest

from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.notices import Notices
from perf.wire.patch import parse
from perf.worker.message import Status

SILENT = Status("playing")
PATCH = parse("", lambda name: pytest.fail(name), "p.toml")


def told(notices: Notices, state: State, *messages: tuple) -> tuple[State, list[str]]:
    """What is said after these messages, by kind."""
    events = [Event(1.0, address, (value,), "osc") for address, value in messages]
    result = tick(PATCH, state, events, Moment(0, 1.0))
    notices.heard(result.outcomes, result.state)
    return result.state, [kind for kind, _ in notices.said(SILENT)]


@pytest.mark.parametrize("address", ["/panic", "/master/panic"])
def test_a_panic_says_what_arms_the_timeline_again(address: str) -> None:
    notices = Notices()
    state, kinds = told(notices, State(), (address, True))
    assert kinds == ["panic"]
    assert told(notices, state)[1] == [], "once"
    assert told(notices, State(), (address, True), ("/transport/play", True))[1] == [], "it is armed again"


def test_recording_with_nothing_armed_is_said() -> None:
    assert told(Notices(), State(), ("/automation/record", 1))[1] == ["automation"]
    assert told(Notices(), State(), ("/automation/record", 0))[1] == []
    armed = ("/automation/arm", "/camera/zoom on")
    assert told(Notices(), State(), armed, ("/automation/record", 1))[1] == []


def test_what_the_sampler_says_is_said_when_it_changes() -> None:
    notices, strange = Notices(), Status("playing", "the archive has no word for zebra")
    assert notices.said(strange) == [("sampler", strange.message)]
    assert notices.said(strange) == []
    assert notices.said(Status("loading", "loading x")) == []
    assert notices.said(strange) == [("sampler", strange.message)]
