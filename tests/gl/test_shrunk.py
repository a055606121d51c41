"""What is drawn smaller than it is shown: its images are made smaller once each, and nothing of them is left."""

import moderngl

from perf.gl.instance import Tools
from perf.gl.shrunk import Shrunk
from perf.gl.target import Target


def test_images_that_come_and_go_leave_nothing(context: moderngl.Context) -> None:
    """As a stage's do that is composed smaller and larger for weeks."""
    tools = Tools.made(context)
    shrunk = Shrunk(context, tools.copy, tools.blank)
    kept = []
    for n in range(20):
        one, other = Target(context, (40, 20 + 2 * (n % 2))), Target(context, (40, 20))
        kept += [one, other]  # so that no name of the driver's is given twice
        small = shrunk.images({"inputImage": one.texture, "startImage": one.texture, "endImage": other.texture}, 2)
        assert small["inputImage"] is small["startImage"] is not small["endImage"]
        assert small["inputImage"].size == (20, 10 + n % 2)
    assert len(shrunk._images) == 2
    for part in (shrunk, *kept, tools):
        part.release()
