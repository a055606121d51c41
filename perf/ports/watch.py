"""Watching the patch and its shaders: a thread that reads what was edited, so that the show never waits for a disk, and
has another process compile it first, so that it hardly waits for a compiler, and never for one that does not come back.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event as Signal
from threading import Thread

from perf.core.patch import Patch
from perf.errors import FileError, PatchError, RetrogradeError, ShaderError
from perf.ports.library import Library, read_text
from perf.ports.mailbox import Inbox, Slot
from perf.wire.isf import IsfShader

INTERVAL = 0.25  # seconds between two looks
EASE = 15.0  # seconds after which a show has its first image, and some time for what it may need later
PATIENCE = 20.0  # seconds that compiling a shader ahead may take; it is given what processor the show leaves
MORE = 1.0  # seconds for each further one of those that are compiled together


def compiled(shaders: Sequence[IsfShader], patience: float = PATIENCE) -> dict[str, str]:
    """Have another process compile shaders: a driver with a cache on disk then has them when the show loads them.

    The answer says by name which of them no show should load, and why: they ended that process, or kept it longer than
    `patience` seconds.
    """
    waiting, faults = list(shaders), dict[str, str]()
    while waiting:
        done, fault = _compiled(waiting, patience)
        if not fault:
            break
        if not done:  # it had all of the time to itself
            faults[waiting[0].name] = f"{fault}, so it would stop the show"
        waiting = waiting[max(done, 1) :]
    return faults


def _compiled(shaders: Sequence[IsfShader], patience: float) -> tuple[int, str]:
    """How many of the shaders, in their order, were compiled, and what happened then, if it is a shader's fault."""
    command, limit = [sys.executable, "-m", "perf.gl.warmup"], patience + MORE * (len(shaders) - 1)
    try:
        made = subprocess.run(command, input=pickle.dumps(shaders), capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b"").count(b"\n"), f"it was not compiled within {limit:g} s in another process"
    except OSError:  # without it the show compiles them itself
        return 0, ""
    ended = f"compiling it ended another process (status {made.returncode})" if made.returncode else ""
    return made.stdout.count(b"\n"), ended


def prepared(shaders: Sequence[IsfShader], stop: Signal) -> None:
    """Have another process compile what a show of these shaders may need later, until it is done or told to `stop`: a
    layer that lands as none did before then waits for no compiler, where the driver has a cache on disk."""
    command = [sys.executable, "-m", "perf.gl.warmup", "--stage"]
    with (
        suppress(OSError),
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
    ):
        try:
            assert process.stdin is not None
            process.stdin.write(pickle.dumps(shaders))
            process.stdin.close()
            for _ in range(round((2 * PATIENCE + MORE * len(shaders)) / INTERVAL)):
                if process.poll() is not None or stop.wait(INTERVAL):
                    break
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit gave: the patch as it is now, and its shaders, of which whoever has it takes one after another
    (loading one that has not changed costs nothing)."""

    patch: Patch
    shaders: list[IsfShader] = field(default_factory=list)


class Watch:
    """Looks at the files four times a second. A mistake is a fault, and the old patch or shader plays on."""

    def __init__(
        self,
        library: Library,
        patch: Patch,
        inbox: Inbox,
        compile_ahead: Callable[[Sequence[IsfShader]], Mapping[str, str]] = compiled,
        prepare: Callable[[Sequence[IsfShader], Signal], None] = prepared,
    ) -> None:
        self._library, self._patch, self._inbox = library, patch, inbox
        self._began = (patch.size, patch.fps)
        self._compile, self._prepare, self._looks = compile_ahead, prepare, 0
        self._stamps = {**library.stamp(patch), **library.read_stamps()}
        with suppress(PatchError):
            if read_text(library.path) != library.text:  # saved since the show has read it
                self._stamps[""] = 0
        self._known: list[IsfShader] = []  # those that the show has compiled
        with suppress(ShaderError, FileError):
            self._known = [library.shader(name) for name in patch.shaders]  # in memory since they were read
        self._faults: dict[str, str] = {}  # why those of them are not to be loaded that are not
        self._changes: Slot[Change] = Slot()
        self._stop = Signal()
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def take(self) -> Change | None:
        """A change since the last call."""
        return self._changes.take()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the loop's edge: said and counted, and the next edit is read
                words = f"{type(error).__name__} while it was read, a defect in Retrograde: {error}"
                self._inbox.fault("patch", f"{self._library.path}: {words} (the old one plays on)")

    def _look(self) -> None:
        self._looks += 1
        if self._looks == round(EASE / INTERVAL):
            self._prepare(self._known, self._stop)
        stamps = self._library.stamp(self._patch)
        changed = any(stamp and stamp != self._stamps.get(name) for name, stamp in stamps.items())
        self._stamps = stamps
        if changed:
            self._read()

    def _read(self) -> None:
        try:
            patch = self._library.load()
            shaders = [self._library.shader(name) for name in patch.shaders]
        except RetrogradeError as error:
            self._inbox.fault("patch", f"{error} (the old one plays on)")
            self._stamps = {**self._library.read_stamps(), **self._stamps}  # a shader that it names may be mended
            return
        # as of before they were read: what is saved while they are tried and compiled is another change
        stamps = {"": self._stamps[""], **self._library.read_stamps()}
        if fresh := [shader for shader in shaders if shader not in self._known]:
            names = {shader.name for shader in fresh}
            self._faults = {name: words for name, words in self._faults.items() if name not in names}
            self._faults |= self._compile(fresh)
        if (patch.size, patch.fps) not in (self._began, (self._patch.size, self._patch.fps)):
            words = "[stage] size and fps stay as they were when the show began; start it again for others"
            self._inbox.fault("patch", f"{self._library.path}: {words}")
        self._known, self._patch, self._stamps = shaders, patch, stamps
        self._changes.put(Change(patch, [self._judged(shader) for shader in shaders]))

    def _judged(self, shader: IsfShader) -> IsfShader:
        fault = self._faults.get(shader.name)
        return replace(shader, refused=fault, refused_line=None) if fault and not shader.refused else shader
