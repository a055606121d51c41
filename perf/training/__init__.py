"""Makes the embedded family from the archive: autoencoder, flow, distillation, measurement. No show imports it."""

from perf.training.options import STAGES, Budget, Shape, TrainOptions, smoke
from perf.training.run import train

__all__ = ["STAGES", "Budget", "Shape", "TrainOptions", "smoke", "train"]
