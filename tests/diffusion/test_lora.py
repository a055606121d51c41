"""LoRAs: each dialect of keys equals merged weights; weights move live; what does not fit is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn

from perf.core.frame import Job
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.lora import Layer, Loras
from perf.diffusion.lora_keys import original, parse
from perf.diffusion.lora_kinds import METHODS, kind_of
from perf.errors import ModelError

LAYERS = {
    "conv_in": "conv", "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q": "linear",
    "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0": "linear", "mid_block.resnets.0.conv1": "conv",
    "down_blocks.1.attentions.0.proj_in": "point",
}  # fmt: skip
RANK, ALPHA = 4, 2.0
ONE = torch.tensor(1.0)
Halves = dict[str, tuple[torch.Tensor, torch.Tensor]]


@pytest.fixture(scope="module")
def unet(model_folder: Callable[[str], Path]) -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(model_folder("turbo") / "unet")


def halves(unet: nn.Module) -> Halves:
    torch.manual_seed(3)
    found = {}
    for name in LAYERS:
        weight = unet.get_submodule(name).weight
        down = torch.randn(RANK, *weight.shape[1:]) * 0.1
        found[name] = (down, torch.randn(weight.shape[0], RANK, *(1,) * (weight.dim() - 2)) * 0.1)
    return found


def kohya(halves: Halves) -> dict[str, torch.Tensor]:
    rows = {}
    for name, (down, up) in halves.items():
        flat = "lora_unet_" + name.replace(".", "_")
        rows |= {f"{flat}.lora_down.weight": down, f"{flat}.lora_up.weight": up, f"{flat}.alpha": torch.tensor(ALPHA)}
    return rows


def peft(halves: Halves) -> dict[str, torch.Tensor]:
    scaled = {name: (down, up * ALPHA / RANK) for name, (down, up) in halves.items()}
    return {f"unet.{n}.lora_{half}.weight": t for n, pair in scaled.items() for half, t in zip("AB", pair, strict=True)}


def diffusers_old(halves: Halves) -> dict[str, torch.Tensor]:
    rows = {}
    for name, (down, up) in halves.items():
        for half, tensor in (("down", down), ("up", up * ALPHA / RANK)):
            if ".attn" in name:
                stem, _, part = name.removesuffix(".0").rpartition(".")
                rows[f"unet.{stem}.processor.{part}_lora.{half}.weight"] = tensor
            else:
                rows[f"unet.{name}.lora.{half}.weight"] = tensor
    return rows


def answer(unet: nn.Module) -> torch.Tensor:
    x, tokens = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1)), torch.ones(1, 16, 16)
    with torch.inference_mode():
        return unet(x, 500, encoder_hidden_states=tokens).sample


def merged(unet: nn.Module, halves: Halves, weight: float) -> torch.Tensor:
    before = {name: unet.get_submodule(name).weight.clone() for name in halves}
    with torch.no_grad():
        for name, (down, up) in halves.items():
            product = (up.flatten(1) @ down.flatten(1)).reshape(before[name].shape)
            unet.get_submodule(name).weight += weight * ALPHA / RANK * product
        result = answer(unet)
        for name, tensor in before.items():
            unet.get_submodule(name).weight.copy_(tensor)
    return result


@pytest.mark.parametrize("dialect", [kohya, peft, diffusers_old])
def test_every_dialect_equals_the_merged_weights(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path, dialect: Callable
) -> None:
    network = UNet2DConditionModel.from_pretrained(model_folder("turbo") / "unet")
    pairs = halves(unet)
    save_file(dialect(pairs), tmp_path / "ink.safetensors")
    loras = Loras(network, [("ink", str(tmp_path / "ink.safetensors"))])
    plain = answer(unet)
    for weight in (1.0, 0.4, 2.0):
        loras.weigh([("ink", weight)])
        assert (answer(network) - plain).abs().max() > 1e-2
        assert torch.allclose(answer(network), merged(unet, pairs, weight), atol=1e-4)
    loras.weigh([("ink", 0.0)])
    assert torch.equal(answer(network), plain)


def bare(halves: Halves) -> dict[str, torch.Tensor]:
    return {f"unet.{n}.lora_{half}.weight": t for n, pair in halves.items() for half, t in zip("AB", pair, strict=True)}


ROOT = {"lora_alpha": ALPHA / RANK**0.5, "use_rslora": True}
PATTERN = {"lora_alpha": 9, "alpha_pattern": {"conv_in|to_q|proj_in|to_out.0": ALPHA, "resnets.0.conv1": ALPHA}}


@pytest.mark.parametrize("config", [{"lora_alpha": ALPHA}, ROOT, PATTERN])
@pytest.mark.parametrize("where", ["unet.", "", "beside"])
def test_pefts_alpha_is_read_from_the_metadata_or_from_the_file_beside(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path, where: str, config: dict
) -> None:
    path, within = tmp_path / "adapter_model.safetensors", where != "beside"
    text = {"text_encoder.lora_alpha": 99} if where == "unet." else {}
    told = {"lora_adapter_metadata": json.dumps({where + key: value for key, value in config.items()} | text)}
    save_file(bare(halves(unet)), path, told if within else None)
    (tmp_path / "adapter_config.json").write_text(json.dumps({"lora_alpha": 50} if within else config))
    network = UNet2DConditionModel.from_pretrained(model_folder("turbo") / "unet")
    Loras(network, [("ink", str(path))]).weigh([("ink", 1.0)])
    assert torch.allclose(answer(network), merged(unet, halves(unet), 1.0), atol=1e-4)


def test_an_alpha_that_is_no_number_is_refused_in_words(unet: UNet2DConditionModel, tmp_path: Path) -> None:
    for words in ("{", "7", '{"unet.lora_alpha": "much"}'):
        save_file(bare(halves(unet)), tmp_path / "ink.safetensors", {"lora_adapter_metadata": words})
        with pytest.raises(ModelError, match=r"ink.safetensors: cannot be loaded"):
            Loras(unet, [("ink", str(tmp_path / "ink.safetensors"))])


def test_several_loras_add_up_and_are_weighed_by_name(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path
) -> None:
    save_file(kohya(halves(unet)), tmp_path / "ink.safetensors")
    family = load(
        str(model_folder("turbo")), "cpu", [(n, str(tmp_path / "ink.safetensors")) for n in ("a", "b")], torch.float32
    )
    assert family.ability.loras == ("a", "b")
    x, condition = torch.randn(1, 4, 8, 8), family.embed("sea")
    family.loras.weigh([("a", 0.5), ("b", 1.0)])
    both = family.denoise(x, 0.5, condition, 1.0)
    family.loras.weigh([("a", 1.5), ("b", 0.0)])
    assert torch.allclose(family.denoise(x, 0.5, condition, 1.0), both, rtol=1e-3, atol=1e-3)
    family.loras.weigh([])
    one = family.denoise(x, 0.5, condition, 1.0)
    family.loras.weigh([("a", 1.0), ("b", 1.0)])
    assert torch.equal(family.denoise(x, 0.5, condition, 1.0), one)


def refused(unet: nn.Module, tmp_path: Path, rows: dict[str, torch.Tensor], words: str) -> None:
    path = tmp_path / "bad.safetensors"
    save_file(rows, path)
    with pytest.raises(ModelError, match=words):
        Loras(unet, [("bad", str(path))])


def test_what_does_not_fit_is_refused_in_words(unet: UNet2DConditionModel, tmp_path: Path) -> None:
    good = kohya(halves(unet))
    down, up = "lora_unet_conv_in.lora_down.weight", "lora_unet_conv_in.lora_up.weight"
    refused(unet, tmp_path, good | {"lora_unet_nowhere.lora_up.weight": torch.ones(1)}, "nowhere")
    refused(unet, tmp_path, {"lora_unet_conv_in.hada_w1_a": torch.ones(4, 4)}, "hada_w1_a")
    refused(unet, tmp_path, good | {down: torch.ones(RANK, 9, 3, 3)}, "takes")
    refused(unet, tmp_path, {key: row for key, row in good.items() if key != up}, "one half")
    refused(unet, tmp_path, good | {down: good[down] * float("nan")}, "numbers that are none")
    empty = {down: torch.ones(0, 4, 3, 3), up: torch.ones(16, 0, 1, 1), down.replace("lora_down.weight", "alpha"): ONE}
    refused(unet, tmp_path, empty, "conv_in is of rank 0")
    refused(unet, tmp_path, good | {down: good[down] * 1e30, up: good[up] * 1e30}, "conv_in becomes larger than")
    refused(unet, tmp_path, good | {down: ONE}, "takes")
    refused(unet, tmp_path, good | {down.replace("lora_down.weight", "alpha"): torch.ones(2)}, "cannot be loaded")
    with pytest.raises(ModelError, match="no such file"):
        Loras(unet, [("absent", str(tmp_path / "absent.safetensors"))])
    (tmp_path / "old.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="no other format"):
        Loras(unet, [("old", str(tmp_path / "old.bin"))])
    (tmp_path / "short.safetensors").write_bytes(b"\x08")
    with pytest.raises(ModelError, match="cut short"):
        Loras(unet, [("short", str(tmp_path / "short.safetensors"))])


def test_one_that_overflows_the_network_is_refused(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path
) -> None:
    rows = {key: row * 1e12 if "down" in key else row for key, row in kohya(halves(unet)).items()}
    save_file(rows, tmp_path / "loud.safetensors")
    with pytest.raises(ModelError, match="with LoRA loud: its networks answer with numbers that are none"):
        load(str(model_folder("turbo")), "cpu", [("loud", str(tmp_path / "loud.safetensors"))], torch.float32)


def test_a_part_for_the_text_encoder_is_said(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path
) -> None:
    rows = kohya(halves(unet)) | {"lora_te_text_model_encoder_layers_0_mlp_fc1.alpha": torch.tensor(1.0)}
    save_file(rows, tmp_path / "ink.safetensors")
    family = load(str(model_folder("turbo")), "cpu", [("ink", str(tmp_path / "ink.safetensors"))])
    assert "1 tensors for the text encoder" in family.notes[0]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("input_blocks_1_0_in_layers_2", "down_blocks_0_resnets_0_conv1"),
        ("input_blocks_3_0_op", "down_blocks_0_downsamplers_0_conv"),
        ("input_blocks_4_1_proj_in", "down_blocks_1_attentions_0_proj_in"),
        ("input_blocks_5_0_skip_connection", "down_blocks_1_resnets_1_conv_shortcut"),
        ("middle_block_1_proj_out", "mid_block_attentions_0_proj_out"),
        ("middle_block_2_out_layers_3", "mid_block_resnets_1_conv2"),
        ("output_blocks_2_1_transformer_blocks_0_ff_net_2", "up_blocks_0_attentions_2_transformer_blocks_0_ff_net_2"),
        ("output_blocks_2_2_conv", "up_blocks_0_upsamplers_0_conv"),
        ("output_blocks_5_0_emb_layers_1", "up_blocks_1_resnets_2_time_emb_proj"),
        ("time_embed_0", "time_embedding_linear_1"),
    ],
)
def test_names_of_the_original_repositories(theirs: str, ours: str) -> None:
    assert original(theirs) == ours
    found = parse(f"lora_unet_{theirs}.lora_up.weight", {ours: ours.replace("_", ".")})
    assert found is not None
    assert found.role == "up"


@pytest.mark.parametrize("after", [0.5, 1.0])
def test_what_ends_in_the_middle_is_written_whole_the_next_time(
    unet: UNet2DConditionModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: float
) -> None:
    write, left = Layer.write, iter([True, True])

    def full(layer: Layer, weights: dict[str, float]) -> None:
        """Memory runs out at the third layer."""
        if not next(left, False):
            raise torch.OutOfMemoryError
        write(layer, weights)

    save_file(kohya(halves(unet)), tmp_path / "ink.safetensors")
    loras = Loras(unet, [("ink", str(tmp_path / "ink.safetensors"))])
    answers = {}
    for weight in (0.5, 1.0):
        loras.weigh([("ink", weight)])
        answers[weight] = answer(unet)
    with monkeypatch.context() as moment:
        moment.setattr(Layer, "write", full)
        with pytest.raises(torch.OutOfMemoryError):
            loras.weigh([("ink", 0.5)])
    loras.weigh([("ink", after)])
    assert torch.equal(answer(unet), answers[after])
    loras.weigh([("ink", 0.0)])


def test_weights_that_moved_for_hours_leave_the_model_as_it_was(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path
) -> None:
    save_file(kohya(halves(unet)), tmp_path / "ink.safetensors")
    network = UNet2DConditionModel.from_pretrained(model_folder("turbo") / "unet", torch_dtype=torch.bfloat16)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    places = {name: tensor.data_ptr() for name, tensor in network.state_dict().items()}
    loras = Loras(network, [("ink", str(tmp_path / "ink.safetensors"))])
    for step in range(200):
        loras.weigh([("ink", step / 100)])
    loras.weigh([("ink", 0.0)])
    after = network.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    assert places == {name: tensor.data_ptr() for name, tensor in after.items()}


@pytest.mark.parametrize(
    ("path", "title", "kind"),
    [
        ("lcm-lora-sdv1-5/pytorch_lora_weights", "", "lcm"), ("LCM_LoRA_sd15", "", "lcm"), ("TCD-SD15-LoRA", "", "tcd"),
        ("Hyper-SD15-8steps-lora", "", "hyper"), ("hypersd", "", "hyper"), ("ink", "SDXL Lightning 4step", "lightning"),
        ("sdxl_lightning_4step_lora", "", "lightning"), ("ink", "", ""), ("hyperreal", "", ""), ("calcmy", "", ""),
    ],
)  # fmt: skip
def test_a_lora_that_makes_few_steps_do_is_known_by_its_name(path: str, title: str, kind: str) -> None:
    assert kind_of(Path(path + ".safetensors"), {"modelspec.title": title}) == kind


@pytest.mark.parametrize(("kind", "method"), METHODS.items())
def test_auto_follows_a_lora_that_makes_few_steps_do_while_it_weighs(
    model_folder: Callable[[str], Path], unet: UNet2DConditionModel, tmp_path: Path, kind: str, method: str
) -> None:
    save_file(kohya(halves(unet)), tmp_path / "ink.safetensors", {"ss_output_name": f"{kind}-lora"})
    files = [("ink", str(tmp_path / "ink.safetensors"))]
    engine = Engine(load(str(model_folder("pndm")), "cpu", files, torch.float32))
    job = Job(size=(64, 64), prompts=(("sea", 1.0),), steps=3, source="noise", noise="fixed", guidance=3.0)

    def picture(weight: float, **asked: object) -> torch.Tensor:
        return engine.step(replace(job, loras=(("ink", weight),), **asked), None)[0]

    assert torch.equal(picture(1.0), picture(1.0, method=method, mode="none"))
    assert torch.equal(picture(0.0), picture(0.0, method="ddim", mode="cfg"))
    assert engine.notes == ()
    picture(0.5)
    assert engine.notes == (
        f"LoRA ink is of kind {kind}: method auto is {method}, and mode auto one pass without guidance",
    )
    assert not torch.equal(picture(1.0), picture(1.0, method="ddim", mode="cfg"))
