"""Records: the same for ever, at any size, with what is true of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.records.process import PROCESSES
from perf.records.record import KINDS, Attributes, Record, develop, render

ATTRIBUTES = st.builds(Attributes, **{kind: st.sampled_from(names) for kind, names in KINDS.items()})


def record(attributes: Attributes, seed: int = 5) -> Record:
    return Record(seed, attributes, 1990, "", "", "")


@settings(max_examples=40, deadline=None)
@given(ATTRIBUTES, st.integers(0, 2**31 - 1), st.sampled_from([(80, 48), (64, 64), (48, 80), (8, 8), (97, 61)]))
def test_a_record_is_drawn_the_same_twice_at_any_aspect(of: Attributes, seed: int, size: tuple[int, int]) -> None:
    first, second = develop(record(of, seed), *size), develop(record(of, seed), *size)
    assert first.picture.shape == (size[1], size[0], 3)
    assert first.picture.dtype == np.uint8
    assert first.mask.shape == first.depth.shape == (size[1], size[0])
    assert np.array_equal(first.picture, second.picture)
    for field in (first.mask, first.depth):
        assert np.isfinite(field).all()
        assert 0 <= field.min() <= field.max() <= 1


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(KINDS["subject"]), st.sampled_from(KINDS["light"]), st.integers(0, 1000))
def test_a_larger_picture_is_the_same_composition(subject: str, light: str, seed: int) -> None:
    one = record(Attributes(subject, "gold", light), seed)
    small = render(one, 80, 48).astype(float)
    large = render(one, 320, 192).astype(float)
    # In cells that are coarser than the finest lines: those alias in the small picture.
    coarse = [picture.reshape(12, len(picture) // 12, 20, -1, 3).mean(axis=(1, 3)) for picture in (small, large)]
    assert np.abs(coarse[0] - coarse[1]).mean() < 12


@pytest.mark.parametrize("subject", KINDS["subject"])
def test_every_subject_has_form_and_colour_in_every_palette(subject: str) -> None:
    means = []
    for palette in KINDS["palette"]:
        picture = render(record(Attributes(subject, palette, "dusk")), 80, 48).astype(float)
        assert picture.std() > 8
        means.append(picture.mean(axis=(0, 1)))
    apart = [np.abs(a - b).sum() for i, a in enumerate(means) for b in means[:i]]
    assert min(apart) > 3


@pytest.mark.parametrize("subject", KINDS["subject"])
def test_the_mask_is_on_the_subject_and_not_everywhere(subject: str) -> None:
    masks = [develop(record(Attributes(subject, "gold"), seed), 80, 48).mask.mean() for seed in range(6)]
    assert max(masks) > 0.02, "it is in the picture"
    assert min(masks) < 0.98 or subject in ("plasma", "lattice", "waves"), "these fill it"


@pytest.mark.parametrize("subject", ["sea", "street", "field", "room", "garden", "desert"])
def test_what_is_low_in_a_place_is_nearer(subject: str) -> None:
    depth = np.mean([develop(record(Attributes(subject, "gold"), seed), 80, 48).depth for seed in range(8)], axis=0)
    assert depth[-4:].mean() < depth[20:26].mean() - 0.1


def test_the_other_attributes_leave_the_composition_where_it_is() -> None:
    before = Attributes("mountains", "ice", "day")
    for changes in ({"palette": "ember"}, {"light": "night"}, {"weather": "snow"}, {"process": "vhs"}):
        one, other = (develop(record(of), 80, 48) for of in (before, replace(before, **changes)))
        assert np.array_equal(one.mask, other.mask)
        assert np.abs(one.picture.astype(int) - other.picture).mean() > 3


def test_lights_change_the_luminance() -> None:
    def level(light: str) -> float:
        pictures = [render(record(Attributes(s, "silver", light), 3), 48, 32) for s in KINDS["subject"]]
        return float(np.mean(pictures))

    assert level("night") < level("dusk") < level("day")


def test_a_close_shot_shows_the_subject_larger() -> None:
    def share(shot: str) -> float:
        plates = [develop(record(Attributes("moon", "ice", shot=shot), s), 80, 48) for s in range(8)]
        return float(np.mean([plate.mask.mean() for plate in plates]))

    assert share("wide") < share("medium") < share("close")


@pytest.mark.parametrize("name", [name for name, process in PROCESSES.items() if not process.colour])
def test_a_process_without_colour_shows_none_in_its_middle(name: str) -> None:
    picture = render(record(Attributes("city", "neon", process=name)), 96, 96)[30:66, 30:66].astype(int)
    assert (picture.max(axis=2) - picture.min(axis=2)).mean() < 16


def test_every_process_is_told_from_every_other() -> None:
    pictures = {n: render(record(Attributes("island", "silver", process=n)), 128, 128).astype(int) for n in PROCESSES}
    for a in pictures:
        for b in pictures:
            assert a == b or np.abs(pictures[a] - pictures[b]).mean() > 5, (a, b)


def test_a_record_that_cannot_be_says_what_may_be() -> None:
    with pytest.raises(ValueError, match=r"subject 'cathedral'.*sea"):
        Attributes("cathedral", "ember")
    with pytest.raises(ValueError, match="4x4"):
        render(record(Attributes("sea", "ember")), 4, 4)
