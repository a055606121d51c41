"""`retrograde timeline` as a person types it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from perf.__main__ import main


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    try:
        status = main(["timeline", *map(str, argv)])
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    return status, *capsys.readouterr()


def test_the_score_is_written_and_drawn_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "score.svg"
    status, words, _ = run(capsys, "default", "-o", out)
    assert status == 0
    assert words == f"{out}: written; a browser shows it\n"
    whole = out.read_text()
    ElementTree.fromstring(whole)
    assert run(capsys, "default", "-o", out, "--bars", "4", "--from", "5", "--to", "8", "--width", "900")[0] == 0
    assert 'width="900"' in out.read_text() != whole


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nowhere", "-o", "x.svg"], "no such patch"),
        (["default", "-o", "x.png"], "a score is an .svg file"),
        (["default"], "--output"),
        (["default", "-o", "x.svg", "--width", "5"], "give pixels, 600…20000"),
        (["default", "-o", "x.svg", "--from", "0"], "a whole number from 1 on"),
        (["default", "-o", "x.svg", "--from", "9", "--to", "2"], "the patch has 32, numbered from 1"),
    ],
)
def test_a_mistake_ends_with_2_and_one_message(capsys: pytest.CaptureFixture[str], argv: list[str], words: str) -> None:
    status, _, err = run(capsys, *argv)
    assert status == 2
    assert words in err
    assert "Traceback" not in err


def test_a_folder_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "default", "-o", tmp_path / "nowhere" / "x.svg")
    assert status == 2
    assert "there is no folder" in err
    assert "nowhere" in err
