"""What stands over the window: a message for the performer, and never for an audience."""

from types import SimpleNamespace

from perf.core.patch import Patch
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
