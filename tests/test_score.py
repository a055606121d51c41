"""What a render plays: how long a take is, what is to be known of it, and when it was played."""

from datetime import datetime
from pathlib import Path

import pytest

from perf.core.event import Event, Value
from perf.core.performance import Performance
from perf.errors import TakeError, UsageError
from perf.options import RenderOptions
from perf.ports.library import Library
from perf.ports.mailbox import Inbox
from perf.ports.take import TakeWriter
from perf.score import Score, score
from perf.wire.manifest import Manifest, encode_csv
from perf.wire.take import TakeHead

Played = list[tuple[float, list[Event]]]
SEED = [Event(3.0, "/sampler/seed", (5.0,), "osc")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.toml").write_text("[clock]\ntempo = 60\n")
    return tmp_path


def taken(folder: Path, ticks: Played, began: str = "", *, killed: bool = False, **asked: float) -> Score:
    """The score of a render with the take of a show that had these events at these seconds."""
    take = TakeWriter(folder / "t.jsonl", TakeHead("p.toml", "", "embedded", began=began), Inbox())
    for seconds, events in ticks:
        take.write(seconds, events)
    so_far = (folder / "t.jsonl").read_text()
    take.close()
    if killed:
        (folder / "t.jsonl").write_text(so_far)
    return score(RenderOptions(str(folder / "p.toml"), folder / "film", take=str(folder / "t.jsonl"), **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ticks", "killed", "seconds"),
    [
        ([(3.0, SEED), (9.5, [])], False, 9.5),  # to the show's end, not to its last event
        ([(9.5, [])], False, 9.5),
        ([(3.0, SEED), (9.5, []), (10.0, []), (12.0, [])], True, 10.0),
        ([(3.0, SEED), (9.5, [])], True, 5.0),  # nobody knows: the last event, and a little
        ([], False, 16.0),  # nothing was played: as long as the patch says
        ([], True, 16.0),
    ],
)
def test_a_take_is_as_long_as_it_was_played(folder: Path, ticks: Played, killed: bool, seconds: float) -> None:
    found = taken(folder, ticks, killed=killed)
    assert found.frames / found.fps == pytest.approx(seconds)
    assert any("how long" in note for note in found.notes) == (seconds == 5.0)
    assert taken(folder, ticks, killed=killed, seconds=2.0).frames == 60


def test_a_take_is_dated_as_it_was_played(folder: Path) -> None:
    assert taken(folder, [(1.0, [])], "2026-05-04T21:30:00.250").began == datetime(2026, 5, 4, 21, 30, 0, 250000)
    assert taken(folder, [(1.0, [])]).began is None
    with pytest.raises(TakeError, match="its first line"):
        taken(folder, [(1.0, [])], "yesterday")


@pytest.mark.parametrize("rate", [24000 / 1001, 30000 / 1001, 120000 / 1001, 50 / 3, 25.0])
def test_a_manifest_is_played_frame_by_frame_at_its_own_rate(folder: Path, rate: float) -> None:
    count = 240
    seeds: dict[str, list[Value]] = {"/sampler/seed": [float(n) for n in range(count)]}
    manifest = Manifest([n / rate for n in range(count)], [n / rate for n in range(count)], columns=seeds)
    (folder / "m.csv").write_text(encode_csv(manifest, Library(folder / "p.toml").load()))
    found = score(RenderOptions(str(folder / "p.toml"), folder / "film", from_manifest=str(folder / "m.csv")))
    assert (found.fps, found.frames) == (rate, count)
    performance = Performance(found.patch, found.events)
    frames = [performance.at(n, n / found.fps) for n in range(count)]
    assert [frame.values["/sampler/seed"] for frame in frames] == seeds["/sampler/seed"]


@pytest.mark.parametrize(("asked", "rate"), [(23.976, 24000 / 1001), (29.97, 30000 / 1001), (24.0, 24.0), (12.5, 12.5)])
def test_a_rate_is_the_one_that_a_film_has(folder: Path, asked: float, rate: float) -> None:
    assert score(RenderOptions(str(folder / "p.toml"), folder / "film", fps=asked)).fps == rate


def test_a_clip_under_a_name_that_no_disk_takes_is_not_there(folder: Path) -> None:
    (folder / "p.toml").write_text(f"[[layer]]\nsource = 'media'\nfile = '{'n' * 300}'\n")
    with pytest.raises(UsageError, match="there is no such file"):
        score(RenderOptions(str(folder / "p.toml"), folder / "film"))
