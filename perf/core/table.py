"""The instrument's own parameters, declared once. A patch adds those of its layers and shaders.

Only declarations: what a parameter does is in `tick` (core), the engine (diffusion) and the compositor (gl).
"""

from collections.abc import Iterable

from perf.core.clock import SOURCES
from perf.core.hearing import heard, sound
from perf.core.levels import levels
from perf.core.param import Param, Table
from perf.core.readings import readings

PROMPTS = 8
SEEDS = 4  # beside the sampler's own
SPACINGS = ("trailing", "uniform", "quadratic", "karras", "custom")
METHODS = ("auto", "ddim", "plms", "euler", "ancestral", "lcm", "tcd")
GUIDANCES = ("auto", "none", "cfg", "clip", "both")
STARTS = ("feedback", "noise", "black", "colour", "media")
LAYERS = 64  # that can be named as the sampler's source
MASKS = ("none", "circle", "box", "horizontal", "vertical", "media")
PROMPT_BLENDS = ("linear", "slerp")
PLANES = ("near", "middle", "far")
REGIONS = ("both", "inside", "outside", *PLANES)


def _prompts() -> Iterable[Param]:
    for n in range(1, PROMPTS + 1):
        words = "what the picture is to show" if n == 1 else f"prompt {n} of the weighted set"
        yield Param(f"/prompt/{n}/text", "text", "", help=words)
        yield Param(
            f"/prompt/{n}/weight", "float", 1.0 if n == 1 else 0.0, -2.0, 2.0, glide=0.15,
            help="its share of the blend; negative: a negative concept",
        )  # fmt: skip
        yield Param(
            f"/prompt/{n}/region", "choice", "both", choices=REGIONS,
            help="where it is painted: on a side of the mask, or on a plane of the field of view",
        )  # fmt: skip
    yield Param(
        "/prompt/blend", "choice", "linear", choices=PROMPT_BLENDS,
        help="how prompts are blended: weighted sum, or on the arc between them",
    )  # fmt: skip
    yield Param("/prompt/fade", "float", 0.6, 0.0, 30.0, "time in which a changed prompt takes over", unit="s")


def _sampler() -> Iterable[Param]:
    yield Param(
        "/sampler/skip", "float", 0.5, help="share of the schedule skipped over the previous image: 0 new, 1 kept"
    )
    yield Param("/sampler/steps", "int", 1, 1, 50, "steps an image; more is finer and slower")
    yield Param(
        "/sampler/method", "choice", "auto", choices=METHODS,
        help="how a step is made; auto is the model's own; euler and ancestral are ddim at eta 0 and 1",
    )  # fmt: skip
    yield Param("/sampler/eta", "float", 0.0, help="fresh noise in each step of ddim and tcd: 0 none, 1 all", glide=0.1)
    yield Param("/sampler/spacing", "choice", "trailing", choices=SPACINGS, help="how the steps are spaced")
    yield Param(
        "/sampler/levels", "text", "", check=levels,
        help="the steps of spacing custom: falling noise levels such as 1 0.7 0.3, a step each",
    )  # fmt: skip
    yield Param(
        "/sampler/mode", "choice", "auto", choices=GUIDANCES,
        help="guidance: as the model was made, none, classifier-free, by the gradient of its CLIP guide, or both",
    )  # fmt: skip
    yield Param("/sampler/guidance", "float", 2.0, 0.0, 20.0, "guidance weight (mode auto, cfg, both)", glide=0.1)
    yield Param(
        "/sampler/clip",
        "float",
        0.5,
        0.0,
        10.0,
        "pull of the guide (with mode clip or both); never past its reach",
        glide=0.1,
    )
    yield Param(
        "/sampler/image", "float", 0.0, 0.0, 4.0, glide=0.1,
        help="pull of the source's picture beside the prompts; in mode clip or both as an aim of the guide",
    )  # fmt: skip
    yield Param("/sampler/cutouts", "int", 1, 1, 16, "views of the picture that the guide sees; 1 is all of it")
    yield Param("/sampler/seed", "float", 1.0, 0.0, 1e6, "noise seed; the fraction blends two neighbours")
    yield Param(
        "/sampler/noise", "choice", "travel", choices=("fixed", "frame", "travel"),
        help="noise over time: the same, new each image, or travelling through the seeds",
    )  # fmt: skip
    yield Param("/sampler/drift", "float", 0.4, 0.0, 30.0, "speed of travelling noise", unit="seeds/s")
    yield Param("/sampler/rate", "float", 30.0, 0.5, 120.0, "images a second, at most", unit="1/s", warp="exp")
    yield Param("/sampler/restart", "trigger", False, help="start the recursion anew from its first frame", access="w")


def _network() -> Iterable[Param]:
    yield Param("/sampler/attention", "float", 1.0, 0.0, 3.0, "gain of the attention to the prompt; 1 as trained")
    for stage in (1, 2):
        yield Param(
            f"/sampler/freeu/b{stage}", "float", 1.0, 0.0, 2.0, f"backbone of U-Net stage {stage}; 1 as trained"
        )
        yield Param(f"/sampler/freeu/s{stage}", "float", 1.0, 0.0, 2.0, f"skips into U-Net stage {stage}; 1 as trained")


def _seeds() -> Iterable[Param]:
    for n in range(1, SEEDS + 1):
        yield Param(
            f"/seed/{n}/value", "float", n + 1.0, 0.0, 1e6, f"noise seed {n} of those blended with the sampler's"
        )
        yield Param(
            f"/seed/{n}/weight", "float", 0.0, -2.0, 2.0, glide=0.15,
            help="its weight in the blend, where the sampler's seed has 1; 0: without",
        )  # fmt: skip


def _mask() -> Iterable[Param]:
    yield Param(
        "/mask/kind", "choice", "none", choices=MASKS,
        help="shape of the mask; inside is left of, below x, y, or where the film of a layer is bright",
    )  # fmt: skip
    yield Param("/mask/x", "float", 0.0, -1.0, 1.0, "centre or edge: -1 left, 1 right", glide=0.1)
    yield Param("/mask/y", "float", 0.0, -1.0, 1.0, "centre or edge: -1 bottom, 1 top", glide=0.1)
    yield Param(
        "/mask/size", "float", 0.5, 0.0, 2.0, "radius of the circle, half side of the box", "half heights", glide=0.1
    )
    yield Param("/mask/soft", "float", 0.2, 0.0, 2.0, "width of the edge", "half heights", glide=0.1)
    yield Param(
        "/mask/ratio", "float", 1.0, glide=0.1,
        help="prompts inside and outside: 0 composed into one picture, 1 masked, each its own region",
    )  # fmt: skip
    yield Param("/mask/invert", "bool", False, help="inside is outside")
    yield Param("/mask/layer", "int", 1, 1, LAYERS, "of kind media: the layer whose film it is, on the stage or not")
    yield Param("/mask/hold", "float", 0.0, help="how much the source's picture stays as it is outside", glide=0.1)


def _source() -> Iterable[Param]:
    yield Param(
        "/source/kind", "choice", "feedback", choices=STARTS,
        help="what each image starts from: the previous image, noise, black, a colour or the film of a layer",
    )  # fmt: skip
    yield Param("/source/first", "choice", "noise", choices=STARTS[1:], help="first frame of a recursion")
    yield Param("/source/layer", "int", 1, 1, LAYERS, "the layer of source media whose film it is, on the stage or not")
    yield Param("/source/mix", "float", 0.0, help="of a recursion: the film's share in each image", glide=0.1)
    yield Param("/source/every", "int", 1, 1, 60, "of a recursion, each n-th image is sampled; the others only move")
    yield Param(
        "/source/coherence", "float", 0.5,
        help="of a recursion: how far each image leads its colours and detail back to what they were; 0: it wanders",
    )  # fmt: skip
    yield Param("/source/colour", "colour", (0.05, 0.05, 0.08, 1.0), help="the colour source", glide=0.2)


def _camera() -> Iterable[Param]:
    axes = {
        "pan": ("°/s", 45, "turn right"),
        "tilt": ("°/s", 45, "turn up"),
        "roll": ("°/s", 90, "turn about the view"),
        "x": ("half heights/s", 2, "move right"),
        "y": ("half heights/s", 2, "move up"),
        "z": ("e-folds/s", 2, "move forward past a plane"),
        "zoom": ("e-folds/s", 2, "zoom in; 0.01 is 1 % a second"),
    }
    for axis, (unit, limit, words) in axes.items():
        yield Param(f"/camera/{axis}", "float", 0.0, -float(limit), float(limit), words, unit=unit, glide=0.2)
    yield Param("/camera/shot", "text", "", help="play a shot: NAME SECONDS AMOUNT, such as dolly-in 8", access="w")
    yield Param("/camera/fov", "float", 60.0, 5.0, 150.0, "vertical field of view", unit="°", glide=0.2)
    yield Param("/camera/parallax", "float", 0.0, help="how much faster near things pass than far ones", glide=0.2)
    yield Param(
        "/camera/near", "float", 1 / 3, help="depth at which the near plane ends: 0 here, 1 farthest", glide=0.1
    )
    yield Param("/camera/far", "float", 2 / 3, help="depth at which the far plane begins", glide=0.1)
    for plane in PLANES:
        yield Param(
            f"/plane/{plane}/guidance",
            "float",
            0.0,
            -20.0,
            20.0,
            f"added to the guidance of the {plane} plane",
            glide=0.1,
        )
        yield Param(
            f"/plane/{plane}/skip", "float", 0.0, -1.0, 1.0, f"added to the skip of the {plane} plane", glide=0.1
        )
        yield Param(f"/plane/{plane}/freeze", "bool", False, help=f"sample nothing on the {plane} plane; it only moves")


def _master() -> Iterable[Param]:
    yield Param("/master/opacity", "float", 1.0, help="brightness of all that leaves the stage", glide=0.05)
    yield Param("/master/gamma", "float", 1.0, 0.2, 5.0, "more is lighter in the middle tones", warp="exp", glide=0.05)
    yield Param("/master/blackout", "bool", False, help="black, at once; the show plays on behind it")
    yield Param("/master/freeze", "bool", False, help="hold the picture; the show plays on behind it")
    yield Param(
        "/master/limit", "float", 30.0, 0.0, 1000.0, unit="ms",
        help="what one shader may take of a frame before it is drawn smaller, then more seldom; 0: as long as it takes",
    )  # fmt: skip
    yield Param(
        "/master/hold", "float", 30.0, 0.0, 240.0, unit="frames/s",
        help="a live show composes its layers smaller rather than fall below this rate; 0: as it is, however slow",
    )  # fmt: skip
    yield Param("/master/panic", "trigger", False, help="every parameter back to its default (also /panic)", access="w")
    yield Param("/master/snapshot", "trigger", False, help="write what is on stage as a PNG", access="w")
    yield Param("/deck/crossfade", "float", 0.0, help="from deck A, 0, to deck B, 1", glide=0.05)


def _transport() -> Iterable[Param]:
    yield Param("/transport/play", "trigger", False, help="start the timeline from where it stands", access="w")
    yield Param("/transport/stop", "trigger", False, help="hold the timeline", access="w")
    yield Param("/transport/seek", "float", 0.0, 0.0, 1e9, "go to a beat", unit="beats", access="w")
    yield Param("/transport/tempo", "float", 120.0, 20.0, 999.0, "tempo", unit="BPM")
    yield Param("/transport/tap", "trigger", False, help="tap the tempo", access="w")
    yield Param("/transport/nudge", "float", 0.0, -1000.0, 1000.0, "move the beat", unit="ms", access="w")
    yield Param("/transport/follow", "point", (0.0, 120.0), 0.0, 1e9, "beat and BPM of an outer clock", access="w")
    yield Param("/transport/position", "float", 0.0, 0.0, 1e9, "where an outer clock is", unit="s", access="w")
    yield Param("/cue/go", "text", "", help="fire a cue by name", access="w")
    yield Param("/cue/next", "trigger", False, help="fire the next cue", access="w")
    yield Param("/cue/previous", "trigger", False, help="fire the cue before", access="w")
    yield Param("/cue/preview", "text", "", help="see this cue ahead until one is fired; empty: the next", access="w")
    yield Param("/cue/take", "trigger", False, help="fire the cue that is seen ahead", access="w")
    yield Param(
        "/preview/share", "float", 0.05, 0.0, 0.5,
        help="share of the sampler's time for the next cue's picture when none is left over; 0: only what is",
    )  # fmt: skip


def _clock() -> Iterable[Param]:
    yield Param(
        "/clock/source", "choice", "auto", choices=SOURCES,
        help="what leads: auto is MIDI clock as soon as one comes; the beat does not jump when you change it",
    )  # fmt: skip
    yield Param(
        "/clock/offset", "float", 0.0, -1000.0, 1000.0, unit="ms",
        help="how far ahead of the clock that leads the show runs; negative: behind it",
    )  # fmt: skip
    yield Param("/link/send", "bool", True, help="propose a tempo that you set to everybody in the Link session")
    yield Param("/link/receive", "bool", True, help="follow the Link session while it is the clock's source")
    yield Param("/link/startstop", "bool", False, help="start and stop together with the Link session")


def _automation() -> Iterable[Param]:
    yield Param(
        "/automation/record", "bool", False,
        help="while the timeline plays, write what hands do to armed parameters onto it",
    )  # fmt: skip
    yield Param(
        "/automation/mode", "choice", "touch", choices=("touch", "latch", "overwrite"),
        help="write while a control is moved, from its first move to the end, or all that is armed all the time",
    )  # fmt: skip
    yield Param("/automation/quiet", "float", 0.5, 0.05, 10.0, "rest after which touch lets a control go", unit="s")
    yield Param("/automation/return", "float", 0.3, 0.01, 10.0, "glide from there back to the timeline", unit="s")
    yield Param(
        "/automation/tolerance", "float", 0.002, 0.0, 0.1,
        help="by how much of its range a parameter may be off what was played, to be written with fewer keys",
    )  # fmt: skip
    yield Param(
        "/automation/arm", "text", "", help="ADDRESS, pattern or group to be written; with 0: no more", access="w"
    )
    yield Param("/automation/lane", "text", "", help="ADDRESS N: play its Nth recorded pass; 0: none", access="w")
    yield Param("/automation/clear", "text", "", help="ADDRESS, pattern or group whose passes go", access="w")
    yield Param("/automation/undo", "trigger", False, help="take the last recorded pass back", access="w")
    yield Param("/automation/redo", "trigger", False, help="take an undo back", access="w")


def _tools() -> Iterable[Param]:
    yield Param("/likeness/text", "text", "", help="what the picture is compared with, for /status/likeness")
    yield Param("/midi/learn", "text", "", help="bind the next MIDI control that moves to this address", access="w")
    yield Param("/midi/forget", "text", "", help="unbind this address from MIDI", access="w")
    yield Param(
        "/patch/save",
        "trigger",
        False,
        help="write held values, learned controls and recorded lanes to the patch",
        access="w",
    )


def lora_params(name: str) -> Iterable[Param]:
    """The parameter of a LoRA that the patch or the model's folder names."""
    yield Param(f"/lora/{name}/weight", "float", 1.0, 0.0, 2.0, f"weight of the LoRA {name}; 0 without", glide=0.1)


def base_params() -> list[Param]:
    """The parameters of every patch, in the order in which pages show them."""
    groups = (
        _prompts(),
        _sampler(),
        _network(),
        _seeds(),
        _mask(),
        _source(),
        _camera(),
        _master(),
        _transport(),
        _clock(),
        sound(),
        _automation(),
        _tools(),
        readings(),
        heard(),
    )
    return [param for group in groups for param in group]


def table(extra: Iterable[Param] = ()) -> Table:
    """The base table with a patch's own parameters behind it."""
    return Table([*base_params(), *extra])
