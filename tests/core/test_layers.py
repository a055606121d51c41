"""Which layers a frame has to draw, and what they carry."""

from dataclasses import replace

import pytest

from perf.core.frame import Matte, Pass, Placement, Title
from perf.core.layers import DISSOLVE, alone, crossing, deck_params, decks_at, deep, layer_params, layers_of
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import LayerSpec, Patch, ShaderSpec
from perf.core.state import State
from perf.core.table import table
from perf.core.tick import tick

WIPE = ShaderSpec("wipe", "transition", (Param("/shader/wipe/soft", "float", 0.1),))


def patch(*sources: str | LayerSpec) -> Patch:
    specs = tuple(LayerSpec(source) if isinstance(source, str) else source for source in sources)
    params = [p for n, spec in enumerate(specs, 1) for p in layer_params(n, 1.0, "normal", spec.source, len(specs))]
    shaders = {"wipe": WIPE, "glow": ShaderSpec("glow", "filter"), "stars": ShaderSpec("stars", "generator")}
    return Patch(table=table([*params, *deck_params(("wipe",)), *WIPE.params]), layers=specs, shaders=shaders)


def seen(show: Patch, **values: object) -> list[int]:
    """The numbers of the frame's layers, negative where they are only looked at; `l2_mask__by` is /layer/2/mask/by."""
    return [layer.number if layer.opacity else -layer.number for layer in layers(show, **values)]


def floor(show: Patch, **values: object):
    changed = {
        "/deck/crossfade" if key == "fade" else f"/layer/{key[1]}/{key[3:].replace('__', '/')}": value
        for key, value in values.items()
    }
    assert changed.keys() <= show.table.keys()
    return show.floor | changed


def layers(show: Patch, **values: object):
    return layers_of(show, floor(show, **values), str.upper)


def test_a_plain_layer_is_there_with_its_filters() -> None:
    (only,) = layers(patch(LayerSpec("stars", ("glow",))))
    assert (only.source, only.filters, only.placement) == ("stars", (Pass("stars", {}), Pass("glow", {})), Placement())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"l2_mute": True}, [1, 3]),
        ({"l1_opacity": 0.0, "l3_opacity": 0.0}, [2]),
        ({"l2_solo": True}, [2]),
        ({"l2_solo": True, "l3_solo": True}, [2, 3]),
        ({"l2_solo": True, "l2_mute": True}, []),
    ],
)
def test_mute_solo_and_opacity(values: dict[str, object], expected: list[int]) -> None:
    assert seen(patch("stars", "stars", "stars"), **values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [2, 3]),  # the sampler covers what is below
        ({"l2_opacity": 0.99}, [1, 2, 3]),
        ({"l2_blend": "add"}, [1, 2, 3]),
        ({"l2_scale": 0.9}, [1, 2, 3]),
        ({"l2_crop__top": 0.1}, [1, 2, 3]),
        ({"l2_mask__by": "luma", "l2_mask__layer": 1}, [1, 2, 3]),
        ({"l2_mask__by": "luma"}, [2, 3]),
        ({"l2_mask__by": "depth"}, [1, 2, 3]),
        ({"l3_mask__by": "alpha", "l3_mask__layer": 1}, [-1, 2, 3]),  # covered, and looked at
    ],
)
def test_what_is_behind_an_opaque_layer_is_not_drawn(values: dict[str, object], expected: list[int]) -> None:
    assert seen(patch("stars", "sampler", "stars"), **values) == expected


def test_depth_is_asked_for_where_a_layer_is_drawn_from_it() -> None:
    made = patch("stars", "sampler")
    assert not deep(made, made.floor)
    assert deep(made, made.floor | {"/layer/1/mask/by": "depth"})
    with_depth = patch("depth", "sampler")
    assert deep(with_depth, with_depth.floor)
    assert layers(made, l1_mask__by="depth", l2_opacity=0.0)[0].matte == Matte(0, "depth", False)


def test_a_colour_covers_when_it_is_opaque_and_a_filter_may_open_it() -> None:
    assert seen(patch("stars", "colour")) == [2]
    assert seen(patch("stars", "colour"), l2_colour=(1.0, 1.0, 1.0, 0.5)) == [1, 2]
    assert seen(patch("stars", LayerSpec("sampler", ("glow",)))) == [1, 2]


def test_a_layer_that_is_looked_at_is_drawn_though_it_is_not_seen() -> None:
    show = patch("stars", "layer:1", "layer:2")
    assert seen(show, l1_mute=True, l2_opacity=0.0) == [-1, -2, 3]
    assert seen(show, l1_mute=True, l3_mute=True) == [-1, 2]


def test_a_group_that_is_looked_at_is_whole_though_another_layer_is_solo() -> None:
    inner = (LayerSpec("stars", group=2), LayerSpec("group", group=3), "group")
    masked = {"l4_mask__by": "luma", "l4_mask__layer": 3}
    assert seen(patch(*inner, "stars", "stars"), l4_solo=True, **masked) == [1, 2, -3, 4]
    assert seen(patch(*inner, "layer:3"), l3_mute=True, l4_solo=True) == [1, 2, -3, 4]
    assert seen(patch(*inner, "layer:3"), l1_mute=True, l4_solo=True) == [2, -3, 4]
    both = patch(*inner, LayerSpec("stars", group=3), "layer:3")
    assert seen(both, l1_solo=True, l5_solo=True) == [1, 2, 3, 5]


def test_layers_that_look_at_each_other_end() -> None:
    assert seen(patch("layer:2", "layer:1"), l2_mute=True) == [1, -2]


def test_groups() -> None:
    show = patch(
        LayerSpec("stars", group=3), LayerSpec("stars", group=3), LayerSpec("group", group=4), "group", "stars"
    )
    assert seen(show) == [1, 2, 3, 4, 5]
    assert seen(show, l3_mute=True) == [4, 5]
    assert seen(show, l4_opacity=0.0) == [5]
    assert seen(show, l2_solo=True) == [2, 3, 4]
    assert seen(show, l4_solo=True) == [1, 2, 3, 4]
    masked = {"l5_mask__by": "luma", "l5_mask__layer": 3}
    assert seen(show, l3_mute=True, l1_mute=True, **masked) == [2, -3, 4, 5]


@pytest.mark.parametrize(("fade", "expected"), [(0.0, [1, 3]), (0.5, [1, 2, 3]), (1.0, [2, 3])])
def test_a_deck_that_the_fader_hides_is_not_drawn(fade: float, expected: list[int]) -> None:
    assert seen(patch("stars", "stars", "stars"), l1_deck="a", l2_deck="b", fade=fade) == expected


def test_an_opaque_layer_over_the_decks_hides_both() -> None:
    show = patch("stars", "stars", "colour")
    assert seen(show, l1_deck="a", l2_deck="b", fade=0.5) == [3]
    assert seen(patch("colour", "stars", "stars"), l2_deck="a", l3_deck="b", fade=0.5) == [1, 2, 3]
    assert seen(patch("stars", "colour", "stars"), l1_deck="a", l3_deck="a") == [2]
    assert seen(patch("stars", "sampler", "stars"), l1_deck="a", l2_deck="a", l3_deck="b", fade=0.5) == [2, 3]


@pytest.mark.parametrize("fade", [0.0, 0.001, 0.5, 0.999, 1.0])
def test_the_decks_keep_their_place_wherever_the_fader_is(fade: float) -> None:
    assert seen(patch("colour", "colour", "colour"), l1_deck="a", l3_deck="b", fade=fade) == [2]
    higher = seen(patch("colour", "stars", "colour"), l1_deck="b", l3_deck="a", fade=fade)
    assert higher == ([2, 3] if fade == 0.0 else [1, 2] if fade == 1.0 else [1, 2, 3])


@pytest.mark.parametrize(
    "values", [{}, {"l2_opacity": 0.0}, {"l2_mute": True}, {"l3_solo": True}, {"fade": 1.0}, {"l4_deck": "a"}]
)
def test_the_decks_are_where_the_lowest_layer_on_one_is_seen_or_not(values: dict[str, object]) -> None:
    show = patch("stars", "stars", "stars", "colour")
    changed = floor(show, l2_deck="a", l3_deck="b", **values)
    assert decks_at(show.layers, changed) == 2
    assert tick(replace(show, values=changed), State(), [], Moment(0, 0.0)).frame.decks == 2


def test_what_is_in_a_group_is_on_no_deck() -> None:
    show = patch(LayerSpec("stars", group=2), "group", "stars")
    assert decks_at(show.layers, floor(show, l1_deck="a")) == 0
    assert decks_at(show.layers, floor(show, l1_deck="a", l3_deck="b")) == 3


def test_a_layer_carries_its_place_mask_title_and_fading() -> None:
    show = patch("text", "stage")
    one, two = layers(
        show, l1_text="sea {beat}", l1_place="top", l1_x=0.5, l1_mask__by="alpha", l1_mask__layer=2, l2_halflife=2.0
    )
    assert one.title == Title("SEA {BEAT}", 0.1, "top", "centre")
    assert one.placement == Placement(x=0.5)
    assert one.matte == Matte(2, "alpha")
    assert one.colour == (1.0, 1.0, 1.0, 1.0)
    assert (two.halflife, two.title) == (2.0, None)


def test_a_layer_alone_keeps_its_group_and_what_it_looks_at() -> None:
    show = patch(LayerSpec("stars", group=2), "group", "stars")
    both = layers(show, l3_mask__by="luma", l3_mask__layer=1)
    assert [layer.opacity for layer in alone(both, 3)] == [0.0, 0.0, 1.0]
    assert [layer.opacity for layer in alone(both, 2)] == [1.0, 1.0, 0.0]


def test_the_transition_is_there_while_the_fader_is_on_its_way() -> None:
    show = patch("stars")
    assert crossing(show, show.floor) is None
    assert crossing(show, show.floor | {"/deck/crossfade": 0.25}) == Pass("wipe", {"soft": 0.1, "progress": 0.25})
    dissolved = {"/deck/crossfade": 0.25, "/deck/transition": DISSOLVE}
    assert crossing(show, show.floor | dissolved) is None
