"""Fonts that patches name: found beside them, or refused with why."""

from pathlib import Path

import pytest
from PIL import ImageFont

from perf.errors import PatchError
from perf.gl.overlay import lettering
from perf.ports.font import found
from perf.ports.library import Library

PATCH = '[[layer]]\nsource = "text"\ntext = "HH"\nfont = "%s"\n'


def half_as_large() -> bytes:
    """The font that comes along, with twice the units to an em: its letters are half as large."""
    data = bytearray(ImageFont.load_default(20).path.getvalue())  # type: ignore[union-attr]
    tables = {
        bytes(data[at : at + 4]): int.from_bytes(data[at + 8 : at + 12]) for at in range(12, 12 + 16 * data[5], 16)
    }
    units = tables[b"head"] + 18
    data[units : units + 2] = (2 * int.from_bytes(data[units : units + 2])).to_bytes(2)
    return bytes(data)


def test_a_font_beside_the_patch_has_its_own_letters(tmp_path: Path) -> None:
    (tmp_path / "half.otf").write_bytes(half_as_large())
    patch = tmp_path / "patch.toml"
    patch.write_text(PATCH % "half.otf")
    file = Library(patch).load().layers[0].font
    assert file == str(tmp_path / "half.otf")
    own, other = ((lettering("HH", 100, 900, "left", name) > 128).any(1).sum() for name in (file, ""))
    assert own == pytest.approx(other / 2, abs=2)
    patch.write_text(PATCH % tmp_path.joinpath("half.otf"))
    assert Library(patch).load().layers[0].font == file
    assert found("", patch) == ""


@pytest.mark.parametrize(
    "name", ["gone.otf", "patch.toml", ".", "~nobody-of-that-name/font.otf", "\\u0000", "x" * 5000], ids=range(6)
)
def test_what_is_no_font_is_refused(tmp_path: Path, name: str) -> None:
    patch = tmp_path / "patch.toml"
    patch.write_text(PATCH % name)
    for read in (Library(patch).load, Library(patch).examine):
        with pytest.raises(PatchError, match="TrueType or OpenType"):
            read()


def test_a_font_that_vanishes_while_it_plays_leaves_the_one_that_comes_along() -> None:
    assert (lettering("HH", 50, 900, "left", "/gone/font.otf") == lettering("HH", 50, 900, "left")).all()


def test_only_titles_have_fonts(tmp_path: Path) -> None:
    patch = tmp_path / "patch.toml"
    patch.write_text('[[layer]]\nsource = "colour"\nfont = "half.otf"\n')
    with pytest.raises(PatchError, match="'font' means nothing here"):
        Library(patch).load()
