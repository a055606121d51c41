"""OSC patterns reach what the specification says, and a hostile one costs nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.address import PATTERN_LIMIT, expand, is_pattern, matches, name_of

ADDRESSES = ["/a/b", "/a/bc", "/a/b/c", "/prompt/1/text", "/prompt/2/text", "/prompt/2/weight"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/a/b", ["/a/b"]),
        ("/a/*", ["/a/b", "/a/bc"]),
        ("/a/b?", ["/a/bc"]),
        ("/*/*/text", ["/prompt/1/text", "/prompt/2/text"]),
        ("/prompt/[1-3]/text", ["/prompt/1/text", "/prompt/2/text"]),
        ("/prompt/[!1]/text", ["/prompt/2/text"]),
        ("/prompt/{1,2}/{text,weight}", ["/prompt/1/text", "/prompt/2/text", "/prompt/2/weight"]),
        ("/prompt/{1/text,}", ["/prompt/1/text"]),
        ("//text", ["/prompt/1/text", "/prompt/2/text"]),
        ("/a//c", ["/a/b/c"]),
        ("/a/*c", ["/a/bc"]),
        ("/a/*b*", ["/a/b", "/a/bc"]),
        ("/a", []),
        ("/a/{b", []),
        ("/a/[b", []),
        ("/a/b}", []),
        ("/a/", []),
        ("a/b", []),
    ],
)
def test_a_pattern_reaches(pattern: str, found: list[str]) -> None:
    assert expand(pattern, ADDRESSES) == found


def test_sets_take_a_minus_last_and_an_exclamation_mark_not_first_literally() -> None:
    assert matches("/[a-]", "/-")
    assert matches("/[a!]", "/!")
    assert not matches("/[a-c]", "/-")


@given(st.text("/ab*?[]{},!-", max_size=300))
def test_any_pattern_ends(pattern: str) -> None:
    assert all(address in ADDRESSES for address in expand(pattern, ADDRESSES))


def test_hostile_patterns_are_cheap() -> None:
    long = "/" + "a" * 60
    assert not matches("/" + "*a" * 100 + "b", long)
    assert not matches("/" + "/" * (PATTERN_LIMIT - 2) + "b", "/a/a/a/a")
    assert not matches("/" + "{a,b}" * 40, long)


@given(st.text(min_size=1, max_size=20))
def test_a_name_is_never_a_pattern(text: str) -> None:
    assert not is_pattern(name_of(text).replace("\\", ""))
    assert matches("/" + name_of(text), "/" + name_of(text))
