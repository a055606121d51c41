"""The status file: a row a second, and a full disk that stops neither the show nor, when there is room, the rows."""

import json
from pathlib import Path

import pytest
from filming import room

from perf.errors import DeviceError
from perf.ports.statuslog import StatusLog


class Said(list[tuple[str, str]]):
    def __call__(self, kind: str, words: str) -> None:
        self.append((kind, words))


def test_a_row_a_second_for_scripts(tmp_path: Path) -> None:
    log = StatusLog(str(tmp_path / "s.jsonl"), Said())
    log.write(1.0, {"/status/fps": 30.0})
    log.write(2.0, {"/status/fps": 31.0})
    rows = [json.loads(row) for row in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert rows == [{"seconds": 1.0, "fps": 30.0}, {"seconds": 2.0, "fps": 31.0}]


def test_without_a_name_nothing_is_written() -> None:
    StatusLog("", Said()).write(1.0, {})


def test_a_place_where_nothing_can_be_written_is_an_error_before_the_show(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"nowhere.*cannot be written.*another place"):
        StatusLog(str(tmp_path / "nowhere" / "s.jsonl"), Said())


def test_a_full_disk_is_said_once_and_leaves_whole_rows_that_go_on_when_there_is_room(tmp_path: Path) -> None:
    path, said = tmp_path / "s.jsonl", Said()
    log = StatusLog(str(path), said)
    log.write(1.0, {"/status/fps": 30.0})
    with room(path.stat().st_size + 10):
        log.write(2.0, {})
        log.write(3.0, {})
    log.write(4.0, {})
    assert [json.loads(row)["seconds"] for row in path.read_text().splitlines()] == [1.0, 4.0]
    ((kind, words),) = said
    assert kind == "status"
    assert "it goes on when there is room" in words
