"""What another process finds out about an edited shader, before the show has to do with it."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event as Signal

import pytest
from waiting import until

from perf.core.patch import Patch
from perf.ports import watch
from perf.ports.library import Library
from perf.ports.mailbox import Inbox
from perf.ports.watch import Watch, compiled, prepared
from perf.wire import isf
from perf.wire.isf import IsfShader

PLAIN = '/*{"ISFVSN": "2.0"}*/\nvoid main() { gl_FragColor = vec4(1.0); }\n'


def shaders(*names: str) -> list[IsfShader]:
    return [isf.parse(PLAIN, name, f"{name}.fs") for name in names]


def compiler(monkeypatch: pytest.MonkeyPatch, *ends: int | bytes) -> list[float]:
    """Processes that end one after another: with a status after having compiled all, or too late after what they said.
    The answer gathers how long each might take."""
    patience, left = list[float](), list(ends)

    def run(command: Sequence[str], timeout: float, **_: object) -> subprocess.CompletedProcess[bytes]:
        patience.append(timeout)
        end = left.pop(0)
        if isinstance(end, bytes):
            raise subprocess.TimeoutExpired(command, timeout, end)
        return subprocess.CompletedProcess(command, end, b"", b"")

    monkeypatch.setattr(watch.subprocess, "run", run)
    return patience


def test_another_process_compiles_them_and_says_so() -> None:
    assert watch._compiled(shaders("a", "b"), 100.0) == (2, "")


def test_one_that_does_not_come_back_is_named_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    patience = compiler(monkeypatch, b"a\n", b"", 0)
    words = "it was not compiled within 11 s in another process, so it would stop the show"
    assert compiled(shaders("a", "stuck", "c"), 10.0) == {"stuck": words}
    assert patience == [12.0, 11.0, 10.0]


def test_one_that_ends_the_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler(monkeypatch, -11)
    words = "compiling it ended another process (status -11), so it would stop the show"
    assert compiled(shaders("a")) == {"a": words}


def test_without_another_process_the_show_compiles_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch.sys, "executable", "/nowhere")
    assert compiled(shaders("a")) == {}


def test_what_a_show_may_need_later_is_compiled_once_it_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EASE", 2 * watch.INTERVAL)
    (tmp_path / "look.fs").write_text(PLAIN)
    (tmp_path / "p.toml").write_text('[[layer]]\nsource = "look"\n')
    library, asked = Library(tmp_path / "p.toml"), list[list[str]]()
    seen = Signal()

    def prepare(shaders: Sequence[IsfShader], stop: Signal) -> None:
        asked.append([shader.name for shader in shaders])
        seen.set()
        assert stop.wait(10), "a show that ends waits for nothing"

    watching = Watch(library, library.load(), Inbox(), prepare=prepare)
    assert seen.wait(10)
    watching.close()
    assert asked == [["look"]]


def test_another_process_compiles_it_until_it_is_told_to_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    code = f"import sys, pathlib; pathlib.Path({str(said)!r}).write_bytes(sys.stdin.buffer.read()); {{}}"
    popen, started = subprocess.Popen, list[subprocess.Popen[bytes]]()

    def process(command: Sequence[str], **rest: object) -> subprocess.Popen[bytes]:
        assert list(command[1:]) == ["-m", "perf.gl.warmup", "--stage"]
        started.append(popen([sys.executable, "-c", code.format(ends)], **rest))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(watch.subprocess, "Popen", process)
    for stops in (False, True):
        ends = "import threading; threading.Event().wait()" if stops else "pass"
        stop = Signal()
        if stops:
            stop.set()
        prepared(shaders("a"), stop)
        assert (started[-1].returncode == 0) != stops
        assert stops or [shader.name for shader in pickle.loads(said.read_bytes())] == ["a"]
    monkeypatch.setattr(watch.subprocess, "Popen", popen)
    monkeypatch.setattr(watch.sys, "executable", "/nowhere")
    prepared(shaders("a"), Signal())


def edited(folder: Path, ahead: Callable[[Sequence[IsfShader]], dict[str, str]], *texts: str) -> list[str]:
    """Why the shader of a patch is refused after each of these edits of its file (or of the patch, for "")."""
    patch, file, refusals = folder / "p.toml", folder / "look.fs", list[str]()
    file.write_text(PLAIN)
    patch.write_text('[[layer]]\nsource = "look"\n')
    library = Library(patch)
    watching = Watch(library, library.load(), Inbox(), ahead)
    try:
        for n, text in enumerate(texts):
            place = file if text else patch
            place.write_text(f"{text or patch.read_text()}{'#' if place is patch else '//'} {n}\n")
            refusals.append(until(watching.take, 10).shaders[0].refused)
    finally:
        watching.close()
    return refusals


def test_what_would_stop_the_show_is_refused_until_it_is_saved_again(tmp_path: Path) -> None:
    asked = list[str]()

    def ahead(shaders: Sequence[IsfShader]) -> dict[str, str]:
        asked.extend(shader.name for shader in shaders)
        return {"look": "it is stuck"} if "stuck" in shaders[0].fragment else {}

    assert edited(tmp_path, ahead, PLAIN + "// stuck\n", "", PLAIN) == ["it is stuck", "it is stuck", ""]
    assert asked == ["look", "look"]


def test_what_is_saved_while_the_save_before_is_compiled_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('[[layer]]\nsource = "look"\n')
    (file := tmp_path / "look.fs").write_text(PLAIN)

    def ahead(shaders: Sequence[IsfShader]) -> dict[str, str]:
        if "first" in shaders[0].fragment:
            file.write_text(PLAIN + "// second\n")
        return {}

    library = Library(tmp_path / "p.toml")
    watching = Watch(library, library.load(), Inbox(), ahead)
    try:
        file.write_text(PLAIN + "// first\n")
        assert "first" in until(watching.take, 10).shaders[0].fragment
        assert "second" in until(watching.take, 10).shaders[0].fragment
    finally:
        watching.close()


def looked(watching: Watch) -> list[Patch]:
    """The patches that two looks bring."""
    watching.close()
    taken = list[Patch]()
    for _ in range(2):
        watching._look()
        taken += [change.patch for change in (watching.take(),) if change]
    return taken


def test_what_was_saved_while_the_show_got_ready_is_read(tmp_path: Path) -> None:
    (path := tmp_path / "p.toml").write_text('name = "one"\n')
    library = Library(path)
    patch = library.load()
    path.write_text('name = "two"\n')
    assert [patch.name for patch in looked(Watch(library, patch, Inbox(), lambda shaders: {}))] == ["two"]


@pytest.mark.parametrize("edits", [False, True])
def test_so_is_a_shader_that_was_saved_meanwhile(tmp_path: Path, edits: bool) -> None:
    (tmp_path / "p.toml").write_text('[[layer]]\nsource = "look"\n')
    (file := tmp_path / "look.fs").write_text(PLAIN)
    library = Library(tmp_path / "p.toml")
    patch = library.load()
    if edits:
        file.write_text(PLAIN.replace("{", '{"INPUTS": [{"NAME": "glow", "TYPE": "float"}], ', 1))
    taken = looked(Watch(library, patch, Inbox(), lambda shaders: {}))
    assert [[one.address for one in patch.shaders["look"].params] for patch in taken] == [["/shader/look/glow"]] * edits


@pytest.mark.parametrize("text", ["/*{*/\nvoid main() {}\n", ""])
def test_a_shader_that_an_edit_adds_with_a_mistake_is_read_when_it_is_mended(tmp_path: Path, text: str) -> None:
    """However soon that is: here, as soon as the mistake is said."""
    (path := tmp_path / "p.toml").write_text("[[layer]]\n")
    (file := tmp_path / "look.fs").write_text(text)
    library, said = Library(path), list[str]()

    class Mending(Inbox):
        def fault(self, name: str, words: str) -> None:
            said.append(words)
            file.write_text(PLAIN)

    watching = Watch(library, library.load(), Mending(), lambda shaders: {})
    watching.close()
    path.write_text('[[layer]]\nsource = "look"\n')
    assert [list(patch.shaders) for patch in looked(watching)] == [["look"]]
    assert len(said) == 1


def test_that_another_size_of_the_stage_needs_another_start_is_said_once(tmp_path: Path) -> None:
    (path := tmp_path / "p.toml").write_text("[stage]\nfps = 50\n")
    library, inbox, said = Library(path), Inbox(), list[int]()
    watching = Watch(library, library.load(), inbox, lambda shaders: {})
    for n, text in enumerate(("fps = 50", "size = [640, 360]", "size = [640, 360]", "fps = 50", "fps = 25")):
        path.write_text(f"[stage]\n{text}\n#{'#' * n}\n")
        assert looked(watching)
        said.append(sum("start it again" in words for _, words in inbox.faults()[1]))
    assert said == [0, 1, 0, 0, 1]
