"""Training's networks elsewhere: PyTorch's fake tensors stand for a GPU and refuse what would mix two devices."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from perf.errors import ModelError
from perf.training import autoencoder, captioner, depth, flow, guide, tokens, transformer
from perf.training.device import brief, housed, moved, place
from perf.training.flow import Ways
from perf.training.latents import Tokens
from perf.training.muon import optimizers
from perf.training.network import Ask, Painter
from perf.training.options import Shape

SHAPE = Shape(autoencoder=8, unet=(32, 32), text=32, heads=2, width=64, layers=2)
ELSEWHERE = torch.device("meta")
Turn = Callable[[Any, Any], Tensor]  # a network and its tokenizer to a loss


def _paint(net: Any, tokenizer: Any) -> Tensor:
    latents, ids = torch.randn(3, 8, 4, 4), Tokens(tokenizer)(["sea", "moon", ""])
    ask = net.asked(ids, 2.0)
    away = ask if ask.against is None else Ask(ids, ids, torch.rand(3), ask.weight)
    ways = Ways(latents, torch.randn_like(latents), torch.rand(3))
    return (ways + ways).error(net, ask + away).square().mean()


def _code(net: Any, tokenizer: Any) -> Tensor:
    images = torch.randn(2, 3, 64, 64)
    latents = net.encoder(images)
    return autoencoder.fidelity(net.decoder(latents + torch.randn(latents.shape)), images)


def _compare(net: Any, tokenizer: Any) -> Tensor:
    texts = guide._tensor(net.get_text_features(Tokens(tokenizer)(["sea", "moon"])))
    images = guide._features(net, torch.randn(2, 3, guide.GUIDE.side, guide.GUIDE.side))
    return guide.contrast(images, texts, torch.ones(2, 2), net.logit_scale.exp().cpu())


@pytest.fixture(params=["student", "teacher", "transformer", "autoencoder", "depth", "captioner", "guide"])
def lesson(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[nn.Module, Any, Turn]:
    clip = tokens.write(tmp_path, ["sea", "moon"])
    t5 = transformer.tokenizer(["sea", "moon"])
    made: dict[str, Callable[[], tuple[nn.Module, Any, Turn]]] = {
        "student": lambda: (Painter(SHAPE, clip, student=True), clip, _paint),
        "teacher": lambda: (Painter(SHAPE, clip), clip, _paint),
        "transformer": lambda: (transformer.Sculptor(SHAPE, t5), t5, _paint),
        "autoencoder": lambda: (autoencoder.build(8), None, _code),
        "depth": lambda: (depth.build(1), None, lambda net, _: depth.estimate(net, torch.randn(2, 3, 64, 64)).sum()),
        "captioner": lambda: (
            captioner.build(1),
            None,
            lambda net, _: net(pixel_values=torch.randn(2, 3, 64, 64)).logits.sum(),
        ),
        "guide": lambda: (guide.build(guide.GUIDE, clip), clip, _compare),
    }
    return made[request.param]()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(flow, "brief", lambda net: nullcontext())  # this device has no half precision of its own
    with FakeTensorMode(allow_non_fake_inputs=True):
        yield


def test_a_network_learns_elsewhere_from_what_is_here(lesson, request: pytest.FixtureRequest) -> None:
    net, tokenizer, turn = lesson
    housed(net, ELSEWHERE)
    request.getfixturevalue("fake")
    loss = turn(net, tokenizer)
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.device.type == "cpu"
    assert {param.grad.device for param in net.parameters() if param.grad is not None} == {ELSEWHERE}
    for optimizer in optimizers(net, 1e-3):
        optimizer.step()


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert place("auto") == "cpu"
    with pytest.raises(ModelError, match="device cuda is not here; there is cpu"):
        place("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert place("auto") == place("cuda") == "cuda"


def test_where_it_is_already_a_network_is_left_alone() -> None:
    net = nn.Sequential(nn.Linear(2, 2))
    assert housed(net, torch.device("cpu")) is net
    assert not net._forward_hooks
    assert torch.equal(net(torch.ones(1, 2)), net[0](torch.ones(1, 2)))


@dataclass
class _Pair:
    one: Tensor
    words: str


def test_all_that_holds_tensors_is_moved_and_the_rest_kept() -> None:
    value = {"a": [torch.ones(1), 2], "b": (_Pair(torch.ones(2), "sea"), None)}
    there: Any = moved(value, ELSEWHERE)
    assert (there["a"][0].device, there["a"][1]) == (ELSEWHERE, 2)
    assert (there["b"][0].one.device, there["b"][0].words, there["b"][1]) == (ELSEWHERE, "sea", None)


def test_half_the_precision_is_of_the_networks_device() -> None:
    with brief(nn.Linear(2, 2)):
        assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.bfloat16
