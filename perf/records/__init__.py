"""The archive: records that the project draws itself, with captions from a known grammar and planted biases.

Deterministic and numpy-only, so that what a model was trained on can always be drawn again. May not import torch.
"""
