"""A Parseq document: fields as its interpolations say and its rendered frames have them; prompts by their overlaps."""

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported import column, imported, shown, values

from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked

EXACT = Asked("piece", "piece.txt", tolerance=0.0)
FPS, BPM, LAST = 20.0, 120.0, 40


def prompt(text: str, first: int, last: int, **overlap: Any) -> dict[str, Any]:
    return {"positive": text, "negative": "", "from": first, "to": last, "overlap": overlap or {"type": "none"}}


DOCUMENT: dict[str, Any] = {
    "options": {"input_fps": FPS, "output_fps": FPS, "bpm": BPM, "cadence": 2},
    "managedFields": ["seed", "strength", "scale", "angle", "zoom", "noise"],
    "prompts": {"format": "v2", "enabled": True, "promptList": [prompt("a sea", 0, 20), prompt("ice", 21, LAST)]},
    "keyframeLock": "frames",
    "keyframes": [
        {"frame": 0, "seed": 7, "seed_i": "S + f", "strength": 0.2, "scale": 6, "scale_i": "sin(p=1b, a=2, c=6)",
         "angle": 0, "zoom": 1, "noise": 0.04},
        {"frame": 20, "strength": 0.8, "strength_i": "bez(0.4, 0, 0.6, 1)"},
        {"frame": LAST, "seed": 7, "strength": 0.4, "scale": 6, "angle": 80, "zoom": 2, "noise": 0.04},
    ],
}  # fmt: skip


def ease(x: float) -> float:
    """The Bézier of the document, solved by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        s = (low + high) / 2
        low, high = (s, high) if 1.2 * (1 - s) ** 2 * s + 1.8 * (1 - s) * s * s + s**3 < x else (low, s)
    return 3 * (1 - low) * low * low + low**3


def rendered(frame: int) -> dict[str, float]:
    """What Parseq makes of the document at a frame, by hand."""
    strength = 0.2 + 0.6 * frame / 20 if frame <= 20 else 0.8 - 0.4 * ease((frame - 20) / 20)
    turn = 2 * math.pi * frame / 10  # a beat at 120 BPM is 10 frames
    found = {"seed": 7 + frame, "strength": strength, "scale": 6 + 2 * math.sin(turn), "angle": 2 * frame}
    return {"frame": frame, "zoom": 1 + frame / LAST, "noise": 0.04, **found}


def document(**changes: Any) -> str:
    return json.dumps(copy.deepcopy(DOCUMENT) | changes)


def lane(text: str, address: str) -> list[float]:
    return column(imported(text, EXACT)[0], address, FPS, LAST + 1)


def notes(text: str) -> str:
    return "\n".join(imported(text)[1].notes)


@pytest.mark.parametrize("lock", ["frames", "seconds", "beats"])
def test_the_patch_has_the_rendered_values_at_each_frame(lock: str) -> None:
    rows = [rendered(frame) for frame in range(LAST + 1)]
    text = document(keyframeLock=lock, rendered_frames=rows)
    for address, name in (("/sampler/skip", "strength"), ("/sampler/guidance", "scale"), ("/sampler/seed", "seed")):
        assert lane(text, address) == pytest.approx([row[name] for row in rows], abs=2e-4), name
    _, made = imported(text)
    assert "Checked against rendered_frames" in made.text
    assert "differs" not in "\n".join(made.notes)
    assert ("unit = " in made.text) == (lock != "beats"), "a document locked to beats is counted in beats"


def test_interpolations_stay_what_they_are() -> None:
    made = imported(document())[1].text
    assert "bezier(0.4, 0, 0.6, 1)" in made
    assert 'formula = "6 + 2 * sine(t / 0.5)"' in made
    assert 'formula = "7 + floor(t * 20 + 0.001)"' in made


def test_rendered_values_win_where_they_differ() -> None:
    rows = [rendered(frame) | {"strength": 0.5 + frame / 100} for frame in range(LAST + 1)]
    text = document(rendered_frames=rows)
    assert "strength: differs by up to" in notes(text)
    assert lane(text, "/sampler/skip") == pytest.approx([0.5 + n / 100 for n in range(LAST + 1)], abs=1e-4)


def test_motion_is_the_difference_from_frame_to_frame() -> None:
    assert lane(document(), "/camera/roll") == pytest.approx([2 * FPS] * (LAST + 1))
    speed = FPS * math.log(1 + 1 / LAST)
    assert lane(document(), "/camera/zoom") == pytest.approx([speed] * (LAST + 1), abs=1e-4)


@pytest.mark.parametrize("lacking", [None, 7])
def test_motion_is_what_was_rendered_of_it_where_every_frame_says(lacking: int | None) -> None:
    """Parseq's first versions handed Deforum the ratio of two zooms."""
    rows = [rendered(frame) for frame in range(LAST + 1)]
    for before, row in zip([rows[0], *rows], rows, strict=False):
        row["zoom_delta"] = row["zoom"] / before["zoom"]
    if lacking:
        del rows[lacking]["zoom_delta"]
    ratios = [row.get("zoom_delta", 1.0) for row in (rows[1], *rows[1:])]
    wanted = [1 + 1 / LAST] * (LAST + 1) if lacking else ratios
    assert lane(document(rendered_frames=rows), "/camera/zoom") == pytest.approx(
        [FPS * math.log(one) for one in wanted], abs=1e-4
    )


def test_motion_in_speeds_is_taken_as_it_stands() -> None:
    patch, _ = imported(document(), Asked("piece", "piece.txt", tolerance=0.0, absolute=False))
    assert column(patch, "/camera/roll", FPS, LAST + 1) == pytest.approx(
        [min(2 * FPS * n, 90) for n in range(LAST + 1)], abs=0.01
    )


def test_prompts_stand_from_frame_to_frame() -> None:
    patch, _ = imported(document())
    assert [shown(row) for row in values(patch, [0.0, 1.0, 21 / FPS, 2.0])] == [
        {"a sea": 1},
        {"a sea": 1},
        {"ice": 1},
        {"ice": 1},
    ]


@pytest.mark.parametrize(
    "prompts",
    [{"enabled": False, "promptList": [prompt("a sea", 0, LAST)]}, [{**prompt("a sea", 0, LAST), "enabled": False}]],
)
def test_prompts_that_parseq_does_not_manage_are_not_played(prompts: Any) -> None:
    patch, made = imported(document(prompts=prompts))
    assert "a sea" not in shown(values(patch, [0.0])[0])
    assert "Parseq does not manage them" in "\n".join(made.notes)


def test_overlapping_prompts_fade() -> None:
    one = prompt("a sea", 0, 20, type="linear", inFrames=0, outFrames=10)
    two = prompt("ice", 10, LAST, type="linear", inFrames=10, outFrames=0)
    patch, _ = imported(document(prompts={"promptList": [one, two]}), EXACT)
    found = [shown(row) for row in values(patch, [0.25, 0.6, 0.75, 1.25])]
    assert found == [{"a sea": 1}, {"a sea": 0.8, "ice": 0.2}, {"a sea": 0.5, "ice": 0.5}, {"ice": 1}]


def test_expressions_inside_of_prompts() -> None:
    one = {"positive": "a sea of ${strength}", "negative": '${if (f > 9) "fog" else "rain"}', "allFrames": True}
    text = document(prompts={"promptList": [one], "commonPrompt": {"positive": "oil", "negative": ""}})
    patch, made = imported(text)
    assert shown(values(patch, [0.0])[0]) == {"a sea of 0.2 oil": 1, "rain": -1}
    assert shown(values(patch, [1.0])[0]) == {"a sea of 0.8 oil": 1, "fog": -1}
    assert "rounded to 0.1" in "\n".join(made.notes)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("rand(min=0, max=1)", "rand draws other lots"),
        ("wobble(3)", "the function 'wobble' is not known here; straight lines"),
        ("1 / 0", "it cannot be computed; straight lines"),
        ("((", "where a value should be; straight lines"),
    ],
)
def test_what_is_not_understood_is_said(field: str, words: str) -> None:
    changed = copy.deepcopy(DOCUMENT)
    changed["keyframes"][0]["strength_i"] = field
    del changed["keyframes"][1]["strength_i"]
    text = json.dumps(changed)
    assert f"strength: {words}" in notes(text).replace("'((' has 'its end' ", "")
    lane(text, "/sampler/skip")


def test_what_has_no_counterpart_is_named() -> None:
    words = notes(document(reverseRender=True, timeSeries=[1, 2]))
    for name in ("noise", "reverseRender", "timeSeries"):
        assert name in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bpm": 0}, "options: bpm is '0'; it takes 1…10000, and 120 is played"),
        ({"bpm": math.nan}, "options: bpm is 'nan'"),
        ({"bpm": [1]}, "options: bpm is '[1]'"),
        ({"output_fps": 0, "input_fps": 0}, "options: output_fps is '0'; it takes 0.1…240, and 20 is played"),
        ({"output_fps": 0, "input_fps": 30}, "options: output_fps is '0'; it takes 0.1…240, and 30 is played"),
        ({"cadence": -1}, "options: cadence is '-1'; it takes 1…1000, and 1 is played"),
    ],
)
def test_an_option_that_is_none_is_said_with_what_is_played(options: dict[str, Any], words: str) -> None:
    assert words in notes(document(options=options))


@pytest.mark.parametrize("options", [{}, {"bpm": None, "output_fps": "", "input_fps": "20"}])
def test_an_option_that_is_left_out_is_not_noted(options: dict[str, Any]) -> None:
    assert "options" not in notes(document(options=options))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rendered_frames": "yes"}, "rendered_frames is 'yes' and no list: nothing is checked against it"),
        ({"rendered_frames": [rendered(0), {"frame": 99}, 3]}, "rendered_frames has 1 of 41 frames"),
        ({"rendered_frames": []}, "rendered_frames has 0 of 41 frames"),
        ({"keyframeLock": "hours"}, "keyframeLock is 'hours'; known are frames, seconds, beats, and frames is played"),
        ({"keyframeLock": ["beats"]}, "known are frames, seconds, beats"),
    ],
)
def test_what_says_nothing_is_noted(changes: dict[str, Any], words: str) -> None:
    assert words in notes(document(**changes))


def test_keyframes_that_are_no_numbers_or_stand_twice_are_noted() -> None:
    rows = copy.deepcopy(DOCUMENT["keyframes"])
    rows[1]["angle"], rows[1]["zoom"], rows[1]["strength"] = "big", "", None
    assert "angle: 1 keyframes are no numbers, the first of them 'big' at frame 20" in notes(document(keyframes=rows))
    assert "zoom: 1 keyframes" not in notes(document(keyframes=rows))
    twice = [*rows, {"frame": 20, "strength": 0.3}]
    words = "1 frames have several keyframes, the first of them frame 20: of each field the last value counts"
    assert words in notes(document(keyframes=twice))
    assert lane(document(keyframes=twice), "/sampler/skip")[20] == pytest.approx(0.3)


def test_keyframes_without_a_frame_are_left_out_and_none_at_all_is_refused() -> None:
    assert "1 keyframes have no frame" in notes(document(keyframes=[{"seed": 1}, *DOCUMENT["keyframes"]]))
    with pytest.raises(ImportFileError, match="no keyframes with a frame") as caught:
        imported(document(keyframes=[{"frame": "soon"}]))
    assert caught.value.file == "piece.txt"


WORDS = ["L", "S", "C", "P", "f", "k", "1", "2b", "sin(p=3)", "+", "-", "*", "/", "bez(0.1,0,1,1)", "rand(min=0,max=9)",
         "if (f<3) 1 else 2", "prev_computed_value", "(", ")", '"x"', "saw(p=2,li=1)"]  # fmt: skip
language = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
garbage = st.one_of(
    language, st.none(), st.floats(), st.integers(-(10**20), 10**20), st.text(max_size=9),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=4), st.text(max_size=9), max_size=2),
)  # fmt: skip
FIELDS = ["seed", "strength", "zoom", "angle", "rotation_3d_x", "fov", "scale", "prompt_weight_1"]
rows = st.fixed_dictionaries(
    {"frame": st.integers(0, 30) | garbage},
    optional={name: st.floats(-10, 10) | garbage for name in FIELDS} | {f"{name}_i": language for name in FIELDS},
)
TOPS = ["options", "prompts", "managedFields", "keyframeLock", "rendered_frames", "other"]


texts = language.map("a ${{{}}}".format) | garbage


@given(
    st.lists(rows, max_size=4),
    st.dictionaries(st.sampled_from(TOPS), garbage | st.lists(rows, max_size=3), max_size=3),
    st.lists(st.fixed_dictionaries({}, optional={"positive": texts, "from": garbage,
             "to": garbage, "overlap": garbage}), max_size=3),
)  # fmt: skip
def test_any_document_becomes_a_patch_that_plays_or_is_refused(
    keyframes: list[Any], top: dict[str, Any], prompts: list[Any]
) -> None:
    try:
        patch, _ = imported(json.dumps({"prompts": prompts} | top | {"keyframes": keyframes}))
    except ImportFileError as error:
        assert error.file
        return
    values(patch, [0.0, 0.7])
