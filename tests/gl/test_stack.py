"""Placing, masks, groups, decks, titles and feedback, against numpy where there is a formula."""

from dataclasses import replace

import numpy as np
import pytest
from stagecraft import IMAGE, SIZE, filled, frame, generator, picture, plain, rows, shader

from perf.core.camera import Pose
from perf.core.frame import Layer, Matte, Pass, Placement, Title
from perf.core.layers import alone
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.gl import titles
from perf.gl.canvas import DEEP
from perf.gl.compositor import Compositor
from perf.gl.stack import IDLE

WIDTH, HEIGHT = SIZE
ASPECT = WIDTH / HEIGHT
RAMP = shader("ramp", "void main() { gl_FragColor = vec4(isf_FragNormCoord, 0.25, 1.0); }")
DISC = shader("disc", "void main() { gl_FragColor = vec4(vec3(isf_FragNormCoord.x), isf_FragNormCoord.y); }")
WIPE = shader(
    "wipe",
    """void main() {
    gl_FragColor = isf_FragNormCoord.x < progress ? IMG_THIS_PIXEL(endImage) : IMG_THIS_PIXEL(startImage);
}""",
    '{"NAME": "startImage", "TYPE": "image"}, {"NAME": "endImage", "TYPE": "image"}, '
    '{"NAME": "progress", "TYPE": "float"}',
)
RED, GREEN, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def colour(rgba: tuple[float, ...], number: int = 0, **rest: object) -> Layer:
    return replace(Layer("colour", (), 1.0, "normal", number, colour=rgba), **rest)  # type: ignore[arg-type]


def drawn(compositor: Compositor, *layers: Layer, seconds: float = 1.0, **rest: object) -> np.ndarray:
    compositor.draw(frame(seconds, *layers, **rest))
    return rows(compositor).astype(int)


def grid() -> tuple[np.ndarray, np.ndarray]:
    """The middle of every pixel, 0…1 from the lower left, in rows from the top."""
    x = np.tile((np.arange(WIDTH) + 0.5) / WIDTH, (HEIGHT, 1))
    return x, np.tile(1 - (np.arange(HEIGHT) + 0.5) / HEIGHT, (WIDTH, 1)).T


def placed(at: Placement) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each pixel of the stage lies in a placed picture, by moving the picture's corners with matrices."""
    turn = -np.radians(at.rotation)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * at.scale
    anchor = np.array([at.anchor_x * ASPECT, at.anchor_y])
    x, y = grid()
    stage = np.stack([(2 * x - 1) * ASPECT, 2 * y - 1], -1)
    there = (stage - anchor - [at.x, at.y]) @ np.linalg.inv(spin).T + anchor
    u, v = there[..., 0] / ASPECT / 2 + 0.5, there[..., 1] / 2 + 0.5
    inside = (u > at.left) & (u < 1 - at.right) & (v > at.bottom) & (v < 1 - at.top)
    return u, v, inside


@pytest.mark.parametrize(
    "at",
    [
        Placement(x=0.5, y=-0.25),
        Placement(scale=0.5),
        Placement(scale=2.0, x=0.1),
        Placement(rotation=30.0),
        Placement(scale=0.5, rotation=-30.0, anchor_x=-1.0, anchor_y=-1.0),
        Placement(left=0.25, top=0.5),
        Placement(0.2, 0.1, 0.7, 200.0, 0.5, -0.5, 0.1, 0.2, 0.05, 0.3),
    ],
)
def test_a_layer_lies_where_it_is_placed(compositor: Compositor, at: Placement) -> None:
    compositor.load(RAMP)
    out = drawn(compositor, replace(generator("ramp"), placement=at))
    u, v, inside = placed(at)
    near = 1.5 / (HEIGHT * at.scale)  # the soft edge
    edge = np.minimum(np.abs(u - at.left), np.abs(u - 1 + at.right)) < near
    edge |= np.minimum(np.abs(v - at.bottom), np.abs(v - 1 + at.top)) < near
    expected = np.where(inside[..., None], np.stack([u, v, np.full_like(u, 0.25)], -1) * 255, 0)
    assert inside.any()
    assert np.abs(out - expected)[~edge].max() <= 1.5


@pytest.mark.parametrize(
    "at",
    [Placement(left=0.3, right=0.7), Placement(bottom=0.45, top=0.55), Placement(0, 0, 1, 0, 0, 0, 0.9, 0.4, 1, 1)],
)
def test_what_is_cropped_to_nothing_leaves_nothing(compositor: Compositor, at: Placement) -> None:
    white = colour((1.0, 1.0, 1.0, 1.0), placement=at)
    assert not drawn(compositor, white).any()
    # where the cut runs through the middle of pixels
    assert not drawn(compositor, replace(white, placement=replace(at, x=1 / HEIGHT, y=1 / HEIGHT))).any()


def test_a_filter_may_be_called_as_its_layer_s_source(compositor: Compositor) -> None:
    body = "void main() { gl_FragColor = vec4(1.0 - IMG_THIS_PIXEL(inputImage).rgb, 1.0); }"
    for name in ("colour", "inverted"):
        compositor.load(shader(name, body, IMAGE))
        out = drawn(compositor, colour(RED, 1, filters=(Pass(name, {}),)))
        assert out[45, 80].tolist() == [0, 255, 255]


def test_edges_of_a_turned_layer_are_smooth(compositor: Compositor) -> None:
    out = drawn(compositor, colour((1.0, 1.0, 1.0, 1.0), placement=Placement(scale=0.5, rotation=20.0)))
    assert 100 < ((out[..., 0] > 20) & (out[..., 0] < 235)).sum() < 400


@pytest.mark.parametrize("grouped", [False, True])
def test_what_is_transparent_leaves_no_rim_round_a_layer_that_is_placed(compositor: Compositor, grouped: bool) -> None:
    """White on white is white, whatever colour stands where it is transparent."""
    white, at = (1.0, 1.0, 1.0, 1.0), Placement(0.013, 0.021, 0.7, 10.0)
    compositor.load(shader("dot", "void main() { gl_FragColor = vec4(length(isf_FragNormCoord - 0.5) < 0.3); }"))
    layers = [replace(generator("dot"), placement=at)]
    if grouped:
        layers = [replace(generator("dot"), number=2, group=3), Layer("group", (), 1.0, "normal", 3, placement=at)]
    assert drawn(compositor, colour(white, 1), *layers).min() == 255


@pytest.mark.parametrize(("by", "invert"), [("luma", False), ("alpha", False), ("luma", True), ("alpha", True)])
def test_a_mask_is_another_layer_s_luma_or_alpha(compositor: Compositor, by: str, invert: bool) -> None:
    compositor.load(DISC)
    mask = replace(generator("disc", 0.0), number=2)
    out = drawn(compositor, colour((0.2, 0.6, 1.0, 1.0), 1, matte=Matte(2, by, invert)), mask)
    x, y = grid()
    level = y if by == "alpha" else x * y
    level = 1 - level if invert else level
    assert np.abs(out - level[..., None] * [51, 153, 255]).max() <= 1.5


def test_a_mask_follows_its_layer_s_place_and_a_layer_may_mask_itself(compositor: Compositor) -> None:
    mask = colour((1.0, 1.0, 1.0, 1.0), 2, opacity=0.0, placement=Placement(scale=0.5))
    out = drawn(compositor, colour(GREEN, 1, matte=Matte(2, "luma")), mask)
    assert out[45, 80, 1] == 255
    assert out[10, 80, 1] == 0
    compositor.load(RAMP)
    own = replace(generator("ramp"), number=1, matte=Matte(1, "luma"))
    out = drawn(compositor, own)
    x, y = grid()
    luma = 0.3 * x + 0.59 * y + 0.11 * 0.25
    assert np.abs(out[..., 0] - 255 * x * luma).max() <= 1.5


def test_a_mask_by_a_layer_that_is_not_there_hides_all(compositor: Compositor) -> None:
    assert not drawn(compositor, colour(GREEN, 1, matte=Matte(7, "alpha"))).any()


@pytest.mark.parametrize("invert", [False, True])
def test_a_mask_by_depth_shows_what_is_near_in_the_sampler_s_picture(compositor: Compositor, invert: bool) -> None:
    slope = np.broadcast_to(np.arange(64, dtype=np.uint8)[None, :, None] * 4, (36, 64, 1))
    pixels = np.concatenate([np.full((36, 64, 3), (0, 0, 200), np.uint8), slope], 2).tobytes()
    for seconds in (98.0, 99.0):
        compositor.show(Picture(0, pixels, (64, 36), Pose(), 60.0, seconds))
    sampler = Layer("sampler", (), 1.0, "normal", 1)
    out = drawn(compositor, sampler, colour((0.0, 1.0, 0.0, 1.0), 2, matte=Matte(0, "depth", invert)), seconds=100.0)
    near = np.clip((grid()[0] * 64 - 0.5) * 4, 0, 252)
    green = 255 - near if invert else near
    assert np.abs(out[..., 1] - green)[:, 5:-5].max() <= 4
    assert np.abs(out[..., 2] - 200 * (1 - green / 255))[:, 5:-5].max() <= 4
    grey = drawn(compositor, Layer("depth", (), 1.0, "normal", 1), seconds=100.0)
    assert np.abs(grey - near[..., None])[:, 5:-5].max() <= 4
    assert np.abs(drawn(compositor, sampler, seconds=100.0) - (0, 0, 200)).max() <= 1


def test_a_picture_without_depth_is_all_near(compositor: Compositor) -> None:
    for seconds in (98.0, 99.0):
        compositor.show(picture(plain((0, 0, 200)), seconds))
    assert (drawn(compositor, Layer("depth", (), 1.0, "normal"), seconds=100.0) >= 254).all()


def test_another_layer_s_picture_is_drawn_once(compositor: Compositor) -> None:
    count = shader("count", "void main() { gl_FragColor = vec4(vec3(float(FRAMEINDEX)) / 10.0, 1.0); }")
    compositor.load(count)
    seen = replace(generator("count"), number=1, placement=Placement(scale=0.4, x=-1.0))
    look = Layer("layer:1", (), 1.0, "add", 2, placement=Placement(x=2.0))
    for n in range(3):
        out = drawn(compositor, seen, look)
        assert out[45, 35].tolist() == out[45, 125].tolist() == pytest.approx([n * 25.5] * 3, abs=1)


def test_layers_that_look_at_each_other_see_the_frame_before(compositor: Compositor) -> None:
    brighter = shader("brighter", "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage) + vec4(0.1); }", IMAGE)
    compositor.load(brighter)
    one = Layer("layer:2", (Pass("brighter", {}),), 0.0, "normal", 1)
    two = Layer("layer:1", (), 1.0, "normal", 2)
    levels = [drawn(compositor, one, two)[45, 80, 0] for _ in range(4)]
    assert levels[0] < levels[1] < levels[2] < levels[3]


def test_a_layer_that_is_masked_by_the_group_that_it_is_in_is_there_a_frame_later(compositor: Compositor) -> None:
    """Whoever looks at it begins the round: its own mask waits for it."""
    looker, group = Layer("layer:2", (), 1.0, "normal", 1), Layer("group", (), 1.0, "normal", 3)
    masked = colour(GREEN, 2, group=3, matte=Matte(3, "alpha", True))
    assert not drawn(compositor, looker, group).any()
    assert [drawn(compositor, looker, masked, group)[45, 80, 1] for _ in range(3)][1:] == [255, 255]


def test_a_group_is_one_picture(compositor: Compositor) -> None:
    compositor.load(filled("half", "0.0, 1.0, 0.0, 0.5"))
    inside = [colour(RED, 2, group=3, placement=Placement(right=0.5)), replace(generator("half"), number=1, group=3)]
    bare = drawn(compositor, *inside, Layer("group", (), 1.0, "normal", 3))
    assert bare[45, 40].tolist() == pytest.approx([128, 128, 0], abs=1)
    assert bare[45, 120].tolist() == pytest.approx([0, 128, 0], abs=1)
    whole = drawn(compositor, colour(BLUE, 4), *inside, Layer("group", (), 0.5, "normal", 3))
    assert whole[45, 40].tolist() == pytest.approx([64, 64, 128], abs=1)
    assert whole[45, 120].tolist() == pytest.approx([0, 64, 191], abs=1)
    blended = drawn(compositor, colour((0.5, 0.5, 0.5, 1.0), 4), *inside, Layer("group", (), 1.0, "multiply", 3))
    assert blended[45, 40].tolist() == pytest.approx([64, 64, 0], abs=1)
    assert blended[45, 120].tolist() == pytest.approx([64, 128, 64], abs=1)


def test_a_group_has_filters_and_a_group_in_it(compositor: Compositor) -> None:
    swap = shader("swap", "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage).bgra; }", IMAGE)
    compositor.load(swap)
    inner = Layer("group", (Pass("swap", {}),), 1.0, "normal", 2, group=1)
    out = drawn(compositor, Layer("group", (), 0.5, "normal", 1), inner, colour(RED, 3, group=2))
    assert out[45, 80].tolist() == pytest.approx([0, 0, 128], abs=1)


def decks(fade: float, **rest: object) -> tuple[tuple[Layer, ...], dict[str, object]]:
    below = colour(BLUE, 1, placement=Placement(top=0.5))
    layers = (below, colour(RED, 2, deck="a"), colour(GREEN, 3, deck="b"), colour((1.0, 1.0, 1.0, 0.2), 4))
    return layers, {"crossfade": fade, "decks": 2, **rest}


@pytest.mark.parametrize("fade", [0.0, 0.25, 0.5, 1.0])
def test_the_cross_fader_dissolves_from_deck_to_deck(compositor: Compositor, fade: float) -> None:
    layers, rest = decks(fade)
    open_ = [one for one in layers if one.deck != ("b" if fade == 0.0 else "a" if fade == 1.0 else "")]
    out = drawn(compositor, *open_, **rest)
    assert out[45, 80].tolist() == pytest.approx([51 + 204 * (1 - fade), 51 + 204 * fade, 51], abs=1)


def test_a_dissolve_of_one_thing_into_nothing_shows_what_is_below(compositor: Compositor) -> None:
    out = drawn(compositor, colour(BLUE, 1), colour(RED, 2, deck="a"), crossfade=0.25, decks=2)
    assert out[45, 80].tolist() == pytest.approx([191, 0, 64], abs=1)


@pytest.mark.parametrize("fade", [0.0, 0.25, 1.0])
def test_the_decks_lie_in_their_place_whichever_of_their_layers_is_drawn(compositor: Compositor, fade: float) -> None:
    """Deck A's layer is the lowest, below one that is on no deck, and deck B's the highest: both lie below that one."""
    layers = (colour(RED, 1, deck="a"), colour(BLUE, 2, placement=Placement(right=0.5)), colour(GREEN, 3, deck="b"))
    open_ = [one for one in layers if one.deck != ("b" if fade == 0.0 else "a" if fade == 1.0 else "")]
    out = drawn(compositor, *open_, crossfade=fade, decks=1)
    assert out[45, 40].tolist() == [0, 0, 255]
    assert out[45, 120].tolist() == pytest.approx([255 * (1 - fade), 255 * fade, 0], abs=1)


def test_a_transition_shader_is_the_way_across(compositor: Compositor) -> None:
    compositor.load(WIPE)
    layers, rest = decks(0.25, transition=Pass("wipe", {"progress": 0.25}))
    out = drawn(compositor, *layers[1:3], **rest)
    assert out[45, 30].tolist() == [0, 255, 0]
    assert out[45, 50].tolist() == [255, 0, 0]
    layers, rest = decks(0.25, transition=Pass("gone", {"progress": 0.25}))
    assert drawn(compositor, *layers[1:3], **rest)[45, 80].tolist() == pytest.approx([191, 64, 0], abs=1)


def title(text: str, **rest: object) -> Layer:
    return Layer("text", (), 1.0, "normal", 1, colour=(1.0, 1.0, 1.0, 1.0), title=Title(text, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "across", "down"),
    [("centre", 0.5, 0.5), ("top-left", 0.0, 0.0), ("bottom-right", 1.0, 1.0), ("top", 0.5, 0.0), ("right", 1.0, 0.5)],
)
def test_a_title_stands_at_its_place(compositor: Compositor, place: str, across: float, down: float) -> None:
    out = drawn(compositor, title("HHH", size=0.2, place=place))[..., 0]
    lit = np.argwhere(out > 128)
    assert len(lit) > 30
    (top, left), (bottom, right) = lit.min(0), lit.max(0)
    assert (left + right) / 2 == pytest.approx(80 + (across - 0.5) * 115, abs=12)
    assert (top + bottom) / 2 == pytest.approx(45 + (down - 0.5) * 62, abs=8)


def test_titles_break_align_and_are_kept(compositor: Compositor) -> None:
    long = drawn(compositor, title("in the middle of the night the sea is black", size=0.15))[..., 0]
    assert (long > 128).any(1).sum() > 14  # two lines
    left, right = (drawn(compositor, title("HHHHHH\nH", size=0.2, align=a))[45:70, :, 0] for a in ("left", "right"))
    assert np.argwhere(left > 128)[:, 1].mean() < 80 < np.argwhere(right > 128)[:, 1].mean()
    texture = compositor._stack.parts._titles._drawn[1][2]
    drawn(compositor, title("HHHHHH\nH", size=0.2, align="right"))
    assert compositor._stack.parts._titles._drawn[1][2] is texture
    for odd in ("", "\n", "x" * 5000, "\x00", "é漢字🙂"):
        drawn(compositor, title(odd, size=1.0))


def test_more_titles_than_are_kept_are_not_lettered_anew_in_each_frame(
    compositor: Compositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = [replace(title(str(n)), number=n) for n in range(1, titles.KEPT + 9)]
    drawn(compositor, *layers)
    with monkeypatch.context() as patch:
        patch.setattr(titles, "lettering", None)
        drawn(compositor, *layers)
        drawn(compositor, *layers)
    for n in range(titles.KEPT):
        drawn(compositor, title(f"once {n}"))
    assert len(compositor._stack.parts._titles._drawn) <= titles.KEPT


def test_feedback_fades_by_halves_of_its_light_and_leaves_nothing(compositor: Compositor) -> None:
    echo = Layer("stage", (), 1.0, "normal", 1, halflife=0.5)
    flash = colour((1.0, 1.0, 1.0, 1.0), 2, placement=Placement(right=0.5))
    drawn(compositor, echo, flash, seconds=1.0)
    for n in range(1, 31):
        out = drawn(compositor, echo, seconds=1.0 + n / 30)
    assert out[45, 40, 0] == pytest.approx(255 * 0.25 ** (1 / 2.2), abs=1)  # two half-lives of light
    assert not out[:, 100:].any()
    for n in range(400):
        out = drawn(compositor, echo, seconds=2.0 + n / 30)
    assert not out.any()


def test_feedback_does_not_fade_while_the_stage_stands(compositor: Compositor) -> None:
    echo = Layer("stage", (), 1.0, "normal", 1, halflife=0.5)
    drawn(compositor, echo, colour((1.0, 1.0, 1.0, 1.0), 2), seconds=1.0)
    for seconds in (1.02, 30.0, 60.0):
        assert drawn(compositor, echo, seconds=seconds, freeze=True).min() == 255
    assert drawn(compositor, echo, seconds=60.02)[45, 80, 0] == pytest.approx(255 * 0.5 ** (0.04 / 2.2), abs=1)


def test_feedback_without_a_half_life_stays_and_moves(compositor: Compositor) -> None:
    echo = Layer("stage", (), 1.0, "normal", 1, placement=Placement(x=2 / HEIGHT))  # a pixel a frame
    first = drawn(compositor, echo, colour(RED, 2, placement=Placement(left=0.5, right=0.25)))
    for _ in range(10):
        out = drawn(compositor, echo)
    assert np.abs(out[:, 10:] - first[:, :-10]).max() <= 2


def test_a_trail_by_itself_shows_the_whole_stage_of_a_frame_ago(compositor: Compositor, context) -> None:
    """Laid over one another, the stems are the film."""
    layers = (
        Layer("stage", (), 0.8, "normal", 1, halflife=0.5, placement=Placement(x=0.2)),
        colour(GREEN, 2, placement=Placement(right=0.75)),
    )
    stems = {n: Compositor(context, SIZE) for n in (1, 2)}
    for n in range(5):
        below = np.zeros((HEIGHT, WIDTH, 3))
        for number, stem in stems.items():
            stem.draw(frame(n / 30, *alone(layers, number)), compositor)
            rgba = np.frombuffer(stem.read_cut(), np.uint8).reshape(HEIGHT, WIDTH, 4) / 255
            below = rgba[..., :3] * rgba[..., 3:] + below * (1 - rgba[..., 3:])
        assert np.abs(255 * below - drawn(compositor, *layers, seconds=n / 30)).max() <= 3
    assert 0 < rgba[..., 3].mean() < 1
    for stem in stems.values():
        stem.release()


def test_several_layers_do_not_band(compositor: Compositor) -> None:
    """Eight layers that darken a ramp: the mean of each column stays on the line, which 8 bits in between lose."""
    compositor.load(RAMP)
    veil = [colour((0.0, 0.0, 0.0, 0.3), n) for n in range(2, 10)]
    out = drawn(compositor, replace(generator("ramp"), number=1), *veil)[..., 0].mean(0)
    x, _ = grid()
    assert np.abs(out - x[0] * 255 * 0.7**8).max() < 0.15


def test_one_layer_lands_in_eight_bits_and_several_in_sixteen(compositor: Compositor) -> None:
    drawn(compositor, colour(RED))
    assert compositor._stack.kept.dtype == "f1"
    drawn(compositor, colour(RED), colour(GREEN, placement=Placement(scale=0.5)))
    assert compositor._stack.kept.dtype == DEEP


def test_gamma_lifts_the_middle_tones(compositor: Compositor) -> None:
    assert drawn(compositor, colour((0.25, 0.25, 0.25, 1.0)), gamma=2.0)[45, 80, 0] == pytest.approx(128, abs=1)
    assert drawn(compositor, colour((0.25, 0.25, 0.25, 1.0)), gamma=2.0, opacity=0.5)[45, 80, 0] == pytest.approx(
        64, abs=1
    )


def test_the_memory_of_what_is_gone_is_given_back(compositor: Compositor) -> None:
    group = Layer("group", (), 0.5, "normal", 3)
    drawn(compositor, colour(BLUE, 1), colour(RED, 2, group=3), group, Layer("layer:2", (), 1.0, "add", 4))
    stack = compositor._stack
    assert stack._canvases
    assert stack._looks
    for _ in range(2 * IDLE):
        compositor.draw(frame(1.0, colour(RED, 1)))
    assert not stack._canvases
    assert not stack._looks


def test_a_frame_makes_no_textures_once_it_has_been_drawn(compositor: Compositor, monkeypatch) -> None:
    compositor.load(WIPE)
    layers = (
        Layer("stage", (), 1.0, "normal", 1, halflife=1.0, placement=Placement(scale=1.01)),
        colour(RED, 2, deck="a"),
        replace(title("one"), number=3, deck="b", matte=Matte(4, "luma")),
        colour(GREEN, 4, group=5),
        Layer("group", (), 0.5, "screen", 5),
        Layer("layer:2", (), 0.2, "hue", 6),
    )
    rest = {"crossfade": 0.5, "decks": 2, "transition": Pass("wipe", {"progress": 0.5})}
    compositor.show(picture(plain((9, 9, 9))))
    for _ in range(3):
        drawn(compositor, *layers, **rest)
    made = []
    original = type(compositor._tools.context).texture
    monkeypatch.setattr(
        type(compositor._tools.context), "texture", lambda *a, **k: (made.append(a), original(*a, **k))[1]
    )
    for _ in range(3):
        drawn(compositor, *layers, **rest)
    assert not made


def test_a_film_with_feedback_goes_on_as_if_nothing_had_been(compositor: Compositor, context) -> None:
    echo = Layer("stage", (), 1.0, "normal", 1, halflife=0.4, placement=Placement(rotation=7.0, scale=1.05))
    spot = colour(GREEN, 2, placement=Placement(scale=0.2, x=0.5))
    mutual = (Layer("layer:4", (), 0.3, "screen", 3), Layer("layer:3", (), 0.2, "add", 4))

    def play(one: Compositor, first: int, last: int) -> np.ndarray:
        return np.stack([drawn(one, echo, spot, *mutual, seconds=n / 30) for n in range(first, last)])

    other = Compositor(context, SIZE)
    play(compositor, 0, 8)
    saved = compositor.saved()
    rest = play(compositor, 8, 14)
    other.restore(saved)
    assert np.array_equal(play(other, 8, 14), rest)
    other.release()


# A group that is drawn from its own picture: a trail in it, and one of its layers masked by it.
TRAIL = (
    Layer("layer:3", (), 0.9, "normal", 1, group=3, placement=Placement(x=2 / HEIGHT)),
    colour(GREEN, 2, group=3, placement=Placement(right=0.8, bottom=0.3)),
    Layer("group", (), 1.0, "normal", 3, placement=Placement(scale=0.98)),
)
TURNS = (
    colour(GREEN, 1, group=2, placement=Placement(scale=0.5), matte=Matte(2, "alpha", True)),
    Layer("group", (), 1.0, "normal", 2),
)


@pytest.mark.parametrize("layers", [TRAIL, TURNS])
def test_a_group_that_is_drawn_from_its_own_picture_goes_on(compositor: Compositor, context, layers) -> None:
    other = Compositor(context, SIZE)
    for n in range(5):
        drawn(compositor, *layers, seconds=n / 30)
    other.restore(compositor.saved())
    for n in range(5, 8):
        assert np.array_equal(*(drawn(one, *layers, seconds=n / 30) for one in (compositor, other)))
    other.release()


def test_a_group_sees_itself_as_it_was_a_frame_ago(compositor: Compositor) -> None:
    seen = [drawn(compositor, *TURNS, seconds=n / 30)[45, 80, 1] for n in range(5)]
    assert seen == [255, 0, 255, 0, 255]
    level = [drawn(compositor, *TRAIL, seconds=n / 30).sum() for n in range(6)]
    assert level == sorted(level)
    assert level[-1] > 1.05 * level[0]
    compositor._stack.resize((64, 36))
    assert drawn(compositor, *TRAIL).sum() == pytest.approx(level[-1], rel=0.05)


@pytest.mark.parametrize("alone", [True, False])
def test_composed_smaller_nothing_blinks(compositor: Compositor, alone: bool) -> None:
    """What the stage saw of itself, and layers of each other, is there in the first frame of another size."""
    box = colour(RED, 2, placement=Placement(scale=0.5))
    echo = Layer("stage", (), 1.0, "normal", 1)
    mirrors = (Layer("layer:4", (), 1.0, "normal", 3), Layer("layer:3", (), 1.0, "normal", 4))
    later = (echo,) if alone else (*mirrors, echo)
    drawn(compositor, *(() if alone else mirrors), echo, box)
    before = drawn(compositor, *later)
    compositor._stack.resize((64, 36))
    after = drawn(compositor, *later)
    assert np.abs(after.astype(int) - before).mean() < 5  # edges
    assert after[45, 80].tolist() == before[45, 80].tolist() == [255, 0, 0]
    assert not after[5, 5].any()


def test_no_layers_are_black_after_several(compositor: Compositor) -> None:
    drawn(compositor, colour(RED), colour(GREEN, placement=Placement(scale=0.5)))
    empty = frame(1.0, colour(RED))
    compositor.draw(replace(empty, layers=(), moment=Moment(0, 2.0)))
    assert not rows(compositor).any()


def test_a_cut_of_several_layers_keeps_its_edges(compositor: Compositor) -> None:
    drawn(compositor, colour((1.0, 0.0, 0.0, 0.5), 1), colour((0.0, 0.0, 1.0, 0.5), 2, placement=Placement(right=0.5)))
    cut = np.frombuffer(compositor.read_cut(), np.uint8).reshape(HEIGHT, WIDTH, 4).astype(int)
    assert np.abs(cut[45, 120] - (255, 0, 0, 128)).max() <= 1
    assert np.abs(cut[45, 40] - (85, 0, 170, 191)).max() <= 1
