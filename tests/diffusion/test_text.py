"""Text encoders: how much of a text is read."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny import tokenizer

from perf.diffusion.text import TextEncoder


@pytest.mark.parametrize(
    ("text", "unheard"),
    [
        ("", 0),
        ("a " * 14, 0),
        ("a " * 15, 1),
        ("ab cde " * 3, 1),
        ("a " * 5000, 4986),
        ("sea " + "x" * 99, 1),
        ("x" * 99, 1),
    ],
)
def test_words_beyond_the_length_are_counted(tmp_path: Path, text: str, unheard: int) -> None:
    """A tokenizer of letters, 16 with the start and the end."""
    assert TextEncoder(tokenizer(tmp_path), SimpleNamespace(), 16).unheard(text) == unheard
