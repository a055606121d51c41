"""Model folders: tiny pipelines that diffusers saved in each kind load; a broken one is refused in words."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from perf.diffusion.family import choose_device, estimate, inspect, load
from perf.diffusion.sampler import sample_consistency, sample_ddim
from perf.errors import ModelError

Folder = Callable[[str], Path]
SAMPLERS = {"flow": sample_ddim, "turbo": sample_ddim, "v": sample_ddim, "lcm": sample_consistency}


@pytest.mark.parametrize("kind", SAMPLERS)
def test_each_kind_loads_and_denoises(model_folder: Folder, kind: str) -> None:
    family = load(str(model_folder(kind)), "cpu")
    assert (family.factor, family.channels, family.sampler) == (8, 4, SAMPLERS[kind])
    condition = family.embed("a harbour")
    assert condition.shape == (1, 16, 16)
    x0 = family.denoise(torch.randn(1, 4, 8, 8), 0.7, condition, 1.0)
    assert torch.isfinite(x0).all()
    assert family.encode(torch.zeros(1, 3, 64, 64)).shape == (1, 4, 8, 8)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "flow_prediction", "sample"])
def test_every_prediction_gives_back_the_picture(prediction: str) -> None:
    x0, noise = torch.randn(2, 5)
    alpha, sigma = (0.3, 0.7) if prediction == "flow_prediction" else (0.6, 0.8)
    x = alpha * x0 + sigma * noise
    truth = {
        "epsilon": noise, "v_prediction": alpha * noise - sigma * x0, "flow_prediction": noise - x0, "sample": x0,
    }  # fmt: skip
    assert torch.allclose(estimate(prediction, truth[prediction], x, (alpha, sigma)), x0, atol=1e-5)


def broken(source: Path, target: Path, wound: Callable[[Path], object]) -> Path:
    shutil.copytree(source, target)
    wound(target)
    return target


UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.mark.parametrize(
    ("wound", "words"),
    [
        (lambda f: (f / "model_index.json").unlink(), "model_index.json: cannot be read"),
        (lambda f: (f / "model_index.json").write_text("{"), "not JSON"),
        (lambda f: (f / "model_index.json").write_text('{"_class_name": "FluxPipeline"}'), "holds a FluxPipeline"),
        (lambda f: shutil.rmtree(f / "vae"), "vae missing"),
        (lambda f: (f / UNET).unlink(), "only safetensors"),
        (lambda f: (f / UNET).write_bytes((f / UNET).read_bytes()[:-100]), "cut short"),
        (lambda f: (f / UNET).write_bytes(b"x"), "cut short"),
        (lambda f: (f / UNET).write_bytes(b"\xff" * 64), "cut short"),
        (lambda f: (f / "unet/config.json").write_text("[]"), "not an object"),
    ],
)
def test_a_broken_folder_is_refused_in_words(model_folder: Folder, tmp_path: Path, wound, words: str) -> None:
    folder = broken(model_folder("flow"), tmp_path / "model", wound)
    with pytest.raises(ModelError, match=words):
        inspect(folder)
    with pytest.raises(ModelError):
        load(str(folder), "cpu")


def test_a_folder_that_lies_about_its_shapes_is_refused(model_folder: Folder, tmp_path: Path) -> None:
    def lie(folder: Path) -> None:
        config = json.loads((folder / "unet/config.json").read_text())
        (folder / "unet/config.json").write_text(json.dumps(config | {"block_out_channels": [32, 64]}))

    with pytest.raises(ModelError, match="cannot be loaded"):
        load(str(broken(model_folder("flow"), tmp_path / "model", lie)), "cpu")


def test_a_name_that_is_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match="no such folder"):
        load("./nowhere", "cpu")
    with pytest.raises(ModelError, match="device nonsense"):
        choose_device("nonsense")
