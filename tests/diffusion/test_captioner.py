"""The captioner: kinds are choices of their own, what is likelier right than not is said, foreign folders refused."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import ConvNextConfig, ConvNextForImageClassification

from perf.diffusion.captioner import Captioner, kinds_of, load
from perf.errors import ModelError

LABELS = ["subject: sea", "subject: city", "subject: moon", "light: day", "light: night"]


def captioner(logits: list[float], **temperatures: float) -> Captioner:
    def network(pictures: torch.Tensor) -> SimpleNamespace:
        assert pictures.shape[1:] == (3, 8, 8)
        return SimpleNamespace(logits=torch.tensor([logits]).expand(len(pictures), -1))

    return Captioner(network, kinds_of(LABELS), temperatures, 8)


def test_each_kind_is_a_choice_of_its_own() -> None:
    (guess, _) = captioner([0, 3, 0, 5, 0]).read(torch.zeros(2, 3, 20, 30))
    assert (guess["subject"].value, guess["light"].value) == ("city", "day")
    assert guess["subject"].sure
    assert guess["subject"].confidence == pytest.approx(0.909, abs=1e-3)


@given(st.floats(0.1, 10))
def test_a_temperature_changes_how_sure_it_is_and_never_what_it_guesses(temperature: float) -> None:
    plain, tempered = (captioner([0, 1, 0, 0, 0], subject=t).read(torch.zeros(1, 3, 8, 8))[0] for t in (1, temperature))
    assert tempered["subject"].value == plain["subject"].value
    assert (tempered["subject"].confidence < plain["subject"].confidence) == (temperature > 1) or temperature == 1


def test_unsure_is_silent() -> None:
    guess = captioner([0, 0, 0, 0, 0.1]).read(torch.zeros(1, 3, 8, 8))[0]
    assert not guess["subject"].sure
    assert guess["light"].sure


@pytest.mark.parametrize("labels", [["sea"], ["subject: sea", "light: day", "subject: city"]])
def test_labels_that_are_no_kinds_are_refused(labels: list[str]) -> None:
    with pytest.raises(ValueError, match="kind: value"):
        kinds_of(labels)


def small(folder: Path) -> Path:
    labels = dict(enumerate(LABELS))
    config = ConvNextConfig(hidden_sizes=[4] * 4, depths=[1] * 4, id2label=labels, image_size=32)
    ConvNextForImageClassification(config).save_pretrained(folder)
    return folder


def test_a_stock_classifier_with_such_labels_loads(tmp_path: Path) -> None:
    guesses = load(small(tmp_path)).read(torch.zeros(1, 3, 40, 60))[0]
    assert set(guesses) == {"subject", "light"}


def test_what_is_no_captioner_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config.json"):
        load(tmp_path)
    small(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"id2label": {"0": "cat"}}))
    with pytest.raises(ModelError, match="kind: value"):
        load(tmp_path)
    (small(tmp_path) / "model.safetensors").write_bytes(b"short")
    with pytest.raises(ModelError, match="cut short"):
        load(tmp_path)
