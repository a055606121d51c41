"""The engine's step as a function: reproducible, recursive, and unbreakable by any live change."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import KINDS

from perf.core.camera import Pose, homography
from perf.core.footage import Footage
from perf.core.frame import Job, Knobs, Mask, Plane, Planes, Plate
from perf.core.table import GUIDANCES, MASKS, METHODS, REGIONS, SPACINGS
from perf.diffusion.camera import warp
from perf.diffusion.engine import EMBEDDINGS, Engine
from perf.diffusion.family import Family, load
from perf.diffusion.guide import load_guide
from perf.diffusion.notes import MOST

JOB = Job(size=(96, 64), prompts=(("sea", 1.0),), fade=0.0)


autodecode = Family.decode


class Ramp:
    """A depth head that sees the left near and the right far, whatever the picture is."""

    def of(self, picture: torch.Tensor) -> torch.Tensor:
        width = picture.shape[-1]
        return torch.linspace(0, 1, width).expand(1, 1, *picture.shape[-2:])


@pytest.fixture(scope="module")
def engine(model_folder: Callable[[str], Path]) -> Engine:
    return Engine(load(str(model_folder("flow")), "cpu"))


@pytest.fixture(scope="module")
def guided(model_folder: Callable[[str], Path]) -> Engine:
    folder = str(model_folder("guided"))
    return Engine(load(folder, "cpu"), load_guide(folder, "cpu"), Ramp())  # type: ignore[arg-type]


def film(engine: Engine, jobs: list[Job]) -> list[torch.Tensor]:
    images, carry = [], None
    for job in jobs:
        image, carry = engine.step(job, carry)
        images.append(image)
    return images


def test_an_image_is_rows_of_rgb(engine: Engine) -> None:
    image = film(engine, [JOB])[0]
    assert (image.shape, image.dtype, image.is_contiguous()) == ((64, 96, 3), torch.uint8, True)


def test_the_same_jobs_give_the_same_bits(engine: Engine) -> None:
    jobs = [replace(JOB, index=i, seconds=i / 10, drift=i / 10, steps=1 + i % 3) for i in range(5)]
    for one, two in zip(film(engine, jobs), film(engine, jobs), strict=True):
        assert torch.equal(one, two)


def test_skip_1_only_moves_the_previous_image(engine: Engine) -> None:
    moved = replace(JOB, skip=1.0, pose=Pose(roll=10.0))
    _, carry = engine.step(JOB, None)
    image, _ = engine.step(moved, carry)
    expected = warp(carry.image, homography(Pose(roll=10.0), JOB.fov))
    assert (image.float() - ((expected[0] + 1) * 127.5).permute(1, 2, 0)).abs().max() <= 1.0


def test_skip_0_owes_nothing_to_the_previous_image(engine: Engine) -> None:
    fresh = replace(JOB, skip=0.0)
    _, one = engine.step(replace(JOB, seed=5.0), None)
    _, two = engine.step(replace(JOB, seed=9.0, prompts=(("city", 1.0),)), None)
    a, b = engine.step(fresh, replace(one, mix=()))[0], engine.step(fresh, replace(two, mix=()))[0]
    assert (a.float() - b.float()).abs().mean() < 1.0


def test_a_black_first_frame_at_skip_1_is_black(engine: Engine) -> None:
    assert film(engine, [replace(JOB, first="black", skip=1.0)])[0].max() == 0
    red = film(engine, [replace(JOB, source="colour", colour=(1.0, 0.0, 0.0, 1.0), skip=1.0)])[0]
    assert red[0, 0].tolist() == [255, 0, 0]


def plated(value: tuple[int, int, int], layer: int = 2) -> Plate:
    return Plate(layer, (6, 4), bytes(value) * 24)


def test_of_source_media_an_image_starts_from_the_film(engine: Engine) -> None:
    job = replace(JOB, source="media", layer=2, skip=1.0, footage=((2, Footage()),), plates=(plated((10, 200, 90)),))
    image, carry = engine.step(job, None)
    assert image.reshape(-1, 3).unique(dim=0).tolist() == [[10, 200, 90]]
    assert engine.notes == ()
    again, _ = engine.step(replace(job, plates=(plated((1, 2, 3)),)), carry)
    assert again[0, 0].tolist() == [1, 2, 3]


def test_a_recursion_begins_with_the_film_and_takes_in_its_share(engine: Engine) -> None:
    job = replace(JOB, first="media", layer=2, skip=1.0, footage=((2, Footage()),), plates=(plated((100, 0, 0)),))
    _, carry = engine.step(job, None)
    other = replace(job, plates=(plated((200, 100, 0)),))
    assert engine.step(other, carry)[0][0, 0].tolist() == [100, 0, 0]
    assert engine.step(replace(other, mix=0.5), carry)[0][0, 0].tolist() == [150, 50, 0]


def test_without_a_picture_it_starts_from_noise_and_says_what_is_no_film(engine: Engine) -> None:
    missing = engine.step(replace(JOB, source="media"), None)[0]
    assert torch.equal(missing, engine.step(replace(JOB, source="noise"), None)[0])
    engine.step(replace(JOB, source="media", layer=7), None)
    assert engine.notes == ("layer 7 is not of source media; /source/layer and /mask/layer look at films only",)


def test_a_restart_forgets_the_recursion(engine: Engine) -> None:
    first, *_, again = film(engine, [JOB, replace(JOB, seed=7.0), replace(JOB, epoch=1)])
    assert torch.equal(first, again)


def test_numbers_that_are_none_are_an_error_and_never_a_picture(engine: Engine) -> None:
    autoencoder = replace(engine.family.autoencoder, scale=float("nan"))
    broken = Engine(replace(engine.family, autoencoder=autoencoder))
    with pytest.raises(ArithmeticError, match="not finite"):
        broken.step(replace(JOB, source="black", skip=0.5), None)


def test_a_prompt_is_encoded_once_and_the_least_used_is_forgotten(engine: Engine) -> None:
    engine = Engine(engine.family)
    job = replace(JOB, prompts=(("a lamp over the water", 1.0),))
    engine.step(job, None)
    assert engine.knows("a lamp over the water")
    embedding = engine.encode("another")
    engine.keep({f"prompt {i}": embedding for i in range(EMBEDDINGS - 2)})
    engine.step(job, None)
    engine.keep({"one more": embedding})
    assert engine.knows("a lamp over the water")
    assert not engine.knows("prompt 0")


def test_seeds_blend_into_the_noise_by_their_weights_however_it_moves(engine: Engine) -> None:
    for noise in ("fixed", "frame", "travel"):
        job = replace(JOB, source="noise", noise=noise, drift=0.3)
        plain, *blends = (film(engine, [replace(job, seeds=seeds)])[0] for seeds in ((), ((9.0, 1e-4),), ((9.0, 2.0),)))
        assert (plain.float() - blends[0].float()).abs().max() <= 2.0
        assert not torch.equal(plain, blends[1])


TWO = replace(JOB, prompts=(("sea", 1.0), ("city", 1.0)), regions=("inside", "outside"), skip=0.0, noise="fixed")
LEFT = Mask("horizontal", soft=0.0)


def test_a_mask_of_two_equal_sides_is_no_mask(engine: Engine) -> None:
    both = replace(TWO, regions=())
    plain = film(engine, [both])[0]
    passes: list[int] = []
    real = type(engine.family).denoise
    counting = lambda family, x, *rest: (passes.append(len(x)), real(family, x, *rest))[1]  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(engine.family), "denoise", counting)
        assert torch.equal(film(engine, [replace(both, mask=LEFT)])[0], plain)
        assert torch.equal(film(engine, [replace(TWO, mask=Mask())])[0], plain)
        assert passes == [1, 1]
        assert not torch.equal(film(engine, [replace(TWO, mask=LEFT)])[0], plain)
        assert passes == [1, 1, 2]


def test_at_ratio_1_each_side_is_nearer_to_its_own_prompt_and_at_0_both_are_one(engine: Engine) -> None:
    """By the latents' cells: a tiny decoder of random weights sees its neighbours, the estimate's cells do not."""
    latents: list[torch.Tensor] = []
    real = type(engine.family).decode
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(engine.family), "decode", lambda f, x: (latents.append(x), real(f, x))[1])
        sides = [replace(TWO, prompts=((text, 1.0),), regions=()) for text in ("sea", "city")]
        masked = [replace(TWO, mask=replace(LEFT, ratio=ratio)) for ratio in (1.0, 0.0)]
        for job in (*sides, *masked):
            engine.step(job, None)
    sea, city, split, composed = latents
    half = sea.shape[-1] // 2
    assert not torch.allclose(sea, city, atol=0.1)
    assert torch.allclose(split[..., :half], sea[..., :half], atol=1e-2)
    assert torch.allclose(split[..., half:], city[..., half:], atol=1e-2)
    assert torch.allclose(composed, (sea + city) / 2, atol=1e-2)


def test_what_is_held_outside_of_the_mask_stays_to_the_bit(engine: Engine) -> None:
    _, carry = engine.step(JOB, None)
    job = replace(JOB, seed=8.0, mask=replace(LEFT, hold=1.0))
    before = film(engine, [JOB])[0]
    image, _ = engine.step(job, carry)
    assert torch.equal(image[:, 48:], before[:, 48:])
    assert not torch.equal(image[:, :48], before[:, :48])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "clip"}, "has no guide"), ({"mode": "both"}, "has no guide"),
        ({"mask": Mask("circle", hold=1.0), "source": "noise"}, "/mask/hold"),
        ({"image": 1.0, "source": "noise"}, "/sampler/image"),
        ({"prompts": (("sea", 1.0), ("city", -1.0))}, "cancel out"),
        ({"steps": 10**9, "skip": 1.0}, f"{MOST} are made"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_said_no_more(engine: Engine, change: dict, words: str) -> None:
    _, carry = engine.step(JOB, None)
    engine.step(replace(JOB, **change), carry)
    assert len(engine.notes) == 1
    assert words in engine.notes[0]
    engine.step(JOB, carry)
    assert engine.notes == ()


def test_a_family_without_a_u_net_says_that_it_has_no_knobs(engine: Engine) -> None:
    other = Engine(engine.family)
    other.network = None
    turned = replace(JOB, knobs=Knobs(b1=1.5, attention=0.5))
    assert torch.equal(film(other, [turned])[0], film(engine, [JOB])[0])
    assert "has none" in other.notes[0]
    assert not torch.equal(film(engine, [turned])[0], film(engine, [JOB])[0])
    assert engine.notes == ()


@pytest.mark.parametrize(
    "change",
    [
        {"skip": float("nan")}, {"guidance": float("inf")}, {"prompts": (("sea", float("nan")),)},
        {"mask": Mask("circle", x=float("nan"))}, {"knobs": Knobs(b1=float("inf"))}, {"pose": Pose(roll=float("nan"))},
        {"levels": (1.0, float("nan"))},
    ],
)  # fmt: skip
def test_a_job_with_a_number_that_is_none_is_refused_in_words(engine: Engine, change: dict) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is .*numbers are finite"):
        engine.step(replace(JOB, **change), None)


@pytest.mark.parametrize("method", METHODS)
def test_eta_0_is_the_same_whatever_the_noise_of_later_steps(engine: Engine, method: str) -> None:
    """Only ancestral and LCM draw noise without being asked; every method answers with a picture of its own family."""
    job = replace(JOB, method=method, steps=3, source="black", skip=0.2, noise="fixed")
    plain, noisy = film(engine, [job])[0], film(engine, [replace(job, eta=1.0)])[0]
    assert torch.equal(plain, noisy) == (method in ("plms", "euler", "ancestral", "lcm"))


TEXTS = st.sampled_from(["", "sea", "city", "a long sentence " * 625, "日本語 🎛"])
FAR = st.floats(-9, 9)
AXES = st.fixed_dictionaries({
    "skip": st.floats(0, 1), "steps": st.integers(-3, 4), "spacing": st.sampled_from(SPACINGS),
    "levels": st.sampled_from([(), (1.0,), (1.0, 0.7, 0.001)]),
    "method": st.sampled_from(METHODS), "eta": st.floats(0, 1),
    "mode": st.sampled_from(GUIDANCES), "guidance": st.floats(0, 20),
    "clip": st.floats(0, 10), "image": st.floats(0, 4), "cutouts": st.integers(1, 16),
    "seed": st.floats(0, 1e6), "seeds": st.lists(st.tuples(st.floats(0, 1e6), st.floats(-2, 2)), max_size=4).map(tuple),
    "noise": st.sampled_from(["fixed", "frame", "travel"]),
    "source": st.sampled_from(["feedback", "noise", "black", "colour"]),
    "size": st.sampled_from([(96, 64), (64, 64), (17, 50)]),
    "prompts": st.lists(st.tuples(TEXTS, st.floats(-2, 2)), min_size=1, max_size=8).map(tuple),
    "regions": st.lists(st.sampled_from(REGIONS), max_size=8).map(tuple),
    "fade": st.floats(0, 3),
    "pose": st.builds(
        Pose, pan=st.floats(-99, 99), roll=st.floats(-999, 999), x=FAR, z=FAR, zoom=FAR,
    ),
    "mask": st.builds(
        Mask, kind=st.sampled_from(MASKS), x=st.floats(-1, 1), y=st.floats(-1, 1), size=st.floats(0, 2),
        soft=st.floats(0, 2), ratio=st.floats(0, 1), invert=st.booleans(), hold=st.floats(0, 1),
    ),
    "knobs": st.builds(Knobs, *[st.floats(0, 2)] * 4, attention=st.floats(0, 3)) | st.just(Knobs()),
    "planes": st.builds(
        Planes, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1),
        st.tuples(*[st.builds(Plane, st.floats(-20, 20), st.floats(-1, 1), st.booleans())] * 3),
    ),
    "every": st.integers(1, 4),
})  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(AXES, min_size=2, max_size=4))
def test_any_parameter_changes_live_without_a_crash(guided: Engine, changes: list[dict]) -> None:
    jobs = [replace(JOB, index=i, seconds=float(i), **change) for i, change in enumerate(changes)]
    for image, job in zip(film(guided, jobs), jobs, strict=True):
        assert image.shape[1] <= max(job.size[0], 16)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plays_recursion_steps_blends_and_sizes(model_folder: Callable[[str], Path], kind: str) -> None:
    other = Engine(load(str(model_folder(kind)), "cpu"))
    blend = (("sea", 1.0), ("a city at night", 0.5), ("fog", -0.4))
    changes = [
        {}, {"steps": 2}, {"steps": 4, "prompts": blend}, {"prompts": blend, "mode": "cfg", "guidance": 2.0},
        {"size": (77, 51), "skip": 0.3}, {"size": (77, 51), "pose": Pose(roll=20.0)},
    ]  # fmt: skip
    jobs = [replace(JOB, seconds=float(i), **change) for i, change in enumerate(changes)]
    for image, job in zip(film(other, jobs), jobs, strict=True):
        width, height = other.family.ability.fit(job.size)
        assert image.shape == (height, width, 3)
        assert width <= job.size[0]


@pytest.mark.parametrize("kind", KINDS)
def test_blends_are_continuous_in_their_weights(model_folder: Callable[[str], Path], kind: str) -> None:
    other = Engine(load(str(model_folder(kind)), "cpu", dtype=torch.float32))
    alone, *rest = (
        film(other, [replace(JOB, prompts=(("sea", 1.0), ("a city", weight)), source="noise")])[0].float()
        for weight in (0.0, 1e-4, -1e-4)
    )
    assert all((alone - near).abs().max() <= 2.0 for near in rest)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plays_every_method(model_folder: Callable[[str], Path], kind: str) -> None:
    other = Engine(load(str(model_folder(kind)), "cpu"))
    jobs = [
        replace(
            JOB, seconds=float(i), steps=i % 3 + 1, mode="cfg" if i else "none", guidance=2.0, method=method, eta=0.5
        )
        for i, method in enumerate(METHODS)
    ]
    assert [image.shape for image in film(other, jobs)] == [(64, 96, 3)] * len(METHODS)


@pytest.mark.parametrize("mode", ["auto", "none", "cfg", "clip"])
def test_the_sources_picture_pulls_by_its_weight_beside_the_text(engine: Engine, mode: str) -> None:
    job = replace(JOB, source="colour", colour=(0.9, 0.1, 0.1, 1.0), skip=0.2, mode=mode, noise="fixed")
    family, latents = engine.family, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(family), "decode", lambda f, x: (latents.append(x), autodecode(f, x))[1])
        films = [film(engine, [replace(job, image=weight)])[0] for weight in (0.0, 1.0, 4.0)]
    red = torch.tensor([0.9, 0.1, 0.1]).view(1, 3, 1, 1).expand(1, 3, 64, 96) * 2 - 1
    far = [float((latent - family.encode(red)).square().mean()) for latent in latents]
    assert far[0] > 1.5 * far[1] > 2 * far[2]
    assert torch.equal(films[0], film(engine, [job])[0])


class Cells:
    """An autoencoder whose latent is the picture in cells: what is sampled in one place is seen in no other."""

    factor = 8

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.avg_pool2d(torch.cat([pictures, pictures[:, :1]], 1), 8)

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.interpolate(latents[:, :3], scale_factor=8).clamp(-1, 1)


@pytest.fixture(scope="module")
def deep(engine: Engine) -> Engine:
    return Engine(replace(engine.family, autoencoder=Cells()), depth=Ramp())  # type: ignore[arg-type]


def thirds(image: torch.Tensor) -> list[torch.Tensor]:
    """The near, middle and far parts that `Ramp` sees of (1, 3, h, w), without their soft edges."""
    return [image[..., start + 8 : start + 24] for start in (0, 32, 64)]


def test_a_frozen_plane_stays_and_the_others_go_on(deep: Engine) -> None:
    _, carry = deep.step(JOB, None)
    before = replace(carry, image=torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1)) * 2 - 1)
    near = Planes(slices=(Plane(freeze=True), Plane(), Plane()))
    _, after = deep.step(replace(JOB, planes=near), before)
    changes = [(a - b).abs().mean() for a, b in zip(thirds(after.image), thirds(before.image), strict=True)]
    assert changes[0] < 1e-6
    assert min(changes[1:]) > 0.3


def test_planes_that_are_alike_are_what_one_picture_is(deep: Engine) -> None:
    _, carry = deep.step(JOB, None)
    alike = Planes(slices=(Plane(0.5), Plane(0.5), Plane(0.5)))
    a, _ = deep.step(replace(JOB, planes=alike, guidance=2.0), carry)
    b, _ = deep.step(replace(JOB, guidance=2.5), carry)
    assert (a.float() - b.float()).abs().max() <= 1.0


def test_a_plane_has_its_own_prompt_and_skip(deep: Engine) -> None:
    _, carry = deep.step(JOB, None)
    _, plain = deep.step(JOB, carry)
    words = replace(JOB, prompts=(("sea", 1.0), ("a red lamp", 3.0)), regions=("both", "far"))
    for job in (words, replace(JOB, planes=Planes(slices=(Plane(), Plane(), Plane(skip=-0.5))))):
        _, after = deep.step(job, carry)
        near, _, far = ((a - b).abs().mean() for a, b in zip(thirds(after.image), thirds(plain.image), strict=True))
        assert far > 5 * near, (near, far)


@pytest.mark.parametrize("mask", [Mask(), Mask("circle", size=0.5)])
def test_over_a_source_without_depth_a_planes_prompt_is_heard_everywhere_and_that_is_said(
    engine: Engine, mask: Mask
) -> None:
    deep = Engine(engine.family, depth=Ramp())  # type: ignore[arg-type]
    job = replace(JOB, prompts=(("sea", 1.0), ("a red lamp", 3.0)), source="noise", mask=mask)
    both, _ = deep.step(job, None)
    assert deep.notes == ()
    near, carry = deep.step(replace(job, regions=("both", "near")), None)
    assert torch.equal(near, both)
    assert any("/source/kind noise has none" in note for note in deep.notes)
    deep.step(replace(job, regions=("both", "near"), source="feedback"), carry)
    assert deep.notes == ()


def test_an_image_comes_with_how_near_things_are_where_that_is_asked_for(engine: Engine) -> None:
    deep = Engine(engine.family, depth=Ramp())  # type: ignore[arg-type]
    plain, _ = deep.step(JOB, None)
    image, carry = deep.step(replace(JOB, depth=True), None)
    assert torch.equal(image[..., :3], plain)
    assert (image[:, 0, 3].min(), image[:, -1, 3].max()) == (255, 0)
    assert carry.image.shape[1] == 3
    flat, _ = engine.step(replace(JOB, depth=True), None)
    assert torch.equal(flat, plain)
    assert any("take all for near" in note for note in engine.notes)


def test_planes_without_a_depth_head_say_so_and_play_flat(engine: Engine) -> None:
    _, carry = engine.step(JOB, None)
    deep = replace(JOB, planes=Planes(parallax=1.0), pose=Pose(x=0.2))
    image, _ = engine.step(deep, carry)
    assert any("no folder called depth" in note for note in engine.notes)
    assert torch.equal(image, engine.step(replace(deep, planes=Planes()), carry)[0])


def test_of_a_recursion_each_nth_image_is_sampled_and_the_others_only_move(engine: Engine) -> None:
    jobs = [replace(JOB, every=3, seed=float(i)) for i in range(7)]
    images = film(engine, jobs)
    same = [torch.equal(a, b) for a, b in pairwise(images)]
    assert same == [True, True, False, True, True, False]


def test_likeness_is_the_guides_and_without_one_it_is_said(engine: Engine, guided: Engine) -> None:
    image = film(guided, [JOB])[0]
    found = guided.likeness(image, "sea")
    assert found is not None
    assert 0.0 <= found <= 1.0
    assert engine.likeness(image, "sea") is None
    film(engine, [replace(JOB, likeness="sea")])
    assert any("/likeness/text needs a guide" in note for note in engine.notes)
