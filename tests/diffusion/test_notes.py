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
