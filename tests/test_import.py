"""`retrograde import` as a person types it: a patch that plays, notes, and one message on a mistake."""

import os
from pathlib import Path

import pytest

from perf.__main__ import main
from perf.ports.library import Library

TIMELINE = "batch name: harbour\naudio files: ['one.wav']\n_____\n\n0: Black.\n25: a harbour\n"
MIDI = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0c\0\xb0\x4a\x10\x60\xb0\x4a\x70\0\xff\x2f\0"


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    try:
        status = main(["import", *map(str, argv)])
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    return status, *capsys.readouterr()


def test_the_patch_is_written_and_what_is_not_as_it_was_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "timeline.txt").write_text(TIMELINE)
    out = tmp_path / "harbour.toml"
    status, words, _ = run(capsys, tmp_path / "timeline.txt", "-o", out)
    assert status == 0
    assert words.splitlines()[0].startswith(f"note: {tmp_path / 'timeline.txt'}: line 2: audio files ['one.wav']")
    assert words.splitlines()[-1] == f"{out}: written; `retrograde play {out}` plays it"
    patch = Library(out).load()
    assert [key.prompts[0][0] for key in patch.timeline.prompts[0].keys] == ["", "a harbour"]


def test_a_patch_that_is_there_stays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "timeline.txt").write_text(TIMELINE)
    out = tmp_path / "mine.toml"
    out.write_text('name = "mine"')
    status, words, _ = run(capsys, tmp_path / "timeline.txt", "-o", out)
    assert status == 0
    assert out.read_text() == 'name = "mine"'
    assert f"{out}: written" not in words, "it went somewhere else, and says where"


def test_maps_may_name_a_shader(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "song.mid").write_bytes(MIDI)
    out = tmp_path / "song.toml"
    assert run(capsys, tmp_path / "song.mid", "-o", out, "--map", "cc74=/shader/film/grain")[0] == 0
    patch = Library(out).load()
    assert [track.address for track in patch.timeline.tracks] == ["/shader/film/grain"]
    assert patch.layers[0].filters == ("film",)


@pytest.mark.parametrize(
    ("name", "data", "argv", "words"),
    [
        ("nowhere.txt", None, [], "cannot be read: No such file"),
        (".", None, [], "cannot be read: Is a directory"),
        ("a.txt", b"_____\n0: a sea\nnext: b", [], "a.txt:3: 'next: b' is not an event; an event is FRAME: TEXT"),
        ("a.json", b'{"a":\n 1,}', [], "a.json:2: is not JSON"),
        ("a.json", b"{}", [], "neither Deforum's nor Parseq's"),
        ("a.mid", MIDI[:30], [], "is not a whole MIDI file"),
        ("a.mid", MIDI, ["--map", "cc74"], "give cc0…cc127"),
        ("a.mid", MIDI, ["--map", "cc74=/shader/nowhere/x"], "nowhere"),
        ("a.txt", b"_____\n0: a", ["--tolerance", "2"], "not a share of 0…1"),
        ("a.txt", b"_____\n0: a", ["-o", "film.mp4"], "a patch is a .toml file"),
    ],
)  # fmt: skip
def test_a_mistake_ends_with_2_and_one_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, data: bytes | None, argv: list[str], words: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    status, _, err = run(capsys, tmp_path / name, "-o", tmp_path / "out.toml", *argv)
    assert status == 2
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.toml").exists()


def test_a_file_that_is_too_large_is_not_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 60_000_000)
    assert "that much is not read" in run(capsys, path, "-o", tmp_path / "out.toml")[2]


def test_a_folder_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "timeline.txt").write_text(TIMELINE)
    status, _, err = run(capsys, tmp_path / "timeline.txt", "-o", tmp_path / "nowhere" / "out.toml")
    assert status == 2
    assert "there is no folder" in err
    assert "nowhere" in err
