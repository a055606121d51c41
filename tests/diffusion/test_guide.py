"""A guide: a CLIP folder loads, and its gradient leads where the picture comes nearer to the text."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

from perf.core.frame import Job
from perf.diffusion.engine import Engine
from perf.diffusion.family import Family, load
from perf.diffusion.guide import Guide, Views, cutouts, load_guide
from perf.errors import ModelError

Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def guide(model_folder: Folder) -> Guide:
    return load_guide(str(model_folder("guided")), "cpu")  # type: ignore[return-value]


@pytest.fixture(scope="module")
def family(model_folder: Folder) -> Family:
    return load(str(model_folder("guided")), "cpu")


class Redness(Guide):
    """A guide that sees one thing: how red a picture is."""

    def __init__(self) -> None:
        self.unheard = lambda text: 0  # type: ignore[assignment]

    def embed_text(self, text: str) -> torch.Tensor:
        return torch.ones(1, 1)

    def embed_image(self, pictures: torch.Tensor) -> torch.Tensor:
        return (pictures[:, 0] - pictures[:, 1:].mean(1)).mean((1, 2))[:, None].float()


def test_embeddings_are_unit_vectors(guide: Guide) -> None:
    for embedding in (
        guide.embed_text("x" * 10_000),
        guide.embed_text(""),
        guide.embed_image(torch.rand(2, 3, 40, 70)),
    ):
        assert embedding.shape[1:] == (8,)
        assert torch.allclose(embedding.norm(dim=-1), torch.ones(()), atol=1e-5)
    assert not torch.allclose(guide.embed_text("sea"), guide.embed_text("city"))


@pytest.mark.parametrize("views", [Views(), Views(4, 3)])
def test_a_step_along_the_gradient_comes_nearer_to_the_text(guide: Guide, family: Family, views: Views) -> None:
    target = guide.embed_text("sea")

    def likeness(latent: torch.Tensor) -> float:
        seen = [guide.embed_image(view) for view in cutouts(family.decode(latent), views)]
        return float((torch.cat(seen) @ target.T).mean())

    latent = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        slope = guide.gradient(latent, family.decode, target, views)
    assert float(slope.square().mean()) == pytest.approx(1.0, rel=1e-3)
    assert likeness(latent + 0.05 * slope) > likeness(latent) > likeness(latent - 0.05 * slope)


def test_the_gradient_of_nothing_is_nothing(guide: Guide) -> None:
    flat = guide.gradient(torch.zeros(1, 4, 8, 8), lambda x: x[:, :3] * 0, guide.embed_text("sea"), Views())
    assert torch.equal(flat, torch.zeros(1, 4, 8, 8))


def test_the_same_seed_looks_at_the_same_places() -> None:
    picture = torch.rand(1, 3, 20, 30)
    one, same, other = (cutouts(picture, Views(5, seed)) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(one, same, strict=True))
    assert [view.shape for view in one] != [view.shape for view in other]
    assert one[0] is picture
    assert all(view.shape[2] == view.shape[3] >= 8 for view in one[1:])


@pytest.mark.parametrize("mode", ["clip", "both"])
@pytest.mark.parametrize("cutouts", [1, 4])
def test_a_guide_that_sees_red_makes_the_picture_redder_the_more_the_more(
    family: Family, mode: str, cutouts: int
) -> None:
    red = Redness()
    engine = Engine(family, red)
    job = Job(size=(64, 64), prompts=(("sea", 1.0),), mode=mode, guidance=1.5, steps=2, noise="fixed", cutouts=cutouts)
    images = [engine.step(replace(job, clip=scale), None)[0] for scale in (0.0, 0.3, 1.0, 3.0)]
    found = [float(red.embed_image(image.permute(2, 0, 1)[None].float())) for image in images]
    assert found == sorted(found)
    assert found[-1] > found[0] + 0.1
    assert engine.notes == ()
    assert torch.equal(
        images[0], Engine(family).step(replace(job, mode={"clip": "none", "both": "cfg"}[mode]), None)[0]
    )


def test_a_negative_prompt_pushes_away(family: Family) -> None:
    red = Redness()
    job = Job(size=(64, 64), prompts=(("", 1.0), ("sea", -2.0)), mode="clip", clip=0.3, noise="fixed")
    away = Engine(family, red).step(job, None)[0]
    still = Engine(family, red).step(replace(job, clip=0.0), None)[0]
    found = [float(red.embed_image(image.permute(2, 0, 1)[None].float())) for image in (away, still)]
    assert found[0] < found[1]


def test_a_guided_film_is_the_same_twice(guide: Guide, family: Family) -> None:
    films = []
    for _ in range(2):
        engine, carry = Engine(family, guide), None
        for index in range(3):
            job = Job(index, index / 10, prompts=(("sea", 1.0),), size=(64, 64), mode="both", guidance=2.0, cutouts=5)
            image, carry = engine.step(job, carry)
        films.append(image)
    assert torch.equal(*films)


def test_the_sources_picture_is_an_aim_beside_the_prompts(family: Family) -> None:
    """A source as blue as can be: the more its picture counts, the less red the answer."""
    red = Redness()
    job = Job(
        size=(64, 64), prompts=(("sea", 1.0),), source="colour", colour=(0.0, 0.0, 1.0, 1.0), mode="clip", clip=0.3
    )
    images = [Engine(family, red).step(replace(job, image=weight, skip=0.2), None)[0] for weight in (0.0, 4.0)]
    toward, back = (float(red.embed_image(image.permute(2, 0, 1)[None].float())) for image in images)
    assert back < toward


def test_a_folder_without_a_guide_has_none_and_a_broken_one_is_refused(model_folder: Folder, tmp_path: Path) -> None:
    assert load_guide(str(model_folder("flow")), "cpu") is None
    for wound, words in (
        ("model.safetensors", "cut short or damaged"),
        ("config.json", "guide: cannot be loaded"),
        ("preprocessor_config.json", "guide: cannot be loaded"),
    ):
        folder = tmp_path / wound
        shutil.copytree(model_folder("guided"), folder)
        (folder / "guide" / wound).write_bytes(b"{" * 20)
        with pytest.raises(ModelError, match=words):
            load_guide(str(folder), "cpu")


WEIGHT = "visual_projection.weight"


@pytest.mark.parametrize(
    ("wound", "words"),
    [
        (lambda rows: rows | {WEIGHT: rows[WEIGHT] * float("nan")}, rf"{WEIGHT} holds numbers that are none"),
        (lambda rows: {key: row for key, row in rows.items() if key != WEIGHT}, rf"the weights lack {WEIGHT}"),
    ],
)
def test_a_guide_whose_weights_are_none_is_refused_by_name(
    model_folder: Folder, tmp_path: Path, wound: Callable, words: str
) -> None:
    shutil.copytree(model_folder("guided"), tmp_path / "model")
    file = tmp_path / "model/guide/model.safetensors"
    save_file(wound(load_file(file)), file, {"format": "pt"})
    with pytest.raises(ModelError, match=words):
        load_guide(str(tmp_path / "model"), "cpu")


def test_a_guide_that_the_device_has_no_room_for_is_refused_with_the_cure(
    model_folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(self: CLIPModel, device: torch.device) -> CLIPModel:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(CLIPModel, "to", crowded)
    with pytest.raises(ModelError, match="does not fit on cpu beside the model; move it out"):
        load_guide(str(model_folder("guided")), "cpu")


def test_a_likeness_that_is_no_number_is_none_at_all(family: Family) -> None:
    """It would stand as bare NaN in the status, which no other JSON reader takes."""

    class Broken(Redness):
        def embed_image(self, pictures: torch.Tensor) -> torch.Tensor:
            return torch.full((1, 1), float("nan"))

    assert Engine(family, Broken()).likeness(torch.zeros(64, 64, 3, dtype=torch.uint8), "sea") == 0.0
