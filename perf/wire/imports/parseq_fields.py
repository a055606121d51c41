"""Fields of a Parseq document by frame: its keyframes interpolated as it says, checked against `rendered_frames`."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perf.errors import ImportFileError
from perf.wire.imports.draft import Draft, clean
from perf.wire.imports.parseq_formula import Words, formula
from perf.wire.imports.parseq_language import Call, Name, Node, Number, parse
from perf.wire.imports.parseq_place import Place
from perf.wire.imports.parseq_values import value
from perf.wire.imports.series import MOST, joined

DEFAULTS = {"seed": -1.0, "scale": 7.0, "noise": 0.08, "strength": 0.6, "contrast": 1.0, "prompt_weight_1": 1.0}
DEFAULTS |= {"zoom": 1.0, "fov": 40.0, "near": 200.0, "far": 10_000.0}
CLOSE = 1e-4  # of the largest value: what is nearer to the rendered value agrees with it


@dataclass(frozen=True, slots=True)
class Field:
    """A field's value at each frame from 0, and the formula or the keys that may give the same."""

    values: list[float]
    formula: str = ""
    keys: tuple[tuple[int, float, str], ...] = ()


@dataclass(slots=True)
class Document:
    """A Parseq document: keyframes in order, and rendered frames by number, where there are any."""

    raw: Mapping[str, Any]
    draft: Draft
    keyframes: list[Mapping[str, Any]]
    rendered: dict[int, Mapping[str, Any]]
    bpm: float

    @property
    def frames(self) -> int:
        """How many frames there are, counted from 0."""
        return frame_of(self.keyframes[-1]) + 1

    @property
    def names(self) -> list[str]:
        """The fields that it manages."""
        named = self.raw.get("managedFields") or self.raw.get("displayFields")
        if isinstance(named, list) and named:
            return [str(name) for name in dict.fromkeys(map(str, named))]
        keys = dict.fromkeys(key for row in self.keyframes for key in row)
        return [key for key in keys if key not in ("frame", "info") and not key.endswith("_i")]


def frame_of(row: Mapping[str, Any]) -> int:
    """A keyframe's frame; -1 where it is none."""
    frame = row.get("frame")
    good = isinstance(frame, int | float) and not isinstance(frame, bool) and 0 <= frame < MOST
    return round(frame) if good else -1  # type: ignore[arg-type]


def number(raw: object) -> float | None:
    """A number, or a text that is one; None for what is neither."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        found = float(raw)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def read(raw: Mapping[str, Any], draft: Draft) -> Document:
    """The keyframes and what goes with them. Raises ImportFileError where there are none."""
    rows = raw.get("keyframes")
    good = [row for row in rows if isinstance(row, dict) and frame_of(row) >= 0] if isinstance(rows, list) else []
    if not good:
        raise ImportFileError(
            f"has no keyframes with a frame of 0…{MOST - 1}; export the document again", draft.asked.source
        )
    if len(good) < len(rows):  # type: ignore[arg-type]
        draft.note(f"{len(rows) - len(good)} keyframes have no frame of 0…{MOST - 1}: they are left out")  # type: ignore[arg-type]
    twice = [frame for frame, count in Counter(map(frame_of, good)).items() if count > 1]
    if twice:
        words = f"{len(twice)} frames have several keyframes, the first of them frame {min(twice)}"
        draft.note(f"{words}: of each field the last value counts")
    fps = option(raw, draft, "input_fps", 20.0, (0.1, 240.0))
    draft.fps = option(raw, draft, "output_fps", fps, (0.1, 240.0))
    bpm = option(raw, draft, "bpm", 120.0, (1.0, 10_000.0))
    keyframes: list[Mapping[str, Any]] = sorted(good, key=frame_of)
    return Document(raw, draft, keyframes, _shown(raw, draft, frame_of(keyframes[-1]) + 1), bpm)


def option(raw: Mapping[str, Any], draft: Draft, name: str, default: float, span: tuple[float, float]) -> float:
    """A number of the document's options; what is none, or out of range, is noted and becomes the default."""
    options = raw.get("options")
    value = options.get(name) if isinstance(options, dict) else None
    if value in (None, ""):
        return default
    found = number(value)
    if found is None or not span[0] <= found <= span[1]:
        words = f"it takes {span[0]:g}…{span[1]:g}, and {default:g} is played"
        draft.note(f"options: {name} is {clean(str(value), False)[:40]!r}; {words}")
        return default
    return found


def _shown(raw: Mapping[str, Any], draft: Draft, frames: int) -> dict[int, Mapping[str, Any]]:
    """The rendered frames by number; what is missing of them is noted."""
    rows = raw.get("rendered_frames")
    if rows is None:
        return {}
    if not isinstance(rows, list):
        draft.note(f"rendered_frames is {clean(str(rows), False)[:40]!r} and no list: nothing is checked against it")
        return {}
    found: dict[int, Mapping[str, Any]]
    found = {frame_of(row): row for row in rows if isinstance(row, dict) and 0 <= frame_of(row) < frames}
    if len(found) < frames:
        draft.note(f"rendered_frames has {len(found)} of {frames} frames: the others are not checked against it")
    return found


def fields(document: Document) -> dict[str, Field]:
    """Every field by frame; what does not agree with the rendered frames is taken from them, and said."""
    found, differences = {}, []
    for name in document.names:
        mine, why = _computed(document, name)
        theirs = _rendered(document, name)
        if theirs and mine:
            off = max(abs(mine.values[frame] - value) for frame, value in theirs if frame < len(mine.values))
            differences.append(f"{clean(name, False)} {off:.2g}")
            if off > CLOSE * (1.0 + max(abs(value) for _, value in theirs)):
                why = f"differs by up to {off:.3g} from rendered_frames"
        if why and theirs:
            document.draft.note(f"{name}: {why}; the rendered values are its keys")
            found[name] = Field(joined(theirs, document.frames))
        elif why:
            document.draft.note(
                f"{name}: {why}" + ("" if mine else "; straight lines between its keyframes are played")
            )
            found[name] = mine or Field(joined(_keys(document, name), document.frames))
        elif mine:
            found[name] = mine
    if differences:
        document.draft.facts.append(f"Checked against rendered_frames; largest differences: {', '.join(differences)}.")
    return found


def _rendered(document: Document, name: str) -> list[tuple[int, float]]:
    """A field's rendered values, in the order of their frames."""
    values = ((frame, number(row.get(name))) for frame, row in sorted(document.rendered.items()))
    return [(frame, value) for frame, value in values if value is not None and 0 <= frame < document.frames]


def _keys(document: Document, name: str) -> list[tuple[int, float]]:
    """A field's keyframes; where the first or the last has no value, the nearest one's, or the field's default."""
    rows = [(frame_of(row), row.get(name)) for row in document.keyframes if row.get(name) not in (None, "")]
    keys = {frame: value for frame, raw in rows if (value := number(raw)) is not None}
    wrong = [(frame, clean(str(raw), False)[:40]) for frame, raw in rows if number(raw) is None]
    if wrong:
        words = f"the first of them {wrong[0][1]!r} at frame {wrong[0][0]}"
        document.draft.note(f"{name}: {len(wrong)} keyframes are no numbers, {words}: they are left out")
    if not keys:
        keys[0] = DEFAULTS.get(name, 0.0)
    keys.setdefault(frame_of(document.keyframes[0]), keys[min(keys)])
    keys.setdefault(document.frames - 1, keys[max(keys)])
    return sorted(keys.items())


def _computed(document: Document, name: str) -> tuple[Field | None, str]:
    """A field as its interpolations say, and what is not as there; None where they are not understood."""
    keys = _keys(document, name)
    place = Place([frame for frame, _ in keys], [value for _, value in keys], document.draft.fps, document.bpm)
    try:
        nodes = _nodes(document, name)
        values = _values(place, nodes, document.frames)
    except ValueError as error:
        return None, str(error)
    lots = ", ".join(sorted(place.loose))
    return Field(
        values, _formula(document, nodes, place), _eased(keys, nodes)
    ), f"{lots} draws other lots here than there" if lots else ""


def _nodes(document: Document, name: str) -> dict[int, Node]:
    """The interpolations by the frame from which they hold. Raises ValueError."""
    texts = ((frame_of(row), row.get(f"{name}_i")) for row in document.keyframes)
    return {0: Name("L"), **{frame: parse(str(text)) for frame, text in texts if text not in (None, "")}}


def _values(place: Place, nodes: Mapping[int, Node], frames: int) -> list[float]:
    """The value of each frame. Raises ValueError for what cannot be computed."""
    values: list[float] = []
    node, keyed = nodes[0], set(place.frames)
    first = place.frames[0]
    for frame in range(frames):
        node = nodes.get(frame, node)
        place.frame = max(frame, first)
        place.active = frame if frame in keyed else place.active
        place.names["prev_computed_value"] = values[-1] if values else 0.0
        result = value(node, place)
        if isinstance(result, str) or not math.isfinite(result):
            raise ValueError(f"frame {frame} is {str(result)[:40]!r}, which is no number")
        values.append(float(result))
    return values


def _formula(document: Document, nodes: Mapping[int, Node], place: Place) -> str:
    """One formula for all of it, where one interpolation holds throughout and is more than the keyframes' own."""
    every: Sequence[Node] = [node for frame, node in nodes.items() if frame or len(nodes) == 1]
    if any(node != every[0] for node in every) or isinstance(every[0], Name):
        return ""
    draft = document.draft
    clock = "beat" if draft.beats else "t"
    pace = draft.fps * 60 / document.bpm if draft.beats else draft.fps
    steady = place.values[0] if min(place.values) == max(place.values) else None
    frame = f"floor({clock} * {pace:.12g} + 0.001)"
    return formula(every[0], Words(frame, clock, pace, draft.fps, document.bpm, steady))


def _eased(keys: list[tuple[int, float]], nodes: Mapping[int, Node]) -> tuple[tuple[int, float, str], ...]:
    """The keyframes with easings of ours, where every interpolation has one; none otherwise."""
    eases = [_ease(nodes[max(start for start in nodes if start <= frame)]) for frame, _ in keys[:-1]]
    if None in eases or not eases:
        return ()
    return tuple((frame, value, ease or "") for (frame, value), ease in zip(keys, [*eases, ""], strict=True))


def _ease(node: Node) -> str | None:
    """An interpolation as an easing: L, S, or a Bézier with numbers alone; None for another."""
    if isinstance(node, Name):
        return {"L": "", "S": "hold"}.get(node.name)
    if not isinstance(node, Call) or node.name != "bez" or len(node.args) > 4:
        return None
    points = {"x1": 0.5, "y1": 0.0, "x2": 0.5, "y2": 1.0}
    for label, (name, arg) in zip(tuple(points), node.args, strict=False):
        if (name or label) not in points or not isinstance(arg, Number):
            return None
        points[name or label] = arg.value
    good = 0 <= points["x1"] <= 1 and 0 <= points["x2"] <= 1
    return f"bezier({', '.join(f'{point:g}' for point in points.values())})" if good else None
