"""Clips: what a patch names is opened for what it is, and says what is wrong; a file that changes is noticed."""

import os
import random
from pathlib import Path

import pytest
from clips import video

from perf.core.footage import MediaSpec
from perf.ports import clip as module
from perf.ports.clip import Changes, tried


def broken(folder: Path) -> dict[str, Path]:
    data = video(folder / "good.mp4").read_bytes()
    files = {"empty.mp4": b"", "noise.mp4": random.Random(2).randbytes(5000), "cut.mp4": data[: len(data) // 3]}
    files |= {"text.png": b"no picture", "cut.png": b"\x89PNG\r\n\x1a\n" + bytes(40)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


def test_what_is_broken_or_missing_says_what_it_is_and_what_to_do(tmp_path: Path) -> None:
    for name, path in broken(tmp_path).items():
        said = tried(MediaSpec(name), tmp_path)
        assert str(path) in said, name
        assert "export it again" in said or "save it again" in said, said
    assert "there is no such file; put it beside the patch" in tried(MediaSpec("none.mp4"), tmp_path)
    (tmp_path / "void").mkdir()
    assert "no pictures in it; it takes numbered ones" in tried(MediaSpec("void"), tmp_path)
    assert tried(MediaSpec("good.mp4"), tmp_path) == ""
    assert tried(MediaSpec(camera="7"), tmp_path) == ""


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK", 0.0)


@pytest.mark.usefixtures("looking")
def test_a_file_is_another_when_it_rests_after_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"one")
    changes = Changes(path)
    assert not changes.there()
    for size in (4, 5, 6):  # it is being written
        path.write_bytes(bytes(size))
        assert not changes.there()
    assert changes.there()
    assert changes.there(), "until it is opened anew"


@pytest.mark.usefixtures("looking")
def test_one_that_takes_its_place_is_another_and_one_that_has_gone_is_not(tmp_path: Path) -> None:
    path, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    for file in (path, other):
        file.write_bytes(b"one")
        os.utime(file, (1e9, 1e9))
    changes = Changes(path)
    path.unlink()
    for _ in range(2):
        assert not changes.there()
    other.replace(path)
    assert not changes.there()
    assert changes.there()


@pytest.mark.usefixtures("looking")
def test_a_folder_is_another_when_a_picture_comes(tmp_path: Path) -> None:
    os.utime(tmp_path, (1e9, 1e9))
    changes = Changes(tmp_path)
    (tmp_path / "1.png").write_bytes(b"")
    assert not changes.there()
    assert changes.there()
