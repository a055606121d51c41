"""Further windows, one on each further monitor, for slices of the picture that are to be seen there.

Each is drawn in the show's own context, into a texture, which a context of the window's own, sharing its textures, puts
on the screen: GL shares textures and no framebuffers. They do not wait for their screens: the main window does. What
cannot be opened, or is closed, or whose monitor has gone, is said, and the show plays on. Main thread only.
"""

from collections.abc import Callable, Sequence
from typing import Any

import glfw
import moderngl

from perf.gl import sources
from perf.gl.monitors import address, named
from perf.gl.program import Own
from perf.gl.target import Onto, Target


class Screen:
    """A window over a monitor. Draw on `framebuffer` in the show's context, then `present`."""

    def __init__(self, main: Any, context: moderngl.Context, monitor: Any) -> None:
        mode = glfw.get_video_mode(monitor)
        self.monitor, self._main = monitor, main
        glfw.window_hint(glfw.REFRESH_RATE, mode.refresh_rate)  # else GLFW switches the monitor to its highest
        self._window = glfw.create_window(mode.size.width, mode.size.height, "Retrograde", monitor, main)
        if not self._window:
            raise RuntimeError("the driver opens no second window")
        size = tuple(map(int, glfw.get_framebuffer_size(self._window)))
        self._target = Target(context, (max(size[0], 1), max(size[1], 1)), "f1")
        self.framebuffer = self._target.framebuffer
        try:
            self._share()
        except BaseException:  # or it would lie black over the monitor, with nobody to close it
            self.close()
            raise
        glfw.make_context_current(main)

    def _share(self) -> None:
        """A context of the window's own, with what is drawn as a texture in it."""
        glfw.make_context_current(self._window)
        glfw.swap_interval(0)
        glfw.set_input_mode(self._window, glfw.CURSOR, glfw.CURSOR_HIDDEN)
        self._context = moderngl.create_context(require=330)
        self._plain = Own(self._context, sources.PLAIN)
        self._image = self._context.external_texture(self._target.texture.glo, self._target.size, 4, 0, "f1")

    @property
    def window(self) -> Any:
        """GLFW's."""
        return self._window

    @property
    def closing(self) -> bool:
        """Whether somebody has closed it."""
        return bool(glfw.window_should_close(self._window))

    def present(self) -> None:
        """Show what was drawn; nothing while the window has no size."""
        width, height = glfw.get_framebuffer_size(self._window)
        if width <= 0 or height <= 0:
            return
        glfw.make_context_current(self._window)  # which hands over what was drawn until now
        try:
            onto = Onto(self._context.screen, (0, 0, int(width), int(height)))
            self._plain.run(onto, {"image": self._image}, self._image)
            glfw.swap_buffers(self._window)
        finally:
            glfw.make_context_current(self._main)

    def close(self) -> None:
        """Close the window."""
        glfw.make_context_current(self._main)  # whose the target is
        self._target.release()
        glfw.destroy_window(self._window)


class Screens:
    """The further windows by the numbers that slices give: 2 is the first monitor beside that of the main window, which
    `home` tells. A number keeps its monitor, by name, for as long as slices are for it: when one is unplugged the
    others stay where they are, and when it is back so is its window."""

    def __init__(self, main: Any, context: moderngl.Context, home: Callable[[], Any], opened: Callable[[Any], None]):
        self._main, self._context, self._home, self._opened = main, context, home, opened
        self._screens: dict[int, Screen] = {}
        self._names: dict[int, str] = {}  # of the monitors that numbers have
        self._refused: set[int] = set()
        self._there: dict[int, Any] = {}
        self.said: list[str] = []

    def shown(self, numbers: Sequence[int]) -> list[tuple[int, Screen]]:
        """The windows of these numbers, opened when they are new; those of others are closed."""
        if not (numbers or self._screens):
            self._refused.clear()  # who asks anew is answered anew
            self._names.clear()
            return []
        self._look(numbers)
        for number in numbers:
            if number not in self._screens and number not in self._refused:
                self._open(number)
        return list(self._screens.items())

    def _look(self, numbers: Sequence[int]) -> None:
        """Close what is wanted no more, was closed by hand, or has lost its monitor."""
        there = self._others()
        if list(there) != list(self._there):  # one was plugged in or out: try again
            self._there = there
            self._refused.clear()
        self._refused &= set(numbers)
        self._names = {number: name for number, name in self._names.items() if number in numbers}
        for number, screen in list(self._screens.items()):
            gone = address(screen.monitor) not in there
            if number in numbers and not gone and not screen.closing:
                continue
            if number in numbers and not gone:
                self._refused.add(number)
                self.said.append(f"the window on monitor {number} is closed; its slices are left out")
            elif number in self._names:
                self.said.append(f"monitor {number} is gone; its slices are left out until it is back")
            self._screens.pop(number).close()

    def _others(self) -> dict[int, Any]:
        """The monitors but the main window's, by their addresses."""
        home = self._home()
        found = {address(monitor): monitor for monitor in glfw.get_monitors()}
        return {where: monitor for where, monitor in found.items() if home is None or where != address(home)}

    def _monitor(self, number: int) -> Any:
        """The monitor that a number has, or is to have. Raises RuntimeError where there is none."""
        taken, others = {address(screen.monitor) for screen in self._screens.values()}, list(self._there.items())
        if number not in self._names:
            others = others[number - 2 : number - 1]
        for where, monitor in others:
            if where not in taken and self._names.get(number, named(monitor)) == named(monitor):
                return monitor
        raise RuntimeError(f"there are {len(self._there) + 1} (`retrograde ports`)")

    def _open(self, number: int) -> None:
        try:
            monitor = self._monitor(number)
            self._screens[number] = Screen(self._main, self._context, monitor)
            self._opened(self._screens[number].window)
        except Exception as error:  # noqa: BLE001 - glcontext raises it bare; told, and not tried again
            self._refused.add(number)
            if number not in self._names:  # that it is gone has been said
                self.said.append(f"nothing is shown on monitor {number}: {error}; its slices are left out")
            return
        if number in self._names:
            self.said.append(f"monitor {number} is back")
        self._names[number] = named(monitor)

    def deal(self) -> None:
        """Deal the monitors out anew: the main window has another one."""
        self._names.clear()

    def close(self) -> None:
        """Close them all."""
        while self._screens:
            self._screens.popitem()[1].close()
