"""What is compiled ahead in another process is what the show will draw: else it would compile that in a frame."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import moderngl
import pytest
from stagecraft import filled, frame, generator, picture, plain

from perf.core.camera import Pose
from perf.core.frame import Layer, Placement
from perf.core.layers import BLENDS
from perf.gl.compositor import Compositor
from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.target import Onto
from perf.gl.warmup import stage

Way = tuple[tuple[bool, bool], tuple[int, ...] | None, str, tuple[str, ...]]
KEPT = (
    Layer("sampler", (), 0.5, "normal", number=1),
    Layer("colour", (), 0.5, "screen", number=2, colour=(1.0, 0.0, 0.0, 1.0)),
    replace(generator("plain", 0.5), number=3, placement=Placement(scale=0.5)),
    Layer("layer:3", (), 0.5, "multiply", number=4),
    replace(generator("plain", 0.5), number=5, deck="a"),
    Layer("colour", (), 0.5, "normal", number=6, colour=(0.0, 1.0, 0.0, 1.0), deck="b"),
)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[Way]]:
    """How each program of the stage's own was drawn: what a software rasteriser compiles it anew for."""
    seen: dict[str, set[Way]] = {}
    draw = Own.draw

    def noted(own: Own, onto: Onto, images: Mapping[str, moderngl.Texture], blank: moderngl.Texture) -> None:
        draw(own, onto, images, blank)
        samplers = own._compiled[onto.ends].samplers
        given = tuple(images.get(name, blank).dtype for name in samplers)
        dtype = onto.framebuffer.color_attachments[0].dtype  # type: ignore[union-attr]
        seen.setdefault(own._texts[1], set()).add((onto.ends, onto.blend, dtype, given))

    monkeypatch.setattr(Own, "draw", noted)
    return seen


def test_layers_that_come_and_go_are_drawn_in_ways_that_were_compiled_ahead(
    context: moderngl.Context, ways: dict[str, set[Way]]
) -> None:
    stage(Tools.made(context))
    ahead, _ = dict(ways), ways.clear()
    compositor = Compositor(context, (76, 44))
    compositor.load(filled("plain", "0.5"))
    for seconds in (98.0, 99.0):
        compositor.show(picture(plain((9, 9, 9)), seconds))
    for count in range(1, len(KEPT) + 1):
        for layers in combinations(KEPT, count):
            if KEPT[3] in layers and KEPT[2] not in layers:
                continue  # it looks at nothing
            for fade, pose in ((0.0, Pose()), (0.5, Pose(x=0.3))):
                compositor.draw(frame(100.0, *layers, crossfade=fade, decks=5, pose=pose))
    compositor.release()
    drawn = {text: seen for text, seen in ways.items() if text in ahead}
    assert len(drawn) >= 7
    for text, seen in drawn.items():
        assert seen <= ahead[text], text


def test_every_blend_is_compiled_ahead(context: moderngl.Context, ways: dict[str, set[Way]]) -> None:
    stage(Tools.made(context))
    ahead, _ = dict(ways), ways.clear()
    compositor = Compositor(context, (76, 44))
    compositor.load(filled("plain", "0.5"))
    for mode in BLENDS:
        compositor.draw(frame(100.0, KEPT[1], replace(KEPT[2], blend=mode)))
    compositor.release()
    blends = [text for text in ways if "vec3 blend(" in text]
    assert len(blends) == len(BLENDS) - 2
    for text in blends:
        assert ways[text] <= ahead[text]
