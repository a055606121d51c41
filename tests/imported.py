"""Shared by the tests of imports: an imported patch, played, and what it shows at a time."""

from collections.abc import Mapping

from perf.core.event import Value
from perf.core.patch import Patch, ShaderSpec
from perf.core.performance import Performance
from perf.wire.imports.draft import Asked, Imported
from perf.wire.imports.recognise import convert
from perf.wire.patch import parse

MOST = 100_000  # frames that a performance is asked for


def no_shader(name: str) -> ShaderSpec:
    raise AssertionError(f"nobody asked for the shader {name}")


def imported(data: str | bytes, asked: Asked = Asked("piece", "piece.txt")) -> tuple[Patch, Imported]:  # noqa: B008
    """The patch that a file makes, read back from its text, and the import itself."""
    made = convert(data.encode() if isinstance(data, str) else data, asked)
    return parse(made.text, no_shader, "piece.toml"), made


def values(patch: Patch, seconds: list[float]) -> list[Mapping[str, Value]]:
    """Every parameter at times in order, as a performance of the patch has them."""
    performance = Performance(patch)
    return [performance.at(n, at).values for n, at in enumerate(seconds[:MOST])]


def column(patch: Patch, address: str, fps: float, frames: int) -> list[float]:
    """A parameter's value at each frame."""
    return [float(row[address]) for row in values(patch, [n / fps for n in range(frames)])]  # type: ignore[arg-type]


def shown(row: Mapping[str, Value]) -> dict[str, float]:
    """The prompts that have a weight, with it, rounded."""
    found: dict[str, float] = {}
    for n in range(1, 9):
        weight = round(float(row[f"/prompt/{n}/weight"]), 4)  # type: ignore[arg-type]
        if weight:
            text = str(row[f"/prompt/{n}/text"])
            found[text] = round(found.get(text, 0.0) + weight, 4)
    return found
