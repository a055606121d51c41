"""Files of a performance: found in a checkout and beside a patch, read with a limit, saved whole."""

from pathlib import Path

import pytest
from filming import room

from perf.core.dates import year
from perf.core.patch import Binding, Patch
from perf.errors import DeviceError, PatchError
from perf.ports.files import SIZE_LIMIT
from perf.ports.library import Library, find_patch, fingerprint, read_text, shipped, unused
from perf.ports.mailbox import Inbox
from perf.ports.watch import Watch

GLOW = """/*{"ISFVSN": "2.0", "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = vec4(1.0); }
"""


def test_shipped_patches_are_found_by_name() -> None:
    assert find_patch("default") == shipped("patches") / "default.toml"
    with pytest.raises(PatchError, match=r"shipped: .*default"):
        find_patch("nowhere")


def test_a_shader_beside_the_patch_comes_before_the_shipped_one(tmp_path: Path) -> None:
    library = Library(tmp_path / "p.toml")
    assert library.shader("film").file == str(shipped("shaders") / "film.fs")
    (tmp_path / "film.fs").write_text(GLOW)
    assert library.shader("film").file == str(tmp_path / "film.fs")


@pytest.mark.parametrize(("content", "words"), [(b"\xff\xfe\x00", "UTF-8"), (b" " * (SIZE_LIMIT + 1), "at most")])
def test_a_file_that_is_no_patch_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "p.toml").write_bytes(content)
    with pytest.raises(PatchError, match=words):
        read_text(tmp_path / "p.toml")
    with pytest.raises(PatchError, match="cannot be read"):
        read_text(tmp_path)


def test_saving_writes_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('name = "x"  # mine\n')
    Library(path).save({"/camera/zoom": 0.5}, (Binding("cc", 7, "/camera/zoom"),))
    patch = Library(path).load()
    assert patch.values == {"/camera/zoom": 0.5}
    assert patch.bindings[0].number == 7
    assert "# mine" in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_is_utf_8_with_the_files_own_line_ends_on_every_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def windows(self: Path, text: str) -> int:
        return self.write_bytes(text.replace("\n", "\r\n").encode("cp1252"))

    monkeypatch.setattr(Path, "write_text", windows)
    path = tmp_path / "p.toml"
    path.write_bytes('name = "Möwe"\r\n[params]\r\n"/camera/roll" = 0.5\r\n'.encode())
    Library(path).save({"/camera/roll": 0.25}, ())
    assert path.read_bytes() == 'name = "Möwe"\r\n[params]\r\n"/camera/roll" = 0.25\r\n'.encode()


def test_a_mark_before_the_text_is_none_of_it(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes('\ufeffname = "marked"\n'.encode())
    Library(path).save({"/camera/roll": 0.25}, ())
    patch = Library(path).load()
    assert (patch.name, patch.values) == ("marked", {"/camera/roll": 0.25})


def test_a_linked_patch_stays_linked_and_keeps_its_mode(tmp_path: Path) -> None:
    (real := tmp_path / "real.toml").write_text("")
    real.chmod(0o600)
    (link := tmp_path / "p.toml").symlink_to(real)
    Library(link).save({"/camera/zoom": 0.5}, ())
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert Library(real).load().values == {"/camera/zoom": 0.5}


def test_a_full_disk_keeps_the_patch_as_it_was_and_leaves_no_half_one(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("# mine\n")
    with room(4), pytest.raises(DeviceError, match=r"cannot be saved.*make room"):
        Library(path).save({"/camera/zoom": 0.5}, ())
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("p.toml", "# mine\n")]


def test_a_patch_that_cannot_be_saved_says_so(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("")
    (tmp_path / "p.toml.new").mkdir()
    with pytest.raises(DeviceError, match="cannot be saved"):
        Library(path).save({}, ())
    assert path.read_text() == ""


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "set.mp4"
    assert unused(path) == path
    path.write_text("a film")
    (tmp_path / "set-2.mp4").write_text("another")
    assert unused(path) == tmp_path / "set-3.mp4"
    assert unused(Path("/dev/null")) == Path("/dev/null")
    (pictures := tmp_path / "night").mkdir()
    assert unused(pictures) == pictures
    (pictures / "000000.png").write_text("a picture")
    assert unused(pictures) == tmp_path / "night-2"


def test_a_model_has_a_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    before = fingerprint(tmp_path)
    (tmp_path / "model_index.json").write_text("[]")
    assert len(before) == 64
    assert fingerprint(tmp_path) != before
    assert fingerprint(tmp_path / "nowhere") == ""
    seen = fingerprint(tmp_path)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere.json")
    assert fingerprint(tmp_path) == seen, "a link that leads nowhere"


def test_the_watch_reads_what_was_edited_and_reports_mistakes(tmp_path: Path) -> None:
    from waiting import until

    path, shader = tmp_path / "p.toml", tmp_path / "glow.fs"
    shader.write_text(GLOW)
    path.write_text('[[layer]]\nfilters = ["glow"]\n')
    library, inbox, changes = Library(path), Inbox(), []
    compiled: list[list[str]] = []
    watch = Watch(library, library.load(), inbox, lambda shaders: compiled.append([s.fragment for s in shaders]) or {})
    try:
        path.write_text('name = "edited"\n[[layer]]\nfilters = ["glow"]\n')
        until(lambda: changes.append(watch.take()) or changes[-1], 10)
        assert (changes[-1].patch.name, [s.name for s in changes[-1].shaders]) == ("edited", ["glow"])
        assert compiled == []
        shader.write_text(GLOW + "// edited\n")
        until(lambda: changes.append(watch.take()) or changes[-1], 10)
        assert ["// edited" in text for texts in compiled for text in texts] == [True]
        shader.write_text("not a shader at all")
        messages: list[tuple[str, str]] = []
        until(lambda: messages.extend(inbox.faults()[1]) or messages, 10)
        assert messages[0][0] == "patch"
        assert "glow.fs" in messages[0][1]
        assert watch.take() is None
    finally:
        watch.close()


class Broken(Library):
    """A library with a defect: it cannot read one text."""

    def read(self, text: str) -> Patch:
        if "nonsense" in text:
            raise AttributeError("'int' object has no attribute 'partition'")
        return super().read(text)


def test_the_watch_outlives_a_defect(tmp_path: Path) -> None:
    from waiting import until

    path = tmp_path / "p.toml"
    path.write_text("")
    library, inbox = Broken(path), Inbox()
    watch = Watch(library, library.load(), inbox, lambda shaders: {})
    try:
        path.write_text('name = "nonsense"')
        ((kind, words),) = until(lambda: inbox.faults()[1], 10)
        assert kind == "patch"
        assert words.startswith(f"{path}: AttributeError while it was read, a defect in Retrograde: 'int' object")
        assert words.endswith("(the old one plays on)")
        path.write_text('name = "mended" # and longer')
        assert until(watch.take, 10).patch.name == "mended"
        assert inbox.faults()[0] == {"patch": 1}
    finally:
        watch.close()


@pytest.mark.parametrize("model", ["embedded", "embedded-transformer"])
def test_a_patch_knows_when_its_models_records_are_from(model: str) -> None:
    dates = Library(find_patch("default"), model).load().dates
    assert year([("a city, vhs", 1.0)], dates) == 1991
    assert year([("a harbour in the eighteen nineties", 1.0)], dates) == 1894


@pytest.mark.parametrize("said", ["{", "[]", '{"dates": 1}', '{"dates": {"process": {"vhs": "old"}}}', "{}"])
def test_a_model_that_says_nothing_of_when_has_no_dates(tmp_path: Path, said: str) -> None:
    (tmp_path / "retrograde.json").write_text(said)
    assert Library(find_patch("default"), str(tmp_path)).load().dates == {}


def test_loras_are_found_beside_the_patch_and_in_the_models_folder(tmp_path: Path) -> None:
    model = tmp_path / "model"
    for place in (model / "loras", tmp_path / "loras"):
        place.mkdir(parents=True)
    (model / "loras" / "own.safetensors").touch()
    (tmp_path / "loras" / "shared.safetensors").touch()
    path = tmp_path / "p.toml"
    path.write_text(f'[model]\npath = "{model}"\nloras = ["shared"]\n')
    patch = Library(path).load()
    assert [lora.name for lora in patch.loras] == ["own", "shared"]
    assert "/lora/own/weight" in patch.table
    path.write_text('[model]\nloras = ["nowhere"]\n')
    with pytest.raises(PatchError, match=r"p.toml:2: no LoRA 'nowhere'; looked in"):
        Library(path).load()
    path.write_text("")
    assert [lora.name for lora in Library(path, str(model)).load().loras] == ["own"]
