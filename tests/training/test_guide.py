"""The encoders: what is true of a picture counts as its caption; the folder is an ordinary CLIP folder."""

import dataclasses

import numpy as np
import torch
from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer

from perf.records.caption import words
from perf.records.record import Attributes, Record
from perf.training import guide, smoke
from perf.training.gallery import Wall
from perf.training.guide import GUIDE, MEASURE, build, contrast, publish, shrunk, true_of
from perf.training.loop import turn
from perf.training.tokens import write


def record(subject: str, palette: str, process: str = "today") -> Record:
    return Record(1, Attributes(subject, palette, process=process), 2010, "", "", "")


def wall(*records: Record) -> Wall:
    return Wall((32, 32), records, np.zeros((len(records), 32, 32, 3), np.uint8))


def test_a_caption_is_true_of_every_picture_that_it_fits() -> None:
    hung = wall(record("sea", "ocean"), record("sea", "gold"), record("city", "gold", "vhs"))
    true = true_of(["sea", "gold sea", "city in gold, vhs"], hung, [0, 1, 2])
    assert true.tolist() == [[True, False, False], [True, True, False], [False, False, True]]


def test_the_loss_is_least_where_pictures_lie_at_their_captions() -> None:
    true = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    at = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    scale = torch.tensor(10.0)
    assert contrast(at, at, true, scale) < contrast(at, at.roll(1, 0), true, scale)


def test_the_two_pairs_share_nothing(tmp_path) -> None:
    tokenizer = write(tmp_path, words())
    one, other = (build(which, tokenizer) for which in (GUIDE, MEASURE))
    assert one.config.vision_config.hidden_size != other.config.vision_config.hidden_size
    assert one.config.projection_dim != other.config.projection_dim
    assert GUIDE.seed != MEASURE.seed


def test_a_step_learns_and_the_folder_is_an_ordinary_one(tmp_path) -> None:
    tokenizer = write(tmp_path / "tokenizer", words())
    options = smoke(tmp_path / "folder", tmp_path / "work")
    hung = wall(*[record("sea", "ocean"), record("city", "gold")] * 4)
    job = guide.job(MEASURE, [hung], tokenizer, dataclasses.replace(options, threads=1))
    loss = job.loss(turn(options, MEASURE.name, 0, 0.0))["contrast"]
    loss.backward()
    assert loss.isfinite()
    assert job.module.logit_scale.grad.abs() > 0
    publish(MEASURE, job.average, tokenizer, tmp_path / "out")
    model = CLIPModel.from_pretrained(tmp_path / "out")
    ids = CLIPTokenizer.from_pretrained(tmp_path / "out")(["a sea in ocean"], return_tensors="pt").input_ids
    pixels = CLIPImageProcessor.from_pretrained(tmp_path / "out")(np.zeros((48, 80, 3), np.uint8), return_tensors="pt")
    assert model(input_ids=ids, pixel_values=pixels.pixel_values).logits_per_image.shape == (1, 1)
    assert pixels.pixel_values.min() == pixels.pixel_values.max() == -1.0


def test_pictures_of_any_shape_are_seen_whole() -> None:
    picture = torch.linspace(-1, 1, 80).expand(1, 3, 48, 80)
    small = shrunk(picture, 16)
    assert small.shape == (1, 3, 16, 16)
    assert abs(float(small.mean())) < 1e-5
