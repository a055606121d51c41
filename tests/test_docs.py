"""What the documents say is there: commands, options, files, parameters."""

import re
from pathlib import Path

import pytest
from clips import video

from perf.__main__ import COMMANDS
from perf.benchmark.loops import RATE, loop
from perf.commands import play
from perf.core.performance import Performance
from perf.gl.compositor import Compositor
from perf.gl.headless import create_context
from perf.hearing.rehearsal import rehearsed
from perf.ports.library import Library, find_patch, shipped
from perf.ports.media import Projector

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_command_is_in_the_readme() -> None:
    for command in COMMANDS:
        assert f"retrograde {command}" in README, f"the README does not mention {command}"


def test_every_command_in_the_readme_exists() -> None:
    for command in re.findall(r"`retrograde (\w+)", README):
        assert command in COMMANDS, f"the README mentions {command}, which there is not"


def test_every_option_of_play_in_the_readme_exists() -> None:
    import argparse

    parser = argparse.ArgumentParser()
    play.arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    for line in re.findall(r"retrograde play([^`\n]*)", README):
        for option in re.findall(r"--[\w-]+", line):
            assert option in known, f"play has no {option}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith(("http", "mailto")):
            assert (document.parent / target).exists(), f"{document.name}: {target} is not there"


def test_addresses_in_the_readme_are_parameters() -> None:
    table = Library(find_patch("default")).load().table
    verbs = ("/ping", "/pong", "/subscribe", "/unsubscribe", "/panic", "/norm", "/blackout", "/freeze", "/tap")
    groups = "prompt|sampler|mask|source|camera|master|transport|status|sound|midi|patch"
    for address in re.findall(rf"`(/(?:{groups})/[\w/]+)", README):
        plain = address.removesuffix("/auto").removesuffix("/touch")
        assert plain in table or plain in verbs or re.search(r"/N\b", plain), f"{address} is no parameter"


def test_every_shipped_shader_and_patch_is_named_in_the_readme() -> None:
    for path in [*shipped("patches").glob("*.toml"), *shipped("shaders").glob("*.fs")]:
        assert path.stem in README, f"the README does not mention {path.name}"


@pytest.mark.parametrize(
    "example", re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "timelines.md").read_text(), re.S)
)
def test_every_example_of_the_guide_plays(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(example)
    show = Performance(Library(path).load())
    frames = [show.at(index, index / 4) for index in range(400)]
    assert frames[0].values != frames[-1].values


STAGE = (ROOT / "docs" / "stage.md").read_text()


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", STAGE, re.S))
def test_every_example_of_the_stage_s_guide_is_drawn(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(example)
    (shader,) = re.findall(r"```glsl\n(.*?)```", STAGE, re.S)
    (tmp_path / "iris.fs").write_text(shader)
    video(tmp_path / "clip.mp4")
    library = Library(path)
    show = Performance(library.load())
    context = create_context()
    compositor = Compositor(context, (160, 90))
    for name in show.patch.shaders:
        compositor.load(library.shader(name))
    projector = Projector(show.patch.films, tmp_path)
    for index in range(12):
        frame = show.at(index, index / 4)
        compositor.film(projector.shots(frame))
        compositor.draw(frame)
    assert max(compositor.read()) > 20
    assert projector.notes == []
    projector.close()
    compositor.release()
    context.release()


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "sound.md").read_text(), re.S))
def test_every_example_of_sound_hears(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(example)
    patch = Library(path).load()
    samples = loop("four with hats", 132, 8.0)[:, None]
    deaf, hearing = Performance(patch), Performance(patch, rehearsed(patch, [], samples, RATE))
    rows = [[show.at(index, index / 10).values for show in (deaf, hearing)] for index in range(80)]
    moved = {address for one, two in rows for address in one if one[address] != two[address]}
    assert {address for address in moved if not address.startswith("/status/")}
