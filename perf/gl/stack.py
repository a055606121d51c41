"""A frame's layers, drawn on one another: groups, decks, and layers that look at other layers.

A picture that others look at is drawn once and kept; one that is looked at while it is being made is seen as it was in
the frame before. What covers nothing and is looked at by nobody is not in the frame at all (`core.layers`).
"""

from collections.abc import Sequence
from typing import Any

import moderngl

from perf.core.frame import Frame, Layer
from perf.core.layers import BLENDS, is_generator, looked_at
from perf.gl import blend
from perf.gl.canvas import UNIT, Canvas, Draw
from perf.gl.instance import Instant, Tools
from perf.gl.parts import Key, Parts, Step
from perf.gl.program import Own
from perf.gl.programs import Programs
from perf.gl.sampler import SamplerLayers
from perf.gl.target import FIRST, Saved, Size, Target

IDLE = 600  # draws after which the memory of what is no longer drawn is given back

Decks = tuple[Layer, ...]  # what is on the decks, which is seen as one picture


class Stack:
    """The picture of the stage. `kept` is what was composed last: 8 bits where one layer is all there is."""

    def __init__(self, tools: Tools, size: Size, samplers: SamplerLayers, programs: Programs) -> None:
        self._tools = tools
        self.parts = Parts(tools, samplers, programs)
        self._blends = {mode: Own(tools.context, blend.source(mode)) for mode in BLENDS if mode not in UNIT}
        self._draws = 0
        self._make(size)

    def _make(self, size: Size) -> None:
        self._size = size
        self._flat = Target(self._tools.context, size, "f1")
        self._chain = [Target(self._tools.context, size) for _ in range(2)]
        self._canvas = Canvas(self._tools, size, self._blends)
        self._canvases: dict[str, Canvas] = {}  # of groups and decks
        self._looks: dict[int, tuple[Target, int]] = {}  # pictures of layers that others look at, and when
        self.kept = self._flat

    def compose(self, frame: Frame, instant: Instant, stage: Target | None = None) -> Target:
        """Draw it. The answer is `kept`; source `stage` shows `stage`, or else what was kept before."""
        self._frame, self._layers = frame, {layer.number: layer for layer in frame.layers}
        self._before = stage or self.kept
        self.parts.begin(frame, instant, self._draws)
        self._looked = {n for layer in frame.layers for n in _looks(layer)} & self._layers.keys()
        self._made: set[str] = set()
        self._making: set[str] = set()  # groups and decks
        echo = any(layer.source == "stage" for layer in frame.layers)
        items = self._unwrapped(self._items(0))
        if len(items) == 1 and isinstance(items[0], Layer) and items[0].source != "group" and not echo:
            self._alone(items[0])
        else:
            self._canvas.begin(self.kept if echo else None)
            self._land(items, self._canvas)
            self._canvas.finished()
            self.kept = self._canvas.front
        self._draws += 1
        if self._draws % IDLE == 0:
            self._forget()
        return self.kept

    def _items(self, group: int) -> list[Layer | Decks]:
        """What lies on the stage or in a group, lowest first; the decks lie where the patch's lowest layer on one does,
        drawn or not."""
        layers = [layer for layer in self._frame.layers if layer.group == group and layer.opacity > 0.0]
        beside = [layer for layer in layers if layer.deck == "none"]
        dealt = tuple(layer for layer in layers if layer.deck != "none")
        below = sum(layer.number < self._frame.decks for layer in beside)
        return [*beside[:below], dealt, *beside[below:]] if dealt else [*beside]

    def _unwrapped(self, items: list[Layer | Decks]) -> list[Layer | Decks]:
        """The same picture with less to do: what lies on nothing as it is needs no canvas of its own."""
        while items:
            first = items[0]
            if isinstance(first, Layer):
                if first.source != "group" or not self._bare(first):
                    return items
                inner = self._items(first.number)
            elif 0.0 < self._frame.crossfade < 1.0:
                return items
            else:
                shown = "a" if self._frame.crossfade <= 0.0 else "b"
                inner = [layer for layer in first if layer.deck == shown]
            items = [*inner, *items[1:]]
        return items

    def _bare(self, layer: Layer) -> bool:
        """Whether a group is no more than its layers."""
        changed = layer.filters or layer.matte or layer.opacity < 1.0 or not layer.placement.plain
        return not changed and layer.number not in self._looked

    def _alone(self, layer: Layer) -> None:
        """One layer is the picture: no canvas, and the last draw is the dithered one."""
        self._prepare(layer)
        steps = self._steps(layer)
        steps[-1](self._flat.onto(layer.opacity, FIRST), self._run(steps[:-1]))
        self.kept = self._flat

    def _land(self, items: Sequence[Layer | Decks], canvas: Canvas) -> None:
        for item in items:
            if isinstance(item, Layer):
                self._prepare(item)
                steps = self._steps(item)
                last = _bound(steps[-1], self._run(steps[:-1]))
                canvas.land(last, item.opacity, item.blend, self._chain[(len(steps) - 1) % 2])
            else:
                canvas.lay(_bound(self._mixed(item), None))

    def _mixed(self, layers: Decks) -> Step:
        """Both decks, as far as the cross-fader is."""
        fade, use = self._frame.crossfade, self._frame.transition
        if not 0.0 < fade < 1.0:
            return self.parts.copy(self._side(layers, "a" if fade <= 0.0 else "b"))
        before, after = self._side(layers, "a"), self._side(layers, "b")
        if use is None or not self.parts.has(use):
            return self.parts.dissolve((before, after), fade)
        return self.parts.shader(use, ("deck", use.shader, 1), {"startImage": before, "endImage": after})

    def _side(self, layers: Decks, deck: str) -> moderngl.Texture:
        return self._composed(f"deck {deck}", [layer for layer in layers if layer.deck == deck])

    def _composed(self, name: str, items: Sequence[Layer | Decks]) -> moderngl.Texture:
        """A canvas of its own."""
        canvas = self._canvases.get(name)
        if canvas is None:
            canvas = self._canvases[name] = Canvas(self._tools, self._size, self._blends)
        canvas.used = self._draws
        if name not in self._made:
            self._made.add(name)
            self._making.add(name)
            canvas.begin()
            self._land(self._unwrapped(list(items)), canvas)
            canvas.finished()
            self._making.remove(name)
        return canvas.front.texture

    def _prepare(self, layer: Layer) -> None:
        """Draw what a layer's picture is made of, if it is not drawn yet: nothing else is drawn while it is."""
        for number in sorted(_looks(layer)):
            if number in self._layers:
                self._look(self._layers[number])
        if layer.source == "group":
            self._composed(f"group {layer.number}", self._items(layer.number))

    def _look(self, layer: Layer) -> None:
        """The picture of a layer that others look at; what is in a group sees that as it was a frame ago."""
        name = f"layer {layer.number}"
        if name in self._made or f"group {layer.number}" in self._making:
            return
        self._made.add(name)
        self._prepare(layer)
        steps = self._made_of(layer)
        image = self._run(steps[:-1])
        kept = self._looks.get(layer.number)
        target = kept[0] if kept else Target(self._tools.context, self._size)
        self._looks[layer.number] = (target, self._draws)
        steps[-1](target.onto(), image)

    def _run(self, steps: Sequence[Step]) -> moderngl.Texture | None:
        """Draw steps from one target of the chain to the other; the answer is where the last one is."""
        image = None
        for number, step in enumerate(steps):
            target = self._chain[number % 2]
            step(target.onto(), image)
            image = target.texture
        return image

    def _steps(self, layer: Layer) -> list[Step]:
        """What is left to be drawn of a layer that has been prepared."""
        if layer.number in self._looked:
            self._look(layer)
            return [self.parts.copy(self._seen(layer.number))]
        return self._made_of(layer)

    def _made_of(self, layer: Layer) -> list[Step]:
        steps = [] if is_generator(layer.source) else [self._source(layer)]
        for use, key in zip(layer.filters, self._keys(layer), strict=True):
            steps.append(self.parts.shader(use, key))
        placed = self.parts.placed(layer, self._matte(layer))
        return [*steps, placed] if placed else steps

    def _matte(self, layer: Layer) -> moderngl.Texture | None:
        if layer.matte and layer.matte.by == "depth":
            return self.parts.sampled(depth=True)
        return self._seen(layer.matte.layer) if layer.matte else None

    def _seen(self, number: int) -> moderngl.Texture:
        """A layer's picture as others look at it: nothing before there is one, as where two wait for each other."""
        found = self._looks.get(number)
        return found[0].texture if found else self._tools.blank

    def _source(self, layer: Layer) -> Step:
        number = looked_at(layer.source)
        if number:
            return self.parts.copy(self._seen(number))
        if layer.source == "group":
            return self.parts.divided(self._canvases[f"group {layer.number}"].front.texture)
        if layer.source == "stage":
            return self.parts.divided(self._before.texture, layer.halflife)
        sampler = self.parts.sampler
        kinds = {"sampler": sampler, "second": sampler, "depth": self.parts.depth, "text": self.parts.title}
        return (kinds | {"media": self.parts.film}).get(layer.source, self.parts.fill)(layer)

    def _keys(self, layer: Layer) -> list[Key]:
        """A name for each use of a shader. Layers without a number are told apart by their order."""
        place = next((n for n, other in enumerate(self._frame.layers) if other is layer), 0)
        name = str(layer.number or f"{layer.source} {place}")
        names = [use.shader for use in layer.filters]
        return [(name, shader, names[:place].count(shader) + 1) for place, shader in enumerate(names)]

    def _forget(self) -> None:
        before = self._draws - IDLE
        self.parts.forget(before)
        for name in [name for name, canvas in self._canvases.items() if canvas.used < before]:
            self._canvases.pop(name).release()
        for number in [number for number, (_, used) in self._looks.items() if used < before]:
            self._looks.pop(number)[0].release()

    def saved(self) -> dict[str, Any]:
        """What the next frame needs of those before it."""
        looks = [{"number": number, **target.saved()} for number, (target, _) in self._looks.items()]
        return {"composed": self.kept.saved(), "instances": self.parts.saved(), "looks": looks, "stack": self._draws}

    def restore(self, saved: Saved) -> None:
        """Go on from there."""
        self._draws = saved["stack"]
        self.kept = self._flat if saved["composed"]["dtype"] == self._flat.dtype else self._canvas.front
        self.kept.texture.write(saved["composed"]["pixels"])
        self._looks = {
            row["number"]: (Target.restored(self._tools.context, row), self._draws) for row in saved["looks"]
        }
        self.parts.restore(saved["instances"])

    def resize(self, size: Size) -> None:
        """Compose at another size, what is there taken along: the picture does not blink."""
        canvases, kept, looks = (self._canvas, *self._canvases.values()), self.kept, self._looks
        targets = (self._flat, *self._chain)
        self.parts.resized()
        self._make(size)
        self.kept = self._flat if kept.dtype == self._flat.dtype else self._canvas.front
        self._scale(kept, self.kept)
        for number, (target, used) in looks.items():
            self._looks[number] = (Target(self._tools.context, size), used)
            self._scale(target, self._looks[number][0])
        _release(canvases, (*targets, *(target for target, _ in looks.values())))

    def _scale(self, before: Target, after: Target) -> None:
        self._tools.copy.run(after.onto(), {"image": before.texture}, self._tools.blank)

    def release(self) -> None:
        """Give the memory back."""
        canvases = (self._canvas, *self._canvases.values())
        _release(canvases, (self._flat, *self._chain, *(target for target, _ in self._looks.values())))
        self.parts.release()
        for program in self._blends.values():
            program.release()


def _release(canvases: Sequence[Canvas], targets: Sequence[Target]) -> None:
    for canvas in canvases:
        canvas.release()
    for target in targets:
        target.release()


def _bound(step: Step, image: moderngl.Texture | None) -> Draw:
    """A step with what it is drawn from."""
    return lambda onto: step(onto, image)


def _looks(layer: Layer) -> set[int]:
    """The numbers of the layers that a layer looks at, besides itself: no picture is drawn and looked at in one."""
    return {looked_at(layer.source), layer.matte.layer if layer.matte else 0} - {0, layer.number}
