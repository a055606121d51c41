"""What a tick says is to be seen: a job for the sampler and layers for the stage. Frozen values that cross borders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perf.core.camera import Pose
from perf.core.event import Value
from perf.core.footage import Footage
from perf.core.mapping import Slice
from perf.core.moment import Moment


@dataclass(frozen=True, slots=True)
class Mask:
    """Two regions of the picture. `x`, `y` in -1…1 from left to right and from bottom to top; `size` (radius, half
    side) and `soft` (width of the edge) in half heights; `kind` as in `core.table.MASKS`.
    Of kind media it is what is bright in the film of media layer number `layer`.

    `ratio`: the two regions' prompts composed into one picture (0) … each in its own region (1). `hold`: share of the
    source's picture that stays outside.
    """

    kind: str = "none"
    x: float = 0.0
    y: float = 0.0
    size: float = 0.5
    soft: float = 0.2
    ratio: float = 1.0
    invert: bool = False
    hold: float = 0.0
    layer: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """What the film of media layer `number` shows, for the sampler: `pixels` are rows from the top, RGB, 8 bits, at
    `size` (width, height)."""

    number: int
    size: tuple[int, int]
    pixels: bytes | bytearray | memoryview = field(repr=False)


@dataclass(frozen=True, slots=True)
class Knobs:
    """Gains inside the network; at 1 it is as trained. `b`, `s`: backbone and skips of FreeU's two stages."""

    b1: float = 1.0
    b2: float = 1.0
    s1: float = 1.0
    s2: float = 1.0
    attention: float = 1.0


@dataclass(frozen=True, slots=True)
class Plane:
    """How a slice of the field of view is made otherwise than the rest: added to `guidance` and `skip`; or kept."""

    guidance: float = 0.0
    skip: float = 0.0
    freeze: bool = False


@dataclass(frozen=True, slots=True)
class Planes:
    """The picture's near, middle and far slices: between `near` and `far`, of a depth of 0…1, lies the middle.

    `parallax` is how much faster near things pass than far ones: 0 moves the picture as one plane.
    """

    parallax: float = 0.0
    near: float = 1 / 3
    far: float = 2 / 3
    slices: tuple[Plane, Plane, Plane] = (Plane(), Plane(), Plane())


@dataclass(frozen=True, slots=True)
class Job:
    """One request to the sampler: everything that the next image depends on, besides the engine's carry.

    `prompts` are (text, weight) pairs, a negative weight being a negative concept; `regions` the side of the mask or
    the plane that each is on (`both` where there is none); `blend` how they are joined, as in
    `core.table.PROMPT_BLENDS`; `skip` in 0…1 is the share of the schedule skipped over the previous image; `levels` are
    those of spacing custom, shares of the start level; every `every`-th image of a recursion is sampled, the others
    only move; `coherence` in 0…1 leads its colours and detail back (`diffusion.coherence`); with `depth` the image
    comes with how near things are; `seed` may be fractional (a blend of two neighbours), `seeds` are (seed, weight)
    pairs blended with it; `size` is (width, height) in pixels; `seconds` is the clock's at the tick; `epoch` changes
    when the recursion starts anew; `touch` counts what the performer's hand has set so far: when it changes, the
    sampler does not wait for its rate; `likeness` is a text that its images are compared with; `loras` are (name,
    weight) pairs; `fired` counts the cues that have gone before it. `layer` is the media layer that source media starts
    from, `mix` the share of its film in each image of a recursion; `footage` are (layer, where its film is to be seen)
    for those that are needed, `plates` what is seen there.
    """

    index: int = 0
    seconds: float = 0.0
    prompts: tuple[tuple[str, float], ...] = (("", 1.0),)
    regions: tuple[str, ...] = ()
    fade: float = 0.5
    blend: str = "linear"
    skip: float = 0.5
    steps: int = 1
    spacing: str = "trailing"
    levels: tuple[float, ...] = ()
    method: str = "auto"
    eta: float = 0.0
    guidance: float = 2.0
    mode: str = "auto"
    clip: float = 0.5
    image: float = 0.0
    cutouts: int = 1
    knobs: Knobs = field(default_factory=Knobs)
    mask: Mask = field(default_factory=Mask)
    planes: Planes = field(default_factory=Planes)
    every: int = 1
    coherence: float = 0.0
    depth: bool = False
    seed: float = 0.0
    seeds: tuple[tuple[float, float], ...] = ()
    noise: str = "travel"
    drift: float = 0.0
    source: str = "feedback"
    first: str = "noise"
    colour: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)
    pose: Pose = field(default_factory=Pose)
    fov: float = 60.0
    size: tuple[int, int] = (256, 256)
    rate: float = 30.0
    epoch: int = 0
    touch: int = 0
    likeness: str = ""
    loras: tuple[tuple[str, float], ...] = ()
    fired: int = 0
    layer: int = 1
    mix: float = 0.0
    footage: tuple[tuple[int, Footage], ...] = ()
    plates: tuple[Plate, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """The coming cue, by number and name, and the job that it leads to if it goes now, at the end of its fade.

    `fades`: it does not cut to that. `behind` tells where the cues stood: another place, another preview.
    """

    cue: int
    name: str
    job: Job
    fades: bool = False
    behind: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """One ISF shader drawn with these inputs."""

    shader: str
    inputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a layer's picture lies: moved by `x`, `y` (half heights, y up), grown by `scale` and turned by `rotation`
    (degrees, clockwise) about an anchor (-1…1 from edge to edge of it). The last four are the shares cut off."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    rotation: float = 0.0
    anchor_x: float = 0.0
    anchor_y: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether the picture lies as it is."""
        moved = self.x or self.y or self.rotation or self.scale != 1.0
        return not (moved or self.left or self.right or self.bottom or self.top)


@dataclass(frozen=True, slots=True)
class Matte:
    """A mask by another layer's picture: its number, and `by` as in `core.layers.MATTES`; by depth it has no layer."""

    layer: int
    by: str = "luma"
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """Letters: `size` is a line's height, of the stage's; places as in `core.layers`; `font` is a file, or ""."""

    text: str
    size: float = 0.1
    place: str = "centre"
    align: str = "centre"
    font: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A source (`core.layers.SOURCES`, `layer:N` or a generator, which is the first of its filters) through filters
    onto what is below. At opacity 0 it is there for other layers to look at. `number` and `group` are the patch's (0:
    none); `deck` as in `core.layers.DECKS`; `halflife`, in seconds, is the source `stage`'s, `footage` is `media`'s."""

    source: str
    filters: tuple[Pass, ...]
    opacity: float
    blend: str
    number: int = 0
    group: int = 0
    deck: str = "none"
    placement: Placement = field(default_factory=Placement)
    matte: Matte | None = None
    colour: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)
    title: Title | None = None
    halflife: float = 0.0
    footage: Footage | None = None


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from a tick to the light of what it asks for: of the stage's frame, of the sampler's image, and of an
    image that is sampled at once because something leaps in it (`job.LEAPING`)."""

    stage: float = 0.0
    sampler: float = 0.0
    leap: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What one tick shows. `values` are all parameters as they are to be seen in it, by address; `pose` and `fov` are
    the camera's then, the job's those at the moment at which its image will be seen. `cue` is the one that stands
    (-1: none) and how many have gone; `preview` is what comes next. `crossfade` leads from deck A (0) to deck B (1),
    which are mixed where layer number `decks` lies; `transition` is the shader on the way; `mapping` is how the picture
    lies on a screen, `card` the test card in it; `second` is the second sampler's job."""

    moment: Moment
    values: Mapping[str, Value]
    job: Job
    layers: tuple[Layer, ...]
    pose: Pose = field(default_factory=Pose)
    fov: float = 60.0
    opacity: float = 1.0
    blackout: bool = False
    freeze: bool = False
    cue: tuple[int, int] = (-1, 0)
    preview: Preview | None = None
    gamma: float = 1.0
    crossfade: float = 0.0
    decks: int = 0
    transition: Pass | None = None
    mapping: tuple[Slice, ...] = ()
    card: bool = False
    second: Job | None = None
