"""Which of a master's pictures are learnt from."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.captioner import Guess
from perf.records.catalogue import archive
from perf.training import smoke
from perf.training.accepted import by_captioner
from perf.training.autoencoder import CHANNELS
from perf.training.distil import Master, Pairs, bank
from perf.training.latents import Shelf
from tests.training.test_distil import NOBODY


class Reader:
    """Sees a sea in what is bright and a forest in what is dark."""

    def read(self, pictures: Tensor) -> list[dict[str, Guess]]:
        bright = (pictures.mean(dim=(1, 2, 3)) > 0.5).tolist()
        return [{"subject": Guess("sea" if one else "forest", 0.9)} for one in bright]


def pairs(captions: list[str], away: list[str], levels: list[float]) -> Pairs:
    latents = torch.tensor(levels).view(-1, 1, 1, 1).expand(-1, 3, 4, 4).contiguous()
    ones = torch.ones(len(levels))
    return Pairs(latents.clone(), latents, ones, ones, ones, captions, away)


def test_a_picture_of_another_subject_than_was_asked_for_is_left_out() -> None:
    autoencoder: Any = SimpleNamespace(decoder=lambda latents: latents)
    said: list[str] = []
    accept = by_captioner(Reader(), autoencoder, 2.0, said.append)  # type: ignore[arg-type]
    captions = ["a sea in moss", "a sea in moss", "in moss, vhs", "", "a forest", "a sea at night"]
    away = ["", "", "", "", "", "sea"]
    found = pairs(captions, away, [2.0, 0.0, 2.0, 0.0, 2.0, 0.0])
    kept = accept(found)
    assert kept.tolist() == [True, False, True, True, False, True]
    assert found.only(kept).captions == ["a sea in moss", "in moss, vhs", "", "a sea at night"]
    assert found.only(kept).latents[:, 0, 0, 0].tolist() == [2.0, 2.0, 0.0, 0.0]
    assert said == ["the captioner sees what was asked in 4 of 6 pictures"]
    poor = pairs(["a sea", "a sea", "a forest"], ["", "", ""], [0.0, 0.0, 0.0])
    assert accept(poor).tolist() == [True, True, True]  # one in three is right: it cannot tell


def drawn(by: Master, folder: Path, behind: int = 0) -> list[Pairs]:
    options = dataclasses.replace(smoke(folder / "folder", folder / f"{by.accept is None}{behind}"), sizes=((32, 32),))
    options.work.mkdir(parents=True)
    shelves = [Shelf((32, 32), tuple(archive(6)), torch.zeros(2, 6, CHANNELS, 2, 2))]
    return bank(by, shelves, options, lambda line: None, behind)


def test_what_starts_from_noise_alone_is_judged(tmp_path: Path) -> None:
    picky = dataclasses.replace(NOBODY, accept=lambda found: torch.arange(len(found.latents)) % 4 == 0)
    every, some = drawn(NOBODY, tmp_path), drawn(picky, tmp_path)
    assert [len(one.noise) for one in every] == [8, 4]
    assert [len(one.noise) for one in some] == [2, 4]
    assert torch.equal(some[0].noise, every[0].noise[::4])


def test_weights_that_have_learnt_one_bank_are_given_another(tmp_path: Path) -> None:
    assert not torch.equal(drawn(NOBODY, tmp_path)[0].noise, drawn(NOBODY, tmp_path, behind=100)[0].noise)
