"""The whole show, headless, with a real sampler process, real sockets, a real film and take."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from waiting import until

from perf.core.event import Event
from perf.core.frame import Delays, Frame, Job
from perf.core.moment import Moment
from perf.core.tick import tick
from perf.errors import DeviceError, PatchError
from perf.options import ShowOptions
from perf.ports.meters import Latency
from perf.ports.take import read_take
from perf.show import Show
from perf.wire.osc import decode, encode
from perf.wire.take import TAKER
from perf.worker.message import Status

Folder = Callable[[str], Path]
SMALL = """
[model]
size = [64, 64]
[stage]
size = [160, 90]
fps = 30
[clock]
tempo = 600
[params]
"/prompt/1/text" = "sea"
[[layer]]
filters = ["grade"]
[[cue]]
name = "dim"
values = { "/master/opacity" = 0.5 }
"""


class Played(Show):
    """A show whose frames a test can look at, and which ends when the test says so."""

    def __init__(self, options: ShowOptions, act: Callable[["Played", Frame], bool]) -> None:
        self.lines: list[str] = []
        super().__init__(options, self.lines.append)
        self.act = act

    def _frame(self, index: int, seconds: float) -> Frame:
        frame = super()._frame(index, seconds)
        if self.act(self, frame):
            self.options = _replaced(self.options, seconds=1e-9)
        return frame


def _replaced(options: ShowOptions, **changes: object) -> ShowOptions:
    from dataclasses import replace

    return replace(options, **changes)


@pytest.fixture
def options(tmp_path: Path, model_folder: Folder) -> ShowOptions:
    patch = tmp_path / "small.toml"
    patch.write_text(SMALL)
    model = str(model_folder("flow"))
    return ShowOptions(str(patch), headless=True, osc_port=0, http_port=0, seconds=90, model=model, device="cpu")


@pytest.fixture
def out() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind(("127.0.0.1", 0))
        out.settimeout(20)
        yield out


def test_a_picture_plays_and_osc_turns_it(options: ShowOptions, out: socket.socket) -> None:
    said: list[tuple] = []

    def act(show: Played, frame: Frame) -> bool:
        if frame.moment.index == 2:
            for message in (("/camera/roll", (5.0, 0.0)), ("/camera/roll", ("?",)), ("/ping", ()), ("/nowhere", (1,))):
                out.sendto(encode(*message), ("127.0.0.1", show.rig.osc.port))
        pixels = show.compositor.read()
        said.append((frame.values["/camera/roll"], max(pixels)))
        return show.rig.meters.images.at(frame.moment.seconds) > 0 and said[-1][0] == 5.0

    show = Played(options, act)
    show.run()
    assert said[-1][0] == 5.0
    assert said[0][1] > 0, "the stage shows something before the model is there"
    answers = [decode(out.recv(1024), 0.0, "show")[0].events[0] for _ in range(2)]
    assert (answers[0].address, answers[0].args) == ("/camera/roll", (5.0,))
    assert answers[1].address == "/pong"
    assert any("/nowhere" in line for line in show.lines) or show.rig.meters.outcomes["unknown"] == 1


def test_a_second_sampler_plays_beside_the_first_until_the_patch_has_none(options: ShowOptions) -> None:
    path = Path(options.patch)
    second = SMALL.replace("[params]", '[second]\nsize = [32, 32]\n[params]\n"/second/source/kind" = "colour"\n'
                           '"/second/source/colour" = "#00ff00"\n"/second/sampler/skip" = 1.0\n')  # fmt: skip
    path.write_text(second.replace("filters", 'source = "second"\nfilters').replace('["grade"]', "[]"))
    pids: list[int] = []

    def act(show: Played, frame: Frame) -> bool:
        rows = np.frombuffer(show.compositor.read(), np.uint8).reshape(-1, 3)
        if not pids and rows[:, 1].min() > 240 and rows[:, 0].max() < 15:
            assert show.second.words.startswith("playing")
            pids.append(show.second._client.pid)
            path.write_text(SMALL)
        return bool(pids) and show.second._client is None

    show = Played(options, act)
    show.run()
    assert pids
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_word_that_the_archive_has_not_is_said_on_the_screen(options: ShowOptions, tmp_path: Path) -> None:
    folder = tmp_path / "worded"
    shutil.copytree(options.model, folder)
    (folder / "retrograde.json").write_text(json.dumps({"words": ["sea", "the"]}))

    def act(show: Played, frame: Frame) -> bool:
        if frame.moment.index == 2:
            show.inbox.put([Event(show.clock.now(), "/prompt/1/text", ("the zebra sea",), "test")])
        return "the archive has no word for zebra" in show.rig._notice[1]

    show = Played(_replaced(options, model=str(folder)), act)
    show.run()
    assert "the archive has no word for zebra" in show.rig._notice[1]


def test_the_stages_delay_is_counted_from_the_tick_not_from_what_the_frame_shows(
    options: ShowOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(Latency, "presented", lambda self, tick, drawn, now: asked.append(tick))
    monkeypatch.setattr(Latency, "delays", lambda self, step: Delays(0.5))
    ticks: list[float] = []

    def act(show: Played, frame: Frame) -> bool:
        ticks.append(frame.moment.seconds - 0.5)
        return len(ticks) > 5

    Played(options, act).run()
    assert asked == pytest.approx(ticks[: len(asked)])


def test_film_take_and_status_are_whole(options: ShowOptions, tmp_path: Path, out: socket.socket) -> None:
    film, take, status = tmp_path / "f.mp4", tmp_path / "t.jsonl", tmp_path / "s.jsonl"

    def act(show: Played, frame: Frame) -> bool:
        out.sendto(encode("/camera/zoom", (frame.moment.index / 100,)), ("127.0.0.1", show.rig.osc.port))
        return frame.moment.seconds > 1.5 and frame.moment.index > 40

    began = datetime.now()
    show = Played(_replaced(options, record=str(film), take=str(take), status_json=str(status)), act)
    show.run()
    with av.open(str(film)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames >= 20
    head, events = read_take(take)
    assert (head.model, len(head.patch_sha256)) == ("flow", 64)
    assert abs(datetime.fromisoformat(head.began) - began) < timedelta(seconds=10)
    assert abs(show.compositor._dated(0.0) - datetime.now()) < timedelta(seconds=10), "shaders are told the wall's time"
    assert events[-1][1].source == TAKER
    assert [event.address for _, event in events][:3] == ["/camera/zoom"] * 3
    rows = [json.loads(line) for line in status.read_text().splitlines()]
    assert {"fps", "images", "age", "events", "drops", "memory", "sampler"} <= set(rows[-1])


def test_a_picture_of_the_stage_is_written_beside_the_film(options: ShowOptions, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def act(show: Played, frame: Frame) -> bool:
        if frame.moment.index == 3:
            show.inbox.put([Event(show.clock.now(), "/master/snapshot", (value,), "test") for value in (1, 0)])
        if frame.values["/master/snapshot"]:
            seen.append(bytes(show.compositor.read()))
        return frame.moment.index > 6

    show = Played(_replaced(options, record=str(tmp_path / "set.mp4")), act)
    show.run()
    with Image.open(tmp_path / "set-1.png") as picture:
        assert [picture.tobytes()] == seen
        told = json.loads(picture.text["Comment"])
    assert (told["patch"], len(told["patch_sha256"])) == (show.patch.name, 64)
    assert told["prompts"] == [{"text": "sea", "weight": 1.0}]
    assert {"seed", "beat", "seconds"} <= set(told)
    assert not (tmp_path / "set-2.png").exists()
    assert f"snapshot: wrote {tmp_path / 'set-1.png'}" in show.lines


def test_what_is_heard_moves_the_picture_and_stands_in_the_take(options: ShowOptions, tmp_path: Path) -> None:
    song, take = tmp_path / "song.wav", tmp_path / "t.jsonl"
    with wave.open(str(song), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes((np.sin(np.arange(44100 * 60) * 0.06) * 9000).astype("<i2").repeat(2).tobytes())
    heard = '[sound]\nfile = "song.wav"\n[[track]]\naddress = "/camera/roll"\nformula = "9 * [/status/sound/low]"\n'
    Path(options.patch).write_text(SMALL + heard)
    rolls: list[float] = []

    def act(show: Played, frame: Frame) -> bool:
        rolls.append(float(frame.values["/camera/roll"]))
        return rolls[-1] > 4.5

    Played(_replaced(options, take=str(take)), act).run()
    assert rolls[0] == 0.0
    assert rolls[-1] > 4.5
    assert any(event.address == "/status/sound/low" and event.source == "status" for _, event in read_take(take)[1])


def test_the_stage_plays_on_while_the_sampler_is_killed(options: ShowOptions) -> None:
    times: list[float] = []
    killed: list[int] = []

    def act(show: Played, frame: Frame) -> bool:
        times.append(frame.moment.seconds)
        if not killed and show.rig.meters.newest:
            os.kill(show.sampler.pid, signal.SIGKILL)
            killed.append(len(times))
        return bool(killed) and show.sampler.restarts > 0 and show.rig.meters.newest > times[killed[0]] + 0.5

    show = Played(options, act)
    show.run()
    assert show.sampler.restarts == 1
    assert len(times) - killed[0] > 15, "frames went on between the death and the next image"


def test_an_edited_patch_plays_from_the_next_beat_and_a_mistake_does_not(options: ShowOptions) -> None:
    path = Path(options.patch)
    steps: list[str] = []

    def act(show: Played, frame: Frame) -> bool:
        if frame.moment.index == 1:
            path.write_text(SMALL.replace('"sea"', "3 = 4"))
            steps.append("mistake")
        if len(steps) == 1 and any("patch:" in line for line in show.lines):
            assert frame.values["/prompt/1/text"] == "sea"
            path.write_text(SMALL.replace('"sea"', '"the city"'))
            steps.append("edit")
        return frame.values["/prompt/1/text"] == "the city"

    show = Played(options, act)
    show.run()
    assert steps == ["mistake", "edit"]
    assert any("small.toml:" in line for line in show.lines)


AHEAD = """
[[cue]]
name = "night"
values = { "/prompt/1/text" = "the city at night", "/prompt/fade" = 0, "/source/kind" = "noise" }
"""


def test_a_cue_rendered_ahead_is_there_in_the_frame_in_which_it_goes(options: ShowOptions) -> None:
    Path(options.patch).write_text(SMALL[: SMALL.index("[[cue]]")] + AHEAD)
    seen: list[bytes] = []

    def act(show: Played, frame: Frame) -> bool:
        bus = show.sampler.bus
        if frame.cue[1]:
            seen.append(bytes(show.compositor.read()))
            return True
        if bus.ready:
            seen[:] = [bytes(show.compositor.read())]
            show.inbox.put([Event(show.clock.now(), "/cue/take", (True,), "test")])
        return False

    show = Played(options, act)
    show.run()
    assert (show.sampler.bus.taken, show.sampler.bus.missed) == (1, 0)
    assert seen[0] != seen[1]


LISTENING = """
[[cue]]
name = "wait"
at = 0
[[cue.jump]]
when = "[/status/saturation] > 0.9"
to = "red"
[[cue]]
name = "red"
values = { "/master/opacity" = 0.25 }
"""


def test_a_cue_jumps_when_the_picture_looks_like_it(options: ShowOptions, tmp_path: Path) -> None:
    listening = SMALL[: SMALL.index("[[cue]]")] + LISTENING
    Path(options.patch).write_text(listening)

    def act(show: Played, frame: Frame) -> bool:
        return frame.opacity == 0.25

    show = Played(_replaced(options, take=str(tmp_path / "t.jsonl")), act)
    red = (("/source/kind", ("colour",)), ("/source/colour", ("#ff0000",)), ("/sampler/skip", (1.0,)))
    show.inbox.put([Event(0.0, address, args, "test") for address, args in red])
    show.run()
    assert show.state.cues.current == 1
    assert '"/status/saturation"' in (tmp_path / "t.jsonl").read_text(), "a replay is to jump where the show did"


def test_recorded_lanes_outlive_an_edit_of_the_patch_until_they_are_saved_in_it(options: ShowOptions) -> None:
    path, roll = Path(options.patch), "/camera/roll"
    pass_ = [("/automation/mode", "latch"), ("/automation/arm", roll), ("/automation/record", 1), (roll, 5.0, 0.0)]

    def put(show: Played, *messages: tuple) -> None:
        show.inbox.put([Event(show.clock.now(), address, tuple(args), "test") for address, *args in messages])

    def act(show: Played, frame: Frame) -> bool:
        fresh = show.state.automation.fresh
        if frame.moment.index in (2, 12):
            put(show, *(pass_ if frame.moment.index == 2 else [("/automation/record", 0)]))
        elif frame.moment.index == 14:
            assert roll in fresh
            path.write_text(SMALL + "# edited\n")
        elif fresh and any("recorded and not saved: /camera/roll" in line for line in show.lines):
            put(show, ("/patch/save",))
        return roll in show.patch.timeline.lanes and not fresh

    show = Played(options, act)
    show.run()
    assert roll in show.patch.timeline.lanes, show.lines
    assert "# edited" in path.read_text()
    assert "/automation/record" not in path.read_text()


def test_a_busy_port_is_an_error_that_names_it(options: ShowOptions) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(DeviceError, match=f"{port}.*--osc-port"):
            Show(_replaced(options, osc_port=port), lambda line: None).run()


def test_a_patch_that_is_not_there_is_an_error_before_anything_opens() -> None:
    with pytest.raises(PatchError, match="shipped"):
        Show(ShowOptions("nowhere"), lambda line: None)


class Asked:
    """A sampler that notes its jobs."""

    arrived = False

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def status(self) -> Status:
        return Status("playing")


def test_what_comes_between_two_frames_is_the_samplers_at_once_and_happens_once(options: ShowOptions) -> None:
    show = Show(options, lambda line: None)
    show.sampler = show.rig.sampler = asked = Asked()
    before = show.state = tick(show.patch, show.state, [], Moment(0, 0.0)).state
    show.inbox.put([Event(0.0, "/source/kind", ("black",), "osc")])
    show.clock.rest(0.02, 0.0)
    assert [job.source for job in asked.jobs] == ["black"]
    assert asked.jobs[0].touch > before.touches
    assert show.state is before, "nothing has happened yet"
    then = tick(show.patch, before, show.inbox.drain(1.0), Moment(1, 1.0))
    assert then.frame.job.touch == asked.jobs[0].touch, "and it is not asked for again"


ENDS = {"Ctrl-C": signal.SIGINT, "a closed terminal": signal.SIGHUP, "a service": signal.SIGTERM}


@pytest.mark.parametrize("number", ENDS.values(), ids=ENDS)
def test_a_signal_ends_it_with_the_film_and_the_take_whole(options: ShowOptions, tmp_path: Path, number: int) -> None:
    film, take = tmp_path / "f.mp4", tmp_path / "t.jsonl"
    command = [sys.executable, "-m", "perf", "play", options.patch, "--headless", "--osc-port", "0", "--http-port", "0"]
    command += ["--model", options.model, "--record", str(film), "--take", str(take)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    heard = partial(signal.signal, number, signal.SIG_DFL)  # also where these tests run under nohup
    process = subprocess.Popen(command, text=True, start_new_session=True, preexec_fn=heard, **pipes)
    assert process.stdout is not None
    lines: list[str] = []
    for words in ("film: encoded", "display", "display"):  # on a busy machine the encoder takes a while to begin
        until(lambda words=words: lines.append(process.stdout.readline()) or words in lines[-1])
    os.killpg(process.pid, number)  # all of it is told
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0, out
    assert "Traceback" not in out
    assert "film and take are whole" in out
    with av.open(str(film)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 5
    assert {event.source for _, event in read_take(take)[1]} == {TAKER}
