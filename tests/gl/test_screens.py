"""Windows on further monitors: who has which when monitors come and go. No screen: GLFW is played."""

from types import SimpleNamespace

import pytest

from perf.gl import screens
from perf.gl.screens import Screens


class Cables:
    """Monitors by name, of which the first is the main window's, and what is open on them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self.all = {name: SimpleNamespace(name=name) for name in names}
        self.home, self.plugged = names[0], list(names)
        monkeypatch.setattr(screens, "glfw", SimpleNamespace(get_monitors=lambda: [self.all[n] for n in self.plugged]))
        monkeypatch.setattr(screens, "Screen", self.opened)
        monkeypatch.setattr(screens, "address", id)
        monkeypatch.setattr(screens, "named", lambda monitor: monitor.name)
        home = lambda: self.all[self.home] if self.home in self.plugged else None  # noqa: E731
        self.screens = Screens(None, None, home, lambda window: None)  # type: ignore[arg-type]

    @staticmethod
    def opened(main: object, context: object, monitor: object) -> SimpleNamespace:
        return SimpleNamespace(monitor=monitor, window=None, closing=False, close=lambda: None)

    def shown(self, *numbers: int) -> dict[int, str]:
        return {number: screen.monitor.name for number, screen in self.screens.shown(numbers)}  # type: ignore[attr-defined]

    def said(self) -> list[str]:
        said, self.screens.said = self.screens.said, []
        return said


def test_a_monitor_that_is_unplugged_takes_no_others_place(monkeypatch: pytest.MonkeyPatch) -> None:
    cables = Cables(monkeypatch, "laptop", "left", "right")
    assert cables.shown(2, 3) == {2: "left", 3: "right"}
    cables.plugged.remove("left")
    assert cables.shown(2, 3) == {3: "right"}
    assert cables.shown(2, 3) == {3: "right"}
    assert cables.said() == ["monitor 2 is gone; its slices are left out until it is back"]
    cables.plugged.append("left")  # elsewhere in the list
    assert cables.shown(2, 3) == {2: "left", 3: "right"}
    assert cables.said() == ["monitor 2 is back"]


def test_the_others_stay_when_the_main_monitor_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    cables = Cables(monkeypatch, "wall", "left")
    assert cables.shown(2) == {2: "left"}
    cables.plugged.remove("wall")
    assert cables.shown(2) == {2: "left"}
    assert cables.said() == []


def test_monitors_are_dealt_anew_when_the_main_window_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    cables = Cables(monkeypatch, "laptop", "left")
    cables.shown(2)
    cables.home = "left"
    cables.screens.deal()
    assert cables.shown(2) == {2: "laptop"}
    assert cables.said() == []


def test_two_monitors_of_one_name_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    cables = Cables(monkeypatch, "laptop", "a", "b")
    cables.all["a"].name = cables.all["b"].name = "Generic PnP Monitor"
    assert cables.shown(2, 3) == {2: "Generic PnP Monitor", 3: "Generic PnP Monitor"}
    assert len({id(screen.monitor) for _, screen in cables.screens.shown((2, 3))}) == 2


def test_one_that_was_never_there_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cables = Cables(monkeypatch, "laptop")
    assert cables.shown(2) == cables.shown(2) == {}
    assert cables.said() == ["nothing is shown on monitor 2: there are 1 (`retrograde ports`); its slices are left out"]
    cables.all["left"] = SimpleNamespace(name="left")
    cables.plugged.append("left")
    assert cables.shown(2) == {2: "left"}


def test_a_window_whose_context_cannot_be_had_is_closed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would lie black over the monitor, for as long as the show runs."""
    called: list[tuple[str, object]] = []
    there = {
        "get_video_mode": lambda monitor: SimpleNamespace(size=SimpleNamespace(width=8, height=8), refresh_rate=60),
        "create_window": lambda *_: "window",
        "get_framebuffer_size": lambda window: (8, 8),
        "make_context_current": lambda window: called.append(("current", window)),
        "destroy_window": lambda window: called.append(("destroyed", window)),
        **dict.fromkeys(("window_hint", "swap_interval", "set_input_mode"), lambda *_: None),
    }
    monkeypatch.setattr(
        screens, "glfw", SimpleNamespace(**there, **dict.fromkeys(("REFRESH_RATE", "CURSOR", "CURSOR_HIDDEN"), 0))
    )
    target = SimpleNamespace(framebuffer=None, release=lambda: called.append(("released", called[-1])))
    monkeypatch.setattr(screens, "Target", lambda *_: target)

    def refused(require: int) -> None:
        raise RuntimeError("no sharing")

    monkeypatch.setattr(screens, "moderngl", SimpleNamespace(create_context=refused))
    with pytest.raises(RuntimeError, match="no sharing"):
        screens.Screen("main", None, None)  # type: ignore[arg-type]
    assert called == [
        ("current", "window"), ("current", "main"), ("released", ("current", "main")), ("destroyed", "window"),
    ]  # fmt: skip
