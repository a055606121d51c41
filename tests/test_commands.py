"""Commands as a person types them: exit statuses, one message, no traceback."""

import errno
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import pytest
from clips import video
from PIL import Image

import perf
from perf.__main__ import COMMANDS, main
from perf.ports.library import EMBEDDED


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    try:
        status = main(list(argv))
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, out, _ = run(capsys, command, "--help")
    assert status == 0
    assert "example" in out
    assert f"retrograde {command}" in out


def examples() -> list[str]:
    """The commands in the helps, without what is said about them."""
    modules = [import_module(f"perf.commands.{name}" + "_" * iskeyword(name)) for name in COMMANDS]
    lines = [line.strip() for module in modules for line in module.EXAMPLE.splitlines()]
    return [re.split(r"\s{2,}| > ", line)[0] for line in lines if line.startswith("retrograde ")]


@pytest.mark.parametrize("example", examples())
def test_the_examples_of_the_help_are_taken(monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    _, name, *rest = shlex.split(example)
    monkeypatch.setattr(import_module(f"perf.commands.{name}" + "_" * iskeyword(name)), "run", lambda args: 0)
    assert main([name, *rest]) == 0


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nonsense"], "invalid choice"),
        (["play", "--size", "big"], "1280x720"),
        (["play", "--seconds", "-1"], "above 0"),
        (["play", "nowhere"], "no such patch"),
        (["play", "--osc-port", "99999"], "0…65535"),
        (["play", "--osc-port", "9000.7"], "'9000.7' is not a port number 0…65535"),
        (["check", "a.fs", "--sheet", "b.fs"], "--sheet b.fs: a sheet is a .png file"),
        (["timeline", "default", "-o", "n" * 300 + ".svg"], "File name too long; write elsewhere"),
        (["records", "--export", "n" * 300], "File name too long; write elsewhere"),
        (["params", "n" * 300], "File name too long; give it a shorter name"),
        (["models", "n" * 300], "File name too long; give it a shorter name"),
        (["render", "default"], "--output"),
        (["render", "nowhere", "-o", "x.mp4"], "no such patch"),
        (["render", "default", "-o", "x.mp4", "--take", "nowhere.jsonl"], "cannot be read"),
        (["render", "default", "-o", "x.mp4", "--model", "./nowhere"], "no such folder"),
        (["params", "nowhere"], "no such patch"),
        (["pace", "default", "--speed", "0"], "a speed above 0"),
        (["pace", "default", "--match", "99"], "0…64 beats"),
        (["records", "--seed", "-1"], "a whole number 0…"),
        (["records", "--count", "2.9"], "a whole number from 1 on"),
        (["models", "nowhere"], "nowhere: no such folder"),
        (["records", "--count", "2", "--sheet", "x.foo"], "end it with .png"),
        (["records", "--add", "nowhere"], "no such folder"),
        (["train", "-o", "x", "--seed", "-1"], "a whole number 0…"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_one_message(
    capsys: pytest.CaptureFixture[str], argv: list[str], words: str
) -> None:
    status, _, err = run(capsys, *argv)
    assert status == 2
    assert words in err
    assert "Traceback" not in err


def test_params_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert "/sampler/skip" in run(capsys, "params")[1]
    rows = json.loads(run(capsys, "params", "default", "--format", "json")[1])
    assert {"/prompt/1/text", "/shader/film/grain"} <= {row["address"] for row in rows}
    assert run(capsys, "params", "--format", "markdown")[1].startswith("| address |")


def test_check_says_a_line_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable) -> None:
    bad, shader, good = tmp_path / "bad.toml", tmp_path / "bad.fs", tmp_path / "good.toml"
    bad.write_text('name = "x"\n[params]\n"/camera/zoom" = "far"\n')
    shader.write_text('/*{"ISFVSN": "2.0"}*/\nvoid main() {\n  gl_FragColor = oops;\n}\n')
    good.write_text("")
    files = [bad, shader, good, model_folder("flow"), tmp_path / "missing.toml"]
    status, out, _ = run(capsys, "check", *map(str, files))
    lines = out.splitlines()
    assert status == 1
    assert lines[0].startswith(f"{bad}:3: ")
    assert lines[1].startswith(f"{shader}:3: ")
    assert lines[2:4] == [f"{good}: ok", f"{files[3]}: ok"]
    assert "cannot be read" in lines[4]


def test_a_name_that_no_disk_takes_is_said_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = {"p.toml:4": "[[layer]]\n[[layer]]\n\nsource = '{}'", "p.toml:2": "[model]\npath = '{}'"}
    for place, text in rows.items():
        (tmp_path / "p.toml").write_text(text.format("n" * 300))
        status, out, _ = run(capsys, "check", str(tmp_path / "p.toml"))
        assert (status, place in out, "File name too long; give" in out) == (1, True, True)
    assert run(capsys, "check", "n" * 300)[:2] == (1, f"{'n' * 300}: File name too long\n")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (IsADirectoryError(errno.EISDIR, "Is a directory", "x.csv"), 2, "x.csv: Is a directory; that is a folder"),
        (PermissionError(errno.EACCES, "Permission denied", "x.csv"), 2, "x.csv: Permission denied; see that"),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), 1, "No space left on device"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), 1, "Connection refused"),
    ],
)
def test_what_a_path_cannot_be_used_for_is_said_with_a_cure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: OSError, status: int, words: str
) -> None:
    def fail(args: object) -> int:
        raise error

    monkeypatch.setattr("perf.commands.params.run", fail)
    ended, _, err = run(capsys, "params")
    assert (ended, words in err, err.count("\n")) == (status, True, 1)


def test_check_notes_what_plays_otherwise_than_it_may_seem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    patch = tmp_path / "p.toml"
    patch.write_text('[[track]]\naddress = "/camera/zoom"\nloop = 8\nkeys = [\n[0, 0.1],\n[9, 0.2],\n]\n')
    status, out, _ = run(capsys, "check", str(patch))
    assert (status, out.splitlines()[1:]) == (0, [f"{patch}: ok"])
    assert out.startswith(f"note: {patch}:6: the key at 9 lies beyond loop = 8")


def test_check_opens_what_layers_show(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    patch = tmp_path / "p.toml"
    patch.write_text('[[layer]]\n[[layer]]\nsource = "media"\nfile = "clip.mp4"\n')
    status, out, _ = run(capsys, "check", str(patch))
    assert (status, f"{patch}:4: " in out, "there is no such file" in out) == (1, True, True)
    (tmp_path / "clip.mp4").write_bytes(b"no film")
    assert "cannot be played" in run(capsys, "check", str(patch))[1]
    video(tmp_path / "clip.mp4", 3)
    assert run(capsys, "check", str(patch))[:2] == (0, f"{patch}: ok\n")


def test_check_draws_the_shaders_of_a_patch_s_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    patch, shader = tmp_path / "p.toml", tmp_path / "own.fs"
    patch.write_text('[[layer]]\nsource = "own"\nfilters = ["grade"]\n')
    shader.write_text('/*{"ISFVSN": "2.0"}*/\nvoid main() {\n  gl_FragColor = oops;\n}\n')
    status, out, _ = run(capsys, "check", str(patch))
    assert status == 1
    assert out.startswith(f"{shader}:3: the GLSL does not compile")
    shader.write_text(shader.read_text().replace("oops", "vec4(1.0)"))
    assert run(capsys, "check", str(patch))[:2] == (0, f"{patch}: ok\n")


def test_check_draws_shaders_with_all_that_goes_with_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    body = "void main() {\n gl_FragColor = vec4(1.0);%s\n}\n"
    texts = {
        "good.fs": body % "",
        "endless.fs": body % "\n for (;;) {}",
        "stuck.fs": body % "\n float x = 1.0;\n while (x < 2.0) x = sin(x) * cos(x) * tan(x);\n gl_FragColor *= x;",
        "bent.fs": body % "",
        "bent.vs": "void main() {\n isf_vertShaderInit();\n oops;\n}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text('/*{"ISFVSN": "2.0"}*/\n' * name.endswith(".fs") + text)
    files = [tmp_path / name for name in texts if name.endswith(".fs")]
    status, out, _ = run(capsys, "check", *map(str, files))
    good, endless, note, stuck, bent = out.splitlines()
    assert (status, good) == (1, f"{files[0]}: ok")
    assert endless.startswith(f"{files[1]}:4: the for loop never ends: give it an end")
    assert note == f"note: {files[2]}: the while loop on line 5 may never end"
    assert stuck == f"{files[2]}: ok"  # it is stopped after so many rounds
    assert bent.startswith(f"{tmp_path / 'bent.vs'}:3: the GLSL does not compile: ")


def test_check_makes_a_sheet_of_the_shaders_that_are_right(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    right, wrong, sheet = tmp_path / "right.fs", tmp_path / "wrong.fs", tmp_path / "sheet.png"
    right.write_text('/*{"ISFVSN": "2.0"}*/\nvoid main() { gl_FragColor = vec4(isf_FragNormCoord, 0.5, 1.0); }')
    wrong.write_text('/*{"ISFVSN": "2.0"}*/\nvoid main() { oops; }')
    status, out, _ = run(capsys, "check", str(right), str(wrong), "--sheet", str(sheet))
    assert (status, len(out.splitlines())) == (1, 2)
    with Image.open(sheet) as picture:
        assert picture.width > 4 * 320
        assert 180 < picture.height < 2 * 180
    status, _, err = run(capsys, "check", str(wrong), "--sheet", str(sheet))
    assert status == 2
    assert "no shader" in err


def test_the_shipped_patches_and_shaders_are_ok(capsys: pytest.CaptureFixture[str]) -> None:
    from perf.ports.library import shipped

    files = sorted([*shipped("patches").glob("*.toml"), *shipped("shaders").glob("*.fs")])
    status, out, _ = run(capsys, "check", *map(str, files))
    assert (status, out.count(": ok")) == (0, len(files))
    assert len(files) >= 9


def test_a_guide_is_named_and_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable
) -> None:
    folder = model_folder("guided")
    assert run(capsys, "check", str(folder))[0] == 0
    assert "with a guide" in run(capsys, "models", str(folder.parent))[1]
    broken = tmp_path / "model"
    shutil.copytree(folder, broken)
    (broken / "guide/config.json").write_text("{")
    status, out, _ = run(capsys, "check", str(broken))
    assert status == 1
    assert "guide: cannot be loaded" in out


@pytest.mark.parametrize(
    ("file", "wound", "words"),
    [
        ("vae/config.json", '{"_class_name": "AutoencoderTiny", "scaling_factor": "x"}', "vae: cannot be loaded"),
        ("depth/diffusion_pytorch_model.safetensors", "short", "cut short"),
        ("captioner/model.safetensors", "short", "cut short"),
        ("encoder/config.json", "{", "encoder: cannot be loaded"),
        ("tokenizer/tokenizer.json", "{}", "tokenizer: cannot be loaded"),
        ("unet/config.json", '{"_class_name": "UNet3DConditionModel"}', "a UNet3DConditionModel; this version knows"),
    ],
)
def test_check_loads_all_that_a_model_folder_holds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable, file: str, wound: str, words: str
) -> None:
    model = tmp_path / "model"
    shutil.copytree(model_folder("guided"), model)
    for name in {"depth", "captioner", "encoder"} & {file.split("/")[0]}:
        shutil.copytree(EMBEDDED / name, model / name)
    assert run(capsys, "check", str(model))[:2] == (0, f"{model}: ok\n")
    (model / file).write_text(wound)
    status, out, _ = run(capsys, "check", str(model))
    assert (status, out.count("\n")) == (1, 1)
    assert out.startswith(f"{model}/{file.split('/')[0]}")
    assert words in out


def test_check_loads_the_loras_of_a_model_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable
) -> None:
    model = tmp_path / "model"
    shutil.copytree(model_folder("turbo"), model)
    (model / "loras").mkdir()
    (model / "loras/ink.safetensors").write_bytes(b"short")
    status, out, err = run(capsys, "check", str(model), str(tmp_path / "none.safetensors"))
    broken, missing = out.splitlines()
    assert (status, err) == (1, "")
    assert broken.startswith(f"{model}/loras/ink.safetensors: 5 bytes, cut short")
    assert missing == f"{tmp_path}/none.safetensors: no such file or folder"


def test_check_says_what_a_model_names_and_has_not(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable
) -> None:
    shutil.copytree(model_folder("turbo"), tmp_path / "model")
    (tmp_path / "model" / "retrograde.json").write_text('{"guide": "../nowhere/guide"}')
    code, out, _ = run(capsys, "check", str(tmp_path / "model"))
    assert code == 0
    assert "note: retrograde.json: guide is ../nowhere/guide, and no folder in or beside model is there" in out


def test_models_in_the_hubs_cache_are_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, model_folder: Callable
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(model_folder("sd3").parent))
    out = run(capsys, "models")[1]
    assert f"{model_folder('sd3')}\n    SD3 MMDiT, 0.1 M parameters" in out


def test_models_says_what_each_cannot_do_as_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable
) -> None:
    out = run(capsys, "models", *(str(model_folder(kind)) for kind in ("flux-dev", "guided")))[1]
    plain, guided = (out.partition(f"\n  {model_folder(kind)}\n")[2] for kind in ("flux-dev", "guided"))
    plain, guided = plain.partition("\n  /")[0], guided.partition("\n  /")[0]
    for words in ("/sampler/mode clip", "/likeness/text", "parallax", "/sampler/freeu"):
        assert f"\n    - {words}" in plain
    assert "mode cfg: this model is told its guidance weight" in plain
    assert "parallax" in guided
    assert not any(words in guided for words in ("/sampler/", "/likeness/", "mode cfg"))


def test_models_names_what_is_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model_folder: Callable
) -> None:
    (tmp_path / "model_index.json").write_text("{")
    status, out, _ = run(capsys, "models", str(tmp_path), str(model_folder("lcm")))
    assert status == 0
    assert "not playable" in out
    assert "SD U-Net, 0.2 M parameters, made for 1…8 steps" in out


def test_records_counts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "records", "--count", "40", "--export", str(tmp_path / "out"))
    assert status == 0
    assert out.startswith("subject: ")
    assert len(list((tmp_path / "out").glob("*.png"))) == 40


def test_an_export_is_written_over_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine, out = tmp_path / "mine", tmp_path / "out"
    mine.mkdir()
    Image.new("RGB", (40, 30), "red").save(mine / "000000.png")
    (mine / "000000.txt").write_text("a wall")
    before = {path.name: path.read_bytes() for path in mine.iterdir()}
    for place in (mine, tmp_path):  # the album, and the folder that it lies in
        status, said, err = run(capsys, "records", "--count", "2", "--add", str(mine), "--export", str(place))
        assert (status, said, "give a new one" in err) == (2, "", True)
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before
    out.mkdir()
    assert run(capsys, "records", "--count", "2", "--export", str(out))[0] == 0
    assert run(capsys, "records", "--count", "1", "--export", str(out))[0] == 2
    assert len(list(out.glob("*.png"))) == 2


@pytest.mark.parametrize(
    "argv",
    [
        ["records", "--card"],
        ["records", "--sheet"],
        ["timeline", "default", "-o"],
        ["import", "song.mid", "-o"],
        ["bench", "--json"],
        ["check", "a.fs", "--sheet"],
        ["pace", "default", "-o"],
        ["records", "--export"],
        ["train", "-o"],
        ["train", "-o", "model", "--work"],
    ],
    ids=" ".join,
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, argv: list[str]
) -> None:
    monkeypatch.setattr(import_module(f"perf.commands.{argv[0]}" + "_" * iskeyword(argv[0])), "run", lambda args: 0)
    (tmp_path / "file").write_text("")
    folder = argv[-1] in ("--export", "--work") or argv[0] == "train"
    good, bad = ("new", "file") if folder else ("file", "nowhere/file")
    assert run(capsys, *argv, str(tmp_path / good))[0] == 0
    status, _, err = run(capsys, *argv, str(tmp_path / bad))
    assert (status, str(tmp_path / bad) in err, ("is a file" if folder else "there is no folder") in err) == (
        2,
        True,
        True,
    )


def test_records_of_a_sealed_table_are_said_when_it_is_opened(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    card = tmp_path / "card.md"
    how = ["records", "--count", "40", "--sealed", "k", "--card", str(card)]
    status, out, _ = run(capsys, *how)
    assert (status, "palette" in out, "palette" in card.read_text()) == (0, False, False)
    status, out, _ = run(capsys, *how, "--open")
    assert (status, out.startswith("subject: "), "planted factor" in card.read_text()) == (0, True, True)
    assert "--sealed KEY --open --card" in card.read_text()


def test_a_caption_is_of_the_picture_as_it_is_looked_at(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from perf.records.record import Attributes, Record, render

    record = Record(3, Attributes("mountains", "ice", "day"), 2010, "", "", "")
    upright = Image.fromarray(render(record, 256, 256))
    upright.save(tmp_path / "upright.png")
    lying, turned = upright.transpose(Image.Transpose.ROTATE_90), Image.Exif()
    turned[0x0112] = 6  # a camera that was held upright
    lying.save(tmp_path / "lying.png", exif=turned)
    status, out, err = run(capsys, "caption", str(tmp_path / "upright.png"), str(tmp_path / "lying.png"))
    one, other = (line.split(": ", 1)[1] for line in out.splitlines())
    assert (status, err, one) == (0, "", other)
    assert "mountain" in one
    raw = (tmp_path / "upright.png").read_bytes()
    (tmp_path / "broken.png").write_bytes(raw.replace(b"IDAT", b"\x1eD\xc3T"))
    status, _, err = run(capsys, "caption", str(tmp_path / "broken.png"))
    assert (status, err.count("\n")) == (2, 1)
    assert "not a picture that can be read" in err


def test_a_caption_is_of_grey_of_16_bits_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from perf.records.record import Attributes, Record, render

    grey = Image.fromarray(render(Record(3, Attributes("mountains", "silver", "day"), 1900, "", "", ""), 256, 256))
    grey = grey.convert("L")
    grey.save(tmp_path / "8.png")
    grey.convert("I").point(lambda value: value * 257).convert("I;16").save(tmp_path / "16.png")
    one, other = run(capsys, "caption", str(tmp_path / "8.png"), str(tmp_path / "16.png"))[1].splitlines()
    assert one.split(": ", 1)[1] == other.split(": ", 1)[1]


def test_added_pictures_are_in_counts_card_sheet_and_export(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from perf.records import sheet

    monkeypatch.setattr(sheet, "overview", lambda seed: [])  # 200 pictures
    album, card, out = tmp_path / "album", tmp_path / "card.md", tmp_path / "out"
    album.mkdir()
    Image.new("RGB", (40, 30), "red").save(album / "a.png")
    (album / "metadata.jsonl").write_text('{"file_name": "a.png", "caption": "a wall", "maker": "N. N."}')
    files = ["--sheet", str(tmp_path / "sheet.png"), "--card", str(card), "--export", str(out)]
    status, said, _ = run(capsys, "records", "--count", "3", "--add", str(album), *files)
    assert (status, "album 1" in said, f"{album}: 1 records, nothing true" in said) == (0, True, True)
    assert "Pictures from elsewhere: 1, dated: 0; licences: unknown" in card.read_text()
    assert "N. N. 1" in card.read_text()
    assert (tmp_path / "sheet.png").is_file()
    row = json.loads((out / "metadata.jsonl").read_text().splitlines()[-1])
    assert (row["caption"], row["date"], row["seed"]) == ("a wall", None, None)


def test_ports_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "ports")
    assert status == 0
    assert "MIDI" in out
    assert "monitors" in out
    assert "sound inputs" in out


def test_a_check_notes_what_cannot_be_had_and_says_of_a_model_where_it_is_looked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    patch = tmp_path / "a.toml"
    text = '[sound]\nfile = "gone.wav"\n[clock]\naudio = "a.toml"\n[output]\nsound = "gone.mp3"\n'
    patch.write_text(text + '[model]\npath = "nobody/nothing"\n[second]\npath = "embedded"\n')
    status, out, _ = run(capsys, "check", str(patch))
    *notes, last = out.splitlines()
    assert (status, last) == (0, f"{patch}: ok")
    assert [note.removeprefix(f"note: {patch}: ").partition(":")[0] for note in notes] == [
        "[sound] file", "[clock] audio", "[output] sound", "[model] path",
    ]  # fmt: skip
    assert "gone.wav cannot be read as sound: No such file" in notes[0]
    assert "'nobody/nothing'; the hub is asked for it when it is played" in notes[3]


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m perf params | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_terminal_without_the_letters_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "海.toml").write_text("")
    command, narrow = [sys.executable, "-m", "perf", "check", "海.toml"], {"PYTHONIOENCODING": "latin-1"}
    environment = os.environ | narrow | {"PYTHONPATH": str(Path(perf.__file__).parent.parent)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\\u6d77.toml: ok\n", "")


def unread() -> int:
    """A pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def standing() -> int:
    """A pipe that is full: who reads it takes nothing, as a terminal in which Ctrl-S was pressed."""
    _, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while os.write(writer, bytes(512)):
            pass
    os.set_blocking(writer, True)
    return writer


@pytest.mark.parametrize("out", [lambda: "/dev/full", unread, standing])
def test_a_line_that_cannot_be_written_ends_and_holds_up_no_show(
    out: Callable[[], int | str],
) -> None:
    score = """
import sys, types
from perf.__main__ import _guarded
from perf.commands import terminal
def play(args):
    terminal.PATIENCE = 0.2
    shown = terminal.Terminal()
    for line in ("OSC on 127.0.0.1:9000", "sampler 20 images/s", "ended by a signal"):
        shown.say(line)
    shown.close()
    return 3
sys.exit(_guarded(types.SimpleNamespace(run=play), None))"""
    with open(out(), "w") as log:
        done = subprocess.run([sys.executable, "-c", score], stdout=log, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "")


def test_a_command_that_was_started_without_a_terminal_does_its_work(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("")
    for command in ("check {}", "play {} --headless --seconds 0.01 --osc-port 0 --http-port 0 --size 16x16"):
        line = f"exec {sys.executable} -m perf {command.format(tmp_path / 'a.toml')} >&-"
        done = subprocess.run(line, shell=True, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command


@pytest.mark.parametrize("option", ["--record", "--take"])
@pytest.mark.parametrize("name", [".", "/"])
def test_a_folder_is_no_name_for_a_film_or_a_take(capsys: pytest.CaptureFixture[str], option: str, name: str) -> None:
    status, _, err = run(capsys, "play", "--headless", option, name)
    assert (status, err) == (
        2,
        f"retrograde: {name} is a folder; give the name of a file in it, such as {Path(name, 'set')}\n",
    )
