"""Patch files: TOML text ↔ `core.patch.Patch`. Opens no file: text comes in, text goes out.

Every mistake is found in one reading; the error names the first with its line and says how many more there are.
"""

import gc
import hashlib
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from math import inf
from typing import Any, NamedTuple

import rtoml
import tomlkit

from perf.core.address import name_of
from perf.core.clock import SOURCES, ClockSpec
from perf.core.event import Value
from perf.core.hearing import SOURCES as SOUNDS
from perf.core.hearing import SoundSpec
from perf.core.lane import Book
from perf.core.param import Param, Table
from perf.core.patch import CURVES, MODES, TAKEOVERS, Binding, LoraSpec, Output, Patch, SecondSpec
from perf.core.second import second_params
from perf.core.table import lora_params, table
from perf.errors import ModelError, PatchError
from perf.wire import bindings, layers
from perf.wire.lanes import put
from perf.wire.layers import FindMedia, FindShader, trusting
from perf.wire.mtc import parse_code
from perf.wire.notes import notes
from perf.wire.reader import Path, Reader
from perf.wire.runs import SECTIONS, apart, together
from perf.wire.tracks import signature, timeline

FindLoras = Callable[[str, tuple[str, ...]], tuple[LoraSpec, ...]]  # a model and the files named with it

CLOCK_KEYS = ("tempo", "beats_per_bar", "signature", "source", "out", "mtc_start", "freewheel", "audio", "loop")
NO_LANES: Book = {}
MIDI_KINDS = ("cc", "cc14", "note", "bend", "pressure", "program")


class _Finders(NamedTuple):
    """Who looks for what a patch names, and who hears what is odd about it."""

    shader: FindShader
    loras: FindLoras
    media: FindMedia
    note: Callable[[str], None] | None


def named(model: str, files: tuple[str, ...]) -> tuple[LoraSpec, ...]:
    """LoRAs as they are named, with nobody looking for them."""
    stems = (file.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors") for file in files)
    return tuple(LoraSpec(name_of(stem), file) for stem, file in zip(stems, files, strict=True))


def parse(
    text: str,
    find_shader: FindShader,
    file: str = "",
    find_loras: FindLoras = named,
    find_media: FindMedia = trusting,
    note: Callable[[str], None] | None = None,
) -> Patch:
    """The patch that a text describes. Raises PatchError with file and line.

    `find_media` tells what a layer shows that cannot be shown, `note` takes what is no mistake and plays otherwise than
    it may seem, as `FILE:LINE: what`; nobody looks unless they are asked for.
    """
    with _uncollected():
        return _parsed(text, _Finders(find_shader, find_loras, find_media, note), file)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage: 300,000 keys are a third faster so."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _parsed(text: str, find: _Finders, file: str) -> Patch:
    try:
        document = rtoml.loads(text)
    except rtoml.TomlParsingError as error:
        found = re.search(r"line (\d+)", str(error))
        raise PatchError(f"not TOML: {error}", file, int(found[1]) if found else None) from error
    reader = Reader(text)
    patch = _patch(reader, document, find)
    if reader.mistakes:
        line, message = reader.first
        more = len(reader.mistakes) - 1
        raise PatchError(message + (f" (and {more} more)" if more else ""), file, line)
    if find.note:
        for path, words in notes(document):
            find.note(f"{file}:{reader.line(path)}: {words}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _replaced(patch, digest=digest)


def _replaced(patch: Patch, **changes: Any) -> Patch:
    return Patch(**{f.name: changes.get(f.name, getattr(patch, f.name)) for f in fields(Patch)})


def _patch(reader: Reader, document: dict[str, Any], find: _Finders) -> Patch:
    reader.keys(document, (), SECTIONS)
    model = reader.section(document, "model", ("path", "size", "loras"))
    stage = reader.section(document, "stage", ("size", "fps"))
    clock = reader.section(document, "clock", CLOCK_KEYS)
    spec = _clock(reader, clock)
    sound = reader.section(document, "sound", ("source", "file", "input"))
    hearing = SoundSpec(*(reader.word(sound, ("sound", name), "") for name in ("file", "input")))
    output = reader.section(document, "output", ("host", "port", "prefix", "sound"))
    seen = layers.stage(reader, document, find.shader, find.media)
    loras, second = _loras(reader, model, find.loras), _second(reader, document)
    parameters = _table((*seen.params, *(second_params() if second else ())), loras)
    values = reader.values(parameters, document.get("params", {}), ("params",))
    tempo = float(reader.number(clock, ("clock", "tempo"), 120.0, (20, 999)))
    tempo = float(values.pop("/transport/tempo", tempo))  # type: ignore[arg-type] # the same in another place
    meter = signature(reader, clock, ("clock",))
    return Patch(
        name=reader.word(document, ("name",), "untitled"),
        model=reader.word(model, ("model", "path"), ""),
        model_size=reader.pair(model, ("model", "size"), (320, 192)),
        loras=loras,
        second=second,
        size=reader.pair(stage, ("stage", "size"), (1280, 720)),
        fps=reader.number(stage, ("stage", "fps"), 60.0, (1, 240)),
        tempo=tempo,
        meter=meter,
        clock=spec,
        table=parameters,
        values=({"/clock/source": spec.source} if "source" in clock else {})
        | ({"/sound/source": _source(reader, sound)} if sound else {})
        | values,
        timeline=timeline(reader, document, parameters, (tempo, meter)),
        layers=seen.layers,
        shaders=seen.shaders,
        mapping=seen.mapping,
        bindings=tuple(_bindings(reader, document, parameters)),
        outputs=tuple(_outputs(reader, document)),
        sound=reader.word(output, ("output", "sound"), ""),
        hearing=hearing,
    )


def _second(reader: Reader, document: dict[str, Any]) -> SecondSpec | None:
    """The second sampler, if there is one."""
    section = reader.section(document, "second", ("path", "size"))
    if "second" not in document:
        return None
    size = reader.pair(section, ("second", "size"), (320, 192))
    return SecondSpec(reader.word(section, ("second", "path"), ""), size)


def _source(reader: Reader, sound: Mapping[str, Any]) -> str:
    """What is listened to; a section that does not say it means what it names."""
    return reader.word(sound, ("sound", "source"), "file" if sound.get("file") else "input", SOUNDS)


def _clock(reader: Reader, clock: dict[str, Any]) -> ClockSpec:
    """Who leads, and who is led; tempo and metre are read beside it."""
    out, loop = clock.get("out", []), clock.get("loop", False)
    if not isinstance(out, list) or not all(isinstance(name, str) and name for name in out):
        reader.wrong(("clock", "out"), f"out is {out!r}; it takes a list of names of MIDI ports")
        out = []
    if not isinstance(loop, bool):
        reader.wrong(("clock", "loop"), f"loop is {loop!r}; it takes true or false")
    start = reader.word(clock, ("clock", "mtc_start"), "00:00:00:00")
    try:
        parse_code(start)
    except ValueError as error:
        reader.wrong(("clock", "mtc_start"), f"mtc_start: {error}")
    source = reader.word(clock, ("clock", "source"), "auto", SOURCES)
    audio = reader.word(clock, ("clock", "audio"), "")
    if source == "audio" and not audio:
        reader.wrong(("clock", "source"), 'source is audio, but which sound? Add audio = "FILE"')
    freewheel = float(reader.number(clock, ("clock", "freewheel"), 1.0, (0, inf)))
    return ClockSpec(source, tuple(out), start, freewheel, audio, loop is True)


def _loras(reader: Reader, model: dict[str, Any], find: FindLoras) -> tuple[LoraSpec, ...]:
    files, at = model.get("loras", []), ("model", "loras")
    if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        reader.wrong(at, f"loras is {files!r}; it takes a list of .safetensors files")
        return ()
    try:
        found = find(str(model.get("path", "")), tuple(files))
    except ModelError as error:
        reader.wrong(at, str(error))
        return ()
    except OSError as error:  # too long a name, no right to look
        words = f"{str(error.filename)[:80]!r}: {error.strerror}; give the path of a folder or a file"
        reader.wrong(at if files else ("model", "path"), words)
        return ()
    names = [lora.name for lora in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        reader.wrong(at, f"{', '.join(twice)} is the name of two LoRAs; rename one of the files")
    return found


def _table(params: tuple[Param, ...], loras: tuple[LoraSpec, ...]) -> Table:
    weights = (p for name in dict.fromkeys(lora.name for lora in loras) for p in lora_params(name))
    return table([*weights, *params])


def _bindings(reader: Reader, document: dict[str, Any], parameters: Table) -> list[Binding]:
    found = []
    for i, row in enumerate(reader.rows(document, "midi")):
        at: Path = ("midi", i)
        reader.keys(row, at, tuple(f.name for f in fields(Binding)))
        address = reader.word(row, (*at, "address"), "")
        if address not in parameters:
            reader.wrong((*at, "address"), f"no parameter is called {address!r}; `retrograde params` lists them")
        found.append(
            Binding(
                kind=reader.word(row, (*at, "kind"), "cc", MIDI_KINDS),
                number=int(reader.number(row, (*at, "number"), 0, (0, 127))),
                address=address,
                channel=int(reader.number(row, (*at, "channel"), 0, (0, 16))),
                port=reader.word(row, (*at, "port"), ""),
                low=float(reader.number(row, (*at, "low"), 0.0, (0, 1))),
                high=float(reader.number(row, (*at, "high"), 1.0, (0, 1))),
                curve=reader.word(row, (*at, "curve"), "linear", CURVES),
                mode=reader.word(row, (*at, "mode"), "absolute", MODES),
                takeover=reader.word(row, (*at, "takeover"), "pickup", TAKEOVERS),
            )
        )
    return found


def _outputs(reader: Reader, document: dict[str, Any]) -> list[Output]:
    outputs = []
    for i, row in enumerate(reader.rows(document, "osc")):
        at: Path = ("osc", i)
        reader.keys(row, at, ("host", "port", "prefix"))
        port = int(reader.number(row, (*at, "port"), 9002, (1, 65535)))
        host = reader.word(row, (*at, "host"), "127.0.0.1")
        outputs.append(Output(host, port, reader.word(row, (*at, "prefix"), "/")))
    return outputs


def save(text: str, values: Mapping[str, Value], bound: tuple[Binding, ...], lanes: Book = NO_LANES) -> str:
    """The patch text with these values in `[params]`, these MIDI bindings and lanes; comments and order stay."""
    document = tomlkit.parse(apart(text if text.endswith("\n") else text + "\n" * bool(text)))
    params = document.setdefault("params", tomlkit.table())
    for address, value in values.items():
        params[address] = [*map(_short, value)] if isinstance(value, tuple) else _short(value)
    bindings.put(document, bound)
    put(document, lanes)
    return together(tomlkit.dumps(document))


def _short(value: Any) -> Any:
    """A number as whoever sent it had it: OSC's single precision makes 0.2 into 0.20000000298."""
    if isinstance(value, float) and abs(value) < 1e30:
        single = struct.pack("f", value)
        if struct.unpack("f", single)[0] == value:
            return next(short for n in range(6, 10) if struct.pack("f", short := float(f"{value:.{n}g}")) == single)
    return value
