"""One off-screen context for the stage's tests, and a compositor on it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import moderngl
import pytest

from perf.gl.compositor import Compositor
from perf.gl.headless import create_context

sys.path.insert(0, str(Path(__file__).parent))
SIZE = (160, 90)  # stagecraft's, which can be imported from here on


@pytest.fixture(scope="session")
def context() -> Iterator[moderngl.Context]:
    context = create_context()
    yield context
    context.release()


@pytest.fixture
def compositor(context: moderngl.Context) -> Iterator[Compositor]:
    compositor = Compositor(context, SIZE)
    yield compositor
    compositor.release()
