"""What students learn from: a teacher's pictures of everything but the pairs that no record has."""

import dataclasses
from pathlib import Path

import torch

from perf.records.bias import HELD_OUT
from perf.records.caption import parse
from perf.records.catalogue import archive
from perf.training import smoke
from perf.training.autoencoder import CHANNELS
from perf.training.distil import Master, bank, untaught
from perf.training.latents import Shelf
from perf.training.notes import edit, noted

NOBODY = Master("", lambda starts, ask, steps, top: starts, lambda texts: torch.zeros(len(texts), 1), (1, 1))


def test_no_caption_of_a_bank_says_a_pair_that_is_held_out(tmp_path: Path) -> None:
    options = dataclasses.replace(smoke(tmp_path / "folder", tmp_path), pairs=3000)
    shelves = [
        Shelf(size, tuple(archive(60, n)), torch.zeros(2, 60, CHANNELS, size[1] // 16, size[0] // 16))
        for n, size in enumerate(options.sizes)
    ]
    found = bank(NOBODY, shelves, options, lambda line: None)
    asked = [text for one in found for text in one.captions]
    assert len(asked) == 4500
    assert not {(parse(text).subject, parse(text).palette) for text in asked} & set(HELD_OUT)
    assert noted(options.folder / "training.json") == {"pairs": {"drawn": 4500, "held_out": 0}}


def test_weights_that_are_gone_on_with_have_met_what_they_had_met(tmp_path: Path) -> None:
    options = smoke(tmp_path / "folder", tmp_path)
    shelves = [Shelf(size, tuple(archive(6)), torch.zeros(2, 6, CHANNELS, size[1] // 16, 2)) for size in ((32, 32),)]
    options = dataclasses.replace(options, sizes=((32, 32),))
    edit(options.folder / "training.json", {"pairs": {"drawn": 100, "held_out": 4}})
    for _ in range(2):  # what was drawn once is not counted again
        bank(NOBODY, shelves, options, lambda line: None)
        assert noted(options.folder / "training.json") == {"pairs": {"drawn": 112, "held_out": 4}}
    bank(NOBODY, shelves, dataclasses.replace(options, resume=False), lambda line: None)
    assert noted(options.folder / "training.json") == {"pairs": {"drawn": 12, "held_out": 0}}


def test_a_bank_goes_on_with_the_part_at_which_it_was_stopped(tmp_path: Path) -> None:
    options = smoke(tmp_path / "folder", tmp_path)
    shelves = [
        Shelf(size, tuple(archive(6)), torch.zeros(2, 6, CHANNELS, size[1] // 16, size[0] // 16))
        for size in options.sizes
    ]
    said: list[str] = []
    whole = bank(NOBODY, shelves, options, said.append)
    assert said[0] == "pairs: 4 of 4 drawn at 64x32"
    assert len(said) == 4
    (tmp_path / "restarts-32x32.pt").unlink()
    again = bank(NOBODY, shelves, options, said.append)
    assert said[4:] == ["restarts: 2 of 2 drawn at 32x32"]
    assert all(torch.equal(one.noise, other.noise) for one, other in zip(whole, again, strict=True))


def test_pairs_held_out_are_counted_in_any_words() -> None:
    assert untaught(["a sea in moss", "moss", "neon forest, vhs", "open water, green", "a sea in ember", ""]) == 3
