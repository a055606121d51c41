"""What a patch says of its stage: `[[layer]]`, `[deck]` and `[[mapping]]`, and the shaders that they name.

Beside what makes a layer or a slice, its table may have any of its parameters, by the end of the address:
`opacity = 0.5`, `crop = { left = 0.1 }`. Opens no file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from perf.core.footage import MediaSpec
from perf.core.layers import SOURCES, deck_params, is_generator, layer_params, looked_at
from perf.core.mapping import MESH, MONITORS, SliceSpec, mapping_params
from perf.core.param import Param, Table
from perf.core.patch import LayerSpec, ShaderSpec
from perf.errors import ShaderError
from perf.wire.reader import Path, Reader

FindShader = Callable[[str], ShaderSpec]
FindMedia = Callable[[MediaSpec], str]  # why what a layer shows cannot be shown, or ""
_OWN = {"media": ("file", "camera", "fps"), "text": ("font",)}  # keys of layers of a source


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage of a patch, with all of its parameters."""

    layers: tuple[LayerSpec, ...]
    mapping: tuple[SliceSpec, ...]
    shaders: Mapping[str, ShaderSpec]
    params: tuple[Param, ...]


def trusting(media: MediaSpec) -> str:
    """Nobody looks."""
    return ""


def stage(reader: Reader, document: dict[str, Any], find: FindShader, find_media: FindMedia = trusting) -> Stage:
    """Read it all."""
    rows = reader.rows(document, "layer") or [{}]
    layers, params = [], list[Param]()
    for i, row in enumerate(rows):
        spec, own = _layer(reader, row, i, len(rows))
        if spec.media and (trouble := find_media(spec.media)):
            reader.wrong(("layer", i, "file" if spec.media.file else "camera"), trouble)
        layers.append(spec)
        params += own
    _check(reader, layers)
    if "second" not in document:
        for i, spec in enumerate(layers):
            if spec.source == "second":
                reader.wrong(("layer", i, "source"), 'source is "second"; the patch needs a [second] table for that')
    deck = reader.section(document, "deck", ("transitions",))
    transitions = _names(reader, deck, ("deck", "transitions"))
    shaders = _shaders(reader, layers, transitions, find)
    found = tuple(name for name in transitions if name in shaders)
    mapping, slices = _mapping(reader, document)
    faded = {f"/shader/{name}/progress" for name in transitions}  # the cross-fader's
    inputs = (p for spec in shaders.values() for p in spec.params if p.address not in faded)
    return Stage(tuple(layers), mapping, shaders, (*params, *deck_params(found), *slices, *inputs))


def _layer(reader: Reader, row: dict[str, Any], index: int, count: int) -> tuple[LayerSpec, list[Param]]:
    at: Path = ("layer", index)
    source = reader.word(row, (*at, "source"), "sampler")
    filters = _names(reader, row, (*at, "filters"))
    group = reader.number(row, (*at, "group"), 0, (0, count))
    if group != int(group):
        reader.wrong((*at, "group"), f"group is {group!r}; it takes the number of a layer, 1…{count}")
    own = layer_params(index + 1, 1.0, "normal", source, count)
    keys = ("source", "filters", "group", *_OWN.get(source, ()))
    params = _set(reader, own, row, at, keys)
    media = _media(reader, row, at) if source == "media" else None
    font = reader.word(row, (*at, "font"), "") if source == "text" else ""
    opacity, blend = params[0].default, params[1].default
    return LayerSpec(source, filters, float(opacity), str(blend), int(group), media, font), params  # type: ignore[arg-type]


def _media(reader: Reader, row: Mapping[str, Any], at: Path) -> MediaSpec:
    """What a layer of source media shows."""
    camera = row.get("camera", "")
    named = {"camera": str(camera) if type(camera) is int and camera >= 0 else camera}
    media = MediaSpec(
        reader.word(row, (*at, "file"), ""),
        reader.word(named, (*at, "camera"), ""),
        float(reader.number(row, (*at, "fps"), 30.0, (0.01, 240))),
    )
    if len([key for key in ("file", "camera") if row.get(key, "") != ""]) != 1:
        reader.wrong((*at, "source"), 'source is "media"; it takes file = "FILE" beside the patch, or camera = "0"')
    return media


def _names(reader: Reader, section: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    key = path[-1]
    names = section.get(str(key), [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        reader.wrong(path, f"{key} is {names!r}; it takes a list of shader names")
        return ()
    return tuple(dict.fromkeys(names)) if key == "transitions" else tuple(names)


def _set(
    reader: Reader, params: Iterable[Param], row: Mapping[str, Any], at: Path, more: tuple[str, ...]
) -> list[Param]:
    """Parameters `/KIND/N/…` with what a table says for defaults; `more` are the keys that are none."""
    own = Table(params)
    base = f"/{at[0]}/{int(at[1]) + 1}/"
    tails = {address.removeprefix(base): address for address in own}
    given: dict[str, object] = {}
    for key, value in row.items():
        inner = value.items() if isinstance(value, dict) else ()
        given |= {f"{key}/{name}": part for name, part in inner} if isinstance(value, dict) else {key: value}
    for tail, raw in given.items():
        path: Path = (*at, tail.split("/")[0])
        reader.keys({tail: raw}, path, (*more, *tails))
        value = reader.value(own, tails[tail], raw, path) if tail in tails else None
        if value is not None:
            own = Table(replace(p, default=value) if p.address == tails[tail] else p for p in own.values())
    return list(own.values())


def _check(reader: Reader, layers: list[LayerSpec]) -> None:
    """What layers say of one another."""
    numbers = range(1, len(layers) + 1)
    for i, spec in enumerate(layers):
        other, named = looked_at(spec.source), spec.source.startswith("layer:")
        if named and (other not in numbers or other == i + 1):
            others = [f"layer:{number}" for number in numbers if number != i + 1]
            words = f"it takes another layer: {', '.join(others)}" if others else "there is no other layer to show"
            reader.wrong(("layer", i, "source"), f"source is {spec.source!r}; {words}")
        if wrong := _ungrouped(layers, i + 1):
            reader.wrong(("layer", i, "group"), f"group is {spec.group}; {wrong}")
            layers[i] = replace(spec, group=0)


def _ungrouped(layers: list[LayerSpec], number: int) -> str:
    """Why a layer cannot be in the group that it names, or nothing."""
    line = [number]
    while group := layers[line[-1] - 1].group:
        if group in line:
            return f"layer {group} would be in itself"
        if layers[group - 1].source != "group":
            return f'layer {group} is no group: give it source = "group"'
        line.append(group)
    return ""


def _shaders(
    reader: Reader, layers: list[LayerSpec], transitions: tuple[str, ...], find: FindShader
) -> dict[str, ShaderSpec]:
    found: dict[str, ShaderSpec] = {}
    uses: list[tuple[str, Path, str]] = []
    for i, layer in enumerate(layers):
        at: Path = ("layer", i)
        uses += [(layer.source, (*at, "source"), "generator")] if is_generator(layer.source) else []
        uses += [(name, (*at, "filters"), "filter") for name in layer.filters]
    uses += [(name, ("deck", "transitions"), "transition") for name in transitions]
    for name, path, wanted in uses:
        try:
            spec = found.setdefault(name, find(name))
        except ShaderError as error:
            more = "" if error.file or path[-1] != "source" else f"; a source is a generator, or {', '.join(SOURCES)}"
            reader.wrong(path, str(error) + more)
            continue
        except OSError as error:  # too long a name, no right to look
            reader.wrong(path, f"{name[:80]!r}: {error.strerror}; give the name of a shader")
            continue
        if spec.role != wanted:
            reader.wrong(path, f"{name} is a {spec.role}; {path[-1]} takes a {wanted}")
    return found


def _mapping(reader: Reader, document: dict[str, Any]) -> tuple[tuple[SliceSpec, ...], list[Param]]:
    rows = reader.rows(document, "mapping")
    specs = tuple(
        SliceSpec(_mesh(reader, row, ("mapping", i, "mesh")), _monitor(reader, row, ("mapping", i, "monitor")))
        for i, row in enumerate(rows)
    )
    params = list(mapping_params(specs))
    for i, row in enumerate(rows):
        base = f"/mapping/{i + 1}/"
        own = [p for p in params if p.address.startswith(base)]
        changed = {p.address: p for p in _set(reader, own, row, ("mapping", i), ("mesh", "monitor"))}
        params = [changed.get(p.address, p) for p in params]
    return specs, params


def _monitor(reader: Reader, row: Mapping[str, Any], path: Path) -> int:
    monitor = row.get("monitor", 1)
    if type(monitor) is not int or not 1 <= monitor <= MONITORS:
        reader.wrong(path, f"monitor is {monitor!r}; it takes 1 (the main window) to {MONITORS}")
        return 1
    return monitor


def _mesh(reader: Reader, row: Mapping[str, Any], path: Path) -> tuple[int, int]:
    mesh = row.get("mesh", [0, 0])
    good = isinstance(mesh, list) and len(mesh) == 2 and all(type(n) is int for n in mesh)
    if not good or (mesh != [0, 0] and not all(2 <= n <= MESH for n in mesh)):
        reader.wrong(path, f"mesh is {mesh!r}; it takes [columns, rows] of points, 2…{MESH} each")
        return (0, 0)
    return (mesh[0], mesh[1])
