"""Saves are made in order, beside the show; what goes wrong is said."""

from pathlib import Path

from perf.core.curve import Key
from perf.core.lane import BELOW, Lane, Lanes
from perf.ports.library import SIZE_LIMIT, Library
from perf.ports.mailbox import Inbox
from perf.ports.saver import Saver

ROLL = Lanes((Lane((Key(1.0, 0.5), Key(2.0, 0.5, BELOW))),), 1)


def test_the_last_save_stands_and_all_are_written_when_it_closes(tmp_path: Path) -> None:
    path, said = tmp_path / "p.toml", []
    path.write_text("# mine\n")
    saver = Saver(Library(path), Inbox(), said.append)
    for number in range(5):
        saver.ask({"/camera/zoom": number / 10}, (), {"/camera/roll": ROLL})
    saver.close()
    patch = Library(path).load()
    assert patch.values == {"/camera/zoom": 0.4}
    assert patch.timeline.lanes == {"/camera/roll": ROLL}
    assert len(said) == 5
    assert path.read_text().startswith("# mine\n")


def test_a_patch_that_would_be_too_long_is_not_saved(tmp_path: Path) -> None:
    path, inbox = tmp_path / "p.toml", Inbox()
    path.write_text("")
    long = Lanes((Lane(tuple(Key(float(n), "x" * 4000, "hold") for n in range(SIZE_LIMIT // 4000))),), 1)
    saver = Saver(Library(path), inbox, lambda line: None)
    saver.ask({}, (), {"/prompt/1/text": long})
    saver.close()
    ((kind, words),) = inbox.faults()[1]
    assert (kind, path.read_text()) == ("patch", "")
    assert "/automation/clear" in words


def test_a_patch_that_is_no_longer_toml_is_said_and_stays_as_it_is(tmp_path: Path) -> None:
    path, inbox = tmp_path / "p.toml", Inbox()
    path.write_text('name = "half a')
    saver = Saver(Library(path), inbox, lambda line: None)
    saver.ask({"/camera/zoom": 0.4}, (), {})
    saver.close()
    ((kind, words),) = inbox.faults()[1]
    assert (kind, path.read_text()) == ("patch", 'name = "half a')
    assert words.startswith(f"{path}: not saved: ")
    assert list(tmp_path.iterdir()) == [path]
