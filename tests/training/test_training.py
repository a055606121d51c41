"""Training, in miniature: it runs, resumes to the same weights, and leaves a folder that anybody can load."""

import argparse
import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from diffusers import PixArtSigmaPipeline, StableDiffusionPipeline
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from transformers import CLIPTokenizer

from perf.commands import train as train_command
from perf.diffusion.family import load
from perf.diffusion.folder import LENT, lent
from perf.errors import UsageError
from perf.records.caption import words
from perf.training import TrainOptions, guide, smoke, tokens, train, transformer
from perf.training.autoencoder import CHANNELS
from perf.training.distil import WALKED, huber, walked
from perf.training.flow import Ways, mix, times
from perf.training.latents import Tokens
from perf.training.loop import recall, turn
from perf.training.measure import Probe, wilson
from perf.training.network import Ask, Painter
from perf.training.options import STAGES, Budget
from perf.training.tokens import LENGTH, learn, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainOptions, list[str]]:
    root, said = tmp_path_factory.mktemp("run"), []
    options = dataclasses.replace(smoke(root / "folder", root / "work"), threads=1)
    train(options, said.append)
    return options, said


def test_the_folder_loads_in_the_stock_pipeline_and_draws(made) -> None:
    pipe = StableDiffusionPipeline.from_pretrained(str(made[0].folder))
    pipe.set_progress_bar_config(disable=True)
    assert pipe.unet.dtype == pipe.vae.dtype == pipe.text_encoder.dtype == torch.float32
    for size in made[0].sizes:
        for guidance in (1.0, 2.0):
            image = pipe(
                "a city at night in neon",
                width=size[0],
                height=size[1],
                num_inference_steps=2,
                guidance_scale=guidance,
            ).images[0]
            assert image.size == size


def test_the_folder_says_what_it_knows_and_what_was_measured(made) -> None:
    folder = made[0].folder
    about = json.loads((folder / "retrograde.json").read_text())
    assert about["records"] == 36
    assert "sea" in about["knows"]["subject"]
    found = json.loads((folder / "measurements.json").read_text())
    assert found["model_1_step"]["subject"]["n"] == 18
    assert found["same_bits"]
    assert found["captioner"]["all"]["n"] == 18 * 7
    assert {found[pair][kind]["n"] for pair in ("guide", "encoder") for kind in ("subject", "palette", "process")} == {
        18
    }
    assert "n=18" in (folder / "model_card.md").read_text()
    assert "| encoder | " in (folder / "model_card.md").read_text()
    assert (made[0].work / "preview-distil.png").exists()
    trained = json.loads((folder / "training.json").read_text())
    assert {stage: trained[stage]["steps"] for stage in STAGES} == dict.fromkeys(STAGES, 2)
    drawn = f"none of the {trained['pairs']['drawn']} were asked for with such a pair"
    assert drawn in (folder / "model_card.md").read_text()


def test_both_families_are_measured_by_their_folders_alone(made, tmp_path: Path) -> None:
    said: list[str] = []
    for name in ("folder", "folder_transformer"):
        shutil.copytree(made[0].folder.parent / name, tmp_path / name)
        (tmp_path / name / "model_card.md").unlink()
    train(
        dataclasses.replace(made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("measure",)),
        said.append,
    )
    for name in ("folder", "folder_transformer"):
        card = (tmp_path / name / "model_card.md").read_text()
        assert "| the same seed again | the same bits | the same | ✓ |" in card
        assert any(line.startswith(f"{name}\n| what | measured | reach | |") for line in said)
        with Image.open(tmp_path / name / "contact.jpg") as sheet:
            assert sheet.width == 9 * (40 + 4) - 4
            assert (sheet.height + 4) % (3 + 3 + 1 + 1) == 0
        assert "sharpness, zoom (dashed)" in (tmp_path / name / "curves.svg").read_text()


def test_the_second_family_goes_on_from_its_folder_without_a_checkpoint(made, tmp_path: Path) -> None:
    said: list[str] = []
    for name in ("folder", "folder_transformer"):
        shutil.copytree(made[0].folder.parent / name, tmp_path / name)
    options = dataclasses.replace(made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("transformer",))
    for _ in range(2):  # the second time all is done, and counted once
        train(options, said.append)
        assert json.loads((options.folder / "training.json").read_text())["transformer"]["steps"] == 4
    assert f"going on from {options.second}" in said


def test_progress_is_reported_for_every_stage(made) -> None:
    for stage in made[0].stages:
        assert any(line.startswith(f"{stage}: finished") for line in made[1])


def _flow_weights(root: Path, base: TrainOptions) -> dict[str, torch.Tensor]:
    (root / "work").mkdir(parents=True)
    (root / "work" / "autoencoder.pt").write_bytes((base.work / "autoencoder.pt").read_bytes())
    flow = Budget(steps=3, minutes=60.0, batch=4, rate=1e-3)
    options = dataclasses.replace(base, folder=root / "folder", work=root / "work", stages=("flow",), flow=flow)
    train(options, lambda line: None)
    return torch.load(root / "work" / "flow.pt", weights_only=True)["module"]


def test_a_stopped_run_goes_on_where_it_was(made, tmp_path: Path) -> None:
    said: list[str] = []
    options = dataclasses.replace(made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("autoencoder",))
    train(options, said.append)
    longer = Budget(steps=4, minutes=1.0, batch=4, rate=1e-3)
    train(dataclasses.replace(options, autoencoder=longer), said.append)
    assert "autoencoder: resumed at step 2" in said
    assert any(line.startswith("autoencoder: finished at step 4") for line in said)


def test_what_is_finished_is_not_gone_through_again_unless_its_folder_is_another(made, tmp_path: Path) -> None:
    options = dataclasses.replace(made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("guide",))
    first, second, other = ([], [], [])
    train(options, first.append)
    train(options, second.append)
    train(dataclasses.replace(options, folder=tmp_path / "other"), other.append)
    assert first[0] == other[0] == f"drawing {options.records} records"
    assert second == ["guide: finished before"]
    assert (tmp_path / "other" / "guide" / "model.safetensors").exists()


def test_a_teacher_that_learns_anew_does_not_stay_in_its_students_place(made, tmp_path: Path) -> None:
    shutil.copytree(made[0].work, tmp_path / "work")
    both = dataclasses.replace(
        made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("flow", "distil"), resume=True
    )
    train(both, lambda line: None)
    train(dataclasses.replace(both, stages=("flow",), resume=False), lambda line: None)
    train(both, lambda line: None)
    config = json.loads((both.folder / "unet" / "config.json").read_text())
    assert config["time_cond_proj_dim"] is not None


def test_a_stage_that_was_killed_before_its_folder_was_written_writes_it(made, tmp_path: Path, monkeypatch) -> None:
    options = dataclasses.replace(made[0], folder=tmp_path / "folder", work=tmp_path / "work", stages=("guide",))
    with monkeypatch.context() as patch:
        patch.setattr(guide, "publish", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            train(options, lambda line: None)
    assert not (options.folder / "guide").exists()
    train(options, lambda line: None)
    assert (options.folder / "guide" / "model.safetensors").exists()


def test_two_runs_with_one_seed_give_the_same_weights(made, tmp_path: Path) -> None:
    first = _flow_weights(tmp_path / "a", made[0])
    second = _flow_weights(tmp_path / "b", made[0])
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_stage_without_its_forerunner_names_it(made, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="autoencoder"):
        recall(tmp_path / "autoencoder.pt", torch.nn.Linear(1, 1))


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        (("decoder",), r"autoencoder.pt is missing: stage decoder builds on it; train stage autoencoder first"),
        (("flow",), r"autoencoder.pt is missing: stage flow"),
        (("autoencoder", "distil"), r"flow.pt is missing: stage distil builds on it; train stage flow first"),
        (("transformer",), r"folder has no model_index.json: stage transformer starts from a trained model's folder"),
        (("measure",), r"folder has no model_index.json: stage measure"),
        (("captioner", "depth"), r"autoencoder.pt is missing: stage captioner"),
    ],
)
def test_a_stage_whose_forerunner_is_missing_is_refused_before_the_archive_is_drawn(
    tmp_path: Path, stages: tuple[str, ...], words: str
) -> None:
    said: list[str] = []
    with pytest.raises(UsageError, match=words):
        train(dataclasses.replace(smoke(tmp_path / "folder", tmp_path / "work"), stages=stages), said.append)
    assert said == []


def test_another_models_folder_is_not_measured(model_folder: Callable[[str], Path], tmp_path: Path) -> None:
    options = dataclasses.replace(smoke(model_folder("flow"), tmp_path / "work"), stages=("measure",))
    with pytest.raises(UsageError, match=r"has no training.json: stage measure"):
        train(options, lambda line: None)


def test_options_that_cannot_work_say_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"stage 'paint'.*autoencoder"):
        TrainOptions(folder=tmp_path, stages=("paint",))
    with pytest.raises(ValueError, match="100x100"):
        TrainOptions(folder=tmp_path, sizes=((100, 100),))


@pytest.mark.parametrize("kind", ["distil", "transformer"])
def test_the_engine_asks_a_network_as_training_did(made, kind: str) -> None:
    options, text, away = made[0], "a city at night in neon", "the sea"
    if kind == "distil":
        family, words_of = (
            load(str(options.folder), "cpu", dtype=torch.float32),
            tokens.write(options.work / "t", words()),
        )
        network = Painter(options.shape, words_of, student=True)
    else:
        family, words_of = load(str(options.second), "cpu", dtype=torch.float32), transformer.tokenizer(list(words()))
        network = transformer.Sculptor(options.shape, words_of)
    recall(options.work / f"{kind}.pt", network)
    network.half().float()  # as the folder keeps it
    assert family.ability.guidance == "told"
    x, known = torch.randn((1, CHANNELS, 4, 4), generator=torch.Generator().manual_seed(5)), Tokens(words_of)
    ask = Ask(known([text]), known([away]), torch.tensor([0.75]), torch.tensor([3.0]))
    condition = family.embed(text).against(family.embed(away) * 0.75 + family.embed("") * 0.25)
    with torch.no_grad():
        meant = network(x, torch.tensor([0.6]), ask)
        assert torch.allclose(family.network.predict(x, 600.0, condition, 3.0), meant, atol=1e-4)
        plain = network(x, torch.tensor([0.6]), Ask(known([text])))
        assert not torch.allclose(plain, meant, atol=1e-3)


def test_known_words_are_one_token_and_any_text_is_read(tmp_path: Path) -> None:
    write(tmp_path, words())
    tokenizer = CLIPTokenizer.from_pretrained(str(tmp_path))
    assert all(len(tokenizer.tokenize(word)) == 1 for word in words())
    assert tokenizer.model_max_length == LENGTH
    for text in ("", "zebra crossing", "夜の街 🌃", "x" * 500):
        ids = tokenizer(text, padding="max_length", truncation=True, max_length=LENGTH).input_ids
        assert len(ids) == LENGTH
        assert max(ids) < len(tokenizer)


@given(st.lists(st.text("abcdef", min_size=1, max_size=6), min_size=1, max_size=8))
def test_merges_make_every_word_one_symbol(some: list[str]) -> None:
    made_symbols = {"".join(pair) for pair in learn(some)}
    assert all(f"{word}</w>" in made_symbols or len(word) == 1 for word in some)


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_times_stay_on_the_path_and_its_ends_are_data_and_noise(seed: int) -> None:
    drawn = times(64, torch.Generator().manual_seed(seed))
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 1
    data, noise = torch.zeros(2, 4, 1, 1), torch.ones(2, 4, 1, 1)
    assert torch.equal(mix(data, noise, torch.tensor([0.0, 1.0])), torch.stack([data[0], noise[0]]))


@pytest.mark.parametrize("kind", ["distil", "transformer"])
def test_lines_and_records_asked_together_teach_what_each_would(made, kind: str) -> None:
    torch.manual_seed(3)
    options, latents = made[0], torch.randn(2, 5, CHANNELS, 2, 4)
    if kind == "distil":
        tokenizer: Any = CLIPTokenizer.from_pretrained(options.folder / "tokenizer")
        network: Any = Painter(options.shape, tokenizer, student=True)
    else:
        tokenizer = transformer.tokenizer(["sea", "moon"])
        network = transformer.Sculptor(options.shape, tokenizer)
    ways = [Ways(one, torch.randn_like(one), torch.rand(len(one))) for one in latents]
    asks = [network.asked(Tokens(tokenizer)(["a sea", "a moon", "", "moon", "sea"]), weight) for weight in (1.0, 3.0)]
    with torch.no_grad():
        apart = torch.cat([way.error(network, ask) for way, ask in zip(ways, asks, strict=True)])
        together = (ways[0] + ways[1]).error(network, asks[0] + asks[1])
    assert together.shape == apart.shape
    assert together == pytest.approx(apart, abs=0.05)  # bfloat16
    assert huber(together) == pytest.approx(float(huber(apart)), abs=0.01)


class Constant(torch.nn.Module):
    """A network that goes the same way everywhere."""

    def __init__(self, way: torch.Tensor) -> None:
        super().__init__()
        self.way = torch.nn.Parameter(way)

    def forward(self, latents: torch.Tensor, time: torch.Tensor, ask: Ask) -> torch.Tensor:
        return self.way.expand_as(latents)


def test_some_lines_are_turned_to_where_the_network_itself_gets_and_lead_to_the_same_picture() -> None:
    latents, noise = torch.randn(2, 200, CHANNELS, 2, 2)
    time, top = torch.linspace(0.0, 0.9, 200), torch.full((200,), 0.9)
    way, ask = torch.randn(1, CHANNELS, 2, 2), Ask(torch.zeros(200, 3, dtype=torch.long))
    chance = turn(smoke(Path(), Path()), "walk", 1, 0.5)
    found = walked(Constant(way), Ways(latents, noise.clone(), time), top, ask, chance)
    here = mix(latents, noise, top) - (top - time).view(-1, 1, 1, 1) * way
    off = (found.noise != noise).any(dim=(1, 2, 3))
    assert torch.equal(found.latents, latents)
    assert not off[time < WALKED[0]].any()
    assert float(off[(time >= WALKED[0]) & (time < top)].float().mean()) == pytest.approx(WALKED[1], abs=0.12)
    there = mix(found.latents, found.noise, time)
    assert torch.allclose(there[off], here[off], atol=1e-5)
    assert torch.equal(there[~off], mix(latents, noise, time)[~off])


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n)
    assert -1e-3 <= low <= hits / n + 1e-3
    assert hits / n - 1e-3 <= high <= 1 + 1e-3


def test_the_probe_reads_both_sizes() -> None:
    for shape in ((2, 3, 48, 80), (2, 3, 64, 64)):
        assert Probe()(torch.zeros(shape))["subject"].shape == (2, 25)


def test_the_command_offers_every_stage() -> None:
    parser = argparse.ArgumentParser()
    train_command.arguments(parser)
    (stages,) = (action.choices for action in parser._actions if action.dest == "stage")
    assert tuple(stages) == STAGES


def test_the_second_family_is_lent_what_takes_pictures(made) -> None:
    assert [lent(made[0].second, part) for part in LENT] == [made[0].folder.resolve() / part for part in LENT]


def test_the_second_family_is_an_ordinary_folder_too(made) -> None:
    pipe = PixArtSigmaPipeline.from_pretrained(str(made[0].second))
    pipe.set_progress_bar_config(disable=True)
    size = {"width": 64, "height": 32, "use_resolution_binning": False}
    image = pipe("a city at night in neon", num_inference_steps=2, guidance_scale=1.0, **size).images[0]
    assert image.size == (64, 32)
    with pytest.raises(ValueError, match="sides"):
        dataclasses.replace(made[0], sizes=((48, 32),))
