"""What a tick says is to be seen: a job for the sampler and layers for the stage. Frozen values that cross borders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perf.core.camera import Pose
from perf.core.event import Value
from perf.core.moment import Moment


@dataclass(frozen=True, slots=True)
class Job:
    """One request to the sampler: everything that the next image depends on, besides the engine's carry.

    `prompts` are (text, weight) pairs, a negative weight being a negative concept; `skip` in 0…1 is the share of the
    schedule skipped over the previous image; `seed` may be fractional (a blend of two neighbours); `size` is (width,
    height) in pixels; `seconds` is the clock's at the tick; `epoch` changes when the recursion starts anew; `touch`
    counts what the performer's hand has set so far: when it changes, the sampler does not wait for its rate.
    `loras` are (name, weight) pairs.
    """

    index: int = 0
    seconds: float = 0.0
    prompts: tuple[tuple[str, float], ...] = (("", 1.0),)
    fade: float = 0.5
    skip: float = 0.5
    steps: int = 1
    spacing: str = "trailing"
    guidance: float = 1.0
    mode: str = "none"
    seed: float = 0.0
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
    loras: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """One ISF shader drawn with these inputs."""

    shader: str
    inputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Layer:
    """A source (the sampler's image, or a generator) through filters onto what is below."""

    source: str
    filters: tuple[Pass, ...]
    opacity: float
    blend: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What one tick shows. `values` are all parameters as resolved, by address."""

    moment: Moment
    values: Mapping[str, Value]
    job: Job
    layers: tuple[Layer, ...]
    opacity: float = 1.0
    blackout: bool = False
    freeze: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One image from the sampler: `pixels` are rows from the top, RGB, 8 bits; pose and fov are its job's.

    `seconds` is when it is first shown; `asked` is its job's time.
    """

    index: int
    pixels: bytes | bytearray | memoryview
    size: tuple[int, int]
    pose: Pose
    fov: float
    seconds: float
    asked: float = 0.0
