"""A model folder: what is lent by one beside it is found there and nowhere else, or said to be missing; the hub."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import torch

from perf.core.camera import Pose
from perf.core.frame import Job, Planes
from perf.diffusion.captioner import load as load_captioner
from perf.diffusion.depth import load_depth
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.folder import LENT, fetch, inspect, lent
from perf.diffusion.guide import load_guide
from perf.errors import ModelError
from perf.ports.library import EMBEDDED, SECOND

Folder = Callable[[str], Path]


@pytest.fixture
def borrower(model_folder: Folder, tmp_path: Path) -> Path:
    """A model without a guide, beside one with a guide."""
    shutil.copytree(model_folder("guided"), tmp_path / "models" / "first")
    shutil.copytree(model_folder("turbo"), tmp_path / "models" / "second")
    shutil.copytree(model_folder("guided") / "guide", tmp_path / "elsewhere")
    return tmp_path / "models" / "second"


def named(folder: Path, part: object) -> str:
    (folder / "retrograde.json").write_text(json.dumps({"guide": part}))
    return str(folder)


def test_a_guide_is_lent_by_the_folder_beside(borrower: Path) -> None:
    assert load_guide(str(borrower), "cpu") is None
    model = named(borrower, "../first/guide")
    assert lent(borrower, "guide") == (borrower.parent / "first" / "guide").resolve()
    assert load_guide(model, "cpu") is not None
    assert load(model, "cpu").notes == ()
    shutil.copytree(borrower.parent / "first" / "guide", borrower / "guide")
    assert lent(borrower, "guide") == borrower / "guide"


@pytest.mark.parametrize("path", ["../absent/guide", "../../elsewhere", "/", "a\0b", "long" * 2000, "model_index.json"])
def test_a_path_that_leads_nowhere_or_too_far_is_said(borrower: Path, path: str) -> None:
    model = named(borrower, path)
    assert load_guide(model, "cpu") is None
    assert [note.split(" is ")[0] for note in load(model, "cpu").notes] == ["retrograde.json: guide"]


def test_what_is_no_path_is_refused(borrower: Path) -> None:
    named(borrower, 3)
    with pytest.raises(ModelError, match=r"retrograde.json: guide is 3; it takes a folder's path"):
        inspect(borrower)


@pytest.mark.skipif(not SECOND.is_dir(), reason="the second family is not here")
def test_the_second_family_plays_with_what_the_first_lends() -> None:
    """A guide's pull, likeness, depth and parallax: each does what it says, and nothing is said to lack."""
    assert [lent(SECOND, part) for part in LENT] == [EMBEDDED / part for part in LENT]
    model = str(SECOND)
    engine = Engine(load(model, "cpu", dtype=torch.float32), load_guide(model, "cpu"), load_depth(model, "cpu"))
    job = Job(
        size=(160, 96), steps=4, seed=4.0, prompts=(("a harbour at dusk", 1.0),), mode="none", fade=0.0, noise="fixed"
    )
    plain, carry = engine.step(job, None)
    pulled, _ = engine.step(replace(job, mode="clip", likeness="a harbour"), None)
    assert engine.notes == ()
    likeness = [engine.likeness(image, "a harbour at dusk") for image in (plain, pulled)]
    assert likeness[1] > likeness[0] >= 0.0
    flat, deep = (
        engine.step(replace(job, skip=1.0, pose=Pose(x=0.2), planes=planes, depth=True), carry)
        for planes in (Planes(), Planes(parallax=1.0))
    )
    assert engine.notes == ()
    assert flat[0].shape == (96, 160, 4)
    assert (flat[1].image - deep[1].image).abs().mean() > 0.02
    assert "subject" in load_captioner(lent(SECOND, "captioner")).read(carry.image)[0]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """The hub is stood for by its files: what the patterns leave of them is a download, and these are given."""

    def opened(*there: str) -> list[list[str]]:
        asked: list[list[str]] = []

        def download(model: str, **patterns: list[str]) -> str:
            asked.append(list(huggingface_hub.utils.filter_repo_objects(there, **patterns)))
            for name in asked[-1]:
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).touch()
            return str(tmp_path)

        monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
        return asked

    return opened


def test_a_hubs_model_that_is_there_in_half_precision_alone_is_had(hub: Callable[..., list[list[str]]]) -> None:
    hub(
        *("unet/config.json", "unet/diffusion_pytorch_model.fp16.safetensors", "vae/config.json"),
        *("vae/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.fp16.safetensors"),
    )
    path = fetch("somebody/half")
    assert [file.name for file in (path / "unet").glob("*.safetensors")] == ["diffusion_pytorch_model.fp16.safetensors"]


@pytest.mark.parametrize("checker", ["model.safetensors", "pytorch_model.bin"])
def test_what_is_never_played_is_not_fetched_nor_a_second_copy_for_it(
    hub: Callable[..., list[list[str]]], checker: str
) -> None:
    whole = ["unet/config.json", "unet/diffusion_pytorch_model.safetensors"]
    asked = hub(
        *whole,
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "safety_checker/config.json",
        f"safety_checker/{checker}",
    )
    fetch("somebody/whole")
    assert asked == [whole]


@pytest.mark.parametrize(
    "name", ["my models/turbo", "~nobody/turbo", "sea" * 100, "sea\0/turbo", "a/b/c", "some--body/turbo"]
)
def test_a_name_that_is_neither_a_folder_nor_the_hubs_says_so(name: str) -> None:
    with pytest.raises(ModelError, match="folder"):
        fetch(name)
