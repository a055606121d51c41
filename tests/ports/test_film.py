"""Films are decoded again: what counts is what a player would show."""

import ctypes
import json
import os
import signal
import subprocess
import sys

import av
import numpy as np
import pytest
from filming import COLOURS, SIZE, counted, decoded, flat, middle, near, noise, room
from PIL import Image

from perf.errors import DeviceError, UsageError
from perf.ports import film_writers
from perf.ports.film import Film, FilmOptions

PERTURB = -6  # glibc's M_PERTURB: what fresh memory is filled with


@pytest.mark.parametrize(("suffix", "tolerance"), [(".mp4", 5), (".mov", 5), (".mkv", 0)])
def test_every_frame_is_there_once_in_its_colour(tmp_path, suffix, tolerance):
    film = Film(tmp_path / f"a{suffix}", SIZE, 30.0)
    assert all(film.put(flat(colour)) for colour in COLOURS)
    report = film.close()
    assert (report.frames, report.drops, report.failure) == (len(COLOURS), 0, "")
    pictures = decoded(report.path)
    assert len(pictures) == len(COLOURS)
    assert all(near(middle(p), c, tolerance) for p, c in zip(pictures, COLOURS, strict=True))


def test_colours_are_bt709_and_say_so(tmp_path):
    film = Film(tmp_path / "a.mp4", SIZE, 25.0)
    film.put(flat((0, 255, 0)))
    with av.open(str(film.close().path)) as found:
        stream = found.streams.video[0]
        frame = next(found.decode(video=0))
        context = stream.codec_context
        assert (stream.codec.name, frame.format.name) == ("h264", "yuv420p")
        assert [context.color_primaries, context.color_trc, context.colorspace, context.color_range] == [1, 1, 1, 1]
        assert stream.average_rate == 25
        luma, blue, red = (np.asarray(plane)[8 * plane.line_size + 8] for plane in frame.planes)
    assert near((luma, blue, red), (173, 42, 26), 3)  # ITU-R BT.709 at 8 bits, limited; BT.601 would say 145, 54, 34


@pytest.mark.parametrize("size", [(97, 63), (2, 2), (33, 64)])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_odd_sizes_are_padded_by_their_edge(tmp_path, size, suffix):
    film = Film(tmp_path / f"a{suffix}", size, 30.0)
    film.put(flat((200, 100, 50), size))
    (picture,) = decoded(film.close().path)
    assert size[0] <= picture.shape[1] <= size[0] + 1
    assert size[1] <= picture.shape[0] <= size[1] + 1
    assert near(picture[-1, -1], (200, 100, 50), 6)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "alpha.mov", "a.mkv", "folder"])
def test_the_same_frames_give_the_same_bits(tmp_path, name):
    """At a size at which x264 once read what nobody had written, and threads of libswscale over one another."""
    size, libc = (150, 150), ctypes.CDLL(None) if sys.platform == "linux" else None
    alpha = name.startswith("alpha")
    moving = np.zeros((20, 150, 150, 4 if alpha else 3), np.uint8)  # bars that brighten, and a line that falls
    for number, rows in enumerate(moving):
        rows[..., 0], rows[:, :75, 1], rows[number, :, 2] = number * 7, number * 13, 255

    def made(fill):
        if hasattr(libc, "mallopt"):
            libc.mallopt(PERTURB, fill)  # memory that nobody has written is another each time
        film = Film(tmp_path / str(fill) / name, size, 5.0, FilmOptions({"patch": "x", "seed": 7}, alpha=alpha))
        for number in range(20):
            film.put(moving[number].tobytes())
        path = film.close().path
        if hasattr(libc, "mallopt"):
            libc.mallopt(PERTURB, 0)
        return [f.read_bytes() for f in (sorted(path.iterdir()) if path.is_dir() else [path])]

    assert made(3) == made(148) == made(222)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_film_says_how_it_was_made(tmp_path, suffix):
    told = {"patch": "default", "seed": 1.5, "prompts": [["räin", 1.0]]}
    film = Film(tmp_path / f"a{suffix}", SIZE, 30.0, FilmOptions(told))
    film.put(counted(1))
    with av.open(str(film.close().path)) as found:
        tags = {key.lower(): value for key, value in found.metadata.items()}
    assert json.loads(tags["comment"]) == told
    assert tags["title"] == "default"
    assert "creation_time" not in tags
    assert not any(character.isdigit() for character in tags.get("encoder", "")), "a version would change the bits"


def test_a_folder_gets_numbered_pictures(tmp_path):
    film = Film(tmp_path / "frames", (97, 63), 30.0, FilmOptions({"patch": "x"}))
    for number in range(3):
        film.put(noise(number, (97, 63)))
    assert film.close().frames == 3
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == ["000001.png", "000002.png", "000003.png"]
    with Image.open(tmp_path / "frames" / "000002.png") as picture:
        assert picture.tobytes() == noise(1, (97, 63))
        assert json.loads(picture.text["Comment"]) == {"patch": "x"}


def test_live_frames_are_placed_by_their_time(tmp_path):
    film = Film(tmp_path / "a.mkv", SIZE, 10.0, FilmOptions(waiting=100))
    times = [5.0, 5.1, 5.14, 5.2, 5.5, 5.49, 5.55, 5.61]  # one too many at 5.14, a gap, a clock that steps back
    assert all(film.offer(counted(number), seconds) for number, seconds in enumerate(times))
    report = film.close()
    assert (report.frames, report.drops) == (7, 0)
    assert [middle(p)[0] for p in decoded(report.path)] == [0, 1, 3, 3, 3, 4, 7]


def test_a_film_as_fast_as_the_show_takes_every_frame(tmp_path):
    film = Film(tmp_path / "a.mkv", SIZE, 30.0, FilmOptions(waiting=1000))
    for number in range(200):
        film.offer(counted(number), 0.3 + number / 30)
    report = film.close()
    assert [middle(p)[0] for p in decoded(report.path)] == list(range(200))


def test_a_slow_encoder_costs_frames_and_no_time(tmp_path, monkeypatch):
    import threading

    go = threading.Event()
    original = film_writers.Video.add
    monkeypatch.setattr(film_writers.Video, "add", lambda self, rgb: (go.wait(10), original(self, rgb))[1])
    film = Film(tmp_path / "a.mkv", SIZE, 10.0, FilmOptions(waiting=2))
    taken = [film.offer(counted(number), number / 10) for number in range(20)]
    go.set()
    assert 2 <= sum(taken) <= 3
    assert film.drops == 20 - sum(taken)
    report = film.close()
    assert report.drops == 20 - sum(taken)
    assert report.frames == max(n for n, ok in enumerate(taken) if ok) + 1


def test_a_clock_that_leaps_does_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("perf.ports.film.LONGEST_HOLD", 2.0)
    film = Film(tmp_path / "a.mkv", SIZE, 10.0)
    film.offer(counted(1), 0.0)
    assert all(film.offer(counted(2 + n), 1e9 + n / 10) for n in range(3))
    report = film.close()
    assert report.frames == 23
    assert [middle(p)[0] for p in decoded(report.path)] == [1] * 20 + [2, 3, 4]


def test_a_frame_of_another_size_is_dropped_and_said_once(tmp_path):
    faults = []
    film = Film(tmp_path / "a.mp4", SIZE, 30.0, FilmOptions(fault=lambda *fault: faults.append(fault)))
    film.put(counted(1))
    assert not film.put(b"123")
    assert not film.put(b"1234")
    report = film.close()
    assert (report.frames, report.drops, len(faults)) == (1, 2, 1)
    assert "record at one size" in faults[0][1]


KILLED = """
import os, sys, signal
from pathlib import Path
from perf.ports.film import Film
film = Film(Path(sys.argv[1]), (96, 64), 10.0)
for number in range(80):
    film.put(bytes([number]) * (96 * 64 * 3))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_a_killed_process_leaves_a_film_that_plays(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    pictures = decoded(path)
    assert len(pictures) >= 20
    assert all(near(middle(p), (n, n, n), 5) for n, p in enumerate(pictures))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_a_full_disk_ends_the_recording_and_what_was_written_plays(tmp_path, suffix):
    faults = []
    with room(250_000):
        options = FilmOptions(quality=10, fault=lambda *fault: faults.append(fault))
        film = Film(tmp_path / f"a{suffix}", SIZE, 5.0, options)
        kept = 0
        while film.put(noise(kept)):
            kept += 1
            assert kept < 1000
        assert not film.put(counted(1))
        report = film.close()
    assert len(faults) == 1
    assert "recording ended" in faults[0][1]
    assert report.failure == film.failure == faults[0][1]
    assert report.drops >= 2
    assert os.path.getsize(report.path) <= 250_000
    assert 5 <= len(decoded(report.path)) <= kept


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_film_that_is_deleted_while_it_is_recorded_is_said(tmp_path, suffix):
    faults, path = [], tmp_path / f"a{suffix}"
    film = Film(path, SIZE, 5.0, FilmOptions(fault=lambda *fault: faults.append(fault)))
    assert film.put(counted(1))
    path.unlink()
    report = film.close()
    assert "it has been deleted" in report.failure
    assert [words for _, words in faults] == [report.failure]


def test_a_disk_that_is_full_when_the_film_has_another_name_is_said(tmp_path):
    faults, path = [], tmp_path / "a.mp4"
    with room(100_000):
        film = Film(path, SIZE, 5.0, FilmOptions(quality=10, fault=lambda *fault: faults.append(fault)))
        path.rename(tmp_path / "b.mp4")
        while film.put(noise(1)):
            pass
        film.close()
    assert len(faults) == 1
    assert decoded(tmp_path / "b.mp4")


def test_pictures_on_a_full_disk_end_too(tmp_path):
    faults = []
    with room(100):
        film = Film(tmp_path / "frames", SIZE, 5.0, FilmOptions(fault=lambda *fault: faults.append(fault)))
        film.put(noise(1))
        report = film.close()
    assert report.failure
    assert len(faults) == 1
    assert not list((tmp_path / "frames").iterdir()), "half a picture is none"


@pytest.mark.parametrize("name", ["/dev/full/a.mp4", "/proc/none/a.mp4", "/proc/none/frames"])
def test_a_path_that_cannot_be_written_is_said_at_once(name):
    with pytest.raises(DeviceError, match="choose another"):
        Film(name, SIZE, 30.0)


@pytest.mark.parametrize(("name", "size", "fps"), [("a.gif", SIZE, 30), ("a.mp4", (0, 5), 30), ("a.mp4", SIZE, 0)])
def test_what_is_no_film_is_said(tmp_path, name, size, fps):
    with pytest.raises(UsageError, match=r"; (use|sides are) "):
        Film(tmp_path / name, size, fps)


def test_rates_are_those_of_containers():
    asked = [23.976, 23.98, 29.97, 59.94, 119.88, 14.985, 24000 / 1001, 24, 1, 12.5, 50 / 3, 239.5]
    made = [(24000, 1001), (24000, 1001), (30000, 1001), (60000, 1001), (120000, 1001), (15000, 1001), (24000, 1001)]
    made += [(24, 1), (1, 1), (25, 2), (50, 3), (479, 2)]
    assert [film_writers.rate_of(fps).as_integer_ratio() for fps in asked] == made


def test_without_an_encoder_the_message_says_so(tmp_path, monkeypatch):
    formats = {".mp4": film_writers.Format("mp4", ("none264", "nothing"), "yuv420p")}
    monkeypatch.setattr(film_writers, "FORMATS", formats)
    with pytest.raises(DeviceError, match="none264, nothing"):
        Film(tmp_path / "a.mp4", SIZE, 30.0)


def test_another_encoder_stands_in_for_x264(tmp_path, monkeypatch):
    fallback = film_writers.Format("mp4", ("none264", "mpeg4"), "yuv420p", (2, 2))
    monkeypatch.setattr(film_writers, "FORMATS", {".mp4": fallback})
    film = Film(tmp_path / "a.mp4", SIZE, 30.0)
    film.put(flat((200, 100, 50)))
    assert near(middle(decoded(film.close().path)[0]), (200, 100, 50), 8)


def test_closing_twice_says_the_same(tmp_path):
    film = Film(tmp_path / "a.mp4", SIZE, 30.0)
    film.put(counted(1))
    assert film.close() == film.close()
    assert not film.put(counted(2))


def test_an_empty_film_is_no_crash(tmp_path):
    assert Film(tmp_path / "a.mp4", SIZE, 30.0).close().frames == 0
