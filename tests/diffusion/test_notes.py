"""Notes: what of the prompts is not heard is said last and shortly."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import KINDS

from perf.core.frame import Job
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.guide import load_guide

Folder = Callable[[str], Path]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("v", "turbo", "flux-dev")])
def test_a_prompt_that_is_longer_than_the_family_reads_is_said(model_folder: Folder, kind: str) -> None:
    engine = Engine(load(str(model_folder(kind)), "cpu"))
    job = Job(size=(64, 64), prompts=((" ".join(["wide sea"] * 400), 1.0), ("sea", 1.0)), source="noise")
    engine.step(job, None)
    assert [note.partition("'")[2] for note in engine.notes] == [
        f"wide sea wide sea wide sea wid…' are not heard: {kind} reads {engine.family.network.reader.length} tokens"
    ]
    engine.step(Job(size=(64, 64), prompts=(("sea", 1.0),), source="noise"), None)
    assert engine.notes == ()


def test_unknown_words_are_named_as_far_as_a_note_goes_and_hide_no_other(model_folder: Folder, tmp_path: Path) -> None:
    shutil.copytree(model_folder("flow"), tmp_path / "model")
    (tmp_path / "model/retrograde.json").write_text(json.dumps({"words": ["sea"]}))
    engine = Engine(load(str(tmp_path / "model"), "cpu"))
    words = " ".join(["x" * 400, *(f"word{number}" for number in range(1999))])
    engine.step(Job(size=(64, 64), prompts=((words, 1.0),), mode="clip", source="noise"), None)
    guide, heard, strange = engine.notes
    assert guide.startswith("/sampler/mode clip")
    assert heard.startswith("the last 2,000 words of 'xxx")
    assert strange.startswith(f"the archive has no word for {'x' * 30}, word0, word1, ")
    assert strange.endswith(", word8 and 1,990 more")
    assert len("; ".join(engine.notes)) < 500


def test_what_a_guide_does_not_read_is_said_where_it_is_asked(model_folder: Folder) -> None:
    path = str(model_folder("guided"))
    engine = Engine(load(path, "cpu"), load_guide(path, "cpu"))
    long = " ".join(["wide sea"] * 400)
    size = (64, 64)
    engine.step(Job(size=size, prompts=((long, 1.0),), mode="clip", source="noise"), None)
    assert [note.rpartition("heard: ")[2] for note in engine.notes] == [
        "guided reads 16 tokens", "guided's guide reads 16 tokens"
    ]  # fmt: skip
    engine.step(Job(size=size, prompts=(("sea", 1.0),), likeness=long, source="noise"), None)
    assert [note.rpartition("heard: ")[2] for note in engine.notes] == ["guided's guide reads 16 tokens"]


@pytest.mark.parametrize(("clip", "said"), [(0.0, True), (0.5, False)])
def test_a_picture_that_is_an_aim_of_no_guidance_is_said(model_folder: Folder, clip: float, said: bool) -> None:
    path = str(model_folder("guided"))
    engine = Engine(load(path, "cpu"), load_guide(path, "cpu"))
    engine.step(Job(size=(64, 64), prompts=(("sea", 1.0),), mode="clip", clip=clip, image=1.0, source="colour"), None)
    assert any("/sampler/clip 0 follows none" in note for note in engine.notes) == said
