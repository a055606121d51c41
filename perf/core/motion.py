"""How what is in a picture has come there: measured by the sampler, followed by the stage between two pictures."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Where what is in a picture was in the one before, less where it is, once that one has moved with the camera.

    `cells` are pairs of 16-bit floats, to the right and up, as shares of the picture; rows from the bottom. `size` is
    (columns, rows).
    """

    size: tuple[int, int]
    cells: bytes = field(repr=False)
