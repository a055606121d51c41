"""Pictures of the stage: what they hold, where they lie, and a disk that will not have them."""

import json
from pathlib import Path
from threading import Event

from filming import SIZE, flat, noise, room
from PIL import Image

from perf.ports.snapshot import WAITING, Snapshots

FACTS = {"patch": "harbour", "patch_sha256": "ab", "seed": 7.5, "prompts": [{"text": "the sea", "weight": 1.0}]}


class Wall:
    """What was said."""

    def __init__(self, stem: Path) -> None:
        self.said, self.faults = [], []
        self.shots = Snapshots(stem, lambda *said: self.said.append(said), lambda *fault: self.faults.append(fault))


def test_a_picture_holds_the_pixels_and_what_they_were_made_of(tmp_path: Path) -> None:
    wall, pixels = Wall(tmp_path / "set"), noise(1)
    assert wall.shots.take(pixels, SIZE, FACTS)
    wall.shots.close()
    with Image.open(tmp_path / "set-1.png") as picture:
        assert (picture.mode, picture.size, picture.tobytes()) == ("RGB", SIZE, pixels)
        assert picture.text["Title"] == "harbour"
        assert json.loads(picture.text["Comment"]) == FACTS
    assert (wall.said, wall.faults) == ([("snapshot", f"wrote {tmp_path / 'set-1.png'}")], [])


def test_pictures_are_numbered_on_and_none_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "set.take-2.png").write_text("mine")
    wall = Wall(tmp_path / "set.take")
    for grey in (10, 20):
        wall.shots.take(flat((grey,) * 3), SIZE, {})
    wall.shots.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"set.take-{n}.png" for n in (1, 2, 3)]
    assert (tmp_path / "set.take-2.png").read_text() == "mine"


def test_a_full_disk_is_said_and_leaves_no_half_picture(tmp_path: Path) -> None:
    wall = Wall(tmp_path / "set")
    with room(4000):
        wall.shots.take(noise(1), SIZE, FACTS)
        wall.shots.take(flat((1, 2, 3)), SIZE, FACTS)
        wall.shots.close()
    ((kind, words),) = wall.faults
    assert kind == "snapshot"
    assert str(tmp_path) in words
    assert "make room" in words
    assert [path.name for path in tmp_path.iterdir()] == ["set-1.png"]  # the one that there was room for


def test_a_folder_that_cannot_be_written_is_said() -> None:
    wall = Wall(Path("/proc/none/set"))
    wall.shots.take(flat((1, 2, 3)), SIZE, FACTS)
    wall.shots.close()
    ((_, words),) = wall.faults
    assert "/proc/none" in words


def test_a_slow_disk_does_not_hold_up_the_show(tmp_path: Path) -> None:
    held, wall = Event(), Wall(tmp_path / "set")
    written, wall.shots._write = wall.shots._write, lambda *shot: held.wait(20) and written(*shot)
    taken = [wall.shots.take(flat((9, 9, 9)), SIZE, FACTS) for _ in range(WAITING + 3)]
    assert taken[:WAITING] == [True] * WAITING
    assert not taken[-1]
    held.set()
    wall.shots.close()
    assert len(list(tmp_path.iterdir())) == sum(taken)
    assert len(wall.faults) == len(taken) - sum(taken)
