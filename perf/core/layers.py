"""Layers: their parameters, and which of them a frame has to draw. What is not seen is not in the frame.

Only values; how a layer is drawn is the compositor's (`gl`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from perf.core.event import Value
from perf.core.footage import CLOCKS, FITS, LOOPS, Footage
from perf.core.frame import Layer, Matte, Pass, Placement, Title
from perf.core.param import Param
from perf.core.patch import LayerSpec, Patch

BLENDS = (
    "normal", "add", "subtract", "multiply", "screen", "overlay", "darken", "lighten", "difference", "exclusion",
    "soft-light", "hard-light", "colour-dodge", "colour-burn", "luminosity", "hue", "saturation", "colour",
    "screen-luma", "add-light",
)  # fmt: skip
# Beside them `layer:N` and the names of generators.
SOURCES = ("sampler", "second", "depth", "colour", "text", "media", "stage", "group")
COVERING = ("sampler", "second", "depth", "colour")  # sources without holes
DECKS = ("none", "a", "b")
MATTES = ("none", "luma", "alpha", "depth")
ALIGNS = ("left", "centre", "right")
PLACES = (
    "centre", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right",
)  # fmt: skip
SIDES = ("left", "right", "bottom", "top")
DISSOLVE = "dissolve"
LONGEST = 86400.0  # seconds of a film
NO_FILMS: Mapping[int, Footage] = {}


def layer_params(number: int, opacity: float, blend: str, source: str = "sampler", count: int = 1) -> Iterable[Param]:
    """The parameters of layer `number` (from 1) of `count`, with the patch's values as defaults."""
    at = f"/layer/{number}"
    yield Param(f"{at}/opacity", "float", opacity, help=f"opacity of layer {number}", glide=0.1)
    yield Param(f"{at}/blend", "choice", blend, choices=BLENDS, help="how it lies on what is below")
    yield Param(f"{at}/mute", "bool", False, help="leave the layer out")
    yield Param(f"{at}/solo", "bool", False, help="show this layer, and no other but those that are solo, too")
    yield Param(f"{at}/deck", "choice", "none", choices=DECKS, help="its deck; none: it is there wherever the fader is")
    yield from _source(at, source)
    yield Param(f"{at}/x", "float", 0.0, -4.0, 4.0, "move it right", "half heights", glide=0.1)
    yield Param(f"{at}/y", "float", 0.0, -4.0, 4.0, "move it up", "half heights", glide=0.1)
    yield Param(f"{at}/scale", "float", 1.0, 0.05, 20.0, "its size; 1 fills the stage", warp="exp", glide=0.1)
    yield Param(f"{at}/rotation", "float", 0.0, -360.0, 360.0, "turn it clockwise", "°", glide=0.1)
    for axis, words in (("x", "-1 its left edge, 1 its right"), ("y", "-1 its lower edge, 1 its upper")):
        yield Param(
            f"{at}/anchor/{axis}", "float", 0.0, -1.0, 1.0, f"what it turns and grows about: {words}", glide=0.1
        )
    for side in SIDES:
        yield Param(f"{at}/crop/{side}", "float", 0.0, help=f"share that is cut off at its {side}", glide=0.1)
    yield Param(
        f"{at}/mask/by",
        "choice",
        "none",
        choices=MATTES,
        help="what masks it: another layer's luma or alpha, or how near the sampler's picture is",
    )
    yield Param(
        f"{at}/mask/layer", "int", 0, 0, count, "the layer that is its mask (by luma or alpha), seen or not; 0 none"
    )
    yield Param(f"{at}/mask/invert", "bool", False, help="show what the mask hides")


def _source(at: str, source: str) -> Iterable[Param]:
    """What only some sources have."""
    if source == "colour":
        yield Param(f"{at}/colour", "colour", (0.05, 0.05, 0.08, 1.0), help="its colour", glide=0.2)
    if source == "stage":
        yield Param(
            f"{at}/halflife", "float", 0.0, 0.0, 60.0, unit="s", glide=0.1,
            help="time in which the last frame loses half its light; 0: it does not fade",
        )  # fmt: skip
    if source == "text":
        words = "what it says; {prompt} {year} {beat} {bar} {tempo} {time} {cue} and {/any/address} are live"
        yield Param(f"{at}/text", "text", "", help=words)
        yield Param(f"{at}/colour", "colour", (1.0, 1.0, 1.0, 1.0), help="the letters' colour", glide=0.2)
        yield Param(f"{at}/size", "float", 0.1, 0.01, 1.0, "height of a line", "heights", warp="exp")
        yield Param(f"{at}/place", "choice", "centre", choices=PLACES, help="where on the stage it stands")
        yield Param(f"{at}/align", "choice", "centre", choices=ALIGNS, help="where its lines meet")
    if source == "media":
        yield from _film(at)


def _film(at: str) -> Iterable[Param]:
    """How a film is played."""
    yield Param(f"{at}/play", "bool", True, help="let it run; off: it stands where it is (clock free)")
    yield Param(f"{at}/speed", "float", 1.0, -4.0, 4.0, "times its own speed; negative: backwards; 0 stands still")
    yield Param(f"{at}/loop", "choice", "loop", choices=LOOPS, help="what comes at its end")
    words = "what places it: its own speed, the timeline's seconds, or position alone"
    yield Param(f"{at}/clock", "choice", "free", choices=CLOCKS, help=words)
    yield Param(f"{at}/position", "float", 0.0, 0.0, LONGEST, "writing it seeks; with clock scrub, where it is", "s")
    yield Param(f"{at}/in", "float", 0.0, 0.0, LONGEST, "where it begins", "s")
    yield Param(f"{at}/out", "float", 0.0, 0.0, LONGEST, "where it ends; 0: at its end", "s")
    yield Param(f"{at}/fit", "choice", "cover", choices=FITS, help="fill the stage, lie whole in it, or be stretched")


def deck_params(transitions: tuple[str, ...]) -> Iterable[Param]:
    """How deck A becomes deck B, where the patch names transition shaders; the first of them is the default."""
    if transitions:
        words = "the way from deck A to deck B: a transition shader, or a plain dissolve"
        yield Param("/deck/transition", "choice", transitions[0], choices=(DISSOLVE, *transitions), help=words)


def is_generator(source: str) -> bool:
    """Whether a source is the name of a shader."""
    return source not in SOURCES and not source.startswith("layer:")


def looked_at(source: str) -> int:
    """The N of `layer:N`, or 0."""
    kind, _, number = source.partition(":")
    return int(number) if kind == "layer" and number.isdecimal() else 0


def layers_of(
    patch: Patch,
    values: Mapping[str, Value],
    written: Callable[[str], str],
    footages: Mapping[int, Footage] = NO_FILMS,
) -> tuple[Layer, ...]:
    """The layers that are to be drawn, lowest first. Those at opacity 0 are there because others look at them.

    `written` fills in a title's template; `footages` says where films stand, by their layers' numbers.
    """
    stack = _Stack(patch.layers, values)
    for number in stack.roots():
        stack.want(number, True)
    wanted = sorted(stack.wanted.items())
    drawn = (_layer(patch, values, number, seen, written) for number, seen in wanted)
    return tuple(replace(one, footage=footages[one.number]) if one.number in footages else one for one in drawn)


def alone(layers: tuple[Layer, ...], number: int) -> tuple[Layer, ...]:
    """A layer by itself, with what it is made of; the others stay for it to look at."""
    groups = {layer.number: layer.group for layer in layers}

    def within(one: int) -> bool:
        return one == number or (one in groups and groups[one] > 0 and within(groups[one]))

    return tuple(layer if within(layer.number) else replace(layer, opacity=0.0) for layer in layers)


def decks_at(specs: tuple[LayerSpec, ...], values: Mapping[str, Value]) -> int:
    """The number of the layer where the decks are mixed, the lowest on one, seen or not; 0 where none is."""
    dealt = (n for n, spec in enumerate(specs, 1) if not spec.group and values[f"/layer/{n}/deck"] != "none")
    return next(dealt, 0)


class _Stack:
    """What is seen of a patch's layers with these values, and what those look at."""

    def __init__(self, specs: tuple[LayerSpec, ...], values: Mapping[str, Value]) -> None:
        self._specs, self._values = specs, values
        self._decks = decks_at(specs, values)
        self.wanted: dict[int, bool] = {}  # numbers, and whether they are seen themselves
        fade = float(values["/deck/crossfade"])  # type: ignore[arg-type]
        self._closed = "b" if fade <= 0.0 else "a" if fade >= 1.0 else ""
        self._solo = {number for number in range(1, len(specs) + 1) if self._of(number, "solo")}
        self._lit = {up for number in self._solo for up in self._line(number)}

    def _of(self, number: int, name: str) -> Value:
        return self._values[f"/layer/{number}/{name}"]

    def _line(self, number: int) -> list[int]:
        """A layer and the groups that it is in."""
        line = [number]
        while group := self._specs[line[-1] - 1].group:
            line.append(group)
        return line

    def _on(self, number: int) -> bool:
        return float(self._of(number, "opacity")) > 0.0 and not self._of(number, "mute")  # type: ignore[arg-type]

    def _soloed_away(self, number: int) -> bool:
        return bool(self._solo) and number not in self._lit and self._solo.isdisjoint(self._line(number))

    def _members(self, group: int) -> list[int]:
        """What is seen of a group, 0 being the stage. One that solo hides is looked at by others: it is whole."""
        whole = group > 0 and self._soloed_away(group)
        members = (n for n, spec in enumerate(self._specs, 1) if spec.group == group and self._on(n))
        return [n for n in members if whole or not self._soloed_away(n)]

    def roots(self) -> list[int]:
        """What is seen on the stage and on the decks that the fader shows."""
        decks: dict[str, list[int]] = {deck: [] for deck in DECKS}
        for number in self._members(0):
            decks[str(self._of(number, "deck"))].append(number)
        decks.pop(self._closed, None)
        beside = self._uncovered(decks.pop("none"))
        dealt = [number for deck in decks.values() for number in self._uncovered(deck)]
        if beside and self._decks < beside[0] and self._covers(beside[0]):
            return beside
        return sorted([*beside, *dealt])

    def _uncovered(self, numbers: list[int]) -> list[int]:
        """Without what lies behind a layer that is known to cover the stage."""
        first = next((place for place in reversed(range(len(numbers))) if self._covers(numbers[place])), 0)
        return numbers[first:]

    def _covers(self, number: int) -> bool:
        spec, placed = self._specs[number - 1], ("x", "y", "rotation", *(f"crop/{side}" for side in SIDES))
        if spec.filters or spec.source not in COVERING or self._of(number, "blend") != "normal":
            return False
        whole = self._of(number, "opacity") == 1.0 and self._of(number, "scale") == 1.0 and not self._masked(number)
        clear = spec.source == "colour" and self._of(number, "colour")[3] < 1.0  # type: ignore[index,operator]
        return whole and not clear and not any(self._of(number, name) for name in placed)

    def _mask(self, number: int) -> int:
        """The layer that masks this one, or 0."""
        mask = matte_of(self._values, f"/layer/{number}/")
        return mask.layer if mask else 0

    def _masked(self, number: int) -> bool:
        return matte_of(self._values, f"/layer/{number}/") is not None

    def want(self, number: int, seen: bool) -> None:
        """Take a layer into the frame with all that it looks at."""
        if self.wanted.get(number) or (number in self.wanted and not seen):
            return
        self.wanted[number] = seen
        source = self._specs[number - 1].source
        for other in (looked_at(source), self._mask(number)):
            if 0 < other <= len(self._specs):
                self.want(other, False)
        if source == "group":
            for member in self._uncovered(self._members(number)):
                self.want(member, True)


def _layer(patch: Patch, values: Mapping[str, Value], number: int, seen: bool, written: Callable[[str], str]) -> Layer:
    spec, at = patch.layers[number - 1], f"/layer/{number}/"
    opacity = float(values[f"{at}opacity"]) if seen else 0.0  # type: ignore[arg-type]
    return Layer(
        spec.source,
        _passes(patch, spec, values),
        opacity,
        str(values[f"{at}blend"]),
        number,
        spec.group,
        str(values[f"{at}deck"]) if not spec.group else "none",
        _placement(values, at),
        matte_of(values, at),
        values.get(f"{at}colour", (0.0, 0.0, 0.0, 1.0)),  # type: ignore[arg-type]
        _title(values, at, written, spec.font) if spec.source == "text" else None,
        float(values.get(f"{at}halflife", 0.0)),  # type: ignore[arg-type]
    )


def matte_of(values: Mapping[str, Value], at: str) -> Matte | None:
    """The mask of the layer whose parameters begin with `at`."""
    by, invert = str(values[f"{at}mask/by"]), bool(values[f"{at}mask/invert"])
    if by == "depth":
        return Matte(0, by, invert)
    layer = int(values[f"{at}mask/layer"])  # type: ignore[arg-type]
    return Matte(layer, by, invert) if layer and by != "none" else None


def deep(patch: Patch, values: Mapping[str, Value]) -> bool:
    """Whether a layer, seen or not, is drawn from how near things are in the sampler's picture."""
    layers = enumerate(patch.layers, 1)
    return any(spec.source == "depth" or values[f"/layer/{number}/mask/by"] == "depth" for number, spec in layers)


def _placement(values: Mapping[str, Value], at: str) -> Placement:
    names = ("x", "y", "scale", "rotation", "anchor/x", "anchor/y", *(f"crop/{side}" for side in SIDES))
    return Placement(*(float(values[at + name]) for name in names))  # type: ignore[arg-type]


def _title(values: Mapping[str, Value], at: str, written: Callable[[str], str], font: str) -> Title:
    text, size = str(values[f"{at}text"]), float(values[f"{at}size"])  # type: ignore[arg-type]
    return Title(written(text), size, str(values[f"{at}place"]), str(values[f"{at}align"]), font)


def _passes(patch: Patch, spec: LayerSpec, values: Mapping[str, Value]) -> tuple[Pass, ...]:
    names = (spec.source, *spec.filters) if is_generator(spec.source) else spec.filters
    return tuple(pass_of(patch, name, values) for name in names)


def pass_of(patch: Patch, name: str, values: Mapping[str, Value]) -> Pass:
    """A shader with its inputs' values."""
    params = patch.shaders[name].params
    return Pass(name, {p.address.rpartition("/")[2]: values[p.address] for p in params if p.address in values})


def crossing(patch: Patch, values: Mapping[str, Value]) -> Pass | None:
    """The transition between the decks while the fader is on its way, or None for a plain dissolve."""
    fade, name = float(values["/deck/crossfade"]), str(values.get("/deck/transition", DISSOLVE))  # type: ignore[arg-type]
    if name == DISSOLVE or not 0.0 < fade < 1.0:
        return None
    found = pass_of(patch, name, values)
    return replace(found, inputs={**found.inputs, "progress": fade})
