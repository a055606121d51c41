"""What the package carries: small, in half precision, and as its cards say."""

import json
import struct
from pathlib import Path

import pytest

from perf.ports.library import EMBEDDED
from perf.training.card import text
from perf.training.curves import curves
from perf.training.folder import describe
from perf.training.options import TrainOptions

OPTIONS = TrainOptions(folder=EMBEDDED)
FOLDERS = (OPTIONS.folder, OPTIONS.second)


def said(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_both_families_are_40_megabytes_at_most() -> None:
    assert sum(file.stat().st_size for folder in FOLDERS for file in folder.rglob("*") if file.is_file()) <= 40_000_000


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_weight_is_of_half_precision(folder: Path) -> None:
    files = list(folder.rglob("*.safetensors"))
    assert files
    for file in files:
        with file.open("rb") as stream:
            tensors = json.loads(stream.read(struct.unpack("<Q", stream.read(8))[0]))
        tensors.pop("__metadata__", None)
        assert {one["dtype"] for one in tensors.values() if "F" in one["dtype"]} == {"F16"}, file


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_card_is_what_the_numbers_make_it(folder: Path) -> None:
    found = said(folder / "measurements.json")
    assert (folder / "model_card.md").read_text(encoding="utf-8") == text(
        folder, found, said(EMBEDDED / "training.json"), OPTIONS
    )
    assert (folder / "curves.svg").read_text(encoding="utf-8") == curves(found)


def test_a_card_says_what_the_model_was_trained_from_and_on(tmp_path: Path) -> None:
    found, trained = said(EMBEDDED / "measurements.json"), said(EMBEDDED / "training.json")
    (tmp_path / "retrograde.json").write_text(json.dumps({"records": 512, "seed": 3, "sizes": [[64, 32]]}))
    trained["flow"] |= {"device": "cuda", "minutes": 4.5}
    card = text(tmp_path, found, trained, TrainOptions(folder=tmp_path, records=9, seed=8))
    assert "512 records (archive seed 3), rendered at 64x32," in card
    assert "On a GPU where the table names one, else on a processor." in card
    assert "| 4.5 on cuda |\n| distil |" in card


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ({"steps": 20, "minutes": 3.5}, "From nothing, 20 steps in 3.5 minutes of two cores: reflow"),
        ({"steps": 20, "minutes": 3.5, "device": "cuda"}, "From nothing, 20 steps in 3.5 minutes on cuda: reflow"),
        (None, "From nothing, and not to the end (`retrograde train --stage transformer` goes on): reflow"),
    ],
)
def test_the_second_family_s_card_says_how_far_its_training_came(stage: dict | None, words: str) -> None:
    trained = said(EMBEDDED / "training.json") | {"transformer": stage}
    if stage is None:
        del trained["transformer"]  # noted at the stage's end; its folder is there before
    assert words in text(OPTIONS.second, said(OPTIONS.second / "measurements.json"), trained, OPTIONS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_folder_says_of_its_archive_what_the_archive_says(folder: Path) -> None:
    told = said(folder / "retrograde.json")
    assert {key: told[key] for key in ("words", "counts", "dates")} == {
        key: value for key, value in describe(OPTIONS).items() if key in ("words", "counts", "dates")
    }
