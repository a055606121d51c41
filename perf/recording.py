"""What a show writes while it plays: a film of it, and a take to play it again. Part of the composition root."""

import platform
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from perf import __version__
from perf.core.patch import Patch
from perf.errors import UsageError
from perf.options import ShowOptions
from perf.ports.film import Film, FilmOptions
from perf.ports.library import Library, fingerprint, unused
from perf.ports.mailbox import Inbox
from perf.ports.take import TakeWriter
from perf.wire.take import TakeHead

FILM_FPS = 30.0


class Recording:
    """The files of one show, under names that are not taken yet, which `report` hears of."""

    def __init__(self, options: ShowOptions, library: Library, patch: Patch, report: Callable[[str], None]) -> None:
        self._options, self._library, self._patch, self._report = options, library, patch, report
        self.size, self.fps = options.size or patch.size, options.fps or patch.fps

    def film(self, fault: Callable[[str, str], None], said: Callable[[str, str], None]) -> Film:
        """A film at `FILM_FPS`, encoded beside the show; who encodes it is said."""
        metadata: dict[str, object] = {
            "patch": self._patch.name,
            "patch_sha256": self._patch.digest,
            "retrograde": __version__,
        }
        metadata["seed"] = self._patch.floor["/sampler/seed"]
        encoder = self._options.encoder
        options = FilmOptions(metadata, effort="ultrafast", apart=True, fault=fault, encoder=encoder, said=said)
        return Film(self._fresh(self._options.record), self.size, FILM_FPS, options)

    def take(self, inbox: Inbox, now: Callable[[], float]) -> TakeWriter:
        """A take, headed by what is needed to play it again. `now` gives the clock's seconds."""
        software = {"retrograde": __version__, "python": platform.python_version(), "torch": version("torch")}
        model = Path(self._options.model_of(self._patch))
        seed = float(self._patch.floor["/sampler/seed"])  # type: ignore[arg-type]
        hashes = (self._patch.digest, model.name, fingerprint(model))
        began = (datetime.now() - timedelta(seconds=now())).isoformat(timespec="milliseconds")
        head = TakeHead(str(self._library.path), *hashes, seed, self.size, software=software, began=began)
        return TakeWriter(self._fresh(self._options.take), head, inbox)

    def _fresh(self, name: str) -> Path:
        if not Path(name).name:
            raise UsageError(f"{name} is a folder; give the name of a file in it, such as {Path(name) / 'set'}")
        path = unused(Path(name))
        if path != Path(name):
            self._report(f"{name} exists; writing {path}")
        return path
