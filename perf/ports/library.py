"""The library: where patches, shaders and the embedded model lie, reading them and noticing that they changed.

Found in an installed wheel (inside the package) and in a checkout (beside it). Only this file opens patches; shaders
are `ports.shelf`'s.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copymode

from perf.core.dates import Dates, is_dates
from perf.core.event import Value
from perf.core.lane import Book
from perf.core.patch import Binding, LoraSpec, Patch, ShaderSpec
from perf.errors import DeviceError, ModelError, PatchError
from perf.ports import font
from perf.ports.files import SIZE_LIMIT, expanded, read_bytes
from perf.ports.shelf import Shelf, changed
from perf.wire import isf
from perf.wire.isf import IsfShader
from perf.wire.patch import NO_LANES, named, parse, save

PACKAGE = Path(__file__).resolve().parent.parent
EMBEDDED = PACKAGE / "embedded"
SECOND = PACKAGE / "embedded_transformer"
MODELS = {"embedded": EMBEDDED} | ({"embedded-transformer": SECOND} if SECOND.is_dir() else {})  # in the package


def shipped(kind: str) -> Path:
    """The folder of the shipped `shaders` or `patches`."""
    inside = PACKAGE / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def find_patch(name: str) -> Path:
    """A patch by path or by the name of a shipped one. Raises PatchError."""
    for path in (Path(name), shipped("patches") / f"{name}.toml", shipped("patches") / name):
        if path.is_file():
            return path
    known = ", ".join(sorted(p.stem for p in shipped("patches").glob("*.toml")))
    raise PatchError(f"no such patch; give a .toml file or one of the shipped: {known}", name)


def read_text(path: Path) -> str:
    """A patch's text. Raises PatchError."""
    try:
        return read_bytes(path, PatchError).decode("utf-8-sig")  # some editors write a mark before the text
    except UnicodeDecodeError as reason:
        raise PatchError(f"not UTF-8 text at byte {reason.start}; save it as UTF-8", str(path)) from reason


@dataclass(slots=True)
class Library:
    """One patch file and the shaders it uses; shaders beside the patch come before the shipped ones.

    `model` is a model to play instead of the patch's: its LoRAs count, too.
    """

    path: Path
    model: str = ""
    text: str = ""
    shelf: Shelf = field(init=False)
    _named: dict[str, int] = field(default_factory=dict)  # stamps of the shaders that the text names, as they were read

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.path.parent, shipped("shaders"))

    def shader(self, name: str) -> IsfShader:
        """Read and parse a shader. Raises ShaderError with file and line."""
        return self.shelf.shader(name)

    def spec(self, name: str) -> ShaderSpec:
        """What a patch needs to know of a shader."""
        try:
            return isf.spec(self.shader(name))
        finally:
            self._named[name] = self.shelf.read(name)

    def loras(self, model: str, files: tuple[str, ...]) -> tuple[LoraSpec, ...]:
        """The LoRAs in the model's own `loras` folder, and those named: beside the patch, or in a `loras` folder in or
        beside the model's. Raises ModelError naming one that is nowhere.
        """
        folder = model_folder(self.model or model)
        own = sorted(folder.glob("loras/*.safetensors"))
        places = (self.path.parent, self.path.parent / "loras", folder / "loras", folder.parent / "loras")
        paths = [_lora(name, places) for name in files]
        return named(model, tuple(str(path) for path in dict.fromkeys([*own, *paths])))

    def load(self) -> Patch:
        """Read the patch file. Raises PatchError with file and line."""
        return self.read(read_text(self.path))

    def examine(self) -> list[str]:
        """Read the patch file, and look into the files that its layers show: what in it plays otherwise than it may
        seem, as `FILE:LINE: what`. Raises PatchError with file and line."""
        from perf.ports.clip import tried

        text, found = read_text(self.path), list[str]()
        folder = self.path.parent
        patch = parse(text, self.spec, str(self.path), self.loras, lambda media: tried(media, folder), found.append)
        self._lettered(patch)
        return found + [f"{self.path}: {words}" for words in self._absent(patch)]

    def _absent(self, patch: Patch) -> Iterator[str]:
        """What a patch listens to or is played by that cannot be had from here."""
        from perf.ports.sound import sound_length

        sounds = {"[sound] file": patch.hearing.file, "[clock] audio": patch.clock.audio, "[output] sound": patch.sound}
        for key, name in sounds.items():
            try:
                sound_length(self.path.parent / name) if name else None
            except DeviceError as error:
                yield f"{key}: {error}"
        models = {"[model] path": patch.model, "[second] path": patch.second.model if patch.second else ""}
        for key, name in models.items():
            if name and not model_folder(name).is_dir():
                yield f"{key}: there is no folder {name!r}; the hub is asked for it when it is played"

    def read(self, text: str) -> Patch:
        """The patch that a text in the file's place describes. Raises PatchError with file and line."""
        self.text, self._named = text, {}
        patch = parse(text, self.spec, str(self.path), self.loras)
        return replace(self._lettered(patch), dates=_dates(model_folder(self.model or patch.model)))

    def _lettered(self, patch: Patch) -> Patch:
        """The patch with its fonts' paths. Raises PatchError naming one that cannot be had."""
        return replace(patch, layers=tuple(replace(one, font=font.found(one.font, self.path)) for one in patch.layers))

    def save(self, values: Mapping[str, Value], bindings: tuple[Binding, ...], lanes: Book = NO_LANES) -> None:
        """Write values, MIDI bindings and lanes into the patch file, whole or not at all. Raises DeviceError."""
        data = save(read_text(self.path), values, bindings, lanes).encode()
        if len(data) > SIZE_LIMIT:
            words = f"{len(data)} bytes, and at most {SIZE_LIMIT} are read again"
            raise DeviceError(f"{self.path}: not saved: it would have {words}; /automation/clear what is not needed")
        path = self.path.resolve()  # a link stays one
        draft = path.with_suffix(".toml.new")
        try:
            draft.write_bytes(data)
            with suppress(OSError):  # not every disk knows of modes
                copymode(path, draft)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            cure = "make room, or save the patch under a path of yours"
            raise DeviceError(f"{self.path}: cannot be saved: {error.strerror}; {cure}") from error

    def stamp(self, patch: Patch) -> dict[str, int]:
        """What changes with the patch file, with its shaders' files and with those that the text read last names, by
        name; `""` is the patch."""
        stamps = {"": changed(self.path)}
        for name in {*patch.shaders, *self._named}:
            stamps[name] = self.shelf.stamp(name)  # 0 when deleted while it plays: the last good one stays
        return stamps

    def read_stamps(self) -> dict[str, int]:
        """The same of the shaders that the text read last names, as they were when that read them, well or not."""
        return dict(self._named)


def model_folder(model: str) -> Path:
    """Where a model lies: one in the package by its name, the embedded one without a name, else a folder."""
    return MODELS.get(model or "embedded") or expanded(model)


def _dates(folder: Path) -> Dates:
    """What a model's folder says of when its archive's records are from; nothing where it says nothing that is one."""
    try:
        said = json.loads((folder / "retrograde.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # a broken folder is said by who loads it
        return {}
    dates = said.get("dates", {}) if isinstance(said, dict) else {}
    return dates if is_dates(dates) else {}


def _lora(name: str, places: tuple[Path, ...]) -> Path:
    for place in places:
        for path in (place / expanded(name), place / f"{name}.safetensors"):
            if path.is_file():
                return path
    raise ModelError(f"no LoRA {name!r}; looked in {', '.join(map(str, places))}; give a .safetensors file")


def fingerprint(folder: Path) -> str:
    """A hash of a model folder: names and sizes of its files, their first 64 KB each, so that gigabytes take no time.

    "" for what is no folder here (a hub id).
    """
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".safetensors", ".txt") and p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(65536))
    return digest.hexdigest()


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unused(path: Path) -> Path:
    """`path`, or if it exists the first of `path-2`, `path-3` … that does not: no film and no take is written over."""
    numbered = (path.with_stem(f"{path.stem}-{n}") for n in range(2, 10_000))
    taken = path.is_file() or (path.is_dir() and any(path.iterdir()))  # not a device, nor an empty folder
    return next(p for p in numbered if not p.exists()) if taken else path
