"""The depth head of a model folder: of any size, refused when it is none."""

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import load_file, save_file

from perf.diffusion.depth import FOLDER, load_depth
from perf.errors import ModelError


def saved(model: Path, channels: int = 1) -> Path:
    torch.manual_seed(0)
    head = AutoencoderTiny(
        out_channels=channels, latent_channels=8, encoder_block_out_channels=(8,) * 5,
        decoder_block_out_channels=(8,) * 5, num_encoder_blocks=(0, 1, 1, 1, 1), num_decoder_blocks=(1, 1, 1, 1, 0),
    )  # fmt: skip
    head.half().save_pretrained(model / FOLDER)
    return model


@pytest.mark.parametrize("size", [(64, 96), (50, 17), (3, 3)])
def test_a_depth_is_of_the_size_of_the_picture(tmp_path: Path, size: tuple[int, int]) -> None:
    head = load_depth(str(saved(tmp_path)), "cpu")
    assert head is not None
    depth = head.of(torch.rand(1, 3, *size) * 2 - 1)
    assert depth.shape == (1, 1, *size)
    assert 0.0 <= float(depth.min()) <= float(depth.max()) <= 1.0


def test_a_model_without_one_has_none(tmp_path: Path) -> None:
    assert load_depth(str(tmp_path), "cpu") is None


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 channels; a depth head gives one"):
        load_depth(str(saved(tmp_path / "three", 3)), "cpu")
    (saved(tmp_path / "cut") / FOLDER / "diffusion_pytorch_model.safetensors").write_bytes(b"short")
    with pytest.raises(ModelError, match="cut short or damaged"):
        load_depth(str(tmp_path / "cut"), "cpu")
    file = saved(tmp_path / "nan") / FOLDER / "diffusion_pytorch_model.safetensors"
    save_file({name: row * float("nan") for name, row in load_file(file).items()}, file, {"format": "pt"})
    with pytest.raises(ModelError, match=r"depth: .* holds numbers that are none"):
        load_depth(str(tmp_path / "nan"), "cpu")
    file.rename(file.with_suffix(".bin"))
    with pytest.raises(ModelError, match="never pickles"):
        load_depth(str(tmp_path / "nan"), "cpu")
