"""Images on their way to the stage, and the way back of the last one to a sampler that begins where another ended.

An image goes through its box, or, where the GPU that made it draws the stage too, it is lent there; then those of the
first second, one of which the stage compares, and ten a second, for whoever begins next, go through the box as well.
Knows torch.
"""

import math
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from perf.core.frame import Job
from perf.core.job import enlargement
from perf.core.motion import Motion
from perf.core.picture import Lent
from perf.cuda import CudaError, Driver, Lender
from perf.diffusion.carry import Carry
from perf.diffusion.enlarge import enlarge
from perf.diffusion.family import Family
from perf.worker.box import Box
from perf.worker.line import PIXELS
from perf.worker.message import HEAD_BYTES, decode_picture, encode_picture

WHOLE = 0.1  # seconds between two lent images whose pixels go through the box as well
FIRST = 1.0  # seconds in which all do


class Outgoing:
    """The way out of one sampler's images. `stage` is the (width, height) of a stage on which small ones are enlarged
    here: the processor that samples is taken to draw it, too. (0, 0): they are enlarged where they are shown.

    `borrows` are the GPUs that draw the stage, as the show last said; `said` is why they are not made use of.
    """

    def __init__(self, images: Box, previews: Box, stage: tuple[int, int]) -> None:
        self._images, self._previews, self._stage = images, previews, stage
        self._lender: Lender | None = None
        self._whole, self._since = 0.0, math.inf  # when the last came whole, and the first of those that were lent
        self.borrows: tuple[int, ...] = ()
        self.said = ""

    def image(self, image: Tensor, job: Job, motion: Motion | None) -> None:
        """The programme's next, (h, w, 3 or 4) of bytes."""
        now, lent = time.perf_counter(), self._lent(image)
        height, width = image.shape[:2]
        self._since = min(self._since, now) if lent else math.inf
        if now >= self._since + FIRST and now < self._whole + WHOLE:
            self._images.put([encode_picture(job, (width, height), job.epoch, motion=motion, lent=lent)])
            return
        self._whole, times = now, self._times(width, height)
        image = enlarge(image, times) if times > 1 else image
        self._put(self._images, image, job, job.epoch, times, motion, lent)

    def preview(self, image: Tensor, job: Job, subject: int) -> None:
        """One that was rendered ahead."""
        self._put(self._previews, image, job, subject)

    def _put(self, box: Box, image: Tensor, job: Job, mark: int, *head: Any) -> None:
        height, width = image.shape[:2]
        pixels = memoryview(image.cpu().numpy()).cast("B")
        box.put([encode_picture(job, (width, height), mark, *head), pixels])

    def _times(self, width: int, height: int) -> int:
        """How many times an image is enlarged here, if the box has room for it then."""
        times = enlargement((width, height), self._stage)
        return times if 4 * times * times * width * height + HEAD_BYTES <= self._images.capacity else 1

    def _lent(self, image: Tensor) -> Lent | None:
        """Lend an image to the GPU that it is on, where that draws the stage."""
        if self.said or image.device.index not in self.borrows:
            return None
        rgba = torch.nn.functional.pad(image, (0, 4 - image.shape[2]), value=255).contiguous()
        try:
            self._lender = self._lender or Lender(Driver(), image.device.index, PIXELS)
            return self._lender.lend(rgba.data_ptr(), rgba.numel())
        except CudaError as error:
            self.said = f"images go through the host's memory ({error})"
            return None

    def resumed(self, family: Family, job: Job) -> Carry | None:
        """The recursion where the last process left it: its newest image is in the box, perhaps at another size."""
        message = self._images.take(again=True)
        if message is None:
            return None
        picture, epoch = decode_picture(message, 0.0)
        width, height = picture.size
        rows = torch.from_numpy(np.frombuffer(picture.pixels, np.uint8).reshape(height, width, -1).copy())
        if picture.times > 1:
            rows = rows.flip(0)
        image = (rows[..., :3].permute(2, 0, 1)[None].float() / 127.5 - 1).to(family.device)
        image = torch.nn.functional.interpolate(image, family.fit(job.size), mode="bilinear")
        return Carry(image, picture.pose, (), picture.asked, epoch)
