"""An installed wheel finds its shaders, patches, page and model from another folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = """
from perf.ports.library import EMBEDDED, PACKAGE, Library, find_patch, shipped
assert str(PACKAGE).startswith({folder!r}), PACKAGE
patch = Library(find_patch("default")).load()
assert patch.shaders and shipped("shaders").parent == PACKAGE
assert (EMBEDDED / "model_index.json").is_file()
assert (PACKAGE / "page" / "index.html").is_file()
from perf.__main__ import main
assert main(["check", str(find_patch("default")), str(EMBEDDED)]) == 0
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_plays_from_elsewhere(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", CODE.format(folder=str(site))]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_is_small_and_carries_no_work(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests/", ".training", "docs/"))]
    assert wheel.stat().st_size < 60e6
