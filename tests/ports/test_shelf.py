"""Shaders on the shelf: found, read with what goes with them, read again when that changes, tried when suspect."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from waiting import until

from perf.errors import ShaderError
from perf.ports.files import SIZE_LIMIT
from perf.ports.shelf import Shelf, changed, tried
from perf.ports.still import SIDE
from perf.wire.isf import IsfShader

HEADER = '/*{"ISFVSN": "2.0"%s}*/\n'
PLAIN = HEADER % "" + "void main() { gl_FragColor = vec4(1.0); }\n"


def shelf(folder: Path, trial: Callable[[IsfShader], str] = lambda shader: "") -> Shelf:
    (folder / "shipped").mkdir(exist_ok=True)
    return Shelf(folder / "mine", folder / "shipped", trial)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def test_a_folder_of_others_beside_the_patch_is_looked_through_last(tmp_path: Path, mine: Path) -> None:
    others = mine / "ISF-Files" / "ISF"
    others.mkdir(parents=True)
    (others / "Color Bars.fs").write_text(PLAIN)
    (others / "film.fs").write_text(PLAIN)
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "film.fs").write_text(PLAIN)
    found = shelf(tmp_path)
    assert found.shader("Color Bars").name == "Color_Bars"
    assert found.path("film") == tmp_path / "shipped" / "film.fs"
    assert found.path("ISF-Files/ISF/film") == others / "film.fs"


def test_a_name_that_nobody_has_is_answered_with_those_that_are_near(tmp_path: Path, mine: Path) -> None:
    (mine / "glow.fs").write_text(PLAIN)
    with pytest.raises(ShaderError, match="no shader is called 'flow'; there are glow"):
        shelf(tmp_path).shader("flow")
    for n in range(80):
        (mine / f"look{n}.fs").write_text(PLAIN)
    with pytest.raises(ShaderError, match=r"there are glow … 81 in all"):
        shelf(tmp_path).shader("flow")


def test_a_shader_is_read_once_until_one_of_its_files_changes(tmp_path: Path, mine: Path) -> None:
    (mine / "a.fs").write_text(HEADER % ', "IMPORTED": {"pic": {"PATH": "a.png"}}' + "void main() {}")
    Image.new("RGB", (4, 2), (255, 0, 0)).save(mine / "a.png")
    found = shelf(tmp_path)
    first, stamp = found.shader("a"), found.stamp("a")
    assert found.shader("a") is first
    (mine / "a.vs").write_text("void main() { isf_vertShaderInit(); }")
    assert found.stamp("a") != stamp
    second = found.shader("a")
    assert second.vertex_file == str(mine / "a.vs")
    assert second.clears
    Image.new("RGB", (4, 2), (0, 255, 0)).save(mine / "a.png")
    os.utime(mine / "a.png", ns=(1, 1))
    assert found.shader("a").pictures["pic"].pixels[:4] == bytes((0, 255, 0, 255))
    assert [path.name for path in found.files("a")] == ["a.fs", "a.vs", "a.png"]
    (mine / "a.fs").unlink()
    assert found.stamp("a") == 0


@pytest.mark.parametrize(
    ("mode", "pixel", "seen"),
    [
        ("RGBA", (10, 20, 30, 40), (10, 20, 30, 40)),
        ("L", 99, (99, 99, 99, 255)),
        ("I;16", 40000, (156, 156, 156, 255)),
        ("I;16B", 40000, (156, 156, 156, 255)),
        ("P", 0, (0, 0, 0, 255)),
    ],
)
def test_images_of_any_kind_become_rgba(
    tmp_path: Path, mine: Path, mode: str, pixel: object, seen: tuple[int, ...]
) -> None:
    (mine / "a.fs").write_text(HEADER % ', "IMPORTED": {"pic": {"PATH": "in/a.tif"}}' + "void main() {}")
    (mine / "in").mkdir()
    Image.new(mode, (3, 5), pixel).save(mine / "in" / "a.tif")
    still = shelf(tmp_path).shader("a").pictures["pic"]
    assert still.size == (3, 5)
    assert tuple(still.pixels[:4]) == seen


def test_an_image_that_was_missing_is_noticed_when_it_comes(tmp_path: Path, mine: Path) -> None:
    (mine / "s.fs").write_text('/*{"IMPORTED": {"logo": {"PATH": "logo.png"}}}*/\nvoid main() {}\n')
    found = shelf(tmp_path)
    with pytest.raises(ShaderError):
        found.shader("s")
    before = found.stamp("s")
    Image.new("RGB", (2, 2)).save(mine / "logo.png")
    assert found.stamp("s") != before
    assert found.shader("s").pictures["logo"].size == (2, 2)


def test_a_huge_image_is_reduced(tmp_path: Path, mine: Path) -> None:
    (mine / "a.fs").write_text(HEADER % ', "IMPORTED": {"pic": {"PATH": "a.png"}}' + "void main() {}")
    Image.fromarray(np.zeros((1, 2 * SIDE, 3), np.uint8)).save(mine / "a.png")
    assert shelf(tmp_path).shader("a").pictures["pic"].size == (SIDE, 1)


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 30])
def test_an_image_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, mine: Path, content: bytes | None) -> None:
    (mine / "a.fs").write_text('/*{"ISFVSN": "2",\n"IMPORTED": {"pic":\n{"PATH": "a.png"}}}*/\nvoid main() {}')
    if content is not None:
        (mine / "a.png").write_bytes(content)
    with pytest.raises(ShaderError, match=r"a\.fs:3: the imported 'pic' \(a\.png\) cannot be read: .*beside"):
        shelf(tmp_path).shader("a")


def test_old_letters_are_read_and_too_many_are_not(tmp_path: Path, mine: Path) -> None:
    (mine / "a.fs").write_bytes((HEADER % ', "CREDIT": "J\xfcrg"' + PLAIN).encode("latin-1"))
    assert shelf(tmp_path).shader("a").credit == "J\xfcrg"
    (mine / "b.fs").write_bytes(b" " * (SIZE_LIMIT + 1))
    with pytest.raises(ShaderError, match="at most 1000000 are read"):
        shelf(tmp_path).shader("b")


SUSPECT = HEADER % "" + "void main() {\n  while (TIME >= 0.0) {}\n  gl_FragColor = vec4(1.0);\n}\n"


def test_a_suspect_shader_is_tried_once(tmp_path: Path, mine: Path) -> None:
    asked: list[str] = []

    def trial(shader: IsfShader) -> str:
        asked.append(shader.name)
        return "it did not come back"

    (mine / "a.fs").write_text(SUSPECT)
    (mine / "b.fs").write_text(PLAIN)
    found = shelf(tmp_path, trial)
    for _ in range(2):
        assert found.shader("a").refused == "the while loop on line 3 may never end: it did not come back"
        assert found.shader("b").refused == ""
        os.utime(mine / "a.fs", ns=(5, 5))
    assert asked == ["a"]


def test_what_is_saved_while_a_shader_is_tried_is_read_the_next_time(tmp_path: Path, mine: Path) -> None:
    text = HEADER % "" + "void main() { float a = 0.0; while (a < TIME) a += 1.0; gl_FragColor = vec4(a); }\n"
    (mine / "s.fs").write_text(text)
    os.utime(mine / "s.fs", (1, 1))
    found = shelf(tmp_path, lambda shader: (mine / "s.fs").write_text(text.replace("vec4(a)", "vec4(0.5)")) and "")
    assert "vec4(a)" in found.shader("s").fragment
    assert "vec4(0.5)" in found.shader("s").fragment


def test_another_process_finds_out_whether_a_shader_ends(tmp_path: Path, mine: Path) -> None:
    body = "void main() { float x = 1.0; %s x += sin(x) * cos(x * 3.0) + tan(x); gl_FragColor = vec4(x); }"
    long = "for (int i = 0; i < 1000000; i++)"
    for name, condition in {"a": long, "b": "while (x < 0.0)", "c": "while (nothing)"}.items():
        (mine / f"{name}.fs").write_text(HEADER % "" + body % condition)
    found = shelf(tmp_path)
    assert "so a frame of 1280×720 would take" in tried(found.shader("a"), 100.0)
    assert tried(found.shader("b"), 100.0) == ""
    assert tried(found.shader("c"), 100.0) == ""  # that it does not compile is said where it is loaded
    assert tried(found.shader("a"), 0.001) == "it was not drawn within 0.001 s"


def test_another_file_of_the_same_size_and_date_is_noticed(tmp_path: Path) -> None:
    """As `cp -p` and `rsync` put it in its place; its own clock is read again until it has gone on."""
    path = tmp_path / "a.fs"
    path.write_text("void main() { a(); }")
    os.utime(path, ns=(1, 1))
    before = changed(path)

    def put() -> bool:
        path.write_text("void main() { b(); }")
        os.utime(path, ns=(1, 1))
        return changed(path) != before

    until(put, 10.0)
