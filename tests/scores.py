"""Shared by the tests of drawings: patches from text, and what an SVG holds by its classes."""

from pathlib import Path
from xml.etree import ElementTree

from perf.core.patch import Patch, ShaderSpec
from perf.wire.patch import parse

HARBOUR = Path(__file__).parent / "wire" / "drawing" / "harbour.toml"
SVG = "{http://www.w3.org/2000/svg}"


def no_shader(name: str) -> ShaderSpec:
    raise AssertionError(f"nobody asked for the shader {name}")


def patch(text: str) -> Patch:
    return parse(text, no_shader, "piece.toml")


def harbour() -> Patch:
    return patch(HARBOUR.read_text())


def elements(svg: str, style: str) -> list[ElementTree.Element]:
    """The shapes and words with a class."""
    return [one for one in ElementTree.fromstring(svg).iter() if style in one.get("class", "").split()]


def words(svg: str, style: str) -> list[str]:
    return [one.text or "" for one in elements(svg, style)]
