"""The second sampler follows the patch: what it names is loaded once, whether it can be played or not."""

import pytest

from perf.core.frame import Job
from perf.worker import second
from perf.worker.client import SamplerOptions
from perf.worker.second import SecondSampler

FIRST, BROKEN = SamplerOptions("first", "cpu"), SamplerOptions("broken", "cpu")


class Client:
    """One that gives up every model but the first, as the real one does when a process ends."""

    made: list["Client"]

    def __init__(self, options: SamplerOptions) -> None:
        self.options = options
        self.changes: list[str] = []
        self.gone, self.closed = True, False
        Client.made.append(self)

    def start(self) -> None:
        """Nothing to start."""

    def change(self, options: SamplerOptions) -> None:
        self.changes.append(options.model)

    def submit(self, job: Job) -> None:
        """Nobody plays."""

    def newest(self, now: float) -> None:
        """No image."""

    def supervise(self, now: float) -> str:
        return ""

    def cut(self) -> None:
        self.gone = False  # a process of gigabytes ends a while after it was told to

    def close(self, patience: float = 2.0) -> None:
        assert self.gone, "the show would wait here"
        self.closed = True


def test_a_model_that_cannot_be_played_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Client.made = []
    monkeypatch.setattr(second, "SamplerClient", Client)
    sampler = SecondSampler()
    for options in (FIRST, BROKEN, BROKEN, BROKEN, FIRST, BROKEN):
        sampler.follow(options, Job(), 0.0)
    assert Client.made[0].changes == ["broken", "first", "broken"]
    sampler.follow(None, None, 0.0)
    sampler.follow(FIRST, Job(), 0.0)
    assert [client.options for client in Client.made] == [FIRST, FIRST]


def test_a_show_does_not_wait_for_the_end_of_one_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    Client.made = []
    monkeypatch.setattr(second, "SamplerClient", Client)
    sampler = SecondSampler()
    for options in (FIRST, None, None, FIRST, None):
        sampler.follow(options, Job(), 0.0)
        sampler.supervise(0.0)
    first, again = Client.made
    assert not first.closed
    first.gone = True
    sampler.supervise(0.0)
    assert (first.closed, again.closed) == (True, False)
    again.gone = True
    sampler.close()
    assert again.closed
