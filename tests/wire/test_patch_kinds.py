"""Every key of the shipped patches and of the guides' examples, with a value of another kind: it plays or is refused.

What is edited while it plays is read by a thread that must outlive whatever is saved.
"""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rtoml

from perf.core.performance import Performance
from perf.errors import PatchError
from perf.ports.library import Library, shipped
from perf.wire.patch import parse

ROOT = Path(__file__).parent.parent.parent
ODD: list[object] = [
    0, -1, 8.7, 1e300, 10**30, float("nan"), float("inf"), True, "", "x", "= beat", [], [[]], [[1]], ["x"],
    {}, {"a": 1}, [{"a": 1}], [[0, 1, 2, 3, 4]], [[0, []]], [[0, {"a": []}]], [[0, 0.1, ["linear"]]],
    [[float("inf"), "7/8"]],
]  # fmt: skip
RECORDED = """
[clock]
signature = [[0, "4/4"], [8, "7/8"]]
[[track]]
address = "/camera/zoom"
lane = 1
lanes = [[[0, 0.1], [4, 0.2, "hold"]], [[2, 0.1, "below"]]]
"""
LIBRARY = Library(shipped("patches") / "default.toml")


def documents() -> list[dict[str, Any]]:
    texts = [path.read_text() for path in sorted(shipped("patches").glob("*.toml"))]
    for guide in ("timelines", "stage", "sound"):
        texts += re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / f"{guide}.md").read_text(), re.S)
    return [rtoml.loads(text) for text in [*texts, RECORDED]]


def spots(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a document; of a long list the first two."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from spots(inner, (*path, key))


def cases() -> list[tuple[dict[str, Any], tuple[str | int, ...]]]:
    """A place of each kind, with a document that it is in."""
    found = {}
    for document in documents():
        for path in spots(document):
            found.setdefault(tuple("#" if isinstance(part, int) else part for part in path), (document, path))
    return list(found.values())


CASES = cases()


def test_the_documents_have_what_a_patch_may_have() -> None:
    assert len(CASES) > 150
    keys = {part for _, path in CASES for part in path}
    assert {"signature", "quantise", "plays", "matrix", "steps", "formula", "lanes", "clip", "prompts"} <= keys


@pytest.mark.parametrize("part", range(4))
def test_a_value_of_another_kind_anywhere_plays_or_is_refused(part: int) -> None:
    for document, path in CASES[part::4]:
        for odd in Random(str(path)).sample(ODD, 12):
            changed = copy.deepcopy(document)
            inner = changed
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = odd
            _tried(changed, f"{path} = {odd!r}")


def _tried(document: dict[str, Any], words: str) -> None:
    try:
        patch = parse(rtoml.dumps(document), LIBRARY.spec, "p.toml", note=lambda note: None)
        assert Performance(patch).at(0, 0.7).values
    except PatchError as error:
        assert str(error).startswith("p.toml")
    except Exception as error:
        raise AssertionError(f"{words}: {error!r}") from error
