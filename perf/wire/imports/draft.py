"""A patch as it is being written: sections, values, tracks and cues with comments, and notes of what is not as it was.

Writes TOML that `wire.patch` reads and a person can edit. Values are brought into the parameter's range here, and that
is noted.
"""

import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perf.core.curve import Curve, Key
from perf.core.event import Value
from perf.core.formula import Scope
from perf.core.param import TEXT_LIMIT, Param, Table
from perf.core.patch import ShaderSpec
from perf.core.prompts import BLACK
from perf.core.table import table
from perf.wire import formula
from perf.wire.imports.series import runs, simplified

WIDTH = 118  # characters of a line
Spot = tuple[float, Value]  # a place in the track's unit, and the value from there on
Set = tuple[tuple[str, float], ...]  # prompts that are shown at once: (text, weight)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for: `name` of the patch, `source` (the file's name), `maps` of MIDI as typed, `tolerance`
    of simplified curves as a share of their range, whether motion of a Parseq document is `absolute`, and the
    `shaders` whose parameters `maps` speak of."""

    name: str = "imported"
    source: str = ""
    maps: tuple[str, ...] = ()
    tolerance: float = 0.001
    absolute: bool = True
    shaders: tuple[ShaderSpec, ...] = ()

    @property
    def table(self) -> Table:
        """The parameters that a track may move."""
        return table([param for spec in self.shaders for param in spec.params])


@dataclass(frozen=True, slots=True)
class Imported:
    """A patch's text, and what in it is not as the file said."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """Values of a parameter by frame, and where they come from.

    `formula` or `keys` (frame, value, easing) are taken instead where they give the same; `held` values stand until the
    next frame instead of leading to it.
    """

    address: str
    values: Sequence[float]
    origin: str
    formula: str = ""
    held: bool = False
    keys: tuple[tuple[int, float, str], ...] = ()


@dataclass(slots=True)
class Draft:
    """A patch being written."""

    asked: Asked
    title: str
    fps: float = 25.0
    tempo: float = 120.0
    beats: bool = False  # whether frames are counted in beats
    facts: list[str] = field(default_factory=list)  # lines at the head
    notes: list[str] = field(default_factory=list)
    sections: dict[str, dict[str, object]] = field(default_factory=dict)
    values: dict[str, tuple[Value, str]] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)  # tracks and cues

    def note(self, words: str, line: int = 0) -> None:
        """Say that something is not as it was, once; with its line in the file, where that has lines."""
        words = f"line {line}: {words}" if line else words
        if words not in self.notes:
            self.notes.append(words)

    def set(self, address: str, value: Value, origin: str = "") -> None:
        """A value for the whole piece."""
        self.values[address] = (self.fitting(address, [value])[0], origin)

    def place(self, frame: float) -> float:
        """A frame in the tracks' unit, to 5 decimals; never late, so that the frame itself has the new value."""
        seconds = frame / self.fps
        return math.floor((seconds * self.tempo / 60 if self.beats else seconds) * 1e5 + 1e-3) / 1e5

    def lane(self, lane: Lane) -> None:
        """A lane as a value where it never changes, as a formula where one gives the same, else as keys."""
        param = self.asked.table[lane.address]
        values = [float(value) for value in self.fitting(lane.address, lane.values)]  # type: ignore[arg-type]
        if max(values) - min(values) <= 1e-9:
            self.set(lane.address, values[0], lane.origin)
        elif lane.formula and self._agrees(lane.formula, param, values):
            self.formula(lane.address, lane.formula, lane.origin)
        elif lane.keys and _drawn(lane.keys, values):
            spots = [(self.place(frame), value) for frame, value, _ in lane.keys]
            self.track(lane.address, spots, lane.origin, [ease for _, _, ease in lane.keys])
        elif lane.held or param.kind != "float":
            self.track(lane.address, [(self.place(i), values[i]) for i in runs(values)], lane.origin)
        else:
            kept = simplified(values, self.asked.tolerance * (max(values) - min(values)))
            few = f"; {len(kept)} of {len(values)} frames kept, within {self.asked.tolerance:.3g} of its range"
            origin = lane.origin + (few if len(kept) > 2 else "")
            self.track(lane.address, [(self.place(i), values[i]) for i in kept], origin, "")

    def fitting(self, address: str, values: Sequence[Value]) -> list[Value]:
        """Values in the range of a parameter; what is cut is noted."""
        param = self.asked.table[address]
        fitted, cut = [], 0
        for value in values:
            if isinstance(value, str) and param.kind == "text":
                value = clean(value)
            elif isinstance(value, float) and not math.isfinite(value):
                value, cut = param.default, cut + 1
            found, clamped = param.coerce((value,))
            fitted.append(found)
            cut += clamped
        if cut and param.kind == "text":
            self.note(f"{address}: {cut} texts are cut to {TEXT_LIMIT} characters")
        elif cut:
            span = f"{param.minimum:g}…{param.maximum:g}"
            self.note(f"{address}: {cut} of {len(values)} values lie outside of {span} and are brought into it")
        return fitted

    def _agrees(self, text: str, param: Param, values: Sequence[float]) -> bool:
        """Whether a formula gives a lane's values at every frame."""
        try:
            found = formula.parse(text, self.asked.table)
        except ValueError:
            return False
        near = 1e-6 * (1.0 + max(map(abs, values)))
        for frame, value in enumerate(values):
            seconds = frame / self.fps
            scope = Scope(seconds=seconds, beat=seconds * self.tempo / 60, tempo=self.tempo)
            if abs(float(param.coerce((found.at(scope),))[0]) - value) > near:  # type: ignore[arg-type]
                return False
        return True

    def track(
        self, address: str, spots: Sequence[Spot], origin: str, eases: str | Sequence[str] = "hold", unit: str = ""
    ) -> None:
        """A track of keys with an easing for all, or each its own; "" leads to the next key in a straight line."""
        values = self.fitting(address, [value for _, value in spots])
        each = [eases] * len(spots) if isinstance(eases, str) else eases
        keys = [
            f"[{fixed(place)}, {literal(value)}{f', {quoted(ease)}' if ease else ''}]"
            for (place, _), value, ease in zip(spots, values, each, strict=True)
        ]
        self._block("track", origin, [f"address = {quoted(address)}", self._unit(unit), *_keys(keys)])

    def formula(self, address: str, text: str, origin: str) -> None:
        """A track of a formula."""
        self._block("track", origin, [f"address = {quoted(address)}", f"formula = {quoted(text)}"])

    def prompts(self, keys: Sequence[tuple[float, Set, str]], origin: str) -> None:
        """Sets of prompts by place, and the way to each from the one before ("": a cut)."""
        rows = []
        for place, prompts, way in keys:
            texts = [text or BLACK for text in self.fitting("/prompt/1/text", [text for text, _ in prompts])]
            pairs = (
                f"{quoted(str(text))} = {number(weight)}" for text, (_, weight) in zip(texts, prompts, strict=True)
            )
            plain = len(prompts) == 1 and prompts[0][1] == 1.0
            shown = quoted(str(texts[0])) if plain else f"{{ {', '.join(pairs)} }}"
            rows.append(f"  [{fixed(place)}, {shown}{f', {quoted(way)}' if way else ''}],")
        self._block("prompts", origin, [self._unit(""), "keys = [", *rows, "]"])

    def cue(self, name: str, beat: float, origin: str = "") -> None:
        """A cue on its beat."""
        self._block("cue", origin, [f"name = {quoted(name)}", f"at = {fixed(beat)}"])

    def _unit(self, unit: str) -> str:
        unit = unit or ("beats" if self.beats else "seconds")
        return "" if unit == "beats" else f"unit = {quoted(unit)}"

    def _block(self, kind: str, origin: str, lines: list[str]) -> None:
        self.blocks.append("\n".join([*comment(origin), f"[[{kind}]]", *filter(None, lines)]))

    def finished(self) -> Imported:
        """The patch as text."""
        head = comment(f"Imported from {self.asked.source or 'a file'}: {self.title}.")
        for words in self.facts:
            head += comment(words)
        if self.notes:
            head += ["#", "# Not as it was there:", *(line for note in self.notes for line in comment(note, "- "))]
        parts = ["\n".join([*head, f"name = {quoted(self.asked.name)}"])]
        parts += ["\n".join([f"[{name}]", *_assigned(values)]) for name, values in self.sections.items()]
        if self.values:
            parts.append("\n".join(["[params]", *self._params()]))
        return Imported("\n\n".join([*parts, *self._layers(), *self.blocks]) + "\n", tuple(self.notes))

    def _params(self) -> list[str]:
        rows = []
        for address, (value, origin) in self.values.items():
            rows.append(f"{quoted(address)} = {literal(value)}" + (f"  # {clean(origin, False)}" if origin else ""))
        return rows

    def _layers(self) -> list[str]:
        """The layers that the shaders need: filters over the sampler's picture, generators added to it."""
        filters = [spec.name for spec in self.asked.shaders if spec.role != "generator"]
        layers = [f'[[layer]]\nsource = "sampler"\nfilters = {literal_list(filters)}'] if self.asked.shaders else []
        makers = [spec.name for spec in self.asked.shaders if spec.role == "generator"]
        return layers + [f'[[layer]]\nsource = {quoted(name)}\nblend = "add"' for name in makers]


def _drawn(keys: Sequence[tuple[int, float, str]], values: Sequence[float]) -> bool:
    """Whether keys give a lane's values at every frame."""
    curve = Curve(Key(float(frame), value, ease or "linear") for frame, value, ease in keys)
    near = 1e-6 * (1.0 + max(map(abs, values)))
    return all(abs(float(curve.at(float(n))) - value) <= near for n, value in enumerate(values))  # type: ignore[arg-type]


def _assigned(values: Mapping[str, object]) -> list[str]:
    return [f"{key} = {literal(value)}" for key, value in values.items()]


def _keys(keys: list[str]) -> list[str]:
    """Keys as an array: on one line, or some to a line; long ones a line each."""
    if sum(map(len, keys)) < WIDTH - 20:
        return [f"keys = [{', '.join(keys)}]"]
    if max(map(len, keys)) > 40:
        return ["keys = [", *(f"  {key}," for key in keys), "]"]
    filled = textwrap.wrap(", ".join(key.replace(" ", "\0") for key in keys), WIDTH - 4)
    return ["keys = [", *(f"  {line}".replace("\0", " ") for line in filled), "]"]


def fixed(place: float) -> str:
    """A place, to 5 decimals."""
    return f"{place:.5f}".rstrip("0").rstrip(".")


def number(value: float) -> str:
    """A number as a person writes it, to 7 digits."""
    text = f"{value + 0.0:.7g}"  # -0 is 0
    return text if "e" not in text else f"{value:.10f}".rstrip("0").rstrip(".") or "0"


def literal(value: object) -> str:
    """A value in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    return literal_list(value) if isinstance(value, list | tuple) else quoted(str(value))


def literal_list(values: Sequence[object]) -> str:
    """A list in TOML."""
    return f"[{', '.join(map(literal, values))}]"


def quoted(text: str) -> str:
    """A text in TOML: JSON's escapes are TOML's, save for DEL."""
    return json.dumps(clean(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def clean(text: str, lines: bool = True) -> str:
    """A text without what cannot be printed or saved; with `lines` it may have several."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or (lines and c in "\n\t") else " " for c in text)


def comment(text: str, mark: str = "") -> list[str]:
    """A text as lines of comment."""
    lines = textwrap.wrap(clean(text, False), WIDTH - 2 - len(mark))
    return [f"# {mark if i == 0 else ' ' * len(mark)}{line}" for i, line in enumerate(lines)]
