"""Records: the same for ever, at any size, and called by captions that can be read back."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.records import (
    LIGHT_NAMES,
    PALETTE_NAMES,
    SUBJECTS,
    Record,
    archive,
    compose,
    contact_sheet,
    counts,
    export,
    overview,
    parse,
    render,
    tile,
    words,
)

RECORDS = st.builds(
    Record,
    seed=st.integers(0, 2**31 - 1),
    subject=st.sampled_from(SUBJECTS),
    palette=st.sampled_from(PALETTE_NAMES),
    light=st.sampled_from(LIGHT_NAMES),
    caption=st.just(""),
)


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.sampled_from([(80, 48), (64, 64), (48, 80), (8, 8)]))
def test_a_record_is_drawn_the_same_twice_at_any_aspect(record: Record, size: tuple[int, int]) -> None:
    first, second = render(record, *size), render(record, *size)
    assert first.shape == (size[1], size[0], 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)


@settings(max_examples=25, deadline=None)
@given(RECORDS)
def test_a_larger_picture_is_the_same_composition(record: Record) -> None:
    small = render(record, 80, 48).astype(float)
    large = render(record, 320, 192).astype(float).reshape(48, 4, 80, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - large).mean() < 10


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_form_and_colour_in_every_palette(subject: str) -> None:
    means = []
    for palette in PALETTE_NAMES:
        picture = render(Record(5, subject, palette, "dusk", ""), 80, 48).astype(float)
        assert picture.std() > 8
        means.append(picture.mean(axis=(0, 1)))
    apart = [np.abs(a - b).sum() for i, a in enumerate(means) for b in means[:i]]
    assert min(apart) > 3


def test_lights_change_the_luminance() -> None:
    def level(light: str) -> float:
        return float(np.mean([render(Record(3, s, "silver", light, ""), 48, 32).mean() for s in SUBJECTS]))

    assert level("night") < level("dusk") < level("day")


def test_a_longer_archive_begins_with_a_shorter_one() -> None:
    assert archive(40, seed=3)[:18] == archive(18, seed=3)
    assert archive(5, seed=3) != archive(5, seed=4)


def test_counts_add_up_and_every_subject_comes_equally_often() -> None:
    found = counts(archive(36))
    assert {sum(kind.values()) for kind in found.values()} == {36}
    assert set(found["subject"].values()) == {2}


@given(
    st.sampled_from(SUBJECTS),
    st.sampled_from(PALETTE_NAMES),
    st.sampled_from(LIGHT_NAMES),
    st.integers(0, 10_000),
)
def test_what_a_caption_says_can_be_read_back(subject: str, palette: str, light: str, seed: int) -> None:
    said = parse(compose(subject, palette, light, np.random.default_rng(seed)))
    assert said.subject == subject
    assert said.palette in (palette, None)
    assert said.light in (light, None)


def test_some_captions_leave_attributes_unsaid() -> None:
    said = [parse(record.caption) for record in archive(300)]
    assert 0.1 < np.mean([one.palette is None for one in said]) < 0.5
    assert 0.1 < np.mean([one.light is None for one in said]) < 0.6


@given(st.text(max_size=60))
def test_any_text_may_be_parsed(text: str) -> None:
    parse(text)


def test_the_vocabulary_is_small_and_covers_the_archive() -> None:
    known = set(words())
    assert len(known) <= 150
    for record in archive(300):
        assert set(record.caption.replace(",", " ,").split()) <= known


def test_a_record_that_cannot_be_says_what_may_be() -> None:
    with pytest.raises(ValueError, match=r"subject 'cathedral'.*sea"):
        Record(1, "cathedral", "ember", "day", "")
    with pytest.raises(ValueError, match="4x4"):
        render(Record(1, "sea", "ember", "day", ""), 4, 4)


def test_a_sheet_and_an_export_are_written(tmp_path) -> None:
    contact_sheet(tmp_path / "sheet.png", archive(4), columns=2, size=(32, 16))
    export(tmp_path / "out", archive(3), size=(32, 16))
    lines = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert [line["file_name"] for line in lines] == ["000000.png", "000001.png", "000002.png"]
    assert (tmp_path / "sheet.png").stat().st_size > 100
    assert len(overview()) == len(SUBJECTS) * len(PALETTE_NAMES)


def test_tiling_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        tile([], 3)
