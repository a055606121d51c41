"""What is measured while it plays, as parameters that can only be read: `/status/…`.

Only declarations, as in `core.table`, which they are a part of.
"""

from collections.abc import Iterable, Mapping

from perf.core.param import Param

SIGHTS = {
    "brightness": "of the sampler's newest image: the mean of its luma, 0…1",
    "saturation": "of the sampler's newest image: the mean span of its channels, 0…1",
    "hue": "of the sampler's newest image: of its mean colour, 0…1 from red through green and blue",
    "motion": "how far the sampler's images change in a second, in full ranges",
    "likeness": "of the sampler's newest image to /likeness/text: the cosine of their embeddings, 0…1",
}

LATENCIES = {
    "encode": "ms that an image's source takes to become a latent",
    "sample": "ms that an image's steps take",
    "decode": "ms that a latent takes to become an image",
    "composite": "ms from a tick to the frame drawn",
    "swap": "ms from the frame drawn to the frame presented",
    "stage": "ms ahead at which curves of the stage are read: when they will be seen",
    "sampler": "ms ahead at which curves of the sampler are read: when they will be seen",
    "leap": "ms ahead at which is read what leaps (prompts, source …), which is sampled at once",
}

PREVIEWS = {
    "age": "time since the next cue's picture was asked for, ms",
    "taken": "cues that cut and whose picture was there at once",
    "missed": "cues that cut and whose picture was not there, or had become another",
    "errors": "errors counted while rendering ahead",
}


AUTOMATION = {
    "keys": "keys of the recorded lanes that play",
    "unsaved": "parameters with recorded lanes that the patch file does not have",
    "undo": "recorded passes that can be taken back",
    "redo": "undos that can be taken back",
}


def readings() -> Iterable[Param]:
    rows = {
        "fps": "display frames a second",
        "images": "sampler images a second",
        "age": "time since the newest image was asked for, ms",
        "events": "events a second",
        "drops": "events, film frames and packets dropped so far",
        "errors": "errors counted so far",
        "restarts": "times the sampler was started again",
        "beat": "transport beat",
        "memory": "resident memory of show and sampler, MB",
        "resolution": "share of the stage's sides at which its layers are composed, to hold the rate of frames",
    }
    rows |= {f"latency/{name}": words for name, words in LATENCIES.items()}
    yield from _floats(rows)
    yield from _floats(SIGHTS)
    yield _text("palette", "the newest image's main colours, most of it first")
    yield from _floats({f"preview/{name}": words for name, words in PREVIEWS.items()})
    yield _text("preview/cue", "the cue that is seen ahead")
    yield Param("/status/preview/ready", "bool", False, help="whether its picture is there", access="r")
    yield _text("preview/message", "what its picture cannot be as asked")
    yield from _floats({f"automation/{name}": words for name, words in AUTOMATION.items()})
    yield _text("automation/armed", "parameters that are armed")
    yield _text("automation/writing", "parameters that are being written")
    yield _text("automation/lanes", "recorded parameters, each with the lane that plays of those that there are")
    yield _text("sampler", "what the sampler is doing", "starting")
    yield _text("second", "what the second sampler is doing")
    yield _text("clock", "what leads the time", "internal")
    yield _text("shader", "the slowest shader, its ms a frame, and how little is drawn of it where it is limited")
    yield _text("message", "the newest message to the performer")


def _floats(rows: Mapping[str, str]) -> Iterable[Param]:
    return (Param(f"/status/{name}", "float", 0.0, 0.0, 1e9, words, access="r") for name, words in rows.items())


def _text(name: str, words: str, default: str = "") -> Param:
    return Param(f"/status/{name}", "text", default, help=words, access="r")
