"""The house: imports point down only, siblings never see each other, and third parties stay in their rooms."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PERF = Path(__file__).parent.parent / "perf"

# Floor and what each room may import of the others. Rooms at the top wire everything together.
MAY = {
    "errors": set(),
    "cuda": {"core"},
    "core": set(),
    "wire": {"core"},
    "diffusion": {"core"},
    "gl": {"core", "cuda"},
    "hearing": {"core"},
    "ports": {"core", "wire", "hearing"},
    "records": {"core"},
    "worker": {"core", "cuda", "ports", "diffusion"},
    "training": {"core", "records", "diffusion"},
}
TOP = {"show", "rig", "clocks", "keys", "options", "commands", "__main__", "benchmark"}
TOP |= {"offline", "pacing", "conformance", "score", "reel", "recipe", "recording", "outlets", "foresight"}
TOP |= {"notices"}

PINS = {
    "torch": {
        "offline",
        "diffusion",
        "training",
        "worker/process",
        "worker/outgoing",
        "worker/instep",
        "benchmark/gpu",
        "benchmark/plain",
        "commands/caption",
        "pacing",
        "conformance",
    },
    "diffusers": {"diffusion", "training", "benchmark/gpu", "benchmark/plain"},
    "transformers": {"diffusion", "training", "benchmark/gpu"},
    "safetensors": {"diffusion", "training"},
    "huggingface_hub": {"diffusion"},
    "moderngl": {"gl", "benchmark/bare"},
    "glfw": {"gl", "commands/ports"},
    "pythonosc": {"wire", "benchmark/control"},
    "mido": {"wire", "ports"},
    "rtmidi": {"ports"},
    "av": {"ports", "benchmark/filmed"},
    "link": {"ports"},
    "sounddevice": {"ports"},
    "websockets": {"ports"},
    "pyvirtualcam": {"ports/send_camera"},
    "cyndilib": {"ports/send_ndi"},
    "SpoutGL": {"ports/send_spout"},
    "syphon": {"ports/send_syphon"},
    "rtoml": {"wire"},
    "tomlkit": {"wire"},
    "PIL": {"gl", "ports", "records", "training", "benchmark"},
    "numpy": {
        "gl",
        "ports",
        "hearing",
        "records",
        "training",
        "diffusion",
        "worker/process",
        "worker/outgoing",
        "worker/instep",
        "benchmark",
        "commands/caption",
        "pacing",
        "conformance",
        "core/bank",
    },
    "tqdm": {"commands"},
}
FILES = sorted(PERF.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(PERF).with_suffix("").as_posix()


def room(path: Path) -> str:
    return place(path).split("/")[0]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(dotted module, whether only for the type checker) of each import."""
    tree = _tree(path)
    checking = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in checking) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"perf.{alias.name}" for alias in node.names] if node.module == "perf" else [str(node.module)]
            yield from ((name, id(node) in checking) for name in names)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_point_down(path: Path) -> None:
    here = room(path)
    if here in TOP or here == "__init__":
        return
    for module, checking in imports(path):
        if module.startswith("perf.") and not checking:
            there = module.split(".")[1]
            assert there == here or there in MAY[here] | {"errors", "__version__"}, f"{here} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_third_parties_stay_in_their_rooms(path: Path) -> None:
    for module, _ in imports(path):
        top = module.split(".")[0]
        if top in PINS:
            rooms = PINS[top]
            assert room(path) in rooms or place(path) in rooms, f"{place(path)} imports {top}; it lives in {rooms}"
        elif top not in ("perf", "__future__"):
            assert top in sys.stdlib_module_names, f"{place(path)} imports {top}: pin it here, with a reason"


def test_core_is_the_standard_library_alone_but_for_numpy_in_the_bank() -> None:
    for path in (PERF / "core").glob("*.py"):
        for module, _ in imports(path):
            top = module.split(".")[0]
            known = top in sys.stdlib_module_names or module.startswith(("perf.core", "perf.errors"))
            assert known or (path.stem == "bank" and top == "numpy")
            assert top not in ("threading", "time", "socket", "os", "pathlib", "random"), f"{path.name}: {module}"


def test_locks_live_in_the_mailbox() -> None:
    for path in FILES:
        for name in ("Lock", "RLock", "Condition", "Semaphore"):
            allowed = place(path) == "ports/mailbox"
            assert allowed or f"threading.{name}" not in path.read_text(), f"{place(path)} makes a {name}"
            assert allowed or not _imports_name(path, "threading", name), f"{place(path)} imports {name}"


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _imports_name(path: Path, module: str, name: str) -> bool:
    nodes = (n for n in ast.walk(_tree(path)) if isinstance(n, ast.ImportFrom) and n.module == module)
    return any(alias.name == name for node in nodes for alias in node.names)


def test_the_show_never_imports_torch() -> None:
    code = "import perf.show, sys; assert 'torch' not in sys.modules and 'diffusers' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PERF.parent)


def test_the_show_is_read_first() -> None:
    assert len((PERF / "show.py").read_text().splitlines()) < 150


@pytest.mark.parametrize("path", FILES, ids=place)
def test_files_and_functions_keep_the_house_numbers(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300, f"{place(path)} is longer than 300 lines"
    tree = ast.parse(text)
    assert not text.strip() or ast.get_docstring(tree), f"{place(path)} does not say what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            assert length <= 50, f"{place(path)}:{node.lineno} {node.name} is {length} lines long"
