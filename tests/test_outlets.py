"""What leaves a show: the stage is read when somebody wants its picture, and for nobody else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from perf.core.frame import Frame, Job
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.options import ShowOptions
from perf.outlets import Outlets


class Stage:
    """A compositor that counts how often it is read."""

    size, reads = (2, 1), 0

    def read(self) -> memoryview:
        self.reads += 1
        return memoryview(bytes(6))


class Reel:
    """A film that ends by itself after its first frame."""

    drops, failure = 0, ""

    def offer(self, rgb: object, seconds: float, scene: str) -> bool:
        self.failure = "no space is left"
        return True

    def close(self) -> None:
        pass


def test_the_stage_is_not_read_for_a_film_that_has_ended() -> None:
    recording: Any = SimpleNamespace(film=lambda fault, said: Reel(), size=(2, 1), fps=30.0)
    library: Any = SimpleNamespace(path=Path("p.toml"))
    outlets, stage = Outlets(ShowOptions(record="set.mp4"), library, recording, lambda kind, words: None), Stage()
    for index in range(10):
        outlets.show(Frame(Moment(index, index / 10), {}, Job(), ()), Patch(layers=()), stage)  # type: ignore[arg-type]
    outlets.close()
    assert stage.reads == 1
