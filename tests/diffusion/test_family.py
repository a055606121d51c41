"""Model folders: tiny pipelines that diffusers saved in each kind load; a broken one is refused in words."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny, EDMDPMSolverMultistepScheduler
from safetensors.torch import load_file, save_file
from tiny import KINDS

from perf.core.frame import Job
from perf.diffusion.architecture import ARCHITECTURES, free, limits
from perf.diffusion.family import choose_device, estimate, inspect, load
from perf.diffusion.parts import Parts
from perf.diffusion.sampler import sample_consistency, sample_ddim, sample_tcd
from perf.errors import ModelError

Folder = Callable[[str], Path]
MADE_FOR = dict.fromkeys(("lcm", "sana", "sdxl-lcm", "sd3-lcm"), sample_consistency) | {"tcd": sample_tcd}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_loads_and_denoises(model_folder: Folder, kind: str) -> None:
    family = load(str(model_folder(kind)), "cpu")
    assert family.sampler is MADE_FOR.get(kind, sample_ddim)
    condition = family.embed("a harbour")
    assert condition.tokens.shape[0] == 1
    latent = torch.randn(1, family.channels, 8, 12)
    pictures = family.decode(family.denoise(latent, 0.7, condition, 1.0))
    assert torch.isfinite(pictures).all()
    assert pictures.shape == (1, 3, 8 * family.factor, 12 * family.factor)
    assert family.encode(pictures).shape == latent.shape


def test_abilities_say_what_a_model_can_do(model_folder: Folder) -> None:
    dev, plain = (load(str(model_folder(kind)), "cpu").ability for kind in ("flux-dev", "sd3"))
    assert (dev.guidance, plain.guidance, plain.multiple, plain.largest) == ("embedded", "cfg", 4, 96)
    assert plain.parameters > 50_000
    assert plain.fit((333, 50)) == (96, 48)
    asked = Job(size=(77, 50), mode="cfg", loras=(("ink", 1.0),))
    assert [words.split()[0] for words in limits(dev, asked)] == ["77x50", "mode", "no"]
    assert limits(plain, Job(size=(96, 48))) == []


def test_a_model_of_another_scale_of_noise_is_refused_by_its_schedulers_name(
    model_folder: Folder, tmp_path: Path
) -> None:
    folder = shutil.copytree(model_folder("sdxl"), tmp_path / "playground")
    EDMDPMSolverMultistepScheduler().save_pretrained(folder / "scheduler")
    with pytest.raises(ModelError, match="EDMDPMSolverMultistepScheduler, whose scale of noise is not played"):
        load(str(folder), "cpu")


def told(model_folder: Folder, folder: Path, **own: object) -> Path:
    """A model of ours: its network is told the weight and the negatives."""
    shutil.copytree(model_folder("lcm"), folder)
    (folder / "retrograde.json").write_text(
        json.dumps({"negatives": "turned", "weights": [1, 4], "words": ["sea"]} | own)
    )
    return folder


def test_a_picture_much_larger_than_what_was_learnt_is_said_to_repeat_itself(
    model_folder: Folder, tmp_path: Path
) -> None:
    ability = inspect(told(model_folder, tmp_path / "model", sizes=[[320, 192], [256, 256]])).ability()
    assert limits(ability, Job(size=(480, 384))) == []
    for size in ((512, 512), (488, 192), (128, 392)):
        words = "this model learnt 320x192, 256x256; pictures as large as {}x{} repeat themselves"
        assert limits(ability, Job(size=size)) == [words.format(*size)]


def test_a_network_that_is_told_its_negatives_needs_one_pass_and_clamps_its_weight(
    model_folder: Folder, tmp_path: Path
) -> None:
    ability = inspect(told(model_folder, tmp_path / "model")).ability()
    assert ability.guidance == "told"
    assert ability.strange("The sea, the SEA; a zebra's sea 2") == ["the", "a", "zebra's", "2"]
    assert limits(ability, Job(size=(64, 64), mode="cfg", guidance=4.0)) == []
    assert "played as 4" in limits(ability, Job(size=(64, 64), guidance=9.0))[0]
    assert limits(ability, Job(size=(64, 64), mode="none", guidance=9.0)) == []


@pytest.mark.parametrize(
    "own",
    [
        {"weights": 3},
        {"weights": [4, 1]},
        {"weights": [1, "a"]},
        {"weights": [1, float("nan")]},
        {"words": "sea"},
        {"sizes": 3},
        {"sizes": [[1]]},
        {"sizes": [[0, 4]]},
        {"sizes": [["a", 4]]},
    ],
)
def test_what_a_model_says_of_itself_is_read_with_care(model_folder: Folder, tmp_path: Path, own: dict) -> None:
    with pytest.raises(ModelError, match=rf"retrograde.json: {next(iter(own))} is"):
        inspect(told(model_folder, tmp_path / "model", **own))


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        ("turbo", False),
        ("v", True),
        ("lcm", False),
        ("sd3", True),
        ("flow", False),
        ("tcd", False),
        ("pndm", True),
        ("sdxl-turbo", False),
        ("sdxl-lcm", False),
        ("sd3-lcm", False),
    ],
)
def test_mode_auto_guides_as_a_model_was_made(model_folder: Folder, kind: str, on: bool) -> None:
    assert free(inspect(model_folder(kind)).ability(), Job()) == on
    assert free(inspect(model_folder(kind)).ability(), Job(mode="cfg"))


def test_a_tiny_autoencoder_beside_the_large_one_is_taken(model_folder: Folder, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder("flux"), folder)
    blocks = {f"{side}_block_out_channels": (8, 8) for side in ("encoder", "decoder")}
    counts = {f"num_{side}_blocks": (1, 1) for side in ("encoder", "decoder")}
    AutoencoderTiny(latent_channels=4, **blocks, **counts).save_pretrained(folder / "vae_tiny")
    family = load(str(folder), "cpu")
    assert isinstance(family.autoencoder.network, AutoencoderTiny)
    assert family.decode(torch.zeros(1, 4, 8, 8)).shape == (1, 3, 16, 16)


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
        (
            lambda f: (f / "model_index.json").unlink(),
            r"holds no model \(there is scheduler, .* plays diffusers folders",
        ),
        (lambda f: (f / "model_index.json").write_text("{"), "not JSON"),
        (
            lambda f: (f / "model_index.json").write_text('{"_class_name": "AudioLDMPipeline"}'),
            "holds a AudioLDMPipeline",
        ),
        (lambda f: (f / UNET).rename(f / "unet/diffusion_pytorch_model.bin"), "never pickles"),
        (lambda f: (f / UNET).write_bytes(b"\xff\xff\xff\x00\x00\x00\x00\x00{}"), "cut short"),
        (lambda f: shutil.rmtree(f / "vae"), "vae missing"),
        (lambda f: (f / UNET).unlink(), "only safetensors"),
        (lambda f: (f / UNET).write_bytes((f / UNET).read_bytes()[:-100]), "cut short"),
        (lambda f: (f / UNET).write_bytes(b"x"), "cut short"),
        (lambda f: (f / UNET).write_bytes(b"\xff" * 64), "cut short"),
        (lambda f: (f / "unet/config.json").write_text("[]"), "not an object"),
        (lambda f: ((f / UNET).unlink(), (f / UNET).symlink_to(f / "blob")), "cannot be read .No such file"),
    ],
)
def test_a_broken_folder_is_refused_in_words(model_folder: Folder, tmp_path: Path, wound, words: str) -> None:
    folder = broken(model_folder("flow"), tmp_path / "model", wound)
    with pytest.raises(ModelError, match=words):
        inspect(folder)
    with pytest.raises(ModelError):
        load(str(folder), "cpu")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('{"_class_name": "UNet2DConditionModel"}', "a UNet2DConditionModel, a part of a pipeline: give the folder"),
        ('{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}', "holds a LlamaForCausalLM, no pipeline"),
        ('{"model_type": "bert"}', "holds a bert, no pipeline"),
    ],
)
def test_a_foreign_folder_is_told_what_it_is_and_what_is_known(tmp_path: Path, config: str, words: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(ModelError, match=words) as refused:
        inspect(tmp_path)
    assert all(kind.pipelines[0] in str(refused.value) for kind in ARCHITECTURES)


def test_a_part_of_a_pipeline_names_the_folder_to_give(model_folder: Folder) -> None:
    folder = model_folder("flow")
    for part, kind in (("unet", "UNet2DConditionModel"), ("text_encoder", "CLIPTextModel")):
        with pytest.raises(ModelError, match=f"a {kind}, a part of a pipeline: give {folder};"):
            inspect(folder / part)


def test_a_lora_given_as_a_model_is_sent_to_its_place(tmp_path: Path) -> None:
    save_file({"unet.conv_in.lora_A.weight": torch.ones(1)}, tmp_path / "ink.safetensors")
    for given in (tmp_path, tmp_path / "ink.safetensors"):
        with pytest.raises(ModelError, match="put it"):
            inspect(given)


def test_weights_of_variant_fp16_are_taken_where_there_are_no_others(model_folder: Folder, tmp_path: Path) -> None:
    def rename(folder: Path) -> None:
        for file in folder.glob("*/*.safetensors"):
            file.rename(file.with_suffix(".fp16.safetensors"))

    family = load(str(broken(model_folder("flow"), tmp_path / "model", rename)), "cpu")
    assert torch.equal(family.embed("sea").tokens, load(str(model_folder("flow")), "cpu").embed("sea").tokens)


def test_a_folder_that_lies_about_its_shapes_is_refused(model_folder: Folder, tmp_path: Path) -> None:
    def lie(folder: Path) -> None:
        config = json.loads((folder / "unet/config.json").read_text())
        (folder / "unet/config.json").write_text(json.dumps(config | {"block_out_channels": [32, 64]}))

    with pytest.raises(ModelError, match="cannot be loaded"):
        load(str(broken(model_folder("flow"), tmp_path / "model", lie)), "cpu")


@pytest.mark.parametrize(("part", "key", "value"), [
    ("unet", "block_out_channels", [32_000_000, 64]), ("unet", "cross_attention_dim", 10**9),
    ("text_encoder", "hidden_size", 10**8), ("vae", "latent_channels", 7), ("unet", "in_channels", 9),
])  # fmt: skip
def test_a_config_of_monstrous_or_wrong_shapes_is_refused(
    model_folder: Folder, tmp_path: Path, part: str, key: str, value: object
) -> None:
    def lie(folder: Path) -> None:
        config = json.loads((folder / part / "config.json").read_text())
        (folder / part / "config.json").write_text(json.dumps(config | {key: value}))

    with pytest.raises(ModelError):
        load(str(broken(model_folder("flow"), tmp_path / "model", lie)), "cpu")
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(("kind", "file", "key", "value", "words"), [
    ("flow", "vae/config.json", "scaling_factor", "large", "vae: cannot be loaded: scaling_factor large"),
    ("flow", "vae/config.json", "scaling_factor", 0, "the first is not 0"),
    ("flow", "vae/config.json", "scaling_factor", float("inf"), "they are numbers"),
    ("turbo", "scheduler/scheduler_config.json", "num_train_timesteps", 10**12, "scheduler: cannot be .* 2…100,000"),
    ("flow", "scheduler/scheduler_config.json", "num_train_timesteps", "x", "num_train_timesteps x; it takes"),
    ("turbo", "scheduler/scheduler_config.json", "prediction_type", "x", "known are epsilon"),
    ("turbo", "scheduler/scheduler_config.json", "beta_schedule", "x", "scheduler: cannot be loaded"),
    ("flow", "unet/config.json", "in_channels", None, "unet: cannot be loaded"),
])  # fmt: skip
def test_numbers_that_cannot_be_played_are_refused_with_their_folder(
    model_folder: Folder, tmp_path: Path, kind: str, file: str, key: str, value: object, words: str
) -> None:
    def lie(folder: Path) -> None:
        (folder / file).write_text(json.dumps(json.loads((folder / file).read_text()) | {key: value}))

    with pytest.raises(ModelError, match=words) as refused:
        load(str(broken(model_folder(kind), tmp_path / "model", lie)), "cpu")
    assert str(refused.value).startswith(str(tmp_path / "model"))


def test_a_network_whose_answer_is_no_number_is_refused(model_folder: Folder, tmp_path: Path) -> None:
    def overflow(folder: Path) -> None:
        tensors = load_file(folder / UNET)
        save_file({name: row + 1e38 * (name == "conv_out.weight") for name, row in tensors.items()}, folder / UNET)

    with pytest.raises(ModelError, match="answer with numbers that are none"):
        load(str(broken(model_folder("flow"), tmp_path / "model", overflow)), "cpu")


def test_parts_of_different_models_are_refused(model_folder: Folder, tmp_path: Path) -> None:
    def swap(folder: Path) -> None:
        shutil.rmtree(folder / "text_encoder_2")
        shutil.copytree(model_folder("flux") / "text_encoder", folder / "text_encoder_2")
        index = json.loads((folder / "model_index.json").read_text())
        index["text_encoder_2"] = ["transformers", "CLIPTextModel"]
        (folder / "model_index.json").write_text(json.dumps(index))

    with pytest.raises(ModelError, match="do not fit one another"):
        load(str(broken(model_folder("sdxl"), tmp_path / "model", swap)), "cpu")


def test_weights_larger_than_the_memory_are_refused(model_folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sysconf", lambda name: 100)
    with pytest.raises(ModelError, match="take a smaller model"):
        load(str(model_folder("flow")), "cpu")


def test_weights_of_another_model_are_refused(model_folder: Folder, tmp_path: Path) -> None:
    def lessen(folder: Path) -> None:
        tensors = load_file(folder / UNET)
        del tensors["conv_in.weight"]
        save_file(tensors, folder / UNET)

    with pytest.raises(ModelError, match=r"lack conv_in\.weight"):
        load(str(broken(model_folder("flow"), tmp_path / "model", lessen)), "cpu")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(model_folder: Folder, tmp_path: Path, number: float) -> None:
    def spoil(folder: Path) -> None:
        tensors = load_file(folder / UNET)
        tensors["conv_in.bias"][3] = number
        save_file(tensors, folder / UNET)

    with pytest.raises(ModelError, match=r"conv_in\.bias holds numbers that are none"):
        load(str(broken(model_folder("flow"), tmp_path / "model", spoil)), "cpu")


@pytest.mark.parametrize(("name", "words"), [("model.ckpt", "a pickle"), ("model.safetensors", "a single file")])
def test_a_single_file_is_refused_with_the_cure(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ModelError, match=words):
        load(str(tmp_path / name), "cpu")


def test_a_gpu_that_is_too_small_is_given_up_and_said(model_folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    places = []

    def crowded(self: Parts, kind: str) -> object:
        places.append(self.place.device.type)
        if self.place.device.type != "cpu":
            raise torch.OutOfMemoryError
        return network(self, kind)

    network = Parts.network
    monkeypatch.setattr(Parts, "network", crowded)
    monkeypatch.setattr("perf.diffusion.family.choose_device", lambda device: torch.device("meta"))
    family = load(str(model_folder("flow")))
    assert places == ["meta", "cpu"]
    assert "plays on the CPU" in family.notes[0]


def test_beside_another_model_no_gpu_is_given_up(model_folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(self: Parts, kind: str) -> object:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Parts, "network", crowded)
    monkeypatch.setattr("perf.diffusion.family.choose_device", lambda device: torch.device("meta"))
    with pytest.raises(ModelError, match="no room for it on meta beside the one that plays"):
        load(str(model_folder("flow")), beside=True)


def test_a_name_that_is_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match="no such folder"):
        load("./nowhere", "cpu")
    with pytest.raises(ModelError, match="device nonsense"):
        choose_device("nonsense")
