"""What Deforum and Parseq have and the instrument has not: named one by one, with what is played instead."""

from collections.abc import Mapping
from typing import Any

from perf.wire.imports.draft import Draft, clean

INSTEAD = {  # how a setting's name begins: what is played instead
    "near": "inert in Deforum too: its projection cancels the near and far planes; left out",
    "far": "inert in Deforum too: its projection cancels the near and far planes; left out",
    "noise": "noise added before each frame; lower skip, or /sampler/eta, brings fresh noise here; left out",
    "contrast": "contrast of the previous frame; a filter such as grade in a [[layer]] does it on the stage; left out",
    "color_": "colour coherence; /source/coherence leads colours back here; left out",
    "transform_center": "the camera turns and zooms about the middle; left out",
    "perspective_flip": "the perspective flip; /camera/pan and /camera/tilt turn the picture here; left out",
    "antiblur": "sharpening; /source/coherence leads fine detail back here; left out",
    "border": "edges are mirrored; left out",
    "padding_mode": "edges are mirrored; left out",
    "clipskip": "the text encoder is the model's own; left out",
    "checkpoint": "models are named in [model]; left out",
    "sd_model": "models are named in [model]; left out",
    "parseq": "a Parseq document is imported by itself: `retrograde import` it; left out",
    "hybrid": "hybrid video; left out",
    "cn_": "ControlNet; left out",
    "video_init": "a video to start from; left out",
    "init_image": "a first picture; the recursion starts from noise; left out",
    "mask": "masks are /mask/… here; left out",
    "use_mask": "masks are /mask/… here; left out",
    "subseed": "the fraction of /sampler/seed blends two seeds here; left out",
    "guided": "guided images; left out",
    "optical_flow": "optical flow; left out",
    "cadence_flow": "optical flow; left out",
    "ddim_eta": "a schedule of eta; /sampler/eta is set by hand here; left out",
    "soundtrack": "the film's sound is sound in [output] here; left out",
    "add_soundtrack": "the film's sound is sound in [output] here; left out",
}
PLAIN = "settings without a counterpart here, left out"
OFF: tuple[object, ...] = (None, "", False, "None", [], {})


def name_the_rest(draft: Draft, rest: Mapping[str, Any]) -> None:
    """Note every setting that nobody has read: what does something with its value, the others by their names alone."""
    grouped: dict[str, list[str]] = {}
    for key, value in rest.items():
        words = next((words for start, words in INSTEAD.items() if key.startswith(start)), PLAIN)
        shown = str(value)
        tail = f" = {clean(shown, False)[:40]}" if words is not PLAIN and len(shown) <= 60 and value not in OFF else ""
        grouped.setdefault(words, []).append(clean(key, False)[:60] + tail)
    for words, keys in sorted(grouped.items(), key=lambda item: item[0] == PLAIN):
        draft.note(f"{', '.join(sorted(keys))}: {words}")
