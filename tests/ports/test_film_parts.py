"""Films in parts: joined they are the film that was never interrupted, and their sound is where it belongs."""

import os
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from filming import SIZE, counted, decoded, flat, middle, noise, room

from perf.errors import DeviceError, UsageError
from perf.ports.film import Film, FilmOptions
from perf.ports.film_parts import frames_of, workshop
from perf.ports.film_sound import measured

BIG = (192, 128)
KINDS = [("a.mp4", ""), ("a.mov", ""), ("a.mkv", ""), ("a.mov", "h264"), ("a.mkv", "h264"), ("a.mkv", "prores")]


def parts(**more):
    return FilmOptions({"patch": "x"}, parts=True, **more)


def tone(path, seconds, rate=48000, clicks=()):
    """Silence with a click of ten milliseconds at each of these seconds."""
    samples = np.zeros(round(seconds * rate), np.int16)
    for click in clicks:
        at = round(click * rate)
        samples[at : at + rate // 100] = 20000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def heard(path):
    """The film's sound as it is played: samples of its first channel placed by their times, and its rate."""
    with av.open(str(path)) as film:
        frames = list(film.decode(audio=0))
        rate = frames[0].sample_rate
        whole = np.zeros(max(round(f.pts * f.time_base * rate) + f.samples for f in frames), np.float32)
        for frame in frames:
            at = round(frame.pts * frame.time_base * rate)
            block = frame.to_ndarray().reshape(-1)[: frame.samples].astype(np.float32)
            whole[max(at, 0) : at + frame.samples] = block[max(-at, 0) :]
        return whole / max(np.abs(whole).max(), 1e-9), rate


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_an_interrupted_film_has_the_bits_of_one_that_was_not(tmp_path, name, codec):
    fps, per, count = 8.0, 40, 95
    assert frames_of(fps) == per
    (tmp_path / "one").mkdir()
    one = Film(tmp_path / "one" / name, BIG, fps, parts(codec=codec))
    assert all(one.put(noise(n // 5, BIG)) for n in range(count))
    one.close()
    two = Film(tmp_path / name, BIG, fps, parts(codec=codec))
    assert all(two.put(noise(n // 5, BIG)) for n in range(60))
    assert two.settle()
    two.leave()
    assert not (tmp_path / name).exists()
    assert [p.stem for p in sorted(workshop(tmp_path / name).iterdir())] == ["00000000", "new"]
    two = Film(tmp_path / name, BIG, fps, parts(codec=codec, begin=per))
    assert all(two.put(noise(n // 5, BIG)) for n in range(per, count))
    assert two.close().frames == count
    assert not workshop(tmp_path / name).exists()
    assert (tmp_path / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    with av.open(str(tmp_path / name)) as film:
        times = [frame.pts * frame.time_base * 8 for frame in film.decode(video=0)]
    assert [round(float(t), 2) for t in times] == list(range(count))


@pytest.mark.parametrize("name", ["a.mov", "a.mkv"])
def test_parts_decode_to_what_one_piece_does(tmp_path, name):
    for place, options in (("whole", FilmOptions()), ("parts", parts())):
        film = Film(tmp_path / place / name, SIZE, 4.0, options)
        for n in range(50):
            film.put(noise(n))
        film.close()
    assert np.array_equal(decoded(tmp_path / "whole" / name), decoded(tmp_path / "parts" / name))


def test_a_folder_goes_on_where_it_was(tmp_path):
    for begin, end in ((0, 3), (2, 5)):
        film = Film(tmp_path / "f", SIZE, 10.0, parts(begin=begin))
        for n in range(begin, end):
            film.put(counted(n))
        film.leave()
    names = sorted(path.name for path in (tmp_path / "f").iterdir())
    assert names == [f"{n:06d}.png" for n in range(1, 6)]
    assert [middle(np.stack(decoded(tmp_path / "f" / n))[0])[0] for n in names] == list(range(5))


def test_settling_says_when_the_disk_was_full(tmp_path):
    with room(1000):
        film = Film(tmp_path / "f", SIZE, 10.0, parts())
        assert film.settle()
        film.put(noise(1))
        assert not film.settle()
        assert not film.settle()
        film.leave()


def test_a_full_disk_leaves_whole_parts(tmp_path):
    with room(700_000):
        film = Film(tmp_path / "a.mkv", SIZE, 1.0, parts())
        assert all(film.put(noise(n)) for n in range(100))
        film.close()  # no part is as large as that; the joined film is
    assert "go on with the same command" in film.failure
    assert len(list(workshop(tmp_path / "a.mkv").glob("0*.mkv"))) == 20
    film = Film(tmp_path / "a.mkv", SIZE, 1.0, parts(begin=100))
    assert film.close().frames == 100
    assert len(decoded(tmp_path / "a.mkv")) == 100


@pytest.mark.parametrize(("name", "suffix"), [("a.mp4", ".mov"), ("a.mov", ".mov"), ("a.mkv", ".mkv")])
@pytest.mark.parametrize("damage", [0, 0.5, 0.9, None])
def test_a_part_that_is_damaged_is_said_at_once(tmp_path, name, suffix, damage):
    film = Film(tmp_path / name, BIG, 4.0, parts())
    assert all(film.put(noise(n, BIG)) for n in range(45))
    film.leave()
    Film(tmp_path / name, BIG, 4.0, parts(begin=40)).leave()
    part = workshop(tmp_path / name) / f"00000020{suffix}"
    data = part.read_bytes()
    part.unlink()
    if damage is not None:
        part.write_bytes(data[: int(damage * len(data))])
    with pytest.raises(UsageError, match=rf"00000020\{suffix}: .* missing or damaged; --fresh starts over"):
        Film(tmp_path / name, BIG, 4.0, parts(begin=40))


def test_parts_are_there_until_the_film_is_closed(tmp_path):
    """A film whose stems cannot be finished is gone on with, however far it came."""
    for begin, steps in ((0, ["join"]), (20, ["join", "place"]), (20, [])):
        film = Film(tmp_path / "a.mkv", SIZE, 4.0, parts(begin=begin))
        assert all(film.put(noise(n)) for n in range(begin, 25))
        assert all(getattr(film, step)() for step in steps)
        assert (film.close() if not steps else film.leave()).failure == ""
        assert (tmp_path / "a.mkv").exists() == (steps != ["join"])
    assert len(decoded(tmp_path / "a.mkv")) == 25
    assert not workshop(tmp_path / "a.mkv").exists()


@pytest.mark.parametrize(("name", "parted"), [("a.mp4", "new.mov"), ("a.mkv", "new.mkv"), ("f", ".new.png")])
def test_what_is_gone_on_with_is_safe_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch, name, parted):
    safe, sync = [], os.fsync

    def synced(handle):
        sync(handle)
        safe.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)

    monkeypatch.setattr(os, "fsync", synced)
    film = Film(tmp_path / name, SIZE, 1.0, parts())
    assert all(film.put(counted(n)) for n in range(7))
    assert film.settle()
    folder = workshop(tmp_path / name).name
    assert safe == [parted, folder] * (7 if name == "f" else 1)
    film.close()
    assert safe[-2:] == ([f"whole{Path(name).suffix}", tmp_path.name] if name != "f" else [parted, folder])


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize(("fps", "rate"), [(25.0, 48000), (23.976, 44100), (30.0, 22050)])
def test_sound_lies_on_its_frame(tmp_path, name, fps, rate):
    clicks = [0.0, 1.0, 2.5]
    sound = measured(tone(tmp_path / "s.wav", 3.21, rate, clicks))
    assert sound.seconds == pytest.approx(3.21, abs=1e-4)
    film = Film(tmp_path / name, SIZE, fps, parts(sound=sound))
    count = round(3.21 * fps)
    for n in range(count):
        film.put(counted(n))
    assert film.close().failure == ""
    samples, at = heard(tmp_path / name)
    assert len(samples) / at == pytest.approx(count / fps, abs=0.03)
    for click in clicks:
        first = round(click * at) + np.argmax(np.abs(samples[round(click * at) :]) > 0.3)
        assert abs(first / at - click) < 0.003


def test_a_longer_sound_ends_with_the_film_and_a_shorter_one_does_not_hold_it_up(tmp_path):
    for seconds, ends in ((9.9, 2.0), (0.7, 0.7)):
        sound = measured(tone(tmp_path / "s.wav", seconds))
        film = Film(tmp_path / "a.mkv", SIZE, 10.0, parts(sound=sound))
        for n in range(20):
            film.put(counted(n))
        film.close()
        samples, rate = heard(tmp_path / "a.mkv")
        assert len(samples) / rate == pytest.approx(ends, abs=0.001)
        assert len(decoded(tmp_path / "a.mkv")) == 20


@pytest.mark.parametrize(("name", "fps"), [("a.mp4", 12.0), ("a.mkv", 14.985014985)])
def test_after_ten_minutes_sound_and_picture_are_within_a_frame(tmp_path, name, fps):
    """The last click of ten minutes is heard with the frame that it belongs to."""
    size, count = (16, 16), round(600 * fps)
    click = (count - 12) / fps
    sound = measured(tone(tmp_path / "s.wav", 600.0, 8000, [click]))
    film = Film(tmp_path / name, size, fps, parts(sound=sound, effort="ultrafast"))
    dark, light = flat((0, 0, 0), size), flat((255, 255, 255), size)
    for n in range(count):
        film.put(light if n == count - 12 else dark)
    film.close()
    with av.open(str(tmp_path / name)) as found:
        frames = found.decode(video=0)
        shown = [float(f.pts * f.time_base) for f in frames if middle(f.to_ndarray(format="rgb24"))[0] > 99]
        ends = [float(stream.duration * stream.time_base) for stream in found.streams if stream.duration]
    samples, rate = heard(tmp_path / name)
    first = np.argmax(np.abs(samples) > 0.3) / rate
    assert len(shown) == 1
    assert abs(shown[0] - click) < 0.002
    assert abs(first - shown[0]) < 1 / fps / 4
    assert abs(len(samples) / rate - count / fps) < 1 / fps
    assert all(abs(end - count / fps) < 1 / fps for end in ends)


@pytest.mark.parametrize("content", [b"", b"no sound at all" * 99, None])
def test_a_sound_that_is_none_is_said(tmp_path, content):
    path = tmp_path / "s.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="sound"):
        measured(path)


def test_channels_that_cannot_be_mixed_are_said_before_a_film_is_made(tmp_path):
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setnchannels(32)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(64 * 4410))
    with pytest.raises(UsageError, match=r"s\.wav: the sound cannot be read"):
        measured(tmp_path / "s.wav")


def test_pictures_are_no_sound(tmp_path):
    Film(tmp_path / "a.mkv", SIZE, 10.0).close()
    film = Film(tmp_path / "a.mkv", SIZE, 10.0)
    film.put(counted(1))
    film.close()
    with pytest.raises(UsageError, match="no sound in it"):
        measured(tmp_path / "a.mkv")


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "ffv1"), ("a.mov", "ffv1"), ("f", "h264"), ("a.mkv", "vp9")])
def test_a_codec_that_does_not_fit_is_said(tmp_path, name, codec):
    with pytest.raises(UsageError, match=codec):
        Film(tmp_path / name, SIZE, 10.0, parts(codec=codec))


@pytest.mark.parametrize(("name", "tolerance"), [("a.mov", 3), ("a.mkv", 0), ("folder", 0)])
def test_transparency_is_kept(tmp_path, name, tolerance):
    film = Film(tmp_path / name, SIZE, 10.0, parts(alpha=True))
    film.put(bytes((200, 100, 50, 128)) * (SIZE[0] * SIZE[1]))
    film.close()
    path = tmp_path / name / "000001.png" if name == "folder" else tmp_path / name
    with av.open(str(path)) as found:
        picture = next(found.decode(video=0)).to_ndarray(format="rgba")
    assert np.abs(picture.astype(int) - (200, 100, 50, 128)).max() <= tolerance


def test_h264_has_no_transparency(tmp_path):
    with pytest.raises(UsageError, match="ProRes 4444"):
        Film(tmp_path / "a.mp4", SIZE, 10.0, parts(alpha=True))


def test_a_place_that_cannot_be_written_is_said_at_once():
    with pytest.raises(DeviceError, match="choose another"):
        Film("/proc/none/a.mp4", SIZE, 10.0, parts())
