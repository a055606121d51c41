"""Layers, blends, the camera between two pictures, and what leaves the stage."""

import itertools
from dataclasses import replace

import moderngl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stagecraft import IMAGE, SIZE, filled, frame, generator, picture, plain, rows, shader

from perf.core.camera import Pose
from perf.core.frame import Frame, Layer, Pass
from perf.gl.compositor import Compositor
from perf.gl.sampler import alpha, lookup, within
from perf.gl.stack import IDLE
from perf.gl.target import Target, bounded, fitted


def test_no_layer_is_black_and_a_colour_layer_is_its_colour(compositor: Compositor) -> None:
    empty = frame(1.0)
    compositor.draw(type(empty)(empty.moment, {}, empty.job, ()))
    assert not rows(compositor).any()
    compositor.draw(frame(1.0, Layer("colour", (), 1.0, "normal")))
    assert not rows(compositor).any()  # the job's colour is black here


def test_an_identity_filter_changes_no_byte(compositor: Compositor) -> None:
    rng = np.random.default_rng(1)
    compositor.show(picture(rng.integers(0, 256, (90, 160, 3), np.uint8)))
    compositor.load(shader("same", "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }", IMAGE))
    compositor.draw(frame())
    before = rows(compositor)
    compositor.draw(frame(100.0, Layer("sampler", (Pass("same", {}),), 1.0, "normal")))
    assert np.abs(rows(compositor).astype(int) - before).max() <= 1


def test_a_picture_of_the_stage_s_size_is_shown_as_it_is(compositor: Compositor) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (90, 160, 3), np.uint8)
    compositor.show(picture(pixels))
    compositor.draw(frame())
    assert np.abs(rows(compositor).astype(int) - pixels).max() <= 1


def test_a_small_picture_is_enlarged_smoothly_and_the_right_way_up(compositor: Compositor) -> None:
    ramp = np.zeros((18, 32, 3), np.uint8)
    ramp[..., 0] = np.linspace(0, 255, 18)[:, None]
    ramp[..., 1] = np.linspace(0, 255, 32)[None]
    compositor.show(picture(ramp))
    compositor.draw(frame())
    out = rows(compositor).astype(int)
    assert out[2, 80, 0] < 30
    assert out[-3, 80, 0] > 225
    assert out[45, 3, 1] < 30
    assert out[45, -4, 1] > 225
    assert np.abs(np.diff(out[10:-10, 80, 0])).max() <= 6


def test_a_picture_is_cropped_to_cover_the_stage(compositor: Compositor) -> None:
    tall = plain((0, 0, 0), (64, 64))
    tall[14:50] = 255  # what 16:9 leaves of a square
    compositor.show(picture(tall))
    compositor.draw(frame())
    assert rows(compositor)[4:-4].min() > 250


def spot(pose: Pose, compositor: Compositor) -> tuple[float, float]:
    """Where a white spot in the middle is seen after the camera's movement, in half heights, y up."""
    pixels = plain((0, 0, 0), (160, 90))
    pixels[42:48, 77:83] = 255
    compositor.show(picture(pixels))
    compositor.draw(frame(100.0, pose=pose))
    light = rows(compositor)[..., 0].astype(float)
    y, x = (np.indices(light.shape) * light).sum((1, 2)) / light.sum()
    return float((x - 79.5) / 45), float((44.5 - y) / 45)


@pytest.mark.parametrize(
    ("pose", "place"),
    [
        (Pose(), (0.0, 0.0)),
        (Pose(x=0.4), (-0.4, 0.0)),  # the camera goes right, what it sees goes left
        (Pose(y=0.4), (0.0, -0.4)),
        (Pose(x=0.3, y=-0.2), (-0.3, 0.2)),
    ],
)
def test_the_camera_moves_the_picture_against_its_own_way(compositor: Compositor, pose: Pose, place) -> None:
    assert spot(pose, compositor) == pytest.approx(place, abs=0.03)


@pytest.mark.parametrize(("pose", "larger"), [(Pose(zoom=0.5), True), (Pose(z=0.5), True), (Pose(zoom=-0.5), False)])
def test_zoom_and_z_come_nearer(compositor: Compositor, pose: Pose, larger: bool) -> None:
    pixels = plain((0, 0, 0), (160, 90))
    pixels[35:55, 70:90] = 255
    compositor.show(picture(pixels))
    compositor.draw(frame(100.0))
    before = rows(compositor).sum(dtype=np.int64)
    compositor.draw(frame(100.0, pose=pose))
    assert (rows(compositor).sum(dtype=np.int64) > before) == larger


def test_beyond_the_border_the_picture_is_mirrored(compositor: Compositor) -> None:
    ramp = np.zeros((90, 160, 3), np.uint8)
    ramp[...] = np.linspace(0, 255, 160)[None, :, None]
    compositor.show(picture(ramp))
    compositor.draw(frame(100.0, pose=Pose(x=0.8)))
    line = rows(compositor)[45, :, 0].astype(int)
    turn = int(line.argmax())
    assert 110 < turn < 140
    assert line[turn + 10] == pytest.approx(line[turn - 10], abs=6)


def test_two_pictures_are_mixed_over_the_time_between_them(compositor: Compositor) -> None:
    compositor.show(picture(plain((0, 0, 0)), 10.0))
    compositor.show(picture(plain((200, 200, 200)), 10.2))
    for now, share in [(10.1, 0.0), (10.2, 0.0), (10.25, 0.15625), (10.3, 0.5), (10.4, 1.0), (99.0, 1.0)]:
        compositor.draw(frame(now))
        assert rows(compositor)[45, 80, 0] == pytest.approx(200 * share, abs=1.5)


def test_another_model_s_pictures_fade_in_over_the_last_one_before(compositor: Compositor) -> None:
    compositor.show(picture(plain((0, 0, 0)), 10.0))
    compositor.show(picture(plain((0, 0, 0)), 10.1))
    compositor.show(replace(picture(plain((200, 200, 200)), 10.2), enters=True))
    seen = []
    for tenth in range(2, 16):
        now = 10.0 + tenth / 10
        compositor.show(picture(plain((200, 200, 200)), now))
        compositor.draw(frame(now))
        seen.append(int(rows(compositor)[45, 80, 0]))
    assert seen[0] <= 1
    assert seen[6] == pytest.approx(100, abs=3)
    assert seen[-1] == 200
    assert 0 <= min(np.diff(seen)) <= max(np.diff(seen)) <= 30


def test_a_new_picture_does_not_jump(compositor: Compositor) -> None:
    compositor.show(picture(plain((0, 0, 0)), 10.0))
    compositor.show(picture(plain((200, 0, 0)), 10.1))
    compositor.draw(frame(10.2))
    before = rows(compositor)[45, 80].astype(int)
    compositor.show(picture(plain((0, 200, 0)), 10.2))
    compositor.draw(frame(10.2))
    assert np.abs(rows(compositor)[45, 80] - before).max() <= 1


def test_a_cut_is_there_at_once_and_the_next_picture_mixes_as_ever(compositor: Compositor) -> None:
    compositor.show(picture(plain((0, 0, 0)), 10.0))
    compositor.show(replace(picture(plain((200, 0, 0)), 10.1), cuts=True))
    compositor.draw(frame(10.1))
    assert tuple(rows(compositor)[45, 80]) == (200, 0, 0)
    compositor.show(picture(plain((0, 0, 0)), 10.2))
    compositor.draw(frame(10.25))
    assert rows(compositor)[45, 80, 0] == pytest.approx(100, abs=2)


def test_alpha_keeps_to_its_periods() -> None:
    assert alpha(0.0, 10.0, 10.25) == pytest.approx(0.5)  # half a second at most
    assert alpha(10.0, 10.0, 10.0 + 1 / 120) == pytest.approx(0.5)  # a sixtieth at least
    assert [alpha(0.0, 0.1, now) for now in (0.0, 0.2, 5.0)] == [0.0, 1.0, 1.0]


MOVES = {name: st.floats(-0.5, 0.5) for name in ("x", "y", "z", "zoom")} | {
    name: st.floats(-40.0, 40.0) for name in ("pan", "tilt", "roll")
}


@given(st.builds(Pose, **MOVES), st.sampled_from([1.0, 16 / 9, 0.5]))
def test_where_all_four_corners_lie_in_the_picture_everything_does(move: Pose, aspect: float) -> None:
    matrix = lookup(move, 60.0, aspect, 16 / 9)
    x, y = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9))
    places = np.array(matrix) @ np.stack([x.ravel(), y.ravel(), np.ones(81)])
    seen = places[:2] / places[2]
    inside = bool((places[2] > 1e-3).all() and (seen >= -1e-6).all() and (seen <= 1 + 1e-6).all())
    assert within(matrix) == inside


def test_nothing_jumps_where_the_border_comes_into_sight(compositor: Compositor) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (90, 160, 3), np.uint8)
    compositor.show(picture(pixels))
    pictures = []
    for zoom in (1e-4, -1e-4):  # just inside, and just not
        compositor.draw(frame(pose=Pose(zoom=zoom)))
        pictures.append(rows(compositor).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 4


def test_the_lookup_of_no_movement_is_the_place_itself() -> None:
    assert np.allclose(lookup(Pose(), 60.0, 16 / 9, 16 / 9), np.eye(3))


def test_before_the_first_picture_there_is_something_to_see_and_it_fades_out(compositor: Compositor) -> None:
    compositor.draw(frame(3.0))
    waiting = rows(compositor)
    assert waiting.std() > 3
    assert 2 < waiting.mean() < 80
    compositor.show(picture(plain((255, 255, 255)), 3.0))
    compositor.draw(frame(3.0))
    assert np.abs(rows(compositor).astype(int) - waiting).mean() < 2
    levels = []
    for step in range(1, 40):  # twenty pictures a second come meanwhile; none cuts the way in short
        compositor.show(picture(plain((255, 255, 255)), 3.0 + step / 20))
        compositor.draw(frame(3.0 + step / 20))
        levels.append(float(rows(compositor).mean()))
    assert max(b - a for a, b in itertools.pairwise(levels)) < 20
    assert rows(compositor).min() > 250


def test_a_wrong_picture_is_refused_with_both_sizes(compositor: Compositor) -> None:
    wrong = picture(plain((0, 0, 0)))
    with pytest.raises(ValueError, match="32×18 has 3 or 4 bytes a pixel, not 5 in all"):
        compositor.show(type(wrong)(0, bytes(5), wrong.size, wrong.pose, 60.0, 0.0))


def test_opacity_blackout_and_freeze(compositor: Compositor) -> None:
    compositor.show(picture(plain((200, 100, 50)), 1.0))
    compositor.draw(frame(10.0, opacity=0.5))
    assert np.abs(rows(compositor)[45, 80].astype(int) - [100, 50, 25]).max() <= 1
    compositor.draw(frame(10.0, blackout=True))
    assert not rows(compositor).any()
    compositor.draw(frame(10.0))
    compositor.show(picture(plain((0, 0, 255)), 10.1))
    compositor.draw(frame(20.0, freeze=True))
    assert np.abs(rows(compositor)[45, 80].astype(int) - [200, 100, 50]).max() <= 1
    compositor.draw(frame(20.0, freeze=True, opacity=0.5))
    assert np.abs(rows(compositor)[45, 80].astype(int) - [100, 50, 25]).max() <= 1
    compositor.draw(frame(21.0))
    assert rows(compositor)[45, 80, 2] > 250


def test_an_unknown_shader_shows_a_card(compositor: Compositor) -> None:
    compositor.draw(frame(1.0, generator("nowhere")))
    assert rows(compositor).std() > 10
    compositor.show(picture(plain((250, 250, 250)), 1.0))
    compositor.draw(frame(9.0, Layer("sampler", (Pass("nowhere", {}),), 1.0, "normal")))
    assert rows(compositor)[45, 80].mean() > 100  # the picture can still be seen


def test_the_film_s_memory_is_used_again(compositor: Compositor) -> None:
    compositor.draw(frame(1.0))
    first = compositor.read()
    address = np.frombuffer(first, np.uint8).ctypes.data
    assert len(first) == SIZE[0] * SIZE[1] * 3
    assert np.frombuffer(compositor.read(), np.uint8).ctypes.data == address


def test_the_thumbnail_is_the_picture_made_small(compositor: Compositor) -> None:
    pixels = plain((250, 250, 250), (160, 90))
    pixels[:45] = (255, 0, 0)
    compositor.show(picture(pixels))
    compositor.draw(frame())
    width, height, small = compositor.thumbnail(40)
    tile = np.frombuffer(small, np.uint8).reshape(height, width, 3).astype(int)
    assert (width, height) == (40, 22)
    assert np.abs(tile[2, 20] - [255, 0, 0]).max() <= 2
    assert np.abs(tile[-3, 20] - 250).max() <= 2
    assert compositor.thumbnail(10**6)[0] == SIZE[0]


def screen(compositor: Compositor, context: moderngl.Context, size: tuple[int, int]) -> np.ndarray:
    target = Target(context, size, "f1")
    compositor.present(target.framebuffer)
    out = np.frombuffer(target.framebuffer.read(components=3, alignment=1), np.uint8).reshape(size[1], size[0], 3)[::-1]
    assert target.framebuffer.viewport == (0, 0, *size)
    target.release()
    return out.astype(int)


def test_the_screen_is_letterboxed(compositor: Compositor, context: moderngl.Context) -> None:
    assert not screen(compositor, context, (64, 64)).any()  # nothing has been drawn
    compositor.show(picture(plain((255, 255, 255))))
    compositor.draw(frame())
    out = screen(compositor, context, (160, 160))
    assert not out[:34].any()
    assert not out[-34:].any()
    assert out[36:-36].min() >= 254
    assert screen(compositor, context, (1, 1)).shape == (1, 1, 3)


def test_the_overlay_is_on_the_screen_only(compositor: Compositor, context: moderngl.Context) -> None:
    compositor.show(picture(plain((0, 0, 0))))
    compositor.draw(frame())
    letters = np.zeros((10, 20, 4), np.uint8)
    letters[:5] = (255, 0, 0, 255)
    letters[5:] = (0, 255, 0, 128)
    compositor.overlay(letters)
    out = screen(compositor, context, SIZE)
    assert (out[4, 10] == [255, 0, 0]).all()
    assert out[10, 10] == pytest.approx([0, 128, 0], abs=1)
    assert not rows(compositor).any()
    compositor.overlay(np.full((500, 4000, 4), 255, np.uint8), (0.5, 0.5))  # larger than the screen: made to fit
    assert screen(compositor, context, SIZE)[45, 80].min() == 255
    compositor.overlay(None)
    assert not screen(compositor, context, SIZE).any()
    with pytest.raises(ValueError, match="height × width × 4"):
        compositor.overlay(np.zeros((4, 4, 3), np.uint8))


def late(compositor: Compositor, shown: Frame, busy: float) -> None:
    """Ten of them."""
    for _ in range(10):
        compositor.draw(shown)
        compositor.took(busy, 0.0)


def test_a_show_that_is_too_slow_is_composed_smaller_and_leaves_as_large(context: moderngl.Context) -> None:
    compositor = Compositor(context, SIZE, live=True)
    pixels = np.zeros((90, 160, 3), np.uint8)
    pixels[:, 80:] = (9, 200, 9)
    compositor.show(picture(pixels))
    held = replace(frame(), values={"/master/hold": 30.0})
    late(compositor, held, 0.02)
    assert compositor.status()["/status/resolution"] == 1.0
    late(compositor, held, 0.1)
    assert compositor.status()["/status/resolution"] == 0.5
    compositor.draw(held)
    out = rows(compositor)
    assert out.shape == (90, 160, 3)
    assert np.abs(out.astype(int) - pixels)[:, [*range(78), *range(82, 160)]].max() <= 1
    assert (out[45, 78:82, 1] > 0).any()  # an edge of larger pixels
    assert compositor.thumbnail(64)[:2] == (64, 36)
    compositor.draw(replace(held, freeze=True))
    assert np.array_equal(rows(compositor), out)
    late(compositor, frame(), 0.1)  # nothing is to be held
    assert compositor.status()["/status/resolution"] == 1.0
    compositor.release()


def test_a_gpu_s_frames_are_measured_now_and_then_and_its_screen_is_not_waited_for(context: moderngl.Context) -> None:
    compositor = Compositor(context, SIZE, live=True)
    compositor._software = False
    held = replace(frame(), values={"/master/hold": 30.0})
    for _ in range(20):
        compositor.draw(held)
        compositor.took(0.042, 0.040)  # a screen of 24 Hz
    assert compositor.share == 1.0
    for _ in range(4):
        late(compositor, held, 0.1)
    assert compositor.share == 0.5
    late(compositor, replace(held, freeze=True), 0.0)
    late(compositor, replace(held, freeze=True), 0.0)
    assert compositor.share == 0.5, "what stands says nothing of what moves"
    late(compositor, frame(), 0.1)
    assert compositor.share == 1.0
    compositor.release()


def test_two_layers_of_one_shader_remember_by_themselves_and_idle_ones_are_forgotten(compositor: Compositor) -> None:
    compositor.load(filled("one", "1.0"))
    compositor.draw(frame(1.0, generator("one"), generator("one")))
    assert len(compositor._stack.parts._instances) == 2
    for _ in range(2 * IDLE):
        compositor.draw(frame(1.0, generator("one")))
    assert len(compositor._stack.parts._instances) == 1


def test_sizes() -> None:
    assert fitted((160, 90), (0, 0)) == (0, 0, 1, 1)
    assert fitted((160, 90), (320, 200)) == (0, 10, 320, 180)
    assert bounded(1e9, 1e9, (100, 100)) == (1024, 1024)
    assert bounded(-5.0, 0.0, (100, 100)) == (1, 1)
    assert bounded(640.4, 360.0, (1280, 720)) == (640, 360)


@pytest.mark.parametrize(("opacity", "gamma"), [(1.0, 1.0), (0.4, 1.0), (1.0, 1.8), (0.0, 1.0)])
@pytest.mark.parametrize("layers", [1, 2])
def test_screen_page_and_film_see_the_same_light(
    compositor: Compositor, context: moderngl.Context, opacity: float, gamma: float, layers: int
) -> None:
    compositor.show(picture(np.random.default_rng(7).integers(0, 256, (90, 160, 3), np.uint8)))
    screen = Target(context, SIZE, "f1")
    stack = (Layer("sampler", (), 1.0, "normal"), Layer("colour", (), 0.3, "normal"))[:layers]
    compositor.draw(frame(100.0, *stack, opacity=opacity, gamma=gamma))
    compositor.present(screen.framebuffer)
    shown = np.frombuffer(screen.framebuffer.read(components=3, alignment=1), np.uint8).reshape(90, 160, 3)[::-1]
    _, _, page = compositor.thumbnail(40)
    film = rows(compositor).astype(int)
    assert np.abs(shown.astype(int) - film).max() <= 1
    assert abs(np.frombuffer(page, np.uint8).mean() - film.mean()) < 1.5
    assert (film.max() == 0) == (opacity == 0.0)
