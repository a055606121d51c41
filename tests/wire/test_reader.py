"""The line that a mistake is said with: its own, however the document is laid out."""

import pytest
import rtoml
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.reader import Path, Reader

TEXT = """\
name = "a"   # 1

[clock]
tempo = 120

[[track]]
address = "/camera/zoom"
keys = [
  [0, 0.1],  # [ is a comment, and "this, too

  [4, "] = [, \\" "], [5, ']'],
  [6,
   7],
]
loop = 8

[[track]]
keys = [[0, 1], [1, 2]]
values = { "/a" = [1, 2], "/b" = 2 }

[[sequence]]
[[sequence.track]]
matrix = [
  [1]
]
lanes = [
  [[0, 1],
   [2, 3]],
  []
]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 1),
        (("clock", "tempo"), 4),
        (("clock", "nowhere"), 3),
        (("track",), 6),
        (("track", 0, "keys"), 8),
        (("track", 0, "keys", 0), 9),
        (("track", 0, "keys", 1), 11),
        (("track", 0, "keys", 2, 1), 11),
        (("track", 0, "keys", 3, 1), 13),
        (("track", 0, "keys", 9), 8),
        (("track", 0, "loop"), 15),
        (("track", 1, "keys", 1), 18),
        (("track", 1, "values", "/b"), 19),
        (("sequence", 0, "track", 0, "matrix", 0), 24),
        (("sequence", 0, "track", 0, "lanes", 0, 1), 28),
        (("sequence", 0, "track", 0, "lanes", 1, 5), 29),
        (("nowhere", 3), None),
    ],
)
def test_a_path_has_its_line(path: Path, line: int | None) -> None:
    rtoml.loads(TEXT)
    assert Reader(TEXT).line(path) == line


def test_the_first_mistake_is_the_one_that_stands_first() -> None:
    reader = Reader(TEXT)
    reader.wrong(("track", 1, "keys", 0), "later")
    reader.wrong(("track", 0, "keys", 1), "first")
    reader.wrong(("track", 0, "loop"), "second")
    assert reader.first == (11, "first")


def test_only_what_toml_ends_a_line_with_does() -> None:
    assert Reader('name = "a\u2028b"\r\nloop = 1\r\n').line(("loop",)) == 2


def test_what_may_be_left_out_is_not_among_the_names() -> None:
    reader = Reader("")
    assert reader.word({"follow": "c"}, ("follow",), "", ("", "a", "b")) == ""
    assert reader.mistakes == [(("follow",), "follow is 'c'; it takes one of a, b")]


TEXTS = st.text(alphabet="ab[]{},#='\"\\ é", max_size=6)
VALUES = st.recursive(
    st.integers(0, 9) | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=5,
)


@given(
    st.lists(st.tuples(VALUES, st.integers(0, 2), st.sampled_from(["", " # ] , [", ' # "'])), min_size=1, max_size=6)
)
def test_each_element_of_any_list_is_found_on_its_line(rows: list[tuple[object, int, str]]) -> None:
    text, lines = "keys = [", []
    for value, empty, comment in rows:
        text += "\n" * (empty + 1)
        lines.append(text.count("\n") + 1)
        text += f"{_toml(value)},{comment}"
    text += "\n]\nlast = 1"
    assert rtoml.loads(text)["keys"] == [value for value, _, _ in rows]
    reader = Reader(text)
    assert [reader.line(("keys", n)) for n in range(len(rows))] == lines


def _toml(value: object) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower()
