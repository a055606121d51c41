"""A film that was interrupted, one that is made again, its sound, its layers and its table of values."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from filming import room as space

from perf import recipe
from perf.__main__ import main
from perf.core.event import Event
from perf.core.moment import Moment
from perf.diffusion import parts
from perf.errors import DeviceError, UsageError
from perf.offline import Render, RenderOptions
from perf.ports.film_parts import Parts
from perf.recipe import foreign
from perf.wire.manifest import Manifest, encode_json
from perf.wire.take import TakeHead, encode, encode_head

FPS = 4.0  # a part has 20 frames
PATCH = """
[model]
size = [64, 64]
[stage]
size = [96, 64]
[params]
"/sampler/rate" = 3
"/sampler/drift" = 0.5
"/camera/roll" = 20.0
[[layer]]
[[layer]]
source = "stars"
filters = ["trails"]
opacity = 0.6
[[track]]
address = "/prompt/1/text"
unit = "seconds"
keys = [[0, "sea"], [3, "city"], [6.5, "forest"]]
[[track]]
address = "/layer/2/opacity"
unit = "seconds"
keys = [[0, 0.6], [4, 0.0], [4.5, 0.0], [8, 0.9]]
"""


class Room:
    """A patch and a model in a folder, and renders of them."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder, self.patch, self.model = folder, folder / "p.toml", model
        self.patch.write_text(PATCH)

    def options(self, name: str, **more: object) -> RenderOptions:
        given = {"seconds": 12.0, "fps": FPS, "device": "cpu", "model": str(self.model)} | more
        return RenderOptions(str(self.patch), self.folder / name, **given)  # type: ignore[arg-type]

    def render(self, name: str, stop: int | None = None, **more: object) -> Render:
        """A film; interrupted at frame `stop`."""
        film = Render(self.options(name, **more))
        try:
            for index in film.frames():
                if index == stop:
                    break
        finally:
            report = film.close()
        assert report.failure == ""
        return film

    def beside(self, name: str) -> dict:
        return json.loads((self.folder / name).read_text())


@pytest.fixture
def room(tmp_path: Path, model_folder: Callable[[str], Path]) -> Room:
    return Room(tmp_path, model_folder("flow"))


def frames(path: Path, form: str = "rgb24") -> np.ndarray:
    if path.is_dir():
        files = sorted(path.glob("*.png"))
        return np.stack([next(av.open(str(f)).decode(video=0)).to_ndarray(format=form) for f in files])
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format=form) for frame in container.decode(video=0)])


def tone(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(b"\0\1\0\1" * round(seconds * 44100))
    return path


@pytest.mark.parametrize("name", ["a.mkv", "a"])
def test_an_interrupted_film_ends_as_one_that_was_not(room: Room, name: str) -> None:
    whole = room.render("whole" + Path(name).suffix)
    first = room.render(name, stop=33)
    assert not first.finished
    second = room.render(name, stop=45)
    assert second.begin == 20
    third = room.render(name)
    assert third.begin == 40
    assert third.reel.digest == whole.reel.digest
    one, two = frames(room.folder / ("whole" + Path(name).suffix)), frames(room.folder / name)
    assert one.shape == (48, 64, 96, 3)
    assert np.array_equal(one, two)
    left = {path.name for path in (room.folder / name).iterdir()} if name == "a" else set()
    assert not [path for path in left if path.startswith(".")]
    assert not (room.folder / "a.mkv.part").exists()


def test_a_killed_render_goes_on(room: Room) -> None:
    script = f"""
import os, signal, torch
from pathlib import Path
from perf.offline import Render, RenderOptions
torch.set_num_threads(1)
film = Render(RenderOptions({str(room.patch)!r}, Path({str(room.folder / "a.mkv")!r}), seconds=12.0, fps={FPS},
                            device="cpu", model={str(room.model)!r}))
for index in film.frames():
    if index == 30:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    whole, again = room.render("whole.mkv"), room.render("a.mkv")
    assert again.begin == 20
    assert again.reel.digest == whole.reel.digest
    assert (room.folder / "a.mkv").read_bytes() == (room.folder / "whole.mkv").read_bytes()


def test_a_second_samplers_pictures_are_in_the_film_and_go_on_too(room: Room) -> None:
    room.patch.write_text(
        PATCH.replace("[params]", '[second]\nsize = [48, 48]\n[params]\n"/second/prompt/1/text" = "city"').replace(
            '[[layer]]\n[[layer]]\nsource = "stars"', '[[layer]]\n[[layer]]\nsource = "second"\ncrop = { left = 0.5 }'
        )
    )
    room.render("whole.mp4", seconds=8.0)
    room.render("half.mp4", stop=27, seconds=8.0)
    film = room.render("half.mp4", seconds=8.0)
    assert film.begin == 20
    one, two = room.beside("whole.json"), room.beside("half.json")
    assert one["frames_sha256"] == two["frames_sha256"]
    assert one["recipe"]["second"]["sha256"] == one["recipe"]["model"]["sha256"]
    carries = [sampler.carry for sampler in film.samplers.values()]
    assert [tuple(carry.image.shape[2:]) for carry in carries] == [(64, 64), (48, 48)]


def test_a_film_goes_on_in_the_precision_that_it_was_begun_in(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is the quickest may look otherwise on a busy machine."""
    monkeypatch.setattr(parts, "_bfloat16_is_quicker", lambda: False)
    room.render("a.mkv", stop=33)
    monkeypatch.setattr(parts, "_bfloat16_is_quicker", lambda: True)
    second = room.render("a.mkv")
    assert (second.begin, second.engine.family.precision) == (20, "float32")
    again = Render(recipe.again(recipe.read(room.folder / "a.json"), room.folder / "b.mkv"))
    assert again.engine.family.precision == "float32"
    again.close()
    assert room.render("c.mkv", stop=1).engine.family.precision == "bfloat16"


def test_another_film_is_not_gone_on_with(room: Room) -> None:
    room.render("a.mkv", stop=25)
    with pytest.raises(UsageError, match=r"seed: 1\.0, now 7\.0.*--fresh starts over"):
        room.render("a.mkv", seed=7.0)
    assert room.render("a.mkv", seed=7.0, fresh=True).begin == 0
    room.render("a.mkv", stop=25)
    room.patch.write_text(PATCH.replace("roll", "tilt"))
    with pytest.raises(UsageError, match=r"patch\.sha256"):
        room.render("a.mkv")


@pytest.mark.parametrize("name", ["a.mkv", "a.1-sampler.mkv", "a.2-stars.mkv"])
def test_a_disk_that_fills_up_at_the_end_costs_no_film(room: Room, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    join = Parts._join

    def full(self: Parts, whole: Path) -> None:
        if whole.parent.name == f"{name}.part":
            raise OSError(errno.ENOSPC, "No space left on device")
        join(self, whole)

    with monkeypatch.context() as patched:
        patched.setattr(Parts, "_join", full)
        film = Render(room.options("a.mkv", stems=True))
        assert len(list(film.frames())) == 48
        assert f"{name}: recording ended after 48 frames ([Errno 28] No space" in film.close().failure
    assert not list(room.folder.glob("a*.mkv"))
    again = room.render("a.mkv", stems=True)
    assert again.begin == 40
    assert again.reel.digest == film.reel.digest
    assert len(list(room.folder.glob("a*.mkv"))) == 3
    assert not list(room.folder.glob("*.part"))


def test_a_disk_that_is_full_from_the_start_is_said(room: Room) -> None:
    film = Render(room.options("a.mkv"))
    with space(50_000), pytest.raises(DeviceError, match="go on with the same command"):
        list(film.frames())
    film.close()
    assert room.render("a.mkv").begin == 0


def test_a_part_that_is_missing_is_said(room: Room) -> None:
    room.render("a.mkv", stop=25)
    (room.folder / "a.mkv.part" / "00000000.mkv").unlink()
    with pytest.raises(UsageError, match="missing or damaged; --fresh"):
        room.render("a.mkv")


@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_the_stems_laid_over_one_another_are_the_film(room: Room, gain: float) -> None:
    room.patch.write_text(PATCH.replace("[params]", f'[params]\n"/master/opacity" = {gain}'))
    plain = room.render("plain.mkv", seconds=6.0)
    whole = room.render("a.mkv", seconds=6.0, stems=True)
    assert whole.reel.digest == plain.reel.digest
    film = frames(room.folder / "a.mkv").astype(float)
    below = np.zeros_like(film)
    for name in ("a.1-sampler.mkv", "a.2-stars.mkv"):
        rgba = frames(room.folder / name, "rgba").astype(float)
        alpha = rgba[..., 3:] / 255
        below = rgba[..., :3] * alpha + below * (1 - alpha)
    assert np.abs(below - film).max() <= 3
    assert room.beside("a.json")["stems"] == [
        {"file": "a.1-sampler.mkv", "blend": "normal"},
        {"file": "a.2-stars.mkv", "blend": "normal"},
    ]


def test_the_stem_of_a_trail_is_what_the_film_has_of_it(room: Room) -> None:
    trail = '[[layer]]\nsource = "stage"\nhalflife = 1.0\nx = 0.2\n'
    spot = '[[layer]]\nsource = "colour"\ncolour = [0.0, 1.0, 0.0, 1.0]\ncrop = { right = 0.75 }\n'
    room.patch.write_text(PATCH[: PATCH.index("[[layer]]")] + trail + spot)
    room.render("a.mkv", seconds=7.0, stems=True, stop=24)
    room.render("a.mkv", seconds=7.0, stems=True)
    film = frames(room.folder / "a.mkv").astype(float)
    below = np.zeros_like(film)
    for name in ("a.1-stage.mkv", "a.2-colour.mkv"):
        rgba = frames(room.folder / name, "rgba").astype(float)
        below = rgba[..., :3] * rgba[..., 3:] / 255 + below * (1 - rgba[..., 3:] / 255)
    assert np.abs(below - film).max() <= 3
    assert film[5:, :, 30:40].max() > 100  # the trail


def test_a_film_with_alpha_is_transparent_where_nothing_lies(room: Room) -> None:
    title = '[[layer]]\nsource = "text"\ntext = "SEA"\nsize = 0.5\ncolour = "#ffffff"\n'
    room.patch.write_text(PATCH[: PATCH.index("[[layer]]")] + '"/master/gamma" = 2.0\n' + title)
    for name in ("a.mkv", "frames"):
        room.render(name, seconds=6.0, alpha=True)
        film = frames(room.folder / name, "rgba").astype(int)
        assert film[..., 3].min() == 0
        assert film[..., 3].max() == 255
        assert film[film[..., 3] > 128][:, :3].min() > 240  # the letters' edges are not darker than they are
    assert room.beside("a.json")["recipe"]["options"]["alpha"] is True


def test_what_has_no_alpha_is_refused_with_what_has(room: Room) -> None:
    with pytest.raises(UsageError, match=r"no transparency; use \.mov \(ProRes 4444\), \.mkv \(FFV1\) or a folder"):
        room.render("a.mp4", alpha=True)


def test_stems_go_on_too(room: Room) -> None:
    room.render("whole", seconds=7.0, stems=True)
    room.render("a", seconds=7.0, stems=True, stop=24)
    assert room.render("a", seconds=7.0, stems=True).begin == 20
    for name in ("", "-1-sampler", "-2-stars"):
        form = "rgba" if name else "rgb24"
        assert np.array_equal(frames(room.folder / f"a{name}", form), frames(room.folder / f"whole{name}", form))


def test_the_sound_is_the_length_and_is_never_cut(room: Room) -> None:
    tone(room.folder / "song.wav", 2.3)
    room.patch.write_text(PATCH + '[output]\nsound = "song.wav"\n')
    film = room.render("a.mkv", seconds=0.0, fps=10.0)
    assert len(film.clock) == 23
    with av.open(str(room.folder / "a.mkv")) as found:
        assert sum(frame.samples for frame in found.decode(audio=0)) == round(2.3 * 44100)
    assert len(room.render("b.mkv", seconds=0.0).clock) == 10  # 2.3 s at 4 frames/s: up to 2.5 s
    assert len(room.render("b", seconds=1.0).clock) == 4
    assert any("not heard" in note for note in room.render("b", seconds=1.0).notes)


def test_a_take_is_the_same_performance_at_every_rate(room: Room) -> None:
    lines = [encode_head(TakeHead("p.toml", "", "flow"))]
    lines += [
        encode(0.61, Event(0.6, "/sampler/seed", (5.0,), "osc")),
        encode(1.3, Event(1.3, "/master/blackout", (1,))),
    ]
    (room.folder / "t.jsonl").write_text("".join(lines))
    carries = []
    for fps in (25.0, 60.0):
        film = room.render(f"f{fps:g}", fps=fps, seconds=1.4, take=str(room.folder / "t.jsonl"))
        dark = [bool(frame.max() == 0) for frame in frames(room.folder / f"f{fps:g}")]
        assert dark == [n / fps >= 1.3 for n in range(len(dark))]
        carries.append(film.samplers["sampler"].carry)
    assert carries[0].seconds == carries[1].seconds == 4 / 3
    assert bool((carries[0].image == carries[1].image).all())


def test_films_of_every_rate_and_size_show_the_same_at_the_same_time(room: Room) -> None:
    room.patch.write_text(PATCH.split("[[layer]]\nsource")[0])
    slow, fast = (room.render(f"f{fps:g}", fps=fps, seconds=3.0) for fps in (5.0, 20.0))
    one, two = frames(room.folder / "f5"), frames(room.folder / "f20")[::4]
    assert np.abs(one.astype(int) - two).max() <= 1
    assert np.abs(one[1:].astype(int) - one[:-1]).max() > 3, "its pictures move"
    large = room.render("large", fps=5.0, seconds=3.0, size=(160, 90))
    assert all(
        bool((film.samplers["sampler"].carry.image == slow.samplers["sampler"].carry.image).all())
        for film in (fast, large)
    )


def test_a_manifest_makes_the_same_film(room: Room) -> None:
    """At the sampler's own rate: between two frames a manifest holds what curves would have moved."""
    room.patch.write_text(PATCH.replace("= 3\n", "= 4\n"))
    for kind in ("csv", "json"):
        made = room.render("a.mkv", seconds=7.0, manifest=room.folder / f"m.{kind}")
        again = room.render("b.mkv", seconds=0.0, fps=0.0, from_manifest=str(room.folder / f"m.{kind}"))
        assert (again.fps, len(again.clock)) == (FPS, 28)
        assert again.reel.digest == made.reel.digest
        room.render("b.mkv", seconds=0.0, fps=0.0, from_manifest=str(room.folder / f"m.{kind}"), stop=22)
        path = room.folder / f"n.{kind}"
        after = room.render("b.mkv", seconds=0.0, fps=0.0, from_manifest=str(room.folder / f"m.{kind}"), manifest=path)
        assert after.begin == 20
        assert path.read_bytes() == (room.folder / f"m.{kind}").read_bytes()


def test_a_film_is_made_again_from_what_lies_beside_it(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["render", str(room.patch), "--model", str(room.model), "--device", "cpu", "--seconds", "1"]
    assert main([*base, "-o", str(room.folder / "a.mkv"), "--fps", "5", "--seed", "3"]) == 0
    said = room.beside("a.json")
    assert said["recipe"]["film"] == {"size": [96, 64], "fps": 5.0, "frames": 5}
    assert said["recipe"]["seed"] == 3.0
    assert said["recipe"]["patch"]["text"] == PATCH
    assert said["command"].startswith("retrograde ")
    shutil.move(room.patch, room.folder / "elsewhere.toml")
    again = ["render", "--again", str(room.folder / "a.json"), "-o", str(room.folder / "b.mp4")]
    assert main(again) == 0
    assert "the same frames as" in capsys.readouterr().out
    said["recipe"]["options"]["seed"] = 4.0
    (room.folder / "a.json").write_text(json.dumps(said))
    assert main(again) == 1
    assert "other frames than" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--sound", "nowhere.wav"], "nowhere.wav: the sound cannot be read"),
        (["--codec", "ffv1"], "use h264"),
        (["--manifest", "m.txt"], "a .json or a .csv"),
        (["--manifest", "nowhere/m.csv"], "no folder nowhere"),
        (["--manifest", "../folder.csv"], "folder.csv is a folder; give the name of a file"),
        (["--manifest", "../folder/a.json"], "a.json: the film's recipe lies there; give the manifest another name"),
        (["--from-manifest", "nowhere.csv"], "nowhere.csv: cannot be read"),
        (["--from-manifest", "x.csv", "--take", "t.jsonl"], "give one of them"),
        (["--again", "m.json", "--manifest", "../folder/m.json"], "m.json: the film is made of what lies there"),
        (["--again", "a.json", "--seed", "0"], "leave PATCH, --seed out"),
        (["--again", "a.json", "--alpha", "--from-manifest", "x.csv"], "leave PATCH, --alpha, --from-manifest out"),
        (["--seconds", "0.01"], "a film of no frame"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    (folder := tmp_path / "folder").mkdir()
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(folder)
    assert main(["render", "default", "-o", "a.mp4", *more]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "more",
    [
        ["-o", "a.mov", "--sound", "a.mov"],
        ["-o", "b.mp4", "--from-manifest", "m.json", "--manifest", "m.json"],
        ["-o", "m.mp4", "--from-manifest", "m.json"],
        ["-o", "film.mp4", "--stems"],
        ["-o", "pictures"],
    ],
)
def test_a_film_does_not_take_the_place_of_what_it_is_made_of(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    monkeypatch.chdir(room.folder)
    tone(room.folder / "a.mov", 1.0)
    manifest = Manifest()
    manifest.add(Moment(0, 0.0), {"/camera/zoom": 1.0})
    (room.folder / "m.json").write_text(encode_json(manifest))
    tone(room.folder / "film.1-sampler.mov", 1.0)
    (room.folder / "pictures").mkdir()
    (room.folder / "pictures" / "000001.png").write_bytes(b"")
    for name in ("film.1-sampler.mov", "pictures/000001.png"):
        layer = f'[[layer]]\nsource = "media"\nfile = "{name}"\n'
        room.patch.write_text(room.patch.read_text() + layer)
    before = {path: path.stat().st_mtime_ns for path in room.folder.iterdir()}
    assert main(["render", str(room.patch), *more]) == 2
    assert "the film is made of what lies there" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in room.folder.iterdir()} == before


def test_pictures_of_a_longer_film_are_told_of(room: Room) -> None:
    (room.folder / "a").mkdir()
    for name in ("000001.png", "000003.png", "000012.png", "cover.png"):
        (room.folder / "a" / name).touch()
    film = Render(room.options("a", seconds=0.5))
    film.close()
    words = "000003.png … 000012.png are of an earlier film, and stay; delete them, or give another -o"
    assert f"{room.folder / 'a'}: {words}" in film.notes


@pytest.mark.parametrize(("name", "full"), [("a.mkv", "a.json"), ("a.mkv", "m.csv"), ("a", "film.json")])
def test_a_disk_that_is_full_at_the_very_end_takes_no_film(
    room: Room, monkeypatch: pytest.MonkeyPatch, name: str, full: str
) -> None:
    """What is made is gone on with; what is to lie beside it is there whole or not at all."""
    write, told = Path.write_bytes, {"seconds": 6.0, "manifest": room.folder / "m.csv"}

    def filled(path: Path, data: bytes) -> int:
        if path.name.startswith(full):
            write(path, data[:9])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", filled)
    film = Render(room.options(name, **told))
    assert len(list(film.frames())) == 24
    failure = film.close().failure
    assert f"{full}: cannot be written (No space left on device); make room, go on with the same command" in failure
    assert not list(room.folder.rglob(f"{full}*"))
    monkeypatch.undo()
    again = room.render(name, **told)
    assert again.begin == 20
    assert room.beside("a/film.json" if name == "a" else "a.json")["frames_sha256"] == film.reel.digest.hex()
    assert not [*room.folder.glob("*.part"), *room.folder.rglob(".checkpoint")]


@pytest.mark.parametrize(("name", "film"), [("p.json", "p.mp4"), ("pictures/film.json", "pictures")])
def test_a_recipe_does_not_take_the_place_of_something_else(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, film: str
) -> None:
    monkeypatch.chdir(room.folder)
    (room.folder / "pictures").mkdir()
    Path(name).write_text('{"W": 512, "H": 512}')  # Deforum settings that p.toml was imported from
    assert main(["render", str(room.patch), "-o", film]) == 2
    assert f"{name}: the film's recipe is to lie there, and something else does" in capsys.readouterr().err
    assert Path(name).read_text() == '{"W": 512, "H": 512}'
    Path(name).write_text('{\n "retrograde_film": 1,\n "fi')  # half a recipe, after a power cut
    assert not foreign(Path(name))


def test_a_seed_that_is_none_is_said_with_what_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", "default", "-o", "a.mp4", "--seed", "x"])
    assert "--seed: 'x' is not a seed of 0…1000000" in capsys.readouterr().err


def test_without_a_patch_the_message_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "-o", "a.mp4"]) == 2
    assert main(["render", "--again", "nowhere.json", "-o", "a.mp4"]) == 2
    said = capsys.readouterr().err
    assert "which patch?" in said
    assert "nowhere.json: not the recipe of a film" in said
