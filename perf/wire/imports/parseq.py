"""A Parseq document as a patch: fields as Deforum's, prompts with their overlaps as weights of the slots.

Motion is absolute in Parseq (an angle, not a turn), and Deforum is handed the differences between frames, of zoom 1 and
the difference: so does this, unless it is told that motion is not `absolute`. Parseq's first versions took the ratio of
zoom: what `rendered_frames` say was handed on (`zoom_delta`) comes first. `keyframeLock` beats counts the tracks in
beats.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from perf.core.meter import FASTEST, SLOWEST
from perf.wire.imports.camera import AXES, MOTION, Shot
from perf.wire.imports.draft import Asked, Draft, Imported, Lane
from perf.wire.imports.nothing import name_the_rest
from perf.wire.imports.parseq_fields import Document, Field, fields, number, option, read
from perf.wire.imports.parseq_prompts import prompt_tracks
from perf.wire.imports.seeds import within

READ = {
    "options", "prompts", "managedFields", "displayFields", "keyframes", "keyframeLock", "rendered_frames",
    "rendered_frames_meta", "meta", "docName", "docId", "versionId", "version", "timestamp",
}  # fmt: skip
PLAIN = {
    "strength": ("/sampler/skip", "the share that is kept of the previous frame"),
    "scale": ("/sampler/guidance", "guidance"),
    "fov": ("/camera/fov", "field of view"),
}
LOCKS = ("frames", "seconds", "beats")
HEIGHT = 512.0  # pixels that a document's translations in 2D are taken to be of: it does not say


def recognised(document: object) -> bool:
    """Whether a JSON document looks like Parseq's."""
    return isinstance(document, dict) and isinstance(document.get("keyframes"), list)


def convert(raw: Mapping[str, Any], asked: Asked) -> Imported:
    """The document as a patch. Raises ImportFileError where it has no keyframes."""
    draft = Draft(asked, "a Parseq document")
    document = read(raw, draft)
    draft.beats = raw.get("keyframeLock") == "beats"
    _clock(document)
    found = fields(document)
    prompt_tracks(document, {name: field.values for name, field in found.items()})
    for name, (address, words) in PLAIN.items():
        if name in found:
            one = found[name]
            draft.lane(Lane(address, one.values, f"{name}: {words}", one.formula, keys=one.keys))
    if "seed" in found:
        _seed(draft, found["seed"])
    _motion(document, found)
    used = {*PLAIN, *MOTION, "seed"}
    weights = {name for name in found if name.startswith("prompt_weight_")}
    name_the_rest(draft, {name: "" for name in found if name not in used | weights})
    name_the_rest(draft, {key: value for key, value in raw.items() if key not in READ})
    return draft.finished()


def _clock(document: Document) -> None:
    """Frames, seconds and beats of the document."""
    draft, raw = document.draft, document.raw
    draft.tempo = min(max(document.bpm, SLOWEST), FASTEST)
    if draft.tempo != document.bpm:
        draft.note(f"bpm {document.bpm:g} lies outside of {SLOWEST:g}…{FASTEST:g}: seconds are kept")
        draft.beats = False
    draft.sections["clock"] = {"tempo": draft.tempo}
    length = document.frames / draft.fps
    lock = raw.get("keyframeLock", "frames")
    if lock not in LOCKS:
        draft.note(f"keyframeLock is {str(lock)[:40]!r}; known are {', '.join(LOCKS)}, and frames is played")
        lock = "frames"
    draft.facts.append(f"{document.frames} frames at {draft.fps:g} a second, {document.bpm:g} BPM, locked to {lock}.")
    draft.facts.append(
        f"`retrograde render PATCH -o FILM.mp4 --seconds {length:g} --fps {draft.fps:g}` makes the film."
    )
    cadence = option(raw, draft, "cadence", 1.0, (1.0, 1000.0))
    draft.set("/sampler/rate", draft.fps / cadence, f"images a second: {draft.fps:g} frames, every {cadence:g} sampled")


def _seed(draft: Draft, field: Field) -> None:
    """Seeds below a million; the fraction blends two neighbours, there as here."""
    if min(field.values) >= 0 and max(field.values) < 1e6:
        values, text = field.values, field.formula
    else:
        values, text = [within(draft, value) + (value % 1.0 if value >= 0 else 0.0) for value in field.values], ""
    whole = all(value == int(value) for value in values)
    draft.set("/sampler/noise", "fixed", "the seed alone says what noise there is")
    draft.lane(Lane("/sampler/seed", values, "seed: its fraction blends two neighbours", text, held=whole))


def _motion(document: Document, found: Mapping[str, Field]) -> None:
    """Deforum's motion, in 3D where a field of 3D is used."""
    draft, absolute = document.draft, document.draft.asked.absolute
    moving = [name for name in MOTION if name in found]
    depth = any(name not in AXES[False] and _moves(found[name]) for name in moving)
    shot = Shot(draft.fps, HEIGHT, depth)
    fov = found["fov"].values if "fov" in found else [70.0] * document.frames
    if moving:
        draft.facts.append(
            f"Motion is Deforum's in {'3D' if depth else '2D'}, {'differences' if absolute else 'speeds'}."
        )
    if not depth and {"translation_x", "translation_y"} & set(moving):
        draft.note(f"translation_x/y: the document does not say the picture's height; {HEIGHT:g} pixels are assumed")
    for name in moving:
        if not shot.address(name):
            if _moves(found[name]):
                draft.note(f"{name}: does nothing in 3D, in which the other fields are; it is left out")
            continue
        steps = _steps(document, name, found[name].values) if absolute else found[name].values
        rates = [shot.rate(name, value, angle) for value, angle in zip(steps, fov, strict=True)]
        draft.lane(Lane(shot.address(name), rates, f"{name}, as a speed", ""))


def _moves(field: Field) -> bool:
    return min(field.values) != max(field.values) or field.values[0] not in (0.0, 1.0)


def _steps(document: Document, name: str, values: list[float]) -> list[float]:
    """The differences that were rendered, where every frame has one, else our own."""
    told = [number(document.rendered.get(frame, {}).get(f"{name}_delta")) for frame in range(1, document.frames)]
    steps = [step for step in told if step is not None]
    return [steps[0], *steps] if steps and len(steps) == len(told) else differences(name, values)


def differences(name: str, values: list[float]) -> list[float]:
    """What happens from each frame to the next: the difference, of zoom 1 more. The first frame has none before it and
    moves like the second."""
    still = 1.0 if name == "zoom" else 0.0
    steps = [still + b - a for a, b in pairwise(values)]
    return [steps[0], *steps] if steps else [still]
