"""What one image of a recursion hands to the next."""

from dataclasses import dataclass, field, replace

from torch import Tensor
from torch.nn import functional

from perf.core.camera import Pose
from perf.core.motion import Motion
from perf.diffusion.coherence import Settled
from perf.diffusion.condition import Mix


@dataclass(frozen=True, slots=True)
class Carry:
    """An image (1, 3, h, w) in -1…1, and how what is in it has come from the one before."""

    image: Tensor
    pose: Pose
    mix: Mix
    seconds: float
    epoch: int
    count: int = 1
    settled: Settled = field(default_factory=Settled)
    motion: Motion | None = None

    def taken_up(self, epoch: int, size: tuple[int, int]) -> "Carry":
        """As an image of this epoch and (height, width) goes on from it; another epoch begins anew."""
        if epoch != self.epoch:
            return Carry(self.image, self.pose, self.mix, self.seconds, epoch, 0)
        if self.image.shape[-2:] == size:
            return self
        image = functional.interpolate(self.image, size, mode="bilinear")
        return replace(self, image=image, settled=Settled())  # how fine a picture looks goes by its size
