"""A patch as values: what a performance consists of. Text and files are `wire.patch`'s and `ports.library`'s."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perf.core.clock import ClockSpec
from perf.core.dates import Dates
from perf.core.event import Value
from perf.core.footage import MediaSpec
from perf.core.hearing import SoundSpec
from perf.core.mapping import SliceSpec
from perf.core.meter import Meter
from perf.core.moment import Transport
from perf.core.param import Param, Table
from perf.core.table import table
from perf.core.timeline import Timeline

CURVES = ("linear", "exp", "log", "s")
MODES = ("absolute", "toggle", "momentary", "trigger", "relative", "relative-offset", "relative-sign")
TAKEOVERS = ("pickup", "scale", "none")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer as the patch declares it: `source` is one of `core.layers.SOURCES`, `layer:N` or a generator's name;
    filters are names; `group` is the number of the layer of source `group` that it is in, 0 for none; `media` is what a
    layer of source `media` shows, `font` the file of a title's letters ("": the font that comes along)."""

    source: str = "sampler"
    filters: tuple[str, ...] = ()
    opacity: float = 1.0
    blend: str = "normal"
    group: int = 0
    media: MediaSpec | None = None
    font: str = ""


@dataclass(frozen=True, slots=True)
class SecondSpec:
    """A second sampler: its model ("": the first's) and the (width, height) of its pictures."""

    model: str = ""
    size: tuple[int, int] = (320, 192)


@dataclass(frozen=True, slots=True)
class ShaderSpec:
    """An ISF shader's name, role (generator, filter, transition) and parameters."""

    name: str
    role: str
    params: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """A LoRA that the model is played with: its name in `/lora/NAME/weight`, and its file."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A MIDI control bound to an address; see `wire.midi`. `low`/`high` are places in 0…1 of the parameter's range.

    `kind` is cc, cc14, note, bend, pressure or program; `channel` is 1…16, 0 for any; `port` matches a part of the
    port's name.
    """

    kind: str
    number: int
    address: str
    channel: int = 0
    port: str = ""
    low: float = 0.0
    high: float = 1.0
    curve: str = "linear"
    mode: str = "absolute"
    takeover: str = "pickup"


@dataclass(frozen=True, slots=True)
class Output:
    """Where values are sent without being asked (`[[osc]]`): every change below `prefix`."""

    host: str
    port: int
    prefix: str = "/"


@dataclass(frozen=True, slots=True)
class Patch:
    """A performance. `values` are `[params]`: the patch's own defaults, by address.

    `sound` is the file, beside the patch, that a rendered film is heard with, or ""; `hearing` is what it listens to;
    `dates` are those of the model's records.
    """

    name: str = "untitled"
    model: str = ""
    model_size: tuple[int, int] = (320, 192)
    loras: tuple[LoraSpec, ...] = ()
    second: SecondSpec | None = None
    size: tuple[int, int] = (1280, 720)
    fps: float = 60.0
    tempo: float = 120.0
    meter: Meter = field(default_factory=Meter)
    clock: ClockSpec = field(default_factory=ClockSpec)
    table: Table = field(default_factory=table)
    values: Mapping[str, Value] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    layers: tuple[LayerSpec, ...] = (LayerSpec(),)
    shaders: Mapping[str, ShaderSpec] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    outputs: tuple[Output, ...] = ()
    mapping: tuple[SliceSpec, ...] = ()
    sound: str = ""
    hearing: SoundSpec = field(default_factory=SoundSpec)
    digest: str = ""
    dates: Dates = field(default_factory=dict)

    @property
    def transport(self) -> Transport:
        """The transport as it starts: the patch's metre and tempo, or its tempo curve."""
        return self.timeline.transport(self.tempo, self.meter)

    @property
    def films(self) -> dict[int, MediaSpec]:
        """What its layers of source `media` show, by their numbers."""
        return {number: spec.media for number, spec in enumerate(self.layers, 1) if spec.media}

    @property
    def floor(self) -> dict[str, Value]:
        """A fresh copy of the lowest floor: table defaults with the patch's own over them."""
        return self.table.defaults | dict(self.values)
