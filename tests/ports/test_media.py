"""What layers show while a show plays: the newest picture at once, and a card for what is not there, said once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from clips import FPS, number, video
from waiting import until

from perf.core.footage import Footage, MediaSpec, Shot
from perf.core.frame import Frame, Job, Layer
from perf.core.moment import Moment
from perf.core.patch import LayerSpec, Patch
from perf.errors import DeviceError
from perf.ports import camera, clip, media
from perf.ports.mailbox import Inbox
from perf.ports.media import Bay, Projector


def patch(*films: MediaSpec) -> Patch:
    return Patch(layers=tuple(LayerSpec("media", media=film) for film in films))


def frame(**places: Footage) -> Frame:
    """A frame that wants these films; `l2` is layer 2."""
    layers = [Layer("media", (), 1.0, "normal", int(name[1:]), footage=place) for name, place in places.items()]
    return Frame(Moment(0, 0.0), {}, Job(), tuple(layers))


class Stand:
    """A bay, what it has said, and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inbox, self.messages = folder, Inbox(), list[tuple[str, str]]()
        self.bays: list[Bay] = []

    def opened(self, *films: MediaSpec) -> Bay:
        self.bays.append(Bay(patch(*films), self.folder, None, self.inbox.fault))
        return self.bays[-1]

    def said(self) -> list[tuple[str, str]]:
        self.messages += self.inbox.faults()[1]
        return self.messages


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setattr(media, "RETRY", 0.01)
    made = Stand(tmp_path)
    yield made
    for bay in made.bays:
        bay.close()


def shown(bay: Bay, place: Footage) -> int:
    """The picture that layer 1 shows, -1 for none yet, -2 for the card."""
    shots = bay.shots(frame(l1=place))
    return -1 if 1 not in shots else -2 if isinstance(shots[1], str) else number(shots[1])


def test_the_picture_that_is_asked_for_comes(stand: Stand) -> None:
    video(stand.folder / "a.mp4")
    bay = stand.opened(MediaSpec("a.mp4"))
    for wanted in (0, 30, 3, 59, 58, 57, 20):
        until(lambda wanted=wanted: shown(bay, Footage(wanted / FPS)) == wanted, 10.0)


def test_the_first_picture_that_is_seen_is_the_one_that_is_asked_for(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    video(stand.folder / "a.mp4")
    asked, opened, put, seen = Event(), media.open_clip, media.Deck._put, list[int]()
    monkeypatch.setattr(media, "open_clip", lambda *what: asked.wait(10) and opened(*what))

    def noted(deck: media.Deck, shots: list[Shot], length: float) -> None:
        seen.append(number(shots[0]))
        put(deck, shots, length)

    monkeypatch.setattr(media.Deck, "_put", noted)
    bay = stand.opened(MediaSpec("a.mp4"))
    assert shown(bay, Footage(30 / FPS, 0.0)) == -1
    asked.set()
    until(lambda: seen, 10.0)
    assert seen[0] == 30


def test_a_layer_that_comes_back_shows_nothing_of_where_it_was_left(stand: Stand) -> None:
    video(stand.folder / "a.mp4")
    bay = stand.opened(MediaSpec("a.mp4"))
    until(lambda: shown(bay, Footage(10 / FPS, 0.0)) == 10, 10.0)
    assert bay.shots(frame()) == {}
    assert shown(bay, Footage(40 / FPS, 0.0)) == -1
    seen: set[int] = set()
    until(lambda: seen.add(shown(bay, Footage(40 / FPS, 0.0))) or 40 in seen, 10.0)
    assert seen <= {-1, 40}
    assert bay.shots(frame()) == {}
    assert shown(bay, Footage(44 / FPS, 0.0)) in (40, 44)  # so near that a strobe had better not miss it
    assert shown(bay, Footage(4 / FPS, 0.0)) >= 0  # a seek while it is seen: the newest, until that is there


def test_what_comes_next_is_there_before_it_is_asked_for(stand: Stand) -> None:
    video(stand.folder / "a.mp4")
    bay = stand.opened(MediaSpec("a.mp4"))
    deck = bay._decks[1]
    until(lambda: shown(bay, Footage(10 / FPS)) == 10, 10.0)
    until(lambda: [number(shot) for shot in deck._shared._value.shots] == [10, 11, 12, 13], 10.0)
    until(lambda: shown(bay, Footage(10 / FPS, -1.0)) == 10, 10.0)
    until(lambda: [number(shot) for shot in deck._shared._value.shots] == [10, 9, 8, 7], 10.0)


def test_a_missing_film_is_said_once_and_plays_when_it_is_there(stand: Stand) -> None:
    video(stand.folder / "b.mp4")
    bay = stand.opened(MediaSpec("a.mp4"), MediaSpec("b.mp4"))
    until(lambda: shown(bay, Footage()) == -2, 10.0)
    until(lambda: bay.shots(frame(l2=Footage())).get(2), 10.0)
    until(stand.said, 10.0)
    (stand.folder / "b.mp4").replace(stand.folder / "a.mp4")
    until(lambda: shown(bay, Footage()) == 0, 10.0)
    ((kind, words),) = stand.said()
    assert kind == "media"
    assert "a.mp4: there is no such file; put it beside the patch" in words
    assert words.endswith("it is looked for again")


def test_a_film_of_nobody_shows_the_card_and_is_said(stand: Stand) -> None:
    bay = stand.opened(MediaSpec("~nobody here/a.mp4"))
    until(lambda: stand.said() and shown(bay, Footage()) == -2, 10.0)
    assert "~nobody here/a.mp4: there is no such file" in stand.said()[0][1]


@pytest.mark.parametrize("content", [b"", b"no film", bytes(5000)])
def test_a_corrupt_film_shows_the_card_and_is_said_once(stand: Stand, content: bytes) -> None:
    (stand.folder / "a.mp4").write_bytes(content)
    bay = stand.opened(MediaSpec("a.mp4"))
    until(lambda: stand.said() and shown(bay, Footage()) == -2, 10.0)
    ((kind, words),) = stand.said()
    assert (kind, "a.mp4: cannot be played" in words) == ("media", True)


def test_a_film_that_is_written_anew_is_seen_anew_and_one_that_has_gone_plays_on(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "LOOK", 0.0)
    path = video(stand.folder / "a.mp4", 3)
    bay = stand.opened(MediaSpec("a.mp4"))
    until(lambda: shown(bay, Footage(2 / FPS)) == 2, 10.0)
    video(stand.folder / "b.mp4").replace(path)
    until(lambda: shown(bay, Footage(50 / FPS)) == 50, 10.0)
    path.unlink()
    until(lambda: shown(bay, Footage(7 / FPS)) == 7, 10.0)
    path.write_bytes(b"no film")
    until(lambda: shown(bay, Footage(7 / FPS)) == -2, 10.0)
    video(stand.folder / "c.mp4").replace(path)
    until(lambda: shown(bay, Footage(9 / FPS)) == 9, 10.0)
    ((_, words),) = stand.said()
    assert "a.mp4: cannot be played" in words


def test_pictures_are_no_larger_than_their_stage(stand: Stand) -> None:
    video(stand.folder / "a.mp4")
    bay = Bay(patch(MediaSpec("a.mp4")), stand.folder, (48, 20), stand.inbox.fault)
    stand.bays.append(bay)
    shot = until(lambda: bay.newest(1), 10.0)
    assert (shot.size, number(shot)) == ((48, 32), 0)


def test_another_patch_keeps_what_it_still_shows(stand: Stand) -> None:
    video(stand.folder / "a.mp4")
    bay = stand.opened(MediaSpec("a.mp4"), MediaSpec("a.mp4"))
    first, second = bay._decks[1], bay._decks[2]
    bay.adopt(patch(MediaSpec("a.mp4"), MediaSpec("a.mp4", fps=25.0)))
    assert bay._decks[1] is first
    assert bay._decks[2] is not second
    until(lambda: not second._thread.is_alive(), 10.0)
    bay.adopt(patch())
    assert bay._decks == {}
    until(lambda: not first._thread.is_alive(), 10.0)


class Eye:
    """A camera that sees two pictures and is then pulled out; while `there` is false there is none."""

    there = True
    opened = 0

    def __init__(self, name: str, stage: object) -> None:
        if not Eye.there:
            raise DeviceError(f"the camera {name} cannot be opened: none")
        Eye.opened += 1

    def shots(self) -> Iterator[Shot]:
        yield Shot((1, 1), bytes(4), 1.0)
        yield Shot((1, 1), bytes([9, 9, 9, 9]), 1.0)
        until(lambda: not Eye.there, 10.0)
        raise DeviceError("the camera 0 has gone")

    def close(self) -> None:
        pass


def test_a_camera_that_goes_is_said_once_and_found_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "Camera", Eye)
    Eye.there, Eye.opened = True, 0
    bay = stand.opened(MediaSpec(camera="0"))

    def pixels() -> object:
        shot = bay.shots(frame(l1=Footage())).get(1)
        return shot.pixels if isinstance(shot, Shot) else None

    until(lambda: pixels() == bytes([9, 9, 9, 9]), 10.0)
    Eye.there = False
    until(lambda: len(stand.said()) == 2, 10.0)
    assert bay.shots(frame(l1=Footage())) == {1: "the camera 0 cannot be opened: none"}
    assert bay.newest(1) is None
    assert [words.split(";")[0] for _, words in stand.said()] == [
        "the camera 0 has gone",
        "the camera 0 cannot be opened: none",
    ]
    Eye.there = True
    until(lambda: Eye.opened == 2 and pixels(), 10.0)


class Frozen(Eye):
    """A camera whose driver stops after its first picture, and goes on when it is `there` again."""

    def shots(self) -> Iterator[Shot]:
        while True:
            yield Shot((1, 1), bytes([9, 9, 9, 9]), 1.0)
            until(lambda: Eye.there, 20.0)


def test_a_camera_that_falls_silent_is_said_and_seen_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "Camera", Frozen)
    Eye.there = True
    bay = stand.opened(MediaSpec(camera="0"))
    until(lambda: bay.newest(1), 10.0)
    monkeypatch.setattr(media, "SILENT", -1.0)
    Eye.there = False
    until(lambda: "sends no pictures any more" in str(bay.shots(frame(l1=Footage())).get(1)), 10.0)
    monkeypatch.setattr(media, "SILENT", 60.0)
    Eye.there = True
    until(lambda: bay.newest(1), 10.0)
    ((_, words),) = stand.said()
    assert "the camera 0 sends no pictures any more; connect it anew" in words


def test_cameras_are_those_that_the_system_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for node, name in (("video10", "Grabber"), ("video2", "Webcam: HD")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(name + "\n")
    monkeypatch.setattr(camera, "SYSTEM", tmp_path)
    monkeypatch.setattr(camera, "sys", SimpleNamespace(platform="linux"))
    monkeypatch.setattr(camera.av, "formats_available", {"video4linux2,v4l2"})
    assert camera.cameras() == (("/dev/video2  Webcam: HD", "/dev/video10  Grabber"), "")
    assert camera._device("v4l2", "grabber") == "/dev/video10"
    assert camera._device("v4l2", "3") == "/dev/video3"
    with pytest.raises(DeviceError, match=r"the camera 77 cannot be opened: .*there are /dev/video2  Webcam: HD"):
        camera.open_camera("77")
    monkeypatch.setattr(camera.av, "formats_available", set())
    assert camera.cameras() == ((), "PyAV is built without v4l2; pip install --no-binary av av")


def test_a_film_in_the_making_gets_exactly_its_pictures(tmp_path: Path) -> None:
    video(tmp_path / "a.mp4")
    (tmp_path / "bad.mp4").write_bytes(b"bad")
    films = patch(MediaSpec("a.mp4"), MediaSpec("bad.mp4"), MediaSpec(camera="0")).films
    projector = Projector(films, tmp_path)
    place = Footage(loop="pingpong")
    for index in (0, 7, 59, 61, 119, 121):
        shots = projector.shots(frame(l1=replace(place, run=index / FPS), l2=place, l3=place))
        assert isinstance(shots[1], Shot)
        assert number(shots[1]) == (index if index < 60 else 120 - index if index < 120 else index - 120)
        assert str(shots[2]).startswith("bad.mp4: cannot be played"), "without its folder"
        assert str(shots[3]).startswith("a film cannot see a camera")
    assert [note.split(":")[0] for note in projector.notes] == ["layer 2", "layer 3"]
    assert "a film cannot see a camera" in projector.notes[1]
    projector.close()


def test_what_cannot_be_shown_is_noted_once_however_long_the_film(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"bad")
    projector = Projector(patch(MediaSpec(".")).films, tmp_path)
    for _ in range(3):
        assert "cannot be read as a picture" in str(projector.shots(frame(l1=Footage()))[1])
    assert len(projector.notes) == 1
