"""A stage on a screen, through GLFW: Esc and Q leave, F turns full screen on and off, M goes to the next monitor.

Every key is also given to the show by name; over a full screen the mouse is seen while it moves. Main
thread only (GLFW's rule).
"""

from collections.abc import Sequence
from typing import Any

import glfw
import moderngl

from perf.errors import DeviceError
from perf.gl import xerror
from perf.gl.monitors import named
from perf.gl.screens import Screen, Screens
from perf.gl.stage import StageOptions

NAMES = {
    glfw.KEY_SPACE: "space",
    glfw.KEY_ESCAPE: "escape",
    glfw.KEY_ENTER: "enter",
    glfw.KEY_TAB: "tab",
    glfw.KEY_BACKSPACE: "backspace",
    glfw.KEY_DELETE: "delete",
    glfw.KEY_LEFT: "left",
    glfw.KEY_RIGHT: "right",
    glfw.KEY_UP: "up",
    glfw.KEY_DOWN: "down",
    glfw.KEY_PAGE_UP: "pageup",
    glfw.KEY_PAGE_DOWN: "pagedown",
    glfw.KEY_HOME: "home",
    glfw.KEY_END: "end",
    **{getattr(glfw, f"KEY_F{n}"): f"f{n}" for n in range(1, 13)},
}
STILL = 120  # polls without a movement after which the mouse is no longer seen on a full screen


class Window:
    """A window with a GL 3.3 core context."""

    def __init__(self, options: StageOptions) -> None:
        self._options = options
        self._keys: list[str] = []
        self._closed = False
        self._mouse, self._still = (0.0, 0.0), 0
        self._monitor = options.monitor
        self._covers, self._astray = "", False  # the name of the monitor that is to be covered; whether it has gone
        self._said: list[str] = []
        self._windowed = (64, 64, *options.size)  # where to come back to from full screen
        self._window: Any = _opened(options)
        self._errors = xerror.survived(self._said.append)
        try:
            self.context = moderngl.create_context(require=330)
        except Exception as error:  # glcontext raises it bare, whatever it does not find
            glfw.terminate()
            raise DeviceError(
                f"the window has no GL 3.3 ({error}); update the graphics driver, or use --headless"
            ) from error
        glfw.swap_interval(1 if options.vsync else 0)
        glfw.set_key_callback(self._window, self._pressed)
        self._screens = Screens(self._window, self.context, self._home, self._listen)
        if options.fullscreen:
            self._go_full()

    def _listen(self, window: Any) -> None:
        """Keys are heard in a further window, too."""
        glfw.set_key_callback(window, self._pressed)

    def _home(self) -> Any:
        """The monitor that the window is on, or None while that is unplugged."""
        monitors = glfw.get_monitors()
        here = self._monitor if not self._covers or self.fullscreen else len(monitors)
        return glfw.get_window_monitor(self._window) or (monitors[here] if here < len(monitors) else None)

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the framebuffer (on some screens more than the window's units); 0 while minimised."""
        width, height = glfw.get_framebuffer_size(self._window)
        return int(width), int(height)

    @property
    def framebuffer(self) -> moderngl.Framebuffer:
        """The window's, its viewport all of it."""
        screen = self.context.screen
        width, height = self.size
        screen.viewport = (0, 0, max(width, 1), max(height, 1))
        return screen

    @property
    def closing(self) -> bool:
        """Whether Esc, Q or the window's own button was pressed."""
        return self._closed or bool(glfw.window_should_close(self._window))

    @property
    def fullscreen(self) -> bool:
        """Whether the window covers a monitor."""
        return bool(glfw.get_window_monitor(self._window))

    @property
    def pointer(self) -> tuple[float, float, bool]:
        """Where the mouse is, 0…1 from the window's lower left corner, and whether its button is down."""
        width, height = glfw.get_window_size(self._window)
        x, y = self._mouse
        down = glfw.get_mouse_button(self._window, glfw.MOUSE_BUTTON_LEFT) == glfw.PRESS
        return x / max(width, 1), 1.0 - y / max(height, 1), bool(down)

    def poll(self) -> list[str]:
        """The keys pressed since the last call; those of the window itself have been obeyed."""
        glfw.poll_events()
        if self._covers:
            self._stay()
        self._show_mouse()
        keys, self._keys = self._keys, []
        for key in keys:
            self._obey(key)
        return keys

    def _show_mouse(self) -> None:
        """Over a full screen only while it moves."""
        mouse = glfw.get_cursor_pos(self._window)
        self._still = 0 if mouse != self._mouse else self._still + 1
        self._mouse = mouse
        if self._still in (0, STILL):
            hidden = self.fullscreen and self._still == STILL
            glfw.set_input_mode(self._window, glfw.CURSOR, glfw.CURSOR_HIDDEN if hidden else glfw.CURSOR_NORMAL)

    def _pressed(self, window: object, key: int, scancode: int, action: int, modifiers: int) -> None:
        if action == glfw.PRESS:
            name = NAMES.get(key) or (glfw.get_key_name(key, scancode) or "").lower()
            self._keys += [name] if name else []

    def _obey(self, key: str) -> None:
        if key in ("escape", "q"):
            glfw.set_window_should_close(self._window, True)
        elif key == "f" and self.fullscreen:
            self._go_windowed()
        elif key == "f":
            self._go_full()
        elif key == "m":
            self._monitor += 1
            self._go_full()
            self._screens.deal()

    def _stay(self) -> None:
        """A full screen whose monitor is unplugged is a window, which GLFW leaves anywhere, until that is back."""
        if self.fullscreen:
            return
        names = [named(monitor) for monitor in glfw.get_monitors()]
        if self._covers in names:
            self._monitor = names.index(self._covers)
            self._go_full()
            self._said.append(f"the monitor {self._covers} is back")
        elif not self._astray:
            self._astray = True
            self._said.append(f"the monitor {self._covers} is gone; the picture is in a window until it is back")
            self._leave_full()

    def _go_full(self) -> None:
        monitors = glfw.get_monitors()
        if not monitors:
            return
        if not self._covers:
            self._windowed = (*glfw.get_window_pos(self._window), *glfw.get_window_size(self._window))
        monitor = monitors[self._monitor % len(monitors)]
        mode = glfw.get_video_mode(monitor)
        if mode is not None:
            self._covers, self._astray = named(monitor), False
            glfw.set_window_monitor(self._window, monitor, 0, 0, mode.size.width, mode.size.height, mode.refresh_rate)
            glfw.set_input_mode(self._window, glfw.CURSOR, glfw.CURSOR_HIDDEN)
            glfw.swap_interval(1 if self._options.vsync else 0)  # some drivers forget it with the monitor

    def _go_windowed(self) -> None:
        self._covers = ""
        self._leave_full()

    def _leave_full(self) -> None:
        glfw.set_window_monitor(self._window, None, *self._windowed, 0)  # type: ignore[arg-type]
        glfw.set_input_mode(self._window, glfw.CURSOR, glfw.CURSOR_NORMAL)

    def present(self) -> None:
        """Swap; with vsync this waits for the screen."""
        glfw.swap_buffers(self._window)

    def screens(self, numbers: Sequence[int]) -> Sequence[tuple[int, Screen]]:
        """The windows on further monitors."""
        return self._screens.shown(numbers)

    def said(self) -> list[str]:
        """What became of the monitors since the last call."""
        said, self._screens.said = [*self._said, *self._screens.said], []
        self._said.clear()
        return said

    def close(self) -> None:
        """Close the windows and let GLFW go."""
        if not self._closed:
            self._closed = True
            self._screens.close()
            self.context.release()
            glfw.destroy_window(self._window)
            xerror.forgotten()
            glfw.terminate()


def _opened(options: StageOptions) -> Any:
    """A GLFW window whose context is current. Raises DeviceError."""
    glfw.ERROR_REPORTING = "ignore"  # asked for below, where it can be told with its cure
    if not glfw.init():
        raise DeviceError(f"there is no screen to open a window on ({_reason()}); set DISPLAY, or use --headless")
    glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
    glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
    glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
    glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, True)
    glfw.window_hint(glfw.AUTO_ICONIFY, False)  # a picture on the second monitor stays when the first is used
    window = glfw.create_window(*options.size, options.title, None, None)
    if not window:
        reason = _reason()
        glfw.terminate()
        raise DeviceError(
            f"no window with GL 3.3 could be opened ({reason}); update the graphics driver, or use --headless"
        )
    glfw.make_context_current(window)
    return window


def _reason() -> str:
    code, description = glfw.get_error()
    text = description.decode("utf-8", "replace") if isinstance(description, bytes) else description
    return text or f"GLFW error {code}"
