"""What stands around the loop: ports, film, take, page, meters, and the terminal's status line.

Part of the composition root: it wires and forwards; what any of it means is decided below.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perf.core.event import Event, Value
from perf.core.frame import Frame
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import Tick
from perf.errors import DeviceError
from perf.gl.overlay import panel
from perf.ports import meters
from perf.ports.film import Film
from perf.ports.http import HttpServer
from perf.ports.library import EMBEDDED
from perf.ports.meters import Meters
from perf.ports.midi import MidiPorts
from perf.ports.osc import OscServer
from perf.ports.take import TakeWriter
from perf.wire.midi import MidiMap
from perf.wire.patch import save
from perf.wire.take import TakeHead

if TYPE_CHECKING:
    from perf.gl.compositor import Compositor
    from perf.gl.stage import Stage
    from perf.show import Show

PREVIEW_RATE = 15.0  # pictures a second for the page
PREVIEW_WIDTH = 640  # pixels


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """The arguments of `retrograde play`."""

    patch: str = "default"
    headless: bool = False
    size: tuple[int, int] | None = None
    fullscreen: bool = False
    monitor: int = 0
    host: str = "127.0.0.1"
    osc_port: int = 9000
    http_port: int = 9001
    midi: tuple[str, ...] = ()
    seconds: float = 0.0
    record: str = ""
    take: str = ""
    model: str = ""
    device: str = "auto"
    fps: float = 0.0
    status_json: str = ""
    monitor_events: bool = False

    def model_of(self, patch: Patch) -> str:
        """The model to load: the option's, else the patch's, else the embedded family."""
        return self.model or (patch.model if patch.model != "embedded" else "") or str(EMBEDDED)
