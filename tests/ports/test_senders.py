"""Pictures to other programs: each adapter against a stand-in for its library, and every way in which one fails."""

import sys
from threading import Event
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from filming import SIZE, counted, noise
from waiting import until

from perf.errors import UsageError
from perf.ports import senders
from perf.ports.senders import KINDS, Sender, asked, missing, ways

WIDTH, HEIGHT = SIZE
ROWS = np.frombuffer(noise(1), np.uint8).reshape(HEIGHT, WIDTH, 3)


class Wall:
    """What was said, and what the stand-ins were given."""

    def __init__(self) -> None:
        self.said, self.faults, self.calls = [], [], []

    def say(self, kind: str, words: str) -> None:
        self.said.append(words)

    def fault(self, kind: str, words: str) -> None:
        self.faults.append(words)

    def made(self, name: str):
        """A class whose calls are noted, as (name.method, arguments)."""
        wall = self

        class Made:
            def __init__(self, *args: object, **more: object) -> None:
                wall.calls.append((name, (*args, *more.values())))
                self.device = "a device"

            def __getattr__(self, method: str):
                return lambda *args, **more: wall.calls.append((f"{name}.{method}", (*args, *more.values()))) or True

        return Made

    def of(self, name: str) -> list[tuple]:
        return [args for called, args in self.calls if called == name]


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    four_cc = SimpleNamespace(RGBA="RGBA")
    copied = lambda image, texture: wall.calls.append(("copied", (image.copy(), texture)))  # noqa: E731
    texture = lambda device, width, height: (device, width, height)  # noqa: E731
    stand_ins = {
        "pyvirtualcam": {"Camera": wall.made("Camera")},
        "cyndilib": {},
        "cyndilib.sender": {"Sender": wall.made("Sender")},
        "cyndilib.video_frame": {"VideoSendFrame": wall.made("Frame")},
        "cyndilib.wrapper": {},
        "cyndilib.wrapper.ndi_structs": {"FourCC": four_cc},
        "SpoutGL": {"SpoutSender": wall.made("Spout")},
        "syphon": {"SyphonMetalServer": wall.made("Syphon")},
        "syphon.utils": {},
        "syphon.utils.numpy": {"copy_image_to_mtl_texture": copied},
        "syphon.utils.raw": {"create_mtl_texture": texture},
    }
    for name, has in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(has)
        monkeypatch.setitem(sys.modules, name, module)
    for kind in KINDS:  # made anew, on the stand-ins
        monkeypatch.delitem(sys.modules, f"perf.ports.send_{kind}", raising=False)
    yield wall
    for kind in KINDS:
        sys.modules.pop(f"perf.ports.send_{kind}", None)


def sent(wall: Wall, text: str, done: str) -> None:
    """Send a picture and wait until it has gone."""
    sender = Sender(text, SIZE, 30.0, wall)
    sender.send(ROWS.tobytes())
    until(lambda: wall.of(done) or wall.faults, 20.0)
    sender.close()
    assert wall.faults == []


def test_a_virtual_camera_gets_rgb(wall: Wall) -> None:
    sent(wall, "camera:/dev/video7", "Camera.send")
    assert wall.of("Camera") == [(*SIZE, 30.0, "/dev/video7")]
    assert np.array_equal(wall.of("Camera.send")[0][0], ROWS)
    assert wall.of("Camera.close") == [()]
    assert wall.said == ["camera is open"]


def test_ndi_gets_opaque_rgba_in_one_row(wall: Wall) -> None:
    sent(wall, "ndi:stage left", "Sender.write_video")
    assert wall.of("Sender") == [("stage left",)]
    assert (wall.of("Frame.set_resolution"), wall.of("Frame.set_fourcc")) == ([SIZE], [("RGBA",)])
    assert wall.of("Frame.set_frame_rate") == [(30,)]
    ((data,),) = wall.of("Sender.write_video")
    rgba = data.reshape(HEIGHT, WIDTH, 4)
    assert np.array_equal(rgba[..., :3], ROWS)
    assert rgba[..., 3].min() == 255
    assert wall.of("Sender.close") == [()]


def test_spout_gets_bytes(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "platform", "win32")
    sent(wall, "spout", "Spout.setFrameSync")
    ((data, width, height, form, *_),) = wall.of("Spout.sendImage")
    assert (len(data), width, height, form) == (WIDTH * HEIGHT * 4, *SIZE, 0x1908)
    assert wall.of("Spout.setSenderName") == [("Retrograde",)]
    assert wall.of("Spout.releaseSender") == [()]


def test_syphon_gets_a_texture(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "platform", "darwin")
    sent(wall, "syphon:stage", "Syphon.publish_frame_texture")
    ((image, texture),) = wall.of("copied")
    assert np.array_equal(image[..., :3], ROWS)
    assert texture[1:] == SIZE
    assert wall.of("Syphon.publish_frame_texture") == [(texture, True)]
    assert wall.of("Syphon.stop") == [()]


def test_the_newest_picture_goes_when_the_way_out_is_slow(wall: Wall) -> None:
    free, began, got = Event(), Event(), []

    class Slow:
        def send(self, rows) -> None:
            began.set()
            free.wait(20)
            got.append(int(rows[0, 0, 0]))

        def close(self) -> None:
            got.append(-1)

    module = ModuleType("perf.ports.send_camera")
    module.open_sender = lambda *opening: Slow()
    sys.modules["perf.ports.send_camera"] = module
    sender = Sender("camera", SIZE, 30.0, wall)
    sender.send(counted(1))
    assert began.wait(20)
    for number in range(2, 30):
        sender.send(counted(number))  # none of them waits
    free.set()
    until(lambda: len(got) == 2, 20.0)
    sender.close()
    assert got == [1, 29, -1]


def test_a_package_that_is_not_there_is_said_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pyvirtualcam", raising=False)
    monkeypatch.setattr(senders, "find_spec", lambda name: None)
    wall = Wall()
    sender = Sender("camera", SIZE, 30.0, wall)
    until(lambda: not sender.going, 20.0)
    assert wall.faults == ["camera is left out: pyvirtualcam is not installed; pip install 'retrograde[camera]'"]
    sender.send(counted(1))  # and it does no harm
    sender.close()


def test_a_device_that_is_not_there_is_said_with_the_cure(wall: Wall) -> None:
    def none(*args: object, **more: object) -> None:
        raise RuntimeError("no device")

    sys.modules["pyvirtualcam"].Camera = none
    sender = Sender("camera", SIZE, 30.0, wall)
    until(lambda: not sender.going, 20.0)
    (words,) = wall.faults
    assert words.startswith("camera is left out (no device); ")
    assert "v4l2loopback" in words


def test_one_that_fails_on_the_way_is_said_once_and_closed(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "platform", "win32")
    sys.modules["SpoutGL"].SpoutSender.sendImage = lambda *args: False
    sender = Sender("spout", SIZE, 30.0, wall)
    sender.send(ROWS.tobytes())
    until(lambda: not sender.going, 20.0)
    assert len(wall.faults) == 1
    assert "Spout does not take pictures" in wall.faults[0]
    assert wall.of("Spout.releaseSender") == [()]


def test_what_is_for_another_system_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "platform", "linux")
    assert missing("spout") == "only on Windows; use ndi or camera here"
    assert missing("syphon") == "only on macOS; use ndi or camera here"


def test_each_way_is_listed_in_a_line() -> None:
    rows = list(ways())
    assert [row.partition(":")[0] for row in rows] == ["camera", "ndi", "spout", "syphon"]
    assert not any("\n" in row for row in rows)


def test_a_way_that_there_is_not_names_those_that_there_are() -> None:
    assert asked("ndi:a:b") == ("ndi", "a:b")
    with pytest.raises(UsageError, match="there is no 'sdi'; use camera, ndi, spout, syphon"):
        asked("sdi")
