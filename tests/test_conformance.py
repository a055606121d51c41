"""Where two models' plays of one patch agree: by models whose pictures are known."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from tiny import save

from perf.__main__ import main
from perf.conformance import Run, agree, blocks, centred, play
from perf.core.camera import Pose
from perf.core.frame import Job
from perf.diffusion.engine import Carry, Engine
from perf.diffusion.family import load
from perf.wire.patch import parse

PATCH = """
[clock]
tempo = 120
[params]
"/sampler/rate" = 4
[[prompts]]
keys = [[0, "dark"], [8, "bright"], [16, "dark"], [20, "bright", "dissolve 4"]]
[[track]]
address = "/camera/roll"
loop = 4
keys = [[0, 0], [2, 10], [4, 0]]
[[cue]]
name = "turn"
at = 6
values = { "/camera/zoom" = 0.3 }
"""


class Grey:
    """A model whose pictures are as bright as `bright` weighs, or the other way round."""

    def __init__(self, turned: bool = False) -> None:
        self.turned = turned

    def step(self, job: Job, carry: Carry | None) -> tuple[torch.Tensor, Carry]:
        share = dict(job.prompts).get("bright", 0.0)
        level = round(255 * (1 - share if self.turned else share))
        carry = Carry(torch.zeros(1, 3, 8, 8), Pose(), (), 0.0, 0, 0)
        return torch.full((8, 8, 3), level, dtype=torch.uint8), carry


class Judge:
    """Reads brightness."""

    def embed_text(self, text: str) -> torch.Tensor:
        return torch.tensor([[1.0, 0.0] if text == "bright" else [0.0, 1.0]])

    def embed_image(self, pictures: torch.Tensor) -> torch.Tensor:
        level = pictures.mean(dim=(1, 2, 3)) / 2 + 0.5
        return torch.stack([level, 1 - level], dim=1)


def run(model: Grey, text: str = PATCH) -> Run:
    return play(parse(text, lambda name: None), model, Judge(), 16.0)  # type: ignore[arg-type, return-value]


def test_two_models_that_tell_the_same_agree() -> None:
    found = agree(run(Grey()), run(Grey()))
    assert found.events
    assert found.r == pytest.approx(1.0, abs=1e-4)
    assert found.null < found.r
    assert found.p <= 0.05
    assert found.n == 32


def test_a_model_that_tells_the_opposite_does_not() -> None:
    found = agree(run(Grey()), run(Grey(turned=True)))
    assert found.events
    assert found.r == pytest.approx(-1.0, abs=1e-4)
    assert found.interval[1] < 0
    assert found.p > 0.5


def test_one_other_value_is_another_event() -> None:
    found = agree(run(Grey()), run(Grey(), PATCH.replace("[2, 10]", "[2, 10.001]")))
    assert not found.events
    assert found.r == pytest.approx(1.0, abs=1e-4)


def test_folders_that_diffusers_saved_play_the_same_events(tmp_path: Path) -> None:
    patch = parse(PATCH + "[model]\nsize = [64, 64]\n", lambda name: None)  # type: ignore[arg-type, return-value]
    runs = []
    for kind in ("lcm", "sd3"):
        family = load(str(save(tmp_path / kind, kind)), "cpu")
        runs.append(play(patch, Engine(family), Judge(), 6.0))  # type: ignore[arg-type]
    found = agree(*runs)
    assert found.events
    assert found.n == 12
    assert not np.array_equal(*(run.likeness for run in runs)), "each has pictures of its own"


def test_everything_that_happened_is_counted() -> None:
    played = run(Grey())
    assert played.ticks == 960
    assert played.texts == ("dark", "bright")
    assert played.events > 900  # the camera turns at every tick


@given(st.integers(2, 40), st.integers(1, 4), st.integers(0, 99))
def test_what_a_picture_or_a_text_is_always_like_says_nothing(n: int, texts: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    likeness = rng.normal(size=(n, texts))
    moved = likeness + rng.normal(size=(1, texts)) + (rng.normal(size=(n, 1)) if texts > 1 else 0)
    assert np.allclose(centred(likeness), centred(moved))


@given(st.integers(1, 200))
def test_blocks_are_places_in_the_run(n: int) -> None:
    picks = blocks(n, np.random.default_rng(0))
    assert all(len(pick) == n and pick.min() >= 0 and pick.max() < n for pick in picks[:5])


def test_each_model_plays_with_its_own_loras(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [save(tmp_path / kind, kind) for kind in ("turbo", "sd3")]
    (folders[0] / "loras").mkdir()
    torch.manual_seed(1)
    halves = {"A": torch.randn(2, 4, 3, 3), "B": torch.randn(16, 2, 1, 1)}
    rows = {f"unet.conv_in.lora_{half}.weight": tensor for half, tensor in halves.items()}
    save_file(rows, folders[0] / "loras" / "ink.safetensors")
    patch = tmp_path / "p.toml"
    patch.write_text(PATCH + f'[model]\npath = "{folders[0].as_posix()}"\nsize = [64, 64]\n')
    main(["conform", str(patch), *map(str, folders), "--seconds", "10"])
    out, err = capsys.readouterr()
    assert err == ""
    assert f"| {folders[0]}, {folders[1]} | yes |" in out


@pytest.mark.parametrize(
    ("changes", "seconds", "words"),
    [
        ((), "9", "--seconds 9: too little to tell agreement from chance; give 10 or more"),
        (('"dark"', '""'), "10", "has no prompt in its first 10 s"),
        (
            ('"/sampler/rate" = 4', '"/sampler/rate" = 1'),
            "10",
            "has 10 pictures to compare in its first 10 s, and it takes 20",
        ),
    ],
)
def test_a_play_that_could_never_agree_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    changes: tuple[str, str], seconds: str, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("perf.diffusion.folder.fetch", Path)
    monkeypatch.setattr("perf.diffusion.folder.inspect", lambda folder: None)
    monkeypatch.setattr("perf.diffusion.family.load", lambda *model: None)
    monkeypatch.setattr("perf.diffusion.engine.Engine", lambda family: Grey())
    monkeypatch.setattr("perf.diffusion.guide.load_guide", lambda *folder: Judge())
    patch = tmp_path / "p.toml"
    patch.write_text(PATCH.replace(*changes).replace('"bright"', '""') if changes else PATCH)
    assert main(["conform", str(patch), "one", "other", "--seconds", seconds]) == 2
    assert words in capsys.readouterr().err


def test_a_play_of_no_tick_has_no_picture() -> None:
    played = play(parse(PATCH, lambda name: None), Grey(), Judge(), 0.001)  # type: ignore[arg-type, return-value]
    assert (played.ticks, len(played.likeness)) == (0, 0)


def test_one_model_alone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", "default", "embedded"]) == 2
    assert "two or more" in capsys.readouterr().err


def test_what_is_no_model_is_said_before_the_first_one_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perf.diffusion.family.load", lambda *model: pytest.fail("a model was loaded"))
    assert main(["conform", "default", "embedded", str(tmp_path)]) == 2
    assert f"{tmp_path}: holds no model" in capsys.readouterr().err


def test_a_judge_without_an_encoder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", "default", "embedded", "embedded", "--judge", str(tmp_path)]) == 2
    assert "encoder" in capsys.readouterr().err
