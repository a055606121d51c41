"""The film's own process: the same film, and every way in which one of the two ends before the other."""

import os
import signal
import subprocess
import sys

import pytest
from filming import COLOURS, SIZE, counted, decoded, flat, middle, near, noise, room

from perf.errors import DeviceError, UsageError
from perf.ports.film import Film, FilmOptions


def apart(path, **told):
    return Film(path, SIZE, 10.0, FilmOptions(apart=True, **told))


def test_the_film_is_the_same_as_from_a_thread(tmp_path):
    made = []
    for film in (Film(tmp_path / "a.mp4", SIZE, 10.0), apart(tmp_path / "b.mp4")):
        assert all(film.put(flat(colour)) for colour in COLOURS)
        film.put(noise(1))
        report = film.close()
        assert (report.frames, report.drops, report.failure) == (len(COLOURS) + 1, 0, "")
        made.append(report.path.read_bytes())
    assert made[0] == made[1]


def test_a_held_frame_is_repeated(tmp_path):
    film = apart(tmp_path / "a.mkv")
    for number, seconds in enumerate([0.0, 0.1, 0.4]):
        film.offer(counted(number), seconds)
    assert [middle(p)[0] for p in decoded(film.close().path)] == [0, 1, 1, 1, 2]


def test_what_cannot_be_written_is_said_at_once(tmp_path):
    with pytest.raises(DeviceError, match="choose another"):
        apart("/proc/none/a.mp4")
    with pytest.raises(UsageError, match="use "):
        apart(tmp_path / "a.gif")


def test_a_full_disk_ends_the_recording_and_what_was_written_plays(tmp_path):
    faults = []
    with room(250_000):
        film = apart(tmp_path / "a.mp4", quality=10, fault=lambda *fault: faults.append(fault))
    kept = 0
    while film.put(noise(kept)):
        kept += 1
        assert kept < 3000
    report = film.close()
    assert "recording ended" in report.failure
    assert len(faults) == 1
    assert 5 <= len(decoded(report.path)) <= kept


def test_a_killed_film_ends_the_recording_and_not_the_show(tmp_path):
    faults = []
    film = apart(tmp_path / "a.mp4", fault=lambda *fault: faults.append(fault))
    film.put(counted(1))
    os.kill(film._writer._process.pid, signal.SIGKILL)
    film._writer._process.join()
    for number in range(100):
        film.put(counted(number))
    report = film.close()
    assert "process has ended" in report.failure
    assert len(faults) == 1


KILLED = """
import os, sys, signal
from pathlib import Path
from perf.ports.film import Film, FilmOptions
if __name__ == "__main__":
    film = Film(Path(sys.argv[1]), (96, 64), 10.0, FilmOptions(apart=True))
    for number in range(80):
        film.put(bytes([number]) * (96 * 64 * 3))
    while film._queue._items:
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_show_leaves_a_finished_film(tmp_path):
    path = tmp_path / "a.mp4"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pictures = decoded(path)  # the pipe that `run` reads to its end is the film's, too: it has ended
    assert len(pictures) >= 79
    assert all(near(middle(p), (n, n, n), 5) for n, p in enumerate(pictures))
