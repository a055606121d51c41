"""Deforum's settings: a JSON object of schedules and prompts by frame, as a patch.

`strength` is the share that is kept of the previous frame, which is our skip; motion is `camera`'s, seeds are `seeds`'.
In mode Interpolation each frame begins anew from noise: what is kept, moved or left out between two does nothing there.
What has no counterpart is named.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from perf.errors import ImportFileError
from perf.wire.imports import numexpr, schedule
from perf.wire.imports.camera import MOTION, Shot
from perf.wire.imports.draft import Asked, Draft, Imported, Lane, Set, clean
from perf.wire.imports.nothing import name_the_rest
from perf.wire.imports.prompts import composed, held
from perf.wire.imports.schedule import Schedule
from perf.wire.imports.seeds import seed_lane
from perf.wire.imports.series import MOST

METHODS = {"euler a": "ancestral", "euler": "euler", "ddim": "ddim", "plms": "plms", "lcm": "lcm"}
OLDER = {"cfg_scale": "scale"}  # what older versions call a setting
DEFAULTS = {
    "strength": "0: (0.65)", "cfg_scale": "0: (7)", "zoom": "0: (1)", "fov": "0: (70)", "aspect_ratio": "0: (1)",
    "steps": "",
}  # fmt: skip
USED = {
    "max_frames", "fps", "W", "H", "seed", "seed_behavior", "seed_iter_N", "seed_schedule", "steps", "steps_schedule",
    "enable_steps_scheduling", "animation_mode", "prompts", "animation_prompts", "animation_prompts_positive",
    "animation_prompts_negative", "strength", "strength_schedule", "strength_0_no_init", "cfg_scale", "scale",
    "cfg_scale_schedule", "fov_schedule", "fov", "sampler", "diffusion_cadence", "batch_name", "use_init", *MOTION,
    "aspect_ratio_schedule", "aspect_ratio_use_old_formula",
    "positive_prompts", "negative_prompts",  # of a run's own file, whose prompts have them in them
}  # fmt: skip


class Settings:
    """Settings as they are read: what a wrong value becomes is noted in the draft."""

    def __init__(self, document: Mapping[str, Any], draft: Draft) -> None:
        self.document, self.draft = document, draft
        self.frames = int(self.number("max_frames", 120, 1, MOST))
        draft.fps = self.number("fps", 15.0, 0.1, 240.0)
        self.seed = self.number("seed", -1, -1, 2.0**53)
        self.mode = self.word("animation_mode", "2D", ("None", "2D", "3D", "Interpolation", "Video Input"))
        self.names = {"s": self.seed, "max_f": float(self.frames - 1)}

    @property
    def anew(self) -> bool:
        """Whether nothing goes from one frame to the next."""
        return self.mode == "Interpolation"

    def idle(self, field: str) -> None:
        """Say that a field does nothing in this mode."""
        self.draft.note(f"{field}: does nothing in mode {self.mode}; it is left out")

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number; what is none, or out of range, is noted and becomes the default."""
        value = self.document.get(key, default)
        try:
            found = float(value)
        except (TypeError, ValueError, OverflowError):
            found = math.nan
        if not low <= found <= high:
            self.draft.note(f"{key} is {str(value)[:40]!r}; it takes {low:g}…{high:g}, and {default:g} is played")
            return float(default)
        return found

    def word(self, key: str, default: str, known: tuple[str, ...]) -> str:
        """One of the words that are known."""
        value = self.document.get(key, default)
        if value not in known:
            self.draft.note(f"{key} is {str(value)[:40]!r}; known are {', '.join(known)}, and {default} is played")
            return default
        return str(value)

    def schedule(self, field: str) -> Schedule | None:
        """A schedule by its field's name, with or without `_schedule`; None where there is none, or a wrong one."""
        named = (f"{field}_schedule", field, OLDER.get(field, field))
        key = next((name for name in named if name in self.document), field)
        default = DEFAULTS.get(field, "0: (0)")
        text = self.document.get(key, default)
        text = f"0: ({text})" if isinstance(text, int | float) and not isinstance(text, bool) else text
        played = f"its default {default} is played" if default else "it is left out"
        try:
            if not isinstance(text, str):
                raise ValueError(f"{str(text)[:40]} is no schedule; a schedule is a text, FRAME: (EXPRESSION), …")
            found = schedule.parse(text, self.names) if text.strip() or key in self.document else None
        except ValueError as error:
            self.draft.note(f"{key}: {error}; {played}")
            return None
        for frame in found.twice[:1] if found else ():
            self.draft.note(f"{key}: frame {frame} has more than one key; the last is played")
        return found

    def values(self, field: str) -> list[float]:
        """A schedule's value at each frame."""
        found = self.schedule(field) or schedule.parse(DEFAULTS.get(field) or "0: (0)", self.names)
        values = found.values(self.frames, self.names)
        if any(value != value for value in values):
            self.draft.note(f"{field}: not every frame can be computed; 0 is played there")
        return [value if value == value else 0.0 for value in values]


def recognised(document: object) -> bool:
    """Whether a JSON document looks like Deforum's settings."""
    keys = {"animation_mode", "strength_schedule", "translation_x", "animation_prompts", "max_frames"}
    return isinstance(document, dict) and bool(keys & document.keys())


def convert(document: Mapping[str, Any], asked: Asked) -> Imported:
    """The settings as a patch. Raises ImportFileError where they hold nothing that could be played."""
    draft = Draft(asked, "Deforum's settings")
    settings = Settings(document, draft)
    _stage(settings)
    prompts = _prompts(settings)
    if not prompts and not any(key in document for key in (*MOTION, "strength_schedule")):
        raise ImportFileError("holds neither prompts nor schedules; save the settings from Deforum again", asked.source)
    held(draft, prompts, f"{len(prompts)} prompts by frame", led=settings.anew)
    _sampler(settings)
    _camera(settings)
    name_the_rest(draft, {key: value for key, value in document.items() if key not in USED})
    return draft.finished()


def _stage(settings: Settings) -> None:
    draft, document = settings.draft, settings.document
    size = [int(settings.number(key, 512, 16, 8192)) for key in ("W", "H")]
    draft.sections["model"] = {"path": "embedded", "size": size}
    draft.sections["stage"] = {"size": size}
    length = settings.frames / draft.fps
    draft.facts.append(f"{settings.frames} frames at {draft.fps:g} a second, {length:g} s, mode {settings.mode}.")
    draft.facts.append(
        f"`retrograde render PATCH -o FILM.mp4 --seconds {length:g} --fps {draft.fps:g}` makes the film."
    )
    if document.get("batch_name"):
        draft.facts.append(f"batch_name: {str(document['batch_name'])[:200]}")
    cadence = 1.0 if settings.anew else settings.number("diffusion_cadence", 1, 1, 1000)
    draft.set("/sampler/rate", draft.fps / cadence, f"images a second: {draft.fps:g} frames, every {cadence:g} sampled")
    if settings.mode in ("None", "Video Input"):
        draft.note(f"animation_mode {settings.mode}: played as 2D")


def _prompts(settings: Settings) -> dict[int, Set]:
    """What stands from each frame on, with what is added to every prompt."""
    document, draft = settings.document, settings.draft
    raw = document.get("prompts") or document.get("animation_prompts") or {}
    if not isinstance(raw, dict):
        draft.note(f"prompts: {str(raw)[:40]} has no frames; each prompt is played on the frame after the one before")
        raw = dict(enumerate(raw)) if isinstance(raw, list) else {0: str(raw)}
    every = [str(document.get(f"animation_prompts_{side}") or "").strip() for side in ("positive", "negative")]
    found: dict[int, Set] = {}
    for key, text in raw.items():
        try:
            frame = schedule.place(str(key), settings.names)
        except ValueError as error:
            draft.note(f"prompts: {error}; its prompt is left out")
            continue
        if frame in found:
            draft.note(f"prompts: frame {frame} has more than one, the last of them {str(key)[:40]!r}, which is played")
        found[frame] = composed(draft, _prompt(settings, str(text), frame, every))
    late = sum(frame >= settings.frames for frame in found)
    if late:
        draft.note(f"{late} prompts come after the last frame, {settings.frames - 1}: they are kept")
    return found


def _prompt(settings: Settings, text: str, frame: int, every: list[str]) -> str:
    """A prompt with what is added to all, words before it and negatives behind it, and `expressions` in backticks as
    their values on its frame."""
    positive, _, negative = (part.strip() for part in text.partition("--neg"))
    whole = f"{every[0]} {positive}".strip()
    away = ", ".join(filter(None, [negative, every[1].replace("--neg", "").strip()]))
    whole += f" --neg {away}" if away else ""

    def computed(found: re.Match[str]) -> str:
        settings.draft.note(
            "expressions inside of prompts, in `backticks`, have the value of their prompt's first frame"
        )
        try:
            value = numexpr.value(numexpr.parse(found[1]), {**settings.names, "t": float(frame)})
        except ValueError:
            return found[1]
        return f"{value:.4g}" if value == value else "0"

    return re.sub(r"`([^`]*)`", computed, whole)


def _kept(settings: Settings) -> list[float]:
    """The share that is kept of the previous frame, at each."""
    draft = settings.draft
    if not settings.anew:
        strength = settings.values("strength")
        draft.lane(Lane("/sampler/skip", strength, "strength, the share that is kept of the previous frame"))
        return strength
    draft.set("/source/kind", "noise", "each frame begins anew")
    for field in sorted({"strength", "strength_schedule", "diffusion_cadence"} & settings.document.keys()):
        settings.idle(field)
    return [0.0] * settings.frames


def _sampler(settings: Settings) -> None:
    draft = settings.draft
    strength = _kept(settings)
    _lane(settings, "cfg_scale", "/sampler/guidance")
    scheduled = settings.document.get("enable_steps_scheduling") and settings.schedule("steps")
    steps = settings.values("steps") if scheduled else [settings.number("steps", 25, 1, 1000)] * settings.frames
    taken = [max(round(n * (1.0 - min(max(kept, 0.0), 1.0))), 1) for n, kept in zip(steps, strength, strict=True)]
    asked = "…".join(dict.fromkeys(f"{n:g}" for n in (min(steps), max(steps))))
    origin = f"of {asked} steps those that strength leaves; a few-step model needs fewer"
    draft.lane(Lane("/sampler/steps", [float(n) for n in taken], origin, held=True))
    sampler = str(settings.document.get("sampler", ""))
    method = METHODS.get(sampler.strip().lower())
    if method:
        draft.set("/sampler/method", method, f"sampler {sampler}")
    elif sampler:
        draft.note(f"sampler {clean(sampler, False)[:40]!r}: the model's own method is played (/sampler/method auto)")
    draft.set("/sampler/noise", "fixed", "the seed alone says what noise there is")
    draft.lane(seed_lane(settings.draft, settings.document, settings.seed, settings.values))
    if settings.document.get("use_init"):
        draft.note("use_init: there is no first picture here; the recursion starts from noise")


def _lane(settings: Settings, field: str, address: str) -> None:
    """A schedule that is one parameter, as it stands; as a formula where it is one expression over t."""
    found = settings.schedule(field)
    node = found.whole if found else None
    text = numexpr.formula(node, _names(settings)) if node is not None and numexpr.uses(node, "t") else ""
    settings.draft.lane(Lane(address, settings.values(field), field, text))


def _names(settings: Settings) -> dict[str, str]:
    """t, s and max_f in a formula of ours, whose t is in seconds."""
    fps = settings.draft.fps
    return {
        "t": "t" if fps == 1 else f"t * {fps:.12g}",
        "s": f"{settings.seed:.12g}",
        "max_f": f"{settings.frames - 1}",
    }


def _camera(settings: Settings) -> None:
    """Motion, in the mode's fields; those of the other mode are named."""
    draft = settings.draft
    width, height = (settings.number(key, 512, 16, 8192) for key in ("W", "H"))
    lens = settings.values("aspect_ratio")[0] if settings.document.get("aspect_ratio_use_old_formula") is False else 0.0
    shot = Shot(draft.fps, height, settings.mode == "3D", width / height, max(lens, 0.0))
    fov = settings.values("fov")
    if shot.depth:
        _lane(settings, "fov", "/camera/fov")
    for field in MOTION:
        if field not in settings.document:
            continue
        if settings.anew or not shot.address(field):
            settings.idle(field)
            continue
        values = [shot.rate(field, value, angle) for value, angle in zip(settings.values(field), fov, strict=True)]
        found = settings.schedule(field)
        node, text = (found.whole if found else None), ""
        steady = min(fov) == max(fov) or not shot.depth or field in ("rotation_3d_x", "rotation_3d_y")
        if node is not None and numexpr.uses(node, "t") and steady:
            inner = numexpr.formula(node, _names(settings))
            text = shot.formula(field, inner, fov[0]) if inner else ""
        draft.lane(Lane(shot.address(field), values, f"{field}, once a frame, as a speed", text))
    if shot.depth:
        draft.note(
            "3D motion: there is no depth map here, so the picture is a plane at depth 1 (depth warping is left out)"
        )
