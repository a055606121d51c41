"""The screen as a camera: its parts, what each system's grabber calls them, and a real screen."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from perf.errors import DeviceError
from perf.ports.screen import grabbed, is_screen, part

SEEN = """
import glfw
from contextlib import closing
from perf.gl.stage import StageOptions, open_stage
from perf.ports.camera import Camera

stage = open_stage(StageOptions((200, 100), vsync=False))
glfw.set_window_pos(stage._window, 40, 30)
for _ in range(5):
    stage.framebuffer.use()
    stage.framebuffer.clear(1.0, 0.5, 0.0)
    stage.present()
    stage.poll()
x, y = glfw.get_window_pos(stage._window)
with closing(Camera("screen")) as camera:
    whole = next(camera.shots())
with closing(Camera(f"screen 64x32+{x + 10}+{y + 10}")) as camera:
    shots = camera.shots()
    inside, again = next(shots), next(shots)
print(whole.size, inside.size, bytes(inside.pixels[:4]).hex(), bytes(inside.pixels[-4:]).hex())
stage.close()
"""


@pytest.fixture
def display() -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb to look at")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait(10)


def test_a_real_screen_and_a_part_of_it(display: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEEN], capture_output=True, text=True, timeout=60, env={**os.environ, "DISPLAY": display}
    )
    assert done.stdout.strip() == "(640, 480) (64, 32) ff8000ff ff8000ff", done.stderr[-2000:]


def test_names_of_parts() -> None:
    assert [is_screen(name) for name in ("screen", "screen 1x1", "screenshot", "0")] == [True, True, False, False]
    assert part("screen") is None
    assert part("screen 640x360") == (0, 0, 640, 360)
    assert part("screen 640x360+100+50") == (100, 50, 640, 360)
    for name in ("screen 640", "screen 640x360+1", "screen -5x5", "screen x"):
        with pytest.raises(DeviceError, match=r'is no part of the screen; write "screen"'):
            part(name)
    with pytest.raises(DeviceError, match=r"0x5 is no size; a part has 1…16384 pixels a side"):
        part("screen 0x5")


def test_each_system_has_its_own_words() -> None:
    place = (100, 50, 640, 360)
    assert grabbed("x11grab", place, {"DISPLAY": ":7.0"}) == (":7.0+100,50", {"video_size": "640x360"})
    assert grabbed("x11grab", None, {}) == (":0", {})
    assert grabbed("gdigrab", place, {}) == ("desktop", {"video_size": "640x360", "offset_x": "100", "offset_y": "50"})
    assert grabbed("avfoundation", None, {})[0] == "Capture screen 0:none"
    with pytest.raises(DeviceError, match="crop its layer"):
        grabbed("avfoundation", place, {})
