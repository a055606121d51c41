"""Where shaders are looked for, and reading them: the `.fs`, the `.vs` beside it and the images that it imports.

Each is read again only when one of its files has changed. A shader of which nobody can tell, without drawing it,
whether it ends is drawn in small by another process first, which is ended when it does not come back.
"""

import difflib
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from perf.errors import ShaderError
from perf.ports.files import read_bytes
from perf.ports.still import read_still
from perf.wire import isf
from perf.wire.isf import IsfShader

FOLDERS = 500  # looked through beside a patch
PATIENCE = 10.0  # seconds that drawing a suspect shader in small may take

Trial = Callable[[IsfShader], str]
Stamps = dict[Path, int]


def tried(shader: IsfShader, patience: float = PATIENCE) -> str:
    """Why a shader is not to be drawn, found out by drawing it in small in another process; "" where it may be."""
    command = [sys.executable, "-m", "perf.gl.once"]
    try:
        done = subprocess.run(command, input=pickle.dumps(shader), capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return f"it was not drawn within {patience:g} s"
    if done.returncode:
        return f"drawing it ended another process (status {done.returncode})"
    return done.stdout.decode("utf-8", "replace").strip()


@dataclass(slots=True)
class Shelf:
    """Shaders by name: beside a patch, in its `shaders`, among the `shipped`, or in a folder of others' beside it."""

    folder: Path
    shipped: Path
    trial: Trial = tried
    _read: dict[str, tuple[Stamps, IsfShader]] = field(default_factory=dict)
    _asked: dict[str, Stamps] = field(default_factory=dict)  # of the files of each, there or not, when they were read

    def path(self, name: str) -> Path:
        """The file of a shader by name, which may begin with its folder's. Raises ShaderError."""
        places = (self.folder, self.folder / "shaders", self.shipped)
        for place in places:
            if (place / f"{name}.fs").is_file():
                return place / f"{name}.fs"
        for place in _below(self.folder):
            if (place / f"{name}.fs").is_file():
                return place / f"{name}.fs"
        known = sorted({p.stem for place in (*places, *_below(self.folder)) for p in place.glob("*.fs")})
        close = difflib.get_close_matches(name, known, 8) if len(known) > 60 else known
        words = ", ".join(close or known[:20]) + (f" … {len(known)} in all" if len(known) > 60 else "")
        raise ShaderError(f"no shader is called {name!r}; there are {words}")

    def shader(self, name: str) -> IsfShader:
        """Read a shader with all that goes with it. Raises ShaderError with file and line."""
        self._asked.pop(name, None)
        path = self.path(name)
        known = self._read.get(name)
        if known is not None and known[1].file == str(path) and known[0] == _stamps(*_files(known[1])):
            self._asked[name] = known[0]
            return known[1]
        # Each stamp is taken before its file is read: what is saved from then on is read the next time.
        asked = self._asked[name] = _stamps(path, path.with_suffix(".vs"))
        parsed = _parsed(path, name)
        asked |= _stamps(*_files(parsed)[2:])  # a picture that is missing may come
        shader = self._tried(_illustrated(parsed), known[1] if known else None)
        self._read[name] = (asked, shader)
        return shader

    def _tried(self, shader: IsfShader, before: IsfShader | None) -> IsfShader:
        if not shader.suspect or shader.refused:
            return shader
        if before is not None and replace(before, refused="") == shader:
            return before
        fault = self.trial(shader)
        return replace(shader, refused=f"{shader.suspect}: {fault}") if fault else shader

    def stamp(self, name: str) -> int:
        """What changes when one of a shader's files does; 0 where it is gone."""
        try:
            path = self.path(name)
        except ShaderError:
            return 0
        asked = self._asked.get(name, {})
        return _one(_stamps(*(asked if path in asked else (path, path.with_suffix(".vs")))))

    def read(self, name: str) -> int:
        """The stamp that a shader had when it was read last, well or not; 0 where there was none."""
        return _one(self._asked[name]) if name in self._asked else 0

    def files(self, name: str) -> tuple[Path, ...]:
        """Every file that a shader is made of that is there, the `.fs` first. Raises ShaderError."""
        return tuple(path for path in _files(self.shader(name)) if path.is_file())


def _parsed(path: Path, name: str) -> IsfShader:
    """The shader in a file, with its `.vs` and without its images. Raises ShaderError with file and line."""
    beside = path.with_suffix(".vs")
    vertex = _text(beside) if beside.is_file() else ""
    return isf.parse(_text(path), name, str(path), vertex, str(beside) if vertex else "")


def _illustrated(shader: IsfShader) -> IsfShader:
    """The same with the images that it imports. Raises ShaderError with file and line."""
    path, pictures = Path(shader.file), {}
    for image, file in shader.imports:
        try:
            pictures[image] = read_still(path.parent / file)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            text = _text(path)
            line = text.count("\n", 0, max(text.find(file), 0)) + 1
            reason = getattr(error, "strerror", None) or str(error)
            words = f"the imported {image!r} ({file}) cannot be read: {reason}; it takes a picture beside the shader"
            raise ShaderError(words, str(path), line) from error
    return replace(shader, pictures=pictures)


def _text(path: Path) -> str:
    """A shader's text; what is not UTF-8 is taken for Latin-1, in which old shaders thank their authors."""
    data = read_bytes(path, ShaderError)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _below(folder: Path) -> Iterator[Path]:
    """The folders in a folder and in those, nearest first; hidden ones are left out."""
    level, count = [folder], 0
    for _ in range(3):
        inner = []
        for place in level:
            try:
                inner += sorted(p for p in place.iterdir() if p.is_dir() and not p.name.startswith("."))
            except OSError:
                continue
        for place in inner:
            count += 1
            if count > FOLDERS:
                return
            yield place
        level = inner


def _files(shader: IsfShader) -> tuple[Path, ...]:
    path = Path(shader.file)
    return (path, path.with_suffix(".vs"), *(path.parent / file for _, file in shader.imports))


def _stamps(*paths: Path) -> Stamps:
    return {path: changed(path) for path in paths}


def _one(stamps: Stamps) -> int:
    return hash(tuple(stamps.values())) or 1


def changed(path: Path) -> int:
    """What changes when a file does; 0 where there is none. A disk's clock ticks some times in what saving takes, so
    that a file that was just emptied may be as old as the same one when it is written: its size is another. What is
    put in its place with its own date (`cp -p`, `rsync`) came there another time."""
    try:
        status = path.stat()
    except OSError:
        return 0
    return hash((status.st_mtime_ns, status.st_size, status.st_ctime_ns)) or 1
