"""The stage: off-screen here, and a real window under a virtual screen where there is one to start."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from perf.errors import DeviceError
from perf.gl import headless, overlay
from perf.gl.stage import StageOptions, open_stage


def test_a_headless_stage() -> None:
    stage = open_stage(StageOptions((64, 36), headless=True))
    assert stage.size == (64, 36)
    assert stage.framebuffer.viewport == (0, 0, 64, 36)
    assert stage.poll() == []
    assert stage.pointer == (0.0, 0.0, False)
    assert not stage.closing
    assert stage.screens((2,)) == []
    assert stage.said() == []
    stage.present()
    stage.close()
    stage.close()
    assert stage.closing


def test_no_egl_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless, "BACKENDS", ({"backend": "egl", "libegl": "libNowhere.so"},))
    with pytest.raises(DeviceError, match="apt-get install libegl1"):
        headless.create_context()


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-W", "error", "-c", script]
    return subprocess.run(command, env=clean | environment, cwd=root, capture_output=True, text=True, timeout=60)


def test_no_screen_says_what_to_do() -> None:
    done = run(
        "from perf.gl.stage import *\nfrom perf.errors import DeviceError\n"
        "try: open_stage(StageOptions())\nexcept DeviceError as error: print(error)"
    )
    assert "set DISPLAY, or use --headless" in done.stdout, done.stderr


WINDOW = """
import glfw, time
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, open_stage
from perf.gl.window import STILL
from perf.core.frame import Frame, Job, Layer
from perf.core.moment import Moment

stage = open_stage(StageOptions((320, 180), vsync=False))
compositor = Compositor(stage.context, (320, 180))
frame = Frame(Moment(0, 3.0), {}, Job(), (Layer("sampler", (), 1.0, "normal"),))

def turn():
    keys = stage.poll()
    compositor.draw(frame)
    compositor.present(stage.framebuffer)
    stage.present()
    return keys

def until(done):
    keys, end = [], time.monotonic() + 10
    while not done(keys) and time.monotonic() < end:
        keys += turn()
    return keys

turn()
pixels = stage.framebuffer.read(components=3)
assert max(pixels) > 40, "the window shows nothing"
for key, size in (("f", (640, 480)), ("f", (320, 180))):
    stage._pressed(None, getattr(glfw, "KEY_" + key.upper()), 0, glfw.PRESS, 0)
    until(lambda keys: stage.size == size)
    assert stage.size == size, (key, stage.size)
stage._pressed(None, glfw.KEY_SPACE, 0, glfw.PRESS, 0)
stage._pressed(None, glfw.KEY_F5, 0, glfw.PRESS, 0)
stage._pressed(None, glfw.KEY_M, 0, glfw.PRESS, 0)
assert turn() == ["space", "f5", "m"]
until(lambda keys: stage.fullscreen)
modes = []
glfw.set_input_mode = lambda window, which, value: modes.append(value)
glfw.get_cursor_pos = lambda window: (160.0, 45.0)
glfw.get_mouse_button = lambda window, button: glfw.PRESS
size = glfw.get_window_size(stage._window)
turn()
assert stage.pointer == (160.0 / size[0], 1.0 - 45.0 / size[1], True), stage.pointer
for _ in range(STILL):
    stage.poll()
assert modes == [glfw.CURSOR_NORMAL, glfw.CURSOR_HIDDEN], modes  # seen while it moves, over a full screen
glfw.iconify_window(stage._window)
for _ in range(3):
    turn()
assert not stage.closing
import ctypes
x11 = ctypes.CDLL("libX11.so.6")  # an error of the X server's: Xlib would exit
x11.XOpenDisplay.restype = ctypes.c_void_p
screen = ctypes.c_void_p(x11.XOpenDisplay(None))
for _ in range(2):
    x11.XMapWindow(screen, 0x7ABCDEF)
    x11.XSync(screen, 0)
    assert stage.said() == ["the X server refuses request 8.0 (error 3); the show plays on"]
stage._pressed(None, glfw.KEY_ESCAPE, 0, glfw.PRESS, 0)
turn()
assert stage.closing
compositor.release()
stage.close()
stage.close()
print("played")
"""


@pytest.fixture
def display() -> str:
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb to open a window on")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        name = f":{number.readline().strip()}"
    yield name
    server.terminate()
    server.wait(10)


def test_a_window_on_a_screen(display: str) -> None:
    done = run(WINDOW, DISPLAY=display)
    assert done.stdout.strip() == "played", done.stderr[-2000:]


SCREENS = """
import glfw
from perf.core.frame import Frame, Job, Layer
from perf.core.mapping import Slice
from perf.core.moment import Moment
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, open_stage

stage = open_stage(StageOptions((320, 180), monitor=1, vsync=False))  # so that the only monitor is a further one
compositor, shown, swap = Compositor(stage.context, (320, 180)), [], glfw.swap_buffers
layers = (Layer("sampler", (), 1.0, "normal"),)

def seen(window):
    if window != stage._window:
        context = stage._screens._screens[2]._context
        shown.append(context.screen.read((0, 0, 640, 480), components=3))
    swap(window)

glfw.swap_buffers = seen

def turn(*parts):
    stage.poll()
    compositor.draw(Frame(Moment(0, 3.0), {}, Job(), layers, mapping=parts))
    compositor.present(stage.framebuffer)
    main = stage.framebuffer.read(components=3)
    for number, screen in stage.screens(compositor.monitors):
        compositor.present(screen.framebuffer, number)
        screen.present()
    stage.present()
    return max(main), stage.said()

left = Slice(((0.0, 0.0), (0.5, 0.0), (0.0, 1.0), (0.5, 1.0)), monitor=2)
for _ in range(3):
    light, said = turn(left)
assert light > 40 and not said, (light, said)  # the main window has no slice: the picture, whole
row = shown[-1][240 * 640 * 3 : 241 * 640 * 3]
assert max(row[: 320 * 3]) > 40, "nothing on the further window"
assert max(row[330 * 3 :]) == 0, "it is not mapped"
assert turn(left, Slice(monitor=3))[1] == [
    "nothing is shown on monitor 3: there are 2 (`retrograde ports`); its slices are left out"
]
assert turn(left, Slice(monitor=3))[1] == []  # said once
glfw.set_window_should_close(stage._screens._screens[2].window, True)
assert turn(left)[1] == ["the window on monitor 2 is closed; its slices are left out"]
count = len(shown)
assert turn(left) == (light, []) and len(shown) == count
turn()
turn(left)  # asked for anew
assert len(shown) == count + 1
turn()
assert not stage._screens._screens
assert not stage.closing
turn(left)
compositor.release()
stage.close()
print("shown")
"""


def test_slices_on_a_further_monitor(display: str) -> None:
    done = run(SCREENS, DISPLAY=display)
    assert done.stdout.strip() == "shown", done.stderr[-2000:]


UNPLUGGED = """
import glfw, subprocess, time
from perf.gl.stage import StageOptions, open_stage

stage = open_stage(StageOptions((320, 180), vsync=False))
stage._pressed(None, glfw.KEY_F, 0, glfw.PRESS, 0)

def until(done):
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        stage.poll()
        stage.present()
    assert done(), (stage.size, stage.fullscreen, glfw.get_monitors())

def plug(*words):
    subprocess.run(["xrandr", "--fb", "640x480", "--output", "screen", *words], check=True)

until(lambda: stage.fullscreen and stage.size == (640, 480))
plug("--off")
until(lambda: not stage.fullscreen and stage.size == (320, 180))
assert stage.said() == ["the monitor screen is gone; the picture is in a window until it is back"]
plug("--auto")
until(lambda: stage.fullscreen and stage.size == (640, 480))
assert stage.said() == ["the monitor screen is back"]
plug("--off")
until(lambda: not stage.fullscreen)
stage._pressed(None, glfw.KEY_Q, 0, glfw.PRESS, 0)
until(lambda: stage.closing)
stage.close()
print("back")
"""


def test_a_full_screen_whose_monitor_is_unplugged_comes_back_with_it(display: str) -> None:
    if shutil.which("xrandr") is None:
        pytest.skip("there is no xrandr to unplug a monitor with")
    done = run(UNPLUGGED, DISPLAY=display)
    assert done.stdout.strip() == "back", done.stderr[-2000:]


DRAGGED = """
import glfw, subprocess, time
from dataclasses import replace
from perf.core.frame import Frame, Job
from perf.core.mapping import Slice
from perf.core.moment import Moment
from perf.gl.compositor import Compositor
from perf.gl.stage import StageOptions, open_stage
from perf.keys import Mouse

stage = open_stage(StageOptions((320, 180), vsync=False))
glfw.set_window_pos(stage._window, 100, 50)
compositor, mouse, corner, keys = Compositor(stage.context, (320, 180)), Mouse(), (0.0, 1.0), []

def until(done):
    global corner
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        keys.extend(stage.poll())
        values = {"/mapping/1/upper-left": corner}
        part = Slice(((0.0, 0.0), (1.0, 0.0), corner, (1.0, 1.0)))
        frame = Frame(Moment(0, 3.0), values, Job(), (), mapping=(part,), card=True)
        for event in mouse.events(stage.pointer, frame, 0.0):
            corner = event.args
        compositor.draw(frame)
        compositor.present(stage.framebuffer)
        stage.present()
    assert done(), (corner, stage.pointer)

def lit(x, y):
    return max(stage.framebuffer.read((x, 180 - y, 8, 8), components=3)) > 20

def hand(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)

until(lambda: glfw.get_window_pos(stage._window) == (100, 50))
until(lambda: lit(4, 12))
hand("mousemove", 104, 54)
until(lambda: stage.pointer[:2] == (4 / 320, 1 - 4 / 180))
hand("mousedown", 1)
until(lambda: stage.pointer[2])
hand("mousemove", 100 + 80, 50 + 45)
until(lambda: corner == (80 / 320, 1 - 45 / 180))
hand("mouseup", 1)
until(lambda: not stage.pointer[2])
assert not lit(4, 12), "the corner is still where it was"
hand("mousemove", 300, 60)
until(lambda: stage.pointer[0] > 0.6)
assert corner == (0.25, 0.75), corner
print("dragged")
"""


def test_a_corner_is_dragged_with_a_real_mouse(display: str) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("there is no xdotool to move the mouse with")
    done = run(DRAGGED, DISPLAY=display)
    assert done.stdout.strip() == "dragged", done.stderr[-2000:]


def test_panels_are_legible_and_kept() -> None:
    panel = overlay.panel(["# Keys", "h\thelp", "", "a plain line"], 20)
    assert panel.dtype == np.uint8
    assert panel.shape[2] == 4
    assert panel is overlay.panel(["# Keys", "h\thelp", "", "a plain line"], 20)
    assert not panel.flags.writeable
    assert panel[..., 3].max() == 255
    assert panel[0, 0, 3] == 0  # a rounded corner
    wide = overlay.panel(["x" * 5000] * 500, 8)
    assert wide.shape[0] < 1200
    for odd in ([], [""], ["\t"], ["# "], ["a\tb\tc\x00\n"]):
        assert overlay.panel(odd).size
    assert overlay.panel(["red"], 20, True).tobytes() != overlay.panel(["red"], 20).tobytes()


def test_letters_cover_what_they_say() -> None:
    one, two = overlay.lettering("HH", 40, 400, "left"), overlay.lettering("HH HH", 40, 100, "left")
    assert one.dtype == np.uint8
    assert one.max() == 255
    assert two.shape[0] == one.shape[0] + 40  # broken into two lines
    left, right = (overlay.lettering("HHHH\nH", 40, 400, align)[45:] for align in ("left", "right"))
    assert np.argwhere(left)[:, 1].mean() < np.argwhere(right)[:, 1].mean()
    for odd in ("", "\n" * 500, "x" * 9000, "a\x00b"):
        assert max(overlay.lettering(odd, 900, 300, "centre").shape) <= 9000


def test_the_inset_is_a_picture_in_green_with_its_cues_name() -> None:
    found = overlay.inset((8, 4), bytes([255, 0, 0]) * 32, "the drop\n")
    height, width, _ = found.shape
    assert tuple(found[0, 0]) == overlay.AHEAD
    assert tuple(found[6, width // 2]) == (255, 0, 0, 255)
    assert (found[height - 20 :, :, :3] != overlay.AHEAD[:3]).any(), "its name"
