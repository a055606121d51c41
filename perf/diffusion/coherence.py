"""What keeps a recursion from fading or burning in: colours and fine detail are led back, a little at each image, to
what they were when what is asked for had stood still for a while.

Colours by the mean and the spread of each channel (Reinhard et al. 2001), detail by what a 3×3 mean leaves of the
picture. Deforum's colour coherence and anti-blur are the same two ideas, against the first frame.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from perf.core.frame import Job
from perf.diffusion.condition import Mix

SETTLE = 8  # images until what is asked for can be seen in the picture
MOST = 2.0  # times by which spread and detail are led back, at most


@dataclass(frozen=True, slots=True)
class Settled:
    """For how many `images` the same has been asked for (`wish`, in any words), and how they `look`, once they do."""

    wish: str = ""
    images: int = 0
    look: tuple[float, ...] = ()

    def after(self, wish: str, image: Tensor) -> "Settled":
        """As of an image (1, 3, h, w) that was asked for with `wish`."""
        if wish != self.wish:
            return Settled(wish)
        count = self.images + 1
        return Settled(wish, count, self.look or (tuple(_look(image).tolist()) if count >= SETTLE else ()))

    def lead(self, picture: Tensor, share: float) -> Tensor:
        """A picture (1, 3, h, w) in -1…1, led back by a share, 0…1, of the way."""
        if not self.look or share <= 0.0:
            return picture
        was, now = torch.tensor(self.look, device=picture.device, dtype=picture.dtype), _look(picture)
        gain = (was[3:] / now[3:].clamp(min=1e-3)).clamp(1 / MOST, MOST) ** share
        mean, spread = now[:3].view(1, 3, 1, 1), gain[:3].view(1, 3, 1, 1)
        moved = share * (was[:3] - now[:3]).view(1, 3, 1, 1)
        sharper = picture + (gain[3] - 1.0) * (picture - _blurred(picture))
        return ((sharper - mean) * spread + mean + moved).clamp(-1, 1)


def wish(job: Job, mix: Mix) -> str:
    """What an image's colours and detail depend on, in words that are the same for the same."""
    return repr((mix, job.source, job.skip, job.steps, job.guidance, job.mode, job.clip, job.knobs, job.loras))


def _look(picture: Tensor) -> Tensor:
    """Means and spreads of the channels, and the detail: seven numbers."""
    detail = (picture - _blurred(picture)).square().mean().sqrt()
    return torch.cat([picture.mean((0, 2, 3)), picture.std((0, 2, 3)), detail[None]])


def _blurred(picture: Tensor) -> Tensor:
    return functional.avg_pool2d(picture, 3, 1, 1, count_include_pad=False)
