"""What is said: that a panic disarms the timeline, that nothing is armed, what the sampler cannot play as asked."""

import pytest

from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.notices import HELD, RECORDING, UNARMED, Notices
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


def test_what_recording_does_is_said_when_it_changes() -> None:
    notices, state, said = Notices(), State(), []
    for address, value in (
        ("/automation/record", 0),
        ("/automation/record", 1),
        ("/automation/record", 1),
        ("/automation/arm", "/camera/zoom"),
        ("/camera/zoom", 1.5),
        ("/transport/stop", True),
        ("/transport/play", True),
        ("/automation/record", 0),
    ):
        state = tick(PATCH, state, [Event(1.0, address, (value,), "osc")], Moment(0, 1.0)).state
        notices.heard((), state)
        said += [words for _, words in notices.said(SILENT)]
    assert said == [UNARMED, RECORDING, HELD, RECORDING, "recording has ended"]


def test_what_the_sampler_says_is_said_when_it_changes() -> None:
    notices, strange = Notices(), Status("playing", "the archive has no word for zebra")
    assert notices.said(strange) == [("sampler", strange.message)]
    assert notices.said(strange) == []
    assert notices.said(Status("loading", "loading x")) == []
    assert notices.said(strange) == [("sampler", strange.message)]
