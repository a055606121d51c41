"""Recipes: everything that a film's frames depend on, and the file beside the film that says so.

A recipe tells whether an interrupted render may be gone on with, and how a film is made again. Part of the
composition root.
"""

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from perf import __version__
from perf.core.patch import Patch
from perf.errors import UsageError
from perf.options import RenderOptions, ShowOptions
from perf.ports.clip import place_of
from perf.ports.film_writers import is_folder
from perf.ports.library import Library, digest, fingerprint
from perf.score import Score

# Options that no frame depends on, and those that have a place of their own in the recipe.
ASIDE = ("patch", "text", "output", "manifest", "fresh", "command", "take", "from_manifest", "sound", "precision")
# Not compared.
PLACES = (
    "patch.path", "patch.text", "take.path", "manifest.path", "sound.path", "heard.path", "precision",
    "second_precision",
)  # fmt: skip
SIGN = b'"retrograde_film"'  # what a recipe begins with
LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "av", "moderngl")


def recipe(options: RenderOptions, score: Score) -> dict[str, Any]:
    """What the frames are made of, as JSON holds it."""
    patch, library = score.patch, score.library
    model = Path(ShowOptions(model=options.model).model_of(patch))
    seed = patch.floor["/sampler/seed"] if options.seed is None else options.seed
    made = {
        "patch": {"path": str(library.path.resolve()), "sha256": patch.digest, "text": library.text},
        "shaders": {name: _shader(library, name) for name in sorted(patch.shaders)},
        "take": _file(options.take),
        "manifest": _file(options.from_manifest),
        "sound": _file(score.sound.path if score.sound else ""),
        "heard": _file(score.track.path if score.track and not score.sound else ""),
        "media": {n: _media(place_of(film, library.path.parent)) for n, film in patch.films.items() if film.file},
        "fonts": {n: digest(Path(layer.font)) for n, layer in enumerate(patch.layers, 1) if layer.font} or None,
        "model": {"path": str(model), "sha256": fingerprint(model)},
        "second": _second(options, patch),
        "loras": {lora.name: digest(Path(lora.path)) for lora in patch.loras},
        "seed": seed,
        "film": {"size": options.size or patch.size, "fps": score.fps, "frames": score.frames},
        "options": {name: value for name, value in asdict(options).items() if name not in ASIDE},
        "versions": {"retrograde": __version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
    }
    return dict(json.loads(json.dumps(made)))


def _second(options: RenderOptions, patch: Patch) -> dict[str, str] | None:
    """The second sampler's model, if the patch has one."""
    second = ShowOptions(model=options.model).second_of(patch)
    return {"path": second.model, "sha256": fingerprint(Path(second.model))} if second else None


def _shader(library: Library, name: str) -> str:
    """The hashes of a shader's files: the `.fs`, and its `.vs` and images where it has some."""
    return " ".join(map(digest, library.shelf.files(name)))


def _media(path: Path) -> str:
    """A hash of a clip: of the file, or of a folder's names and sizes; "" for what is not there."""
    if path.is_dir():
        rows = sorted(f"{file.name} {file.stat().st_size}" for file in path.iterdir() if file.is_file())
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digest(path) if path.is_file() else ""


def _file(path: str | Path) -> dict[str, str] | None:
    return {"path": str(Path(path).resolve()), "sha256": digest(Path(path))} if path else None


def differences(one: Any, two: Any, place: str = "") -> Iterator[str]:
    """Where two recipes differ, as `options.seed: 1.0, now 2.0`."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in dict.fromkeys([*one, *two]):
            yield from differences(one.get(key), two.get(key), f"{place}.{key}" if place else key)
    elif one != two and place not in PLACES:
        yield f"{place}: {str(one)[:40]}, now {str(two)[:40]}"


def beside(film: Path) -> Path:
    """Where a film's recipe lies: FILM.json, or film.json among numbered pictures."""
    return film / "film.json" if is_folder(film) else film.with_suffix(".json")


def foreign(path: Path) -> bool:
    """Whether something else than a recipe lies where one is to be: it may be half of one, after a power cut."""
    try:
        with path.open("rb") as file:
            return SIGN not in file.read(80) and bool(path.stat().st_size)
    except FileNotFoundError:
        return False
    except OSError:  # a folder, or what may not be read
        return True


def read(path: Path) -> dict[str, Any]:
    """A file that lies beside a film. Raises UsageError for what is none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if {"patch", "options", "film"} <= said["recipe"].keys() and said["frames_sha256"]:
            return dict(said)
        words = "a part of the recipe is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        words = str(error)
    raise UsageError(f"{path}: not the recipe of a film ({words}); render writes one beside each film")


def again(said: dict[str, Any], output: Path) -> RenderOptions:
    """The options that make the film again. Raises UsageError for options that are not known."""
    made, given = said["recipe"], dict(said["recipe"]["options"])
    given |= {"patch": made["patch"]["path"], "text": made["patch"]["text"], "output": output}
    files = {"take": "take", "from_manifest": "manifest", "sound": "sound"}
    given |= {option: made[part]["path"] for option, part in files.items() if made.get(part)}
    given["precision"] = made.get("precision", "")
    given["size"] = tuple(given["size"]) if given.get("size") else None
    strange = given.keys() - RenderOptions.__dataclass_fields__.keys()
    if strange:
        raise UsageError(f"the recipe has options that are not known: {', '.join(sorted(strange))}; update retrograde")
    return RenderOptions(**given)
