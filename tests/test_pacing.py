"""Dissolves timed by how far the picture moves, and cuts where pictures match: by known pictures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.__main__ import main
from perf.commands.pace import write
from perf.core.frame import Job
from perf.core.prompts import PromptKey, PromptTrack
from perf.errors import DeviceError
from perf.pacing import MARKS, PARTS, Found, Pacing, Wish, pace
from perf.wire.patch import parse

PATCH = """
[clock]
tempo = 60
[params]
"/sampler/drift" = 1.0
"/sampler/seed" = 0.0
[[prompts]]
keys = [
  [0, "dark"],
  [8, "bright", "dissolve 4"],  # a comment
  [20, "drifting"],
]
"""


class Known:
    """Pictures of one grey: of `bright` its share to the fourth, of `drifting` the seed's distance from 19."""

    def step(self, job: Job, carry: object) -> tuple[torch.Tensor, None]:
        weights = dict(job.prompts)
        level = weights.get("bright", 0.0) ** 4
        if "drifting" in weights:
            level = 1 - abs(job.seed - 19.0) / 40
        return torch.full((40, 64, 3), round(255 * level), dtype=torch.uint8), None


def paced(wish: Wish, found: list[Found]) -> tuple[PromptKey, ...]:
    patch = parse(PATCH, lambda name: None)  # type: ignore[arg-type, return-value]
    return Pacing(Known(), patch, found.append).tracks(wish)[0].keys  # type: ignore[arg-type]


def test_a_paced_way_moves_the_picture_evenly() -> None:
    found: list[Found] = []
    key = paced(Wish(), found)[1]
    assert (key.way, key.length, len(key.pace)) == ("dissolve", 4.0, MARKS - 1)
    levels = [key.share(part / MARKS) ** 4 for part in range(MARKS + 1)]
    assert np.diff(levels) == pytest.approx(1 / MARKS, abs=0.02)
    before, after = found[1].even
    assert before > 1.0
    assert after < 0.35 * before
    assert found[1].moved == pytest.approx(1.0, abs=0.01)


def test_a_speed_sets_the_length_and_there_is_no_more_than_there_is_room() -> None:
    assert paced(Wish(speed=0.2), [])[1].length == pytest.approx(5.0, abs=0.05)
    assert paced(Wish(speed=0.01), [])[1].length == 12.0


def test_a_match_cut_is_where_the_pictures_are_nearest() -> None:
    found: list[Found] = []
    assert paced(Wish(), [])[2].at == 20.0
    assert paced(Wish(match=2.0), found)[2].at == pytest.approx(19.0, abs=0.3)
    nearest, median = found[2].apart
    assert nearest < median


@given(st.lists(st.floats(0, 1), min_size=PARTS, max_size=PARTS))
def test_a_pace_rises_from_nothing_to_all(movement: list[float]) -> None:
    marks = pace(np.asarray(movement))
    key = PromptKey(0.0, (), "dissolve", 1.0, marks)
    shares = [key.share(i / 50) for i in range(51)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(marks) in (0, MARKS - 1)


def test_the_command_writes_the_patch_and_keeps_its_comments(
    tmp_path: Path, model_folder: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "a.toml", tmp_path / "b.toml"
    path.write_text("\ufeff" + PATCH)  # as some editors do
    model = ["--model", str(model_folder("flow")), "--device", "cpu"]
    assert main(["pace", str(path), "-o", str(out), *model]) == 0
    assert "unevenness" in capsys.readouterr().out
    text = out.read_text()
    assert "# a comment" in text
    keys = parse(text, lambda name: None).timeline.prompts[0].keys  # type: ignore[arg-type, return-value]
    assert [key.at for key in keys] == [0, 8, 20]
    assert main(["pace", str(out), *model]) == 0  # again, into itself
    assert parse(out.read_text(), lambda name: None).timeline.prompts[0].keys == keys  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("edited", "status", "words"),
    [
        (PATCH.replace("# a comment", "# another"), 0, ""),
        (PATCH.replace("[8, ", "[9, "), 2, "were edited while they were measured; nothing is written"),
        (PATCH + "[", 2, "a.toml"),
    ],
)
def test_what_is_edited_while_it_is_measured_is_kept(
    tmp_path: Path, model_folder: Callable[[str], Path], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, edited: str, status: int, words: str,
) -> None:  # fmt: skip
    path = tmp_path / "a.toml"
    path.write_text(PATCH)

    def tracks(pacing: Pacing, wish: Wish) -> tuple[PromptTrack, ...]:
        path.write_text(edited)
        return pacing._patch.timeline.prompts

    monkeypatch.setattr(Pacing, "tracks", tracks)
    assert main(["pace", str(path), "--model", str(model_folder("flow")), "--device", "cpu"]) == status
    assert words in capsys.readouterr().err
    assert path.read_text() == edited


@pytest.mark.parametrize("broken", ["write_bytes", "replace"])
def test_a_full_disk_leaves_the_patch_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def full(path: Path, data: object) -> None:
        if isinstance(data, bytes):
            path.touch()
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.toml"
    path.write_text(PATCH)
    monkeypatch.setattr(Path, broken, full)
    with pytest.raises(DeviceError, match=r"a.toml: cannot be written: No space left on device; make room"):
        write(path, "half")
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]
    assert path.read_text() == PATCH


def test_what_cannot_be_paced_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text('name = "bare"\n')
    assert main(["pace", str(bare)]) == 2
    assert "no [[prompts]]" in capsys.readouterr().err
    (tmp_path / "default").mkdir()  # which is no patch: the shipped one is meant, and not written into
    monkeypatch.chdir(tmp_path)
    assert main(["pace", "default"]) == 2
    assert "-o" in capsys.readouterr().err
