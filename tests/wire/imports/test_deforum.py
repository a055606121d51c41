"""Deforum's settings: at frame n the patch has what the schedules mean there; what is not played is named."""

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported import column, imported, shown, values

from perf.core.camera import Pose, homography
from perf.core.table import table
from perf.errors import ImportFileError
from perf.wire.imports import numexpr, schedule
from perf.wire.imports.camera import AXES, Shot
from perf.wire.imports.draft import Asked
from perf.wire.imports.nothing import INSTEAD
from perf.wire.imports.seeds import offset

EXACT = Asked("piece", "piece.txt", tolerance=0.0)
FPS, FRAMES = 12.0, 48
BASE = {
    "max_frames": FRAMES,
    "fps": FPS,
    "W": 512,
    "H": 256,
    "seed": 77,
    "animation_mode": "2D",
    "prompts": {"0": "sea"},
}


def settings(**changes: Any) -> str:
    return json.dumps(BASE | changes)


def notes(**changes: Any) -> str:
    return "\n".join(imported(settings(**changes))[1].notes)


def lane(address: str, **changes: Any) -> list[float]:
    return column(imported(settings(**changes), EXACT)[0], address, FPS, FRAMES)


def test_values_between_keys_are_on_a_line_and_expressions_are_computed_at_each_frame() -> None:
    found = lane("/sampler/skip", strength_schedule="0: (0.2), 24: (0.8), 36: (0.5 + 0.1 * sin(t / 3))")
    assert found[0:25:6] == pytest.approx([0.2, 0.35, 0.5, 0.65, 0.8])
    assert found[30] == pytest.approx((0.8 + 0.5 + 0.1 * math.sin(12)) / 2, abs=1e-5)
    assert found[36:] == pytest.approx([0.5 + 0.1 * math.sin(t / 3) for t in range(36, 48)], abs=1e-5)


@pytest.mark.parametrize("key", ["(1/2)", "(max_f / 94)", "(5e-1)", "1/2"])
def test_what_is_no_plain_number_is_computed_up_to_the_next_key(key: str) -> None:
    assert lane("/sampler/skip", strength_schedule=f"0: {key}, 24: (0)") == pytest.approx(
        [0.5] * 24 + [0.0] * 24, abs=1e-4
    )


def test_parentheses_may_be_left_out() -> None:
    found = lane("/sampler/skip", strength_schedule="0: 0.5, 40: +.7, 44: -(-0.1)")
    assert found[:48:10] == pytest.approx([0.5, 0.55, 0.6, 0.65, 0.7], abs=1e-4)
    assert found[44:] == pytest.approx([0.1] * 4, abs=1e-4)


def test_keys_after_the_last_frame_do_nothing() -> None:
    assert lane("/sampler/skip", strength_schedule="0: (0.2), 480: (0.9)") == pytest.approx([0.2] * FRAMES)
    assert lane("/sampler/skip", strength_schedule="480: (0.9)") == pytest.approx([0.9] * FRAMES)


def test_an_expression_that_holds_throughout_is_a_formula() -> None:
    _, made = imported(settings(cfg_scale_schedule="0: (5 + 2 * cos(t / 10) ** 2)"))
    assert 'address = "/sampler/guidance"\nformula = "5 + 2 * cos(t * 12 / 10) ^ 2"' in made.text
    found = lane("/sampler/guidance", cfg_scale_schedule="0: (5 + 2 * cos(t / 10) ** 2)")
    assert found == pytest.approx([5 + 2 * math.cos(t / 10) ** 2 for t in range(FRAMES)])


def test_guidance_as_older_versions_call_it() -> None:
    assert set(lane("/sampler/guidance", scale=3.5)) == {3.5}


@pytest.mark.parametrize(
    ("field", "value", "address", "speed"),
    [
        ("angle", 1.5, "/camera/roll", 18.0),
        ("zoom", 1.02, "/camera/zoom", FPS * math.log(1.02)),
        ("translation_x", 4, "/camera/x", -4 * FPS * 2 / 256),
        ("translation_y", 4, "/camera/y", 4 * FPS * 2 / 256),
    ],
)
def test_motion_in_2d_is_a_speed(field: str, value: float, address: str, speed: float) -> None:
    assert lane(address, **{field: f"0: ({value})"}) == pytest.approx([speed] * FRAMES, abs=1e-6)


def test_motion_in_3d_and_what_does_nothing_there() -> None:
    changes = {"animation_mode": "3D", "translation_z": "0: (10)", "rotation_3d_y": "0:(0), 47:(1)", "angle": "0: (3)"}
    gain = 1 / math.tan(math.radians(35)) / math.sqrt(512 / 256)  # of a projection as wide as the picture
    assert lane("/camera/z", **changes) == pytest.approx([-FPS * math.log(1 - gain * 10 / 190)] * FRAMES, abs=1e-6)
    assert lane("/camera/pan", **changes) == pytest.approx([FPS * n / 47 for n in range(FRAMES)], abs=1e-4)
    words = notes(**changes)
    assert "angle: does nothing in mode 3D" in words
    assert "plane at depth 1" in words


def looked_up(place: tuple[float, float], field: str, value: float, fov: float, ratio: float) -> tuple[float, float]:
    """Where Deforum's `transform_image_3d` looks up a place without a depth map, both in half widths and half heights
    (y down): less the way that its projection, `ratio` times as wide as high, goes in pytorch3d's conventions."""
    (x, y), turn = place, math.radians(value)
    c, s = math.cos(turn), math.sin(turn)
    moved = {
        "translation_x": (x - value / 200, y, 1.0), "translation_y": (x, y + value / 200, 1.0),
        "translation_z": (x, y, 1.0 - value / 200), "rotation_3d_x": (x, y * c + s, c - y * s),
        "rotation_3d_y": (x * c - s, y, x * s + c), "rotation_3d_z": (x * c + y * s, y * c - x * s, 1.0),
    }[field]  # fmt: skip
    tall = 1 / math.tan(math.radians(fov) / 2)
    return x - tall / ratio * (moved[0] / moved[2] - x), y - tall * (moved[1] / moved[2] - y)


@pytest.mark.parametrize("fov", [40.0, 70.0, 100.0])
@pytest.mark.parametrize(
    ("field", "value", "near"),
    [("translation_x", 5, 0), ("translation_y", -5, 0), ("translation_z", 4, 0), ("translation_z", -8, 0),
     ("rotation_3d_x", 1, 0.2), ("rotation_3d_y", -1.5, 0.2), ("rotation_3d_z", 2, 0.08)],
)  # fmt: skip
def test_motion_in_3d_looks_up_what_deforum_does(field: str, value: float, near: float, fov: float) -> None:
    """`near` is how much of the way may be another: Deforum's planes are no planes of one camera."""
    pose = Pose(**{AXES[True][field]: Shot(1.0, 512.0, True).rate(field, value, fov)})
    rows = homography(pose, fov)
    for x, y in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (-0.4, 0.3)):
        there = looked_up((x, y), field, value, fov, 1.0)
        across, up, along = (row[0] * x - row[1] * y + row[2] for row in rows)
        way = max(math.dist((x, y), there), 0.01)
        assert math.dist((across / along, -up / along), there) <= near * way + 1e-9


def test_a_projection_of_its_own_goes_as_far_across_in_a_wide_picture() -> None:
    """`aspect_ratio_schedule` is 1 in files since the old formula, the picture's, can be left."""
    own, theirs = Shot(1.0, 256.0, True, 2.0, 1.0), Shot(1.0, 256.0, True, 2.0)
    there = looked_up((0.0, 0.0), "translation_x", 5, 70.0, 1.0)
    assert own.rate("translation_x", 5, 70.0) == pytest.approx(2.0 * there[0])
    assert theirs.rate("translation_x", 5, 70.0) == pytest.approx(there[0])
    old, new = (
        {"animation_mode": "3D", "translation_x": "0: (5)", "aspect_ratio_use_old_formula": is_}
        for is_ in (True, False)
    )
    assert lane("/camera/x", **new)[0] == pytest.approx(2.0 * lane("/camera/x", **old)[0])
    assert "aspect_ratio" not in notes(**new)


@pytest.mark.parametrize(("field", "axis"), [("translation_z", "z"), ("rotation_3d_z", "roll")])
def test_expressions_of_3d_motion_are_formulas(field: str, axis: str) -> None:
    changes = {"animation_mode": "3D", field: "0: (2 * sin(t / 5))"}
    assert f'address = "/camera/{axis}"\nformula = ' in imported(settings(**changes))[1].text
    shot = Shot(FPS, 256.0, True, 2.0)
    wanted = [shot.rate(field, 2 * math.sin(t / 5), 70.0) for t in range(FRAMES)]
    assert lane(f"/camera/{axis}", **changes) == pytest.approx(wanted, abs=1e-5)


def test_prompts_stand_from_their_frames_with_what_is_added_to_all() -> None:
    prompts = {"0": "sea :0.7 AND ships :0.3 --neg fog", "max_f-11": "a lamp"}
    patch, _ = imported(settings(prompts=prompts, animation_prompts_negative="people"))
    first, last = {"sea": 0.7, "ships": 0.3, "fog, people": -1.0}, {"a lamp": 1.0, "people": -1.0}
    assert [shown(row) for row in values(patch, [0.0, 35 / FPS, 36 / FPS, 99.0])] == [first, first, last, last]


def test_what_is_added_to_all_prompts_comes_before_them_and_behind_what_they_keep_away_from() -> None:
    """`f"{positive} {prompt} {'' if '--neg' in prompt else '--neg'} {negative}"`, as Deforum writes it."""
    added = {"animation_prompts_positive": "an oil painting,", "animation_prompts_negative": "--neg people"}
    patch, _ = imported(settings(prompts={"0": "sea :0.7 AND ships :0.3 --neg fog"}, **added))
    assert shown(values(patch, [0.0])[0]) == {"an oil painting, sea": 0.7, "ships": 0.3, "fog, people": -1.0}


def test_a_run_s_own_file_says_twice_what_was_added_to_all_prompts() -> None:
    changes = {"prompts": {"0": "oil sea --neg fog"}, "positive_prompts": "oil", "negative_prompts": "fog"}
    patch, made = imported(settings(**changes))
    assert shown(values(patch, [0.0])[0]) == {"oil sea": 1.0, "fog": -1.0}
    assert "_prompts" not in "\n".join(made.notes)


def test_prompts_of_the_mode_interpolation_blend() -> None:
    patch, _ = imported(settings(animation_mode="Interpolation", prompts={"0": "sea", "24": "ice", "48": "gold"}))
    found = [shown(row) for row in values(patch, [frame / FPS for frame in (0, 6, 24, 36, 48, 96)])]
    blends = [{"sea": 0.75, "ice": 0.25}, {"ice": 1.0}, {"ice": 0.5, "gold": 0.5}, {"gold": 1.0}, {"gold": 1.0}]
    assert found == [{"sea": 1.0}, *blends]


def test_in_the_mode_interpolation_nothing_goes_from_one_frame_to_the_next() -> None:
    """Deforum's `render_interpolation` makes each frame from noise, with all its steps, and warps none."""
    idle = {"strength_schedule": "0: (0.65)", "zoom": "0: (1.02)", "translation_z": "0: (5)", "diffusion_cadence": 3}
    changes = {"animation_mode": "Interpolation", "steps": 20, **idle}
    (row,) = values(imported(settings(**changes))[0], [1.0])
    wanted = {"/source/kind": "noise", "/sampler/steps": 20, "/sampler/rate": FPS, "/camera/zoom": 0, "/camera/z": 0}
    assert {address: row[address] for address in wanted} == wanted
    for field in idle:
        assert f"{field}: does nothing in mode Interpolation; it is left out" in notes(**changes)


def test_an_expression_inside_of_a_prompt() -> None:
    changes = {"prompts": {"0": "sea", "12": "a moon :`0.5 + t / 100`"}}
    patch, _ = imported(settings(**changes))
    assert shown(values(patch, [1.0])[0]) == {"a moon": 0.62}
    assert "`backticks`" in notes(**changes)


@pytest.mark.parametrize(
    ("behaviour", "seeds"),
    [
        ("iter", [77, 78, 79, 80, 81, 82]), ("fixed", [77] * 6), ("ladder", [77, 79, 78, 80, 79, 81]),
        ("alternate", [77, 78, 77, 78, 77, 78]), ("schedule", [5, 5, 5, 9, 9, 9]),
    ],
)  # fmt: skip
def test_seeds(behaviour: str, seeds: list[int]) -> None:
    found = lane("/sampler/seed", seed_behavior=behaviour, seed_schedule="0:(5), 2:(5), 3:(9)")
    assert found[:6] == seeds
    if behaviour != "schedule":
        assert [77 + offset(behaviour, n) for n in range(6)] == seeds


def test_random_seeds_stay_in_their_range_and_are_the_same_each_time() -> None:
    found = lane("/sampler/seed", seed_behavior="random")
    assert len(set(found)) > 40
    assert found == lane("/sampler/seed", seed_behavior="random")
    assert "other random seeds" in notes(seed_behavior="random")


def test_steps_are_those_that_strength_leaves() -> None:
    assert set(lane("/sampler/steps", steps=20, strength_schedule="0: (0.75)")) == {5}


def test_steps_stay_where_their_schedule_is_none() -> None:
    changes = {"steps": 20, "strength_schedule": "0: (0.75)", "enable_steps_scheduling": True}
    assert set(lane("/sampler/steps", **changes, steps_schedule=[9])) == {5}
    assert set(lane("/sampler/steps", **changes, steps_schedule="0: (40)")) == {10}
    assert "steps_schedule: [9] is no schedule" in notes(**changes, steps_schedule=[9])


def test_cadence_is_the_rate() -> None:
    assert set(lane("/sampler/rate", diffusion_cadence=3)) == {4.0}


@pytest.mark.parametrize(
    "key",
    ["near_schedule", "noise_schedule", "contrast_schedule", "color_coherence", "antiblur_sigma_schedule", "border",
     "hybrid_composite", "cn_1_enabled", "my_extension", "video_init_path", "mask_file", "checkpoint_schedule"],
)  # fmt: skip
def test_every_setting_without_a_counterpart_is_named(key: str) -> None:
    assert key in notes(**{key: "0: (1.5)"})


def test_what_stands_for_a_setting_is_there() -> None:
    assert set(re.findall(r"/[a-z]+/[a-z]+", " ".join(INSTEAD.values()))) <= table().keys()
    assert "colour coherence; /source/coherence leads colours back here" in notes(color_coherence="LAB")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fps": "fast"}, "fps is 'fast'; it takes 0.1…240, and 15 is played"),
        (
            {"angle": [1]},
            "angle: [1] is no schedule; a schedule is a text, FRAME: (EXPRESSION), …; its default 0: (0) is",
        ),
        ({"zoom": {"0": 1}}, "zoom: {'0': 1} is no schedule"),
        ({"strength_schedule": None}, "strength_schedule: None is no schedule"),
        (
            {"cfg_scale_schedule": " "},
            "cfg_scale_schedule: a schedule of 0 keys; 1…10000 are read; its default 0: (7) is",
        ),
        ({"angle": True}, "angle: True is no schedule"),
        ({"angle": "0: (1), 5: (3), 0: (2)"}, "angle: frame 0 has more than one key; the last is played"),
        (
            {"prompts": {"0": "sea", "max_f-47": "ice"}},
            "prompts: frame 0 has more than one, the last of them 'max_f-47'",
        ),
        (
            {"prompts": ["sea", "ice"]},
            "prompts: ['sea', 'ice'] has no frames; each prompt is played on the frame after",
        ),
        ({"animation_mode": "4D"}, "known are None, 2D, 3D"),
        ({"strength_schedule": "0.5"}, "strength_schedule: '0.5' is not a key; a key is FRAME: (EXPRESSION)"),
        ({"strength_schedule": "0:"}, "strength_schedule: '0:' is not a key; a key is FRAME: (EXPRESSION)"),
        ({"zoom": "0: (__import__('os'))"}, "zoom: \"(__import__('os'))\" has"),
        ({"angle": "0: (1 / t)"}, "angle: not every frame can be computed"),
        ({"seed": -1}, "seed -1 stands for any"),
        ({"seed": 2**32}, "taken modulo 1000000: 4294967296 is 967296"),
        ({"seed_behavior": "sideways"}, "seed_behavior is 'sideways'"),
        ({"sampler": "DPM++ 9000"}, "the model's own method is played"),
        ({"strength_schedule": "0: (1.5)"}, "lie outside of 0…1 and are brought into it"),
        ({"prompts": {"0": "sea", "soon": "ice"}}, "its prompt is left out"),
        ({"prompts": {"0": "sea", "99": "ice"}}, "1 prompts come after the last frame, 47"),
        ({"prompts": {"0": "a (red:1.3) sea"}}, "emphasis"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_played(changes: dict[str, Any], words: str) -> None:
    patch, made = imported(settings(**changes))
    assert words in "\n".join(made.notes)
    values(patch, [0.0, 1.0])


def test_settings_that_hold_nothing_are_refused() -> None:
    with pytest.raises(ImportFileError, match="neither prompts nor schedules"):
        imported('{"max_frames": 3}')


FIELDS = ["strength_schedule", "zoom", "angle", "translation_z", "rotation_3d_x", "fov_schedule", "seed_schedule",
          "cfg_scale_schedule", "steps_schedule", "prompts", "seed", "seed_iter_N", "fps", "W", "H", "max_frames",
          "diffusion_cadence", "sampler", "animation_prompts_positive", "enable_steps_scheduling"]  # fmt: skip
PIECES = [
    "0",
    "t",
    "s",
    "max_f",
    "+",
    "-",
    "*",
    "/",
    "**",
    "%",
    "(",
    ")",
    "sin(",
    "where(",
    ",",
    ":",
    "12",
    "1e9",
    "~",
    " ",
]
expressions = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)
schedules = st.lists(st.builds("{}: ({})".format, st.integers(0, 60), expressions), max_size=4).map(", ".join)
garbage = st.one_of(
    schedules, expressions, st.none(), st.booleans(), st.floats(), st.integers(-(10**20), 10**20), st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=3),
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=6), garbage, max_size=6),
    st.sampled_from(["2D", "3D", "Interpolation"]),
    st.sampled_from(["iter", "random", "schedule", "ladder"]),
)
def test_any_settings_become_a_patch_that_plays_or_are_refused(document: dict[str, Any], mode: str, seeds: str) -> None:
    whole = {"max_frames": 30} | document | {"animation_mode": mode, "seed_behavior": seeds}
    try:
        patch, made = imported(json.dumps(whole))
    except ImportFileError as error:
        assert error.file
        return
    values(patch, [0.0, 0.7])
    for key in document:
        unknown = key not in (*FIELDS, "") and key.isalnum() and key.isascii()
        assert not unknown or key in "\n".join(made.notes)


keys = st.dictionaries(st.integers(0, 50), st.floats(0, 1).map(lambda x: round(x, 3)), min_size=1, max_size=8)


@given(keys)
def test_a_schedule_is_what_the_patch_has_at_each_frame(points: dict[int, float]) -> None:
    text = ", ".join(f"{frame}: ({value})" for frame, value in points.items())
    wanted = schedule.parse(text, {}).values(FRAMES, {})
    assert lane("/sampler/skip", strength_schedule=text) == pytest.approx(wanted, abs=2e-4), "places have five decimals"


@given(expressions)
def test_a_formula_gives_what_its_expression_gives_or_there_is_none(text: str) -> None:
    try:
        node = numexpr.parse(text)
    except ValueError as error:
        assert str(error)
        return
    assert isinstance(numexpr.value(node, {"t": 3.0, "s": 1.0, "max_f": 9.0}), float)
    again = numexpr.formula(node, {"t": "t", "s": "s", "max_f": "m"})
    assert again == "" or again.count("(") == again.count(")")


def test_splitting_minds_parentheses() -> None:
    assert schedule.split("0: (where(t, 1, 2)), 5: (1)") == ["0: (where(t, 1, 2))", " 5: (1)"]


def test_a_plane_passed_through_is_a_speed_that_can_be_computed() -> None:
    assert math.isfinite(Shot(12.0, 512.0, True).rate("translation_z", 500.0, 70.0))
