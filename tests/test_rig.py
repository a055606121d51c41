"""What stands over the window, a message for the performer and never for an audience; and what is saved."""

from types import SimpleNamespace

import pytest

from perf.core.event import Event, Value
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import Hand, State
from perf.core.tick import tick
from perf.options import ShowOptions
from perf.ports.library import Library, find_patch
from perf.ports.mailbox import Inbox
from perf.rig import Rig


def test_a_message_stands_over_a_window_and_not_over_a_full_screen_or_a_blackout() -> None:
    rig = Rig(ShowOptions(), Library(find_patch("default"), ""), Patch(), Inbox())
    over: list[object] = []
    rig.compositor = SimpleNamespace(overlay=over.append)  # type: ignore[assignment]
    rig.sampler = SimpleNamespace(bus=SimpleNamespace(picture=None))  # type: ignore[assignment]
    rig._notice = (10.0, "shader: glow is drawn whole again")
    rig._overlay(1.0, public=False)
    assert over[-1] is not None
    rig._overlay(2.0, public=True)
    assert over[-1] is None
    rig.pressed({"h"})
    rig._overlay(3.0, public=True)
    assert over[-1] is not None, "help is asked for by hand"


class Silent:
    """A port that does whatever it is asked, and says nothing."""

    def __getattr__(self, name: str) -> object:
        return lambda *args: None


SAVED = [("/patch/save", 1), ("/patch/sav?", 1), ("/norm/patch/save", 1.0), ("/patch/save", True)]
NOT_SAVED = [("/patch/save", 0), ("/patch/save", "?"), ("/norm/patch/save", 0.0), ("/patch/save", "x")]


@pytest.mark.parametrize(("score", "saves"), [(played, 1) for played in SAVED] + [(played, 0) for played in NOT_SAVED])
def test_the_patch_is_saved_by_what_a_message_does_and_not_by_its_name(score: tuple[str, Value], saves: int) -> None:
    library = Library(find_patch("default"))
    rig = Rig(ShowOptions(), library, patch := library.load(), Inbox())
    for port in ("http", "osc", "clocks", "listener", "compositor", "bay", "sampler", "plates", "second"):
        setattr(rig, port, Silent())
    rig.take, rig.midi, asked = None, SimpleNamespace(bindings=()), []  # type: ignore[assignment]
    rig.saver = SimpleNamespace(ask=lambda *edits: asked.append(edits))  # type: ignore[assignment]
    address, value = score
    result = tick(patch, State(), [Event(0.0, address, (value,), "osc:udp:127.0.0.1:9")], Moment(0, 0.0))
    rig.heard(0.0, [], result)
    assert len(asked) == saves


def test_what_is_saved_is_what_hands_hold_and_not_what_cues_and_lanes_do() -> None:
    rig, asked = Rig(ShowOptions(), Library(find_patch("default")), Patch(), Inbox()), []  # type: ignore[var-annotated]
    rig.midi = SimpleNamespace(bindings=())  # type: ignore[assignment]
    rig.saver = SimpleNamespace(ask=lambda *edits: asked.append(edits[0]))  # type: ignore[assignment]
    holders = {"/camera/zoom": "cue", "/camera/roll": "automation", "/camera/x": "midi:a"}
    rig.state = State(hands={address: Hand(0.5, 0.5, 0.0, 0.0, who) for address, who in holders.items()})
    rig._save()
    assert asked == [{"/camera/x": 0.5}]


def test_what_is_asked_of_the_status_is_answered_as_it_was_last_told() -> None:
    library = Library(find_patch("default"))
    rig, answers = Rig(ShowOptions(), library, patch := library.load(), Inbox()), []
    for port in ("http", "osc", "midi", "clocks", "listener", "compositor", "bay", "sampler", "plates", "second"):
        setattr(rig, port, Silent())
    rig.take, rig.osc = None, SimpleNamespace(send=answers.append)  # type: ignore[assignment]
    rig._news = {"/status/fps": 31.5}
    asked = [Event(0.0, address, ("?",), "osc:udp:127.0.0.1:9") for address in ("/status/fps", "/camera/fov")]
    rig.heard(0.0, [], tick(patch, State(), asked, Moment(0, 0.0)))
    assert [tuple(reply.args) for reply in answers] == [(31.5,), (patch.floor["/camera/fov"],)]
