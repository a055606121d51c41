"""Encoders in hardware: only one that opens is taken, and which it is is said."""

import av
import pytest
from filming import COLOURS, SIZE, decoded, flat, middle, near

from perf.commands import play
from perf.ports import film_encoders, film_writers
from perf.ports.film import Film, FilmOptions
from perf.ports.film_encoders import HARDWARE, chosen, refused
from perf.ports.film_writers import Shape, Video, better, writer

SHAPE = Shape(SIZE, 10.0)


def asked(encoder: str) -> FilmOptions:
    return FilmOptions({"patch": "x"}, encoder=encoder)


def test_what_is_not_there_or_takes_no_such_picture_is_refused() -> None:
    assert refused("h264_nowhere", SIZE) == "this PyAV has it not"
    assert refused("prores_ks", SIZE)  # it takes no NV12
    assert refused("libx264", (97, 63)) == ""


def test_the_first_that_opens_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_encoders, "refused", lambda name, size: "" if name in HARDWARE[2:] else "no device")
    assert chosen("auto", SIZE) == (HARDWARE[2], "")
    assert chosen("software", SIZE) == ("", "")
    assert chosen(HARDWARE[3], SIZE) == (HARDWARE[3], "")
    assert chosen(HARDWARE[0], SIZE) == ("", f"{HARDWARE[0]} cannot be had here: no device")


def test_a_film_by_another_encoder_is_the_same_film(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_writers, "chosen", lambda asked, size: ("mpeg4", ""))  # stands for one in hardware
    monkeypatch.setattr(film_writers, "PIXELS", "yuv420p")  # which is all that it takes
    before = writer(tmp_path / "a.mp4", SHAPE, asked("auto"))
    made, words = better(before, tmp_path / "a.mp4", SHAPE, asked("auto"))
    assert words == "encoded by mpeg4"
    for colour in COLOURS:
        made.add(flat(colour))
    made.close()
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert film.streams.video[0].codec_context.name == "mpeg4"
        assert film.metadata["title"] == "x"
    assert all(near(middle(p), c, 8) for p, c in zip(decoded(tmp_path / "a.mp4"), COLOURS, strict=True))


def test_hardware_s_pixels_are_the_same_colours(tmp_path) -> None:
    made = Video(tmp_path / "a.mp4", SHAPE, asked("auto"), film_writers.Format("mp4", ("libx264",), "nv12", (2, 2)))
    for colour in COLOURS:
        made.add(flat(colour))
    made.close()
    assert all(near(middle(p), c, 8) for p, c in zip(decoded(tmp_path / "a.mp4"), COLOURS, strict=True))


@pytest.mark.parametrize(("name", "words"), [("a.mkv", "encoded by ffv1"), ("a.mov", "encoded by prores"), ("a", "")])
def test_what_is_not_h264_stays_as_it_is(tmp_path, name: str, words: str) -> None:
    before = writer(tmp_path / name, SHAPE, asked("auto"))
    made, said = better(before, tmp_path / name, SHAPE, asked("auto"))
    assert made is before
    assert said.startswith(words)
    made.abandon()


def test_the_film_s_process_says_who_encodes(tmp_path) -> None:
    said: list[tuple[str, str]] = []
    options = FilmOptions(apart=True, encoder="h264_vaapi", said=lambda *words: said.append(words))
    film = Film(tmp_path / "a.mp4", (64, 48), 10.0, options)  # smaller than any such encoder takes
    for colour in COLOURS:
        assert film.put(flat(colour, (64, 48)))
    assert film.close().failure == ""
    ((kind, words),) = said
    assert kind == "film"
    assert words.startswith("encoded by libx264 (h264_vaapi cannot be had here: ")
    assert len(decoded(tmp_path / "a.mp4")) == len(COLOURS)


def test_the_command_knows_the_same_names() -> None:
    import argparse

    parser = argparse.ArgumentParser()
    play.arguments(parser)
    (option,) = (action for action in parser._actions if "--encoder" in action.option_strings)
    assert option.choices == ("auto", "software", *HARDWARE)
