"""Plates: what the sampler starts from, or is masked by, where that is the film of a layer.

In a show a thread of its own decodes and shrinks them, at the moment at which their image will be seen; the show takes
what is there and never waits. Whether the layer is on the stage as well makes no difference.
"""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from PIL import Image

from perf.core.footage import Footage, Shot
from perf.core.frame import Job, Plate
from perf.core.job import carried
from perf.core.patch import Patch
from perf.ports.hdr import toned
from perf.ports.mailbox import Guarded, Slot
from perf.ports.media import Fault, Projector

RETRY = 2.0  # seconds until films that could not be shown, or are others now, are opened again
LARGEST = (1024, 1024)  # pixels that a sampler's image has, at most; of a film no more is decoded than covers that
Seen = Callable[[int], Shot | None]


def plate(number: int, shot: Shot, fit: str, size: tuple[int, int]) -> Plate:
    """A layer's shot at the sampler's `size` (width, height): as `core.footage.FITS` say, on black."""
    image = Image.frombuffer("RGBA", shot.size, shot.pixels, "raw", "RGBA", 0, 1)  # type: ignore[arg-type]
    ratio = 1.0 if fit == "stretch" else size[0] / size[1] / shot.aspect
    box, inner = (0.0, 0.0, float(shot.size[0]), float(shot.size[1])), size
    if fit == "contain":
        inner = (max(round(size[0] / max(ratio, 1.0)), 1), max(round(size[1] * min(ratio, 1.0)), 1))
    else:
        x, y = ((1.0 - min(share, 1.0)) / 2 * side for share, side in zip((ratio, 1.0 / ratio), shot.size, strict=True))
        box = (x, y, shot.size[0] - x, shot.size[1] - y)
    small = toned(image.resize(inner, Image.Resampling.BICUBIC, box), shot.tones)
    found = Image.new("RGBA", size, (0, 0, 0, 255))
    found.alpha_composite(small, ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return Plate(number, size, found.convert("RGB").tobytes())


class Plates:
    """A show's plates. `camera` tells what a layer's camera saw last: a camera is opened once, by its layer."""

    def __init__(self, patch: Patch, folder: Path, camera: Seen, fault: Fault) -> None:
        self._folder, self._camera, self._fault = folder, camera, fault
        self._kept: dict[int, tuple[Shot, str, tuple[int, int], Plate]] = {}
        self._jobs: Slot[Job] = Slot()
        self._shared: Guarded[list[tuple[Plate, ...]]] = Guarded([()])
        self.adopt(patch)
        Thread(target=self._run, name="plates", daemon=True).start()

    def adopt(self, patch: Patch) -> None:
        """Another patch plays."""
        self._films = patch.films

    def take(self, job: Job) -> tuple[Plate, ...]:
        """Ask for what a job looks at; the newest that there is, at once. The same answer is the same object."""
        if not job.footage:
            return ()
        self._jobs.put(job)
        with self._shared as shared:
            return shared[0]

    def _run(self) -> None:
        films, projector, began = self._films, self._projector(), 0.0
        while (job := self._jobs.wait()) is not None:
            now = time.monotonic()
            if films is not self._films or (now > began + RETRY and (projector.notes or projector.stale)):
                projector.close()
                films, projector, began = self._films, self._projector(), now
            try:
                made = self._made(projector, job)
            except Exception as error:  # noqa: BLE001 - the loop's edge: counted, told, and the next one is tried
                self._fault("media", f"the sampler's film cannot be used: {error or type(error).__name__}")
                continue
            with self._shared as shared:
                if list(shared[0]) != made:
                    shared[0] = tuple(made)
        projector.close()

    def _projector(self) -> Projector:
        return Projector(self._films, self._folder, LARGEST)

    def _made(self, projector: Projector, job: Job) -> list[Plate]:
        """What a job looks at; each is made once for as long as it shows the same."""
        made = []
        for number, footage in job.footage:
            shot = self._shot(projector, number, footage)
            if shot is None:
                continue
            wanted = (shot, footage.fit, carried(job.size))
            if number not in self._kept or self._kept[number][:3] != wanted:
                self._kept[number] = (*wanted, plate(number, *wanted))
            made.append(self._kept[number][3])
        return made

    def _shot(self, projector: Projector, number: int, footage: Footage) -> Shot | None:
        film = self._films.get(number)
        if film is None:
            return None
        return self._camera(number) if film.camera else projector.shot(number, footage)

    def close(self) -> None:
        """Stop decoding."""
        self._jobs.close()
